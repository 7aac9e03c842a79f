"""The longest part of a text that repeats no character."""

import random

from codearena.generation.base import FunctionBase, Probe


def longest_unrepeated(text: str) -> str:
    """Return the longest part of text in which no character occurs twice, the first of them."""
    seen: dict[str, int] = {}
    start = best_start = best_length = 0
    for at, character in enumerate(text):
        if seen.get(character, -1) >= start:
            start = seen[character] + 1
        seen[character] = at
        if at - start + 1 > best_length:
            best_start, best_length = start, at - start + 1
    return text[best_start : best_start + best_length]


def at_the_start(rng: random.Random) -> tuple[str]:
    return ("".join(rng.sample("abcdefgh", 6)) + "zz" + "yx" * 2,)


def at_the_end(rng: random.Random) -> tuple[str]:
    return ("zzyzz" + "".join(rng.sample("abcdefgh", 7)),)


def all_equal(rng: random.Random) -> tuple[str]:
    return (rng.choice("abc") * rng.randint(2, 9),)


def all_different(rng: random.Random) -> tuple[str]:
    return ("".join(rng.sample("abcdefghij", rng.randint(2, 10))),)


def old_repetition(rng: random.Random) -> tuple[str]:
    """The first character comes back after a window that no longer holds it."""
    first, *others = rng.sample("abcdefgh", 6)
    return (first + others[0] * 2 + "".join(others[1:]) + first + others[0],)


def tie(rng: random.Random) -> tuple[str]:
    one, two = rng.sample("abc", 2), rng.sample("xyz", 2)
    return ("".join(one) + one[1] + one[1] + "".join(two) + two[1],)


def unicode(rng: random.Random) -> tuple[str]:
    return ("".join(rng.choice("éèêë🙂 ") for _ in range(14)),)


def many(rng: random.Random) -> tuple[str]:
    return ("".join(rng.choice("abcdefghijklmnop") for _ in range(400)),)


def make_input(n: int, rng: random.Random) -> tuple[str]:
    alphabet = [chr(256 + number) for number in range(max(4, n // 2))]
    return ("".join(rng.sample(alphabet, len(alphabet)) + rng.choices(alphabet, k=n - len(alphabet))),)


BASE = FunctionBase(
    solves=longest_unrepeated,
    title="Longest part without a repetition",
    category="medium",
    level="medium",
    description="""
        `longest_unrepeated(text)` returns the longest part of the string `text` (characters that stand next to each
        other) in which no character occurs twice. If several are equally long it is the one that starts first. The
        empty text gives the empty text. The time must grow linearly with the length of the text.
    """,
    hints=(
        "Slide a window over the text: its right end moves by one, and its left end jumps where a character repeats.",
        "It is enough to remember where each character was seen last.",
        "A character that was last seen before the window started is no repetition, and the window never moves back.",
    ),
    visible={
        "in the middle": ("abcabcdbb",),
        "one character": ("a",),
        "the empty text": ("",),
        "the window does not move back": ("abba",),
    },
    hidden={
        "at the start": at_the_start,
        "at the end": at_the_end,
        "all equal": all_equal,
        "all different": all_different,
        "a repetition outside of the window": old_repetition,
        "two of one length": tie,
        "beyond ASCII": unicode,
        "a few hundred": many,
    },
    probe=Probe(make_input, sizes=(100, 400, 1600, 6400, 25600)),
    optimal="O(n)",
)
