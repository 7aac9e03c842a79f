"""The oldest cipher."""

import random
import sys

from codearena.generation.base import ProgramBase


def main() -> None:
    """Print the text with each letter moved along the alphabet."""
    first, _, text = sys.stdin.read().partition("\n")
    print("".join(_moved(character, int(first)) for character in text), end="")


def _moved(character: str, by: int) -> str:
    for first in "aA":
        place = ord(character) - ord(first)
        if 0 <= place < 26:
            return chr(ord(first) + (place + by) % 26)
    return character


def by_some(rng: random.Random) -> str:
    return f"{rng.randint(1, 25)}\n{_text(rng)}\n"


def back(rng: random.Random) -> str:
    return f"-{rng.randint(1, 25)}\n{_text(rng)}\n"


def beyond_the_alphabet(rng: random.Random) -> str:
    return f"{rng.randint(27, 999)}\n{_text(rng)}\n"


def the_ends(rng: random.Random) -> str:
    return f"{rng.choice([1, -1])}\nzZaA yY\n"


def whole_alphabet(rng: random.Random) -> str:
    return f"{rng.choice([26, 0, -52])}\n{_text(rng)}\n"


def signs_stay(rng: random.Random) -> str:
    return f"{rng.randint(1, 25)}\n1 + 2 = [3]; @`{{~ _-\n"


def beyond_ascii(rng: random.Random) -> str:
    return f"{rng.randint(1, 25)}\nžluťoučký KŮŇ ß 🙂\n"


def several_lines(rng: random.Random) -> str:
    return f"{rng.randint(1, 25)}\n{_text(rng)}\n\n  {_text(rng)}\n"


def no_line_end(rng: random.Random) -> str:
    return f"{rng.randint(1, 25)}\n{_text(rng)}"


def _text(rng: random.Random) -> str:
    return "".join(rng.choice("abcxyzABCXYZmn ,.") for _ in range(30)) + "Zz."


BASE = ProgramBase(
    solves=main,
    title="Caesar cipher",
    category="easy",
    level="easy",
    description="""
        The first line of standard input holds a whole number, maybe negative. Print everything after that line with
        each letter from a to z, and from A to Z, moved so many places along its alphabet, around its end if
        necessary: with 1 a becomes b and Z becomes A. All other characters stay as they are, letters beyond ASCII,
        spaces and line ends included.
    """,
    hints=(
        "What becomes of z, and of a if the number is negative?",
        "Count letters from 0, add, and take the remainder by 26.",
        "Check both cases, the signs right before a and right behind z, and the line ends.",
    ),
    visible={
        "by three": "3\nHello, World\n",
        "around the end": "1\nxyz XYZ\n",
        "back": "-1\nabc\n",
    },
    hidden={
        "by some": by_some,
        "back by some": back,
        "more than the alphabet": beyond_the_alphabet,
        "the ends of the alphabet": the_ends,
        "whole alphabets": whole_alphabet,
        "signs stay": signs_stay,
        "letters beyond ASCII stay": beyond_ascii,
        "several lines": several_lines,
        "no line end": no_line_end,
        "no text": "5\n",
    },
    compare="exact",
)
