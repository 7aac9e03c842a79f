"""The words that occur most often."""

import random
from collections import Counter

from codearena.generation.base import FunctionBase


def top_words(text: str, count: int) -> list[tuple[str, int]]:
    """Return the `count` most frequent words of text, in lower case, each with how often it occurs.

    Raises:
        ValueError: count is negative.
    """
    if count < 0:
        raise ValueError("count is negative")
    counts = Counter(text.lower().split())
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:count]


def some(rng: random.Random) -> tuple[str, int]:
    return _text(rng, 20), 2


def ties(rng: random.Random) -> tuple[str, int]:
    words = rng.sample(["pear", "fig", "kiwi", "plum", "lime"], 5)
    return " ".join(words + words[:2]), 4


def more_than_there_are(rng: random.Random) -> tuple[str, int]:
    return _text(rng, 6), rng.randint(20, 30)


def mixed_case(rng: random.Random) -> tuple[str, int]:
    return " ".join(rng.choice(["The", "the", "THE", "End", "end"]) for _ in range(9)), 2


def all_of_them(rng: random.Random) -> tuple[str, int]:
    words = ["b", "a", "c"] * rng.randint(1, 3)
    return " ".join(words), 3


def white_space(rng: random.Random) -> tuple[str, int]:
    return _text(rng, 4) + "\n\n" + _text(rng, 4) + "\t\t" + _text(rng, 4) + "  ", 3


def signs_belong(rng: random.Random) -> tuple[str, int]:
    return " ".join(rng.choice(["end", "end.", "end!"]) for _ in range(12)), 2


def none_asked(rng: random.Random) -> tuple[str, int]:
    return _text(rng, 5), 0


def negative(rng: random.Random) -> tuple[str, int]:
    return _text(rng, 5), -rng.randint(1, 5)


def many(rng: random.Random) -> tuple[str, int]:
    return " ".join(rng.choice("abcdefghijkl") for _ in range(300)), 6


def _text(rng: random.Random, length: int) -> str:
    return " ".join(rng.choice(["sun", "moon", "star", "sky", "sea"]) for _ in range(length))


BASE = FunctionBase(
    solves=top_words,
    title="Most frequent words",
    category="medium",
    level="medium",
    description="""
        `top_words(text, count)` returns the `count` most frequent words of `text` as a list of tuples (word, how often
        it occurs). Words are separated by white space, and signs such as a full stop belong to the word. They are
        compared, and returned, in lower case. More frequent words come first, equally frequent ones in alphabetical
        order. If there are fewer words all are returned; a count of 0 gives an empty list, a negative one raises
        ValueError.
    """,
    hints=(
        "Sort by two things at once, one of them downwards and the other upwards.",
        "A key of a tuple whose first part is negated sorts the counts downwards and the words upwards.",
        "Check how case is dealt with, what a tie does, and what a count of 0 or of less gives.",
    ),
    visible={
        "two words": ("a b a c b a", 2),
        "a tie": ("pear fig pear fig", 1),
        "no words": ("", 3),
        "a negative count": ("a", -1),
    },
    hidden={
        "some": some,
        "ties in alphabetical order": ties,
        "more than there are": more_than_there_are,
        "upper and lower case": mixed_case,
        "all of them": all_of_them,
        "white space of all kinds": white_space,
        "signs belong to the word": signs_belong,
        "none asked for": none_asked,
        "less than none": negative,
        "a few hundred": many,
    },
)
