"""The first character that occurs once."""

import random
from collections import Counter

from codearena.generation.base import FunctionBase, Probe


def first_unique(text: str) -> int:
    """Return the position of the first character of text that occurs exactly once, or -1."""
    counts = Counter(text)
    for at, character in enumerate(text):
        if counts[character] == 1:
            return at
    return -1


def late(rng: random.Random) -> tuple[str]:
    twice = "".join(rng.sample("abcdef", 4))
    return (twice + twice[::-1] + "x" + twice[0],)


def at_the_end(rng: random.Random) -> tuple[str]:
    twice = "".join(rng.sample("abcdef", 3))
    return (twice * 2 + "z",)


def at_the_start(rng: random.Random) -> tuple[str]:
    return ("q" + rng.choice("abc") * rng.randint(2, 5),)


def none(rng: random.Random) -> tuple[str]:
    return ("".join(rng.sample("abcdef", 4)) * rng.randint(2, 3),)


def three_times(rng: random.Random) -> tuple[str]:
    return ("".join(rng.sample("aaabbbcc", 8)) + "d",)


def several(rng: random.Random) -> tuple[str]:
    return ("aa" + "".join(rng.sample("bcdefgh", 5)),)


def case_counts(rng: random.Random) -> tuple[str]:
    return (rng.choice(["aAabB", "xXyYx", "kKkk"]),)


def unicode(rng: random.Random) -> tuple[str]:
    return ("".join(rng.sample("ééüü🙂🙂", 6)) + "ñ" + " ü",)


def many(rng: random.Random) -> tuple[str]:
    return ("".join(chr(97 + rng.randrange(20)) for _ in range(300)) + "!" + "ab",)


def make_input(n: int, rng: random.Random) -> tuple[str]:
    half = [chr(256 + number) for number in rng.sample(range(4 * n), n // 2 + 1)]
    return ("".join(half + half[::-1]) + "!",)


BASE = FunctionBase(
    solves=first_unique,
    title="First unique character",
    category="easy",
    level="easy",
    description="""
        `first_unique(text)` returns the position, counted from 0, of the first character of the string `text` that
        occurs exactly once in it. If there is none, or the text is empty, it returns -1. Upper and lower case are
        different characters. The time must grow linearly with the length of the text.
    """,
    hints=(
        "Whether a character is unique can only be told once the whole text has been seen.",
        "Count all characters in a first pass, and look for the answer in a second one.",
        "Check which count is asked for, in what order the second pass goes, and what is returned if it finds nothing.",
    ),
    visible={
        "in the middle": ("aabcb",),
        "none": ("abab",),
        "the empty text": ("",),
    },
    hidden={
        "behind many": late,
        "at the end": at_the_end,
        "at the start": at_the_start,
        "all repeated": none,
        "three times is not once": three_times,
        "the first of several": several,
        "one character": ("k",),
        "case makes a difference": case_counts,
        "beyond ASCII": unicode,
        "a few hundred": many,
    },
    probe=Probe(make_input, sizes=(100, 400, 1600, 6400, 25600)),
    optimal="O(n)",
)
