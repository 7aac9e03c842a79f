"""What two texts have in common, in order."""

import random
import sys

from codearena.generation.base import ProgramBase


def main() -> None:
    """Print the length of the longest common subsequence of two lines."""
    one, other = sys.stdin.read().split("\n")[:2]
    lengths = [0] * (len(other) + 1)
    for character in one:
        before = lengths.copy()
        for at, wanted in enumerate(other, start=1):
            lengths[at] = before[at - 1] + 1 if character == wanted else max(before[at], lengths[at - 1])
    print(lengths[-1])


def some(rng: random.Random) -> str:
    return f"{_text(rng, 8)}\n{_text(rng, 9)}\n"


def equal(rng: random.Random) -> str:
    text = _text(rng, 9)
    return f"{text}\n{text}\n"


def nothing_in_common(rng: random.Random) -> str:
    return f"{_text(rng, 5)}\n{'x' * rng.randint(2, 7)}\n"


def backwards(rng: random.Random) -> str:
    text = _text(rng, 9)
    return f"{text}\n{text[::-1]}\n"


def one_inside_the_other(rng: random.Random) -> str:
    text = _text(rng, 12)
    return f"{text[::2]}\n{text}\n"


def first_empty(rng: random.Random) -> str:
    return f"\n{_text(rng, 4)}\n"


def second_empty(rng: random.Random) -> str:
    return f"{_text(rng, 4)}\n\n"


def repeated(rng: random.Random) -> str:
    return f"{'a' * rng.randint(2, 5)}\n{'a' * rng.randint(2, 5)}b\n"


def spaces(rng: random.Random) -> str:
    return f" {_text(rng, 3)} x\nx {_text(rng, 3)} \n"


def unicode(rng: random.Random) -> str:
    return f"čaj 🙂 {_text(rng, 3)}\nčáj🙂 {_text(rng, 3)}\n"


def long_texts(rng: random.Random) -> str:
    return f"{_text(rng, 120)}\n{_text(rng, 100)}\n"


def _text(rng: random.Random, length: int) -> str:
    return "".join(rng.choice("abcd") for _ in range(length))


BASE = ProgramBase(
    solves=main,
    title="Longest common subsequence",
    category="hard",
    level="hard",
    description="""
        Read two lines from standard input, either of which may be empty, and print the length of their longest common
        subsequence: the largest number of characters that occur in both lines in the same order, not necessarily next
        to each other. Every character counts, spaces included, but not the line ends. Upper and lower case are
        different.
    """,
    hints=(
        "Compare starts of both lines: what changes if each of them gets one more character?",
        "Equal last characters add one to the answer without both; otherwise one of the two does not matter.",
        "Check which earlier answers are needed, and that none of them has been overwritten by then.",
    ),
    visible={
        "four": "abcbdab\nbdcaba\n",
        "nothing": "abc\nxyz\n",
        "two empty lines": "\n\n",
    },
    hidden={
        "some": some,
        "equal": equal,
        "nothing in common": nothing_in_common,
        "backwards": backwards,
        "one inside the other": one_inside_the_other,
        "the first is empty": first_empty,
        "the second is empty": second_empty,
        "repeated characters": repeated,
        "spaces": spaces,
        "beyond ASCII": unicode,
        "long lines": long_texts,
    },
    optimal="O(n^2)",
)
