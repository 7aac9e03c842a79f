"""What all words start with."""

import random

from codearena.generation.base import FunctionBase


def common_prefix(words: list[str]) -> str:
    """Return the longest text that all words start with; empty if there are no words."""
    if not words:
        return ""
    first, last = min(words), max(words)
    length = 0
    while length < len(first) and first[length] == last[length]:
        length += 1
    return first[:length]


def some(rng: random.Random) -> tuple[list[str]]:
    stem = _word(rng, 4)
    return ([stem + "a" + _word(rng, 3), stem + "b", stem + "c" + _word(rng, 2)],)


def nothing(rng: random.Random) -> tuple[list[str]]:
    return (["a" + _word(rng, 3), "b" + _word(rng, 3), "a" + _word(rng, 3)],)


def one_is_the_prefix(rng: random.Random) -> tuple[list[str]]:
    stem = _word(rng, 5)
    return ([stem + _word(rng, 2), stem, stem + _word(rng, 4)],)


def the_one(rng: random.Random) -> tuple[list[str]]:
    return ([_word(rng, 6)],)


def all_equal(rng: random.Random) -> tuple[list[str]]:
    return ([_word(rng, 4)] * 3,)


def odd_one_in_the_middle(rng: random.Random) -> tuple[list[str]]:
    stem = _word(rng, 3)
    return ([stem + "xyz", stem + "x", stem + "mno", stem + "xyw"],)


def upper_case(rng: random.Random) -> tuple[list[str]]:
    stem = _word(rng, 3)
    return ([stem + "Q", stem + "q"],)


def unicode(rng: random.Random) -> tuple[list[str]]:
    return (["žluťá" + _word(rng, 2), "žluťoučký", "žluť" + _word(rng, 1)],)


def many(rng: random.Random) -> tuple[list[str]]:
    stem = _word(rng, 30)
    return ([stem + _word(rng, rng.randint(0, 9)) for _ in range(120)],)


def _word(rng: random.Random, length: int) -> str:
    return "".join(rng.choice("klmnop") for _ in range(length))


BASE = FunctionBase(
    solves=common_prefix,
    title="Longest common prefix",
    category="easy",
    level="easy",
    description="""
        `common_prefix(words)` returns the longest text that every string of the list `words` starts with. It is empty
        if the words have nothing in common, if one of them is empty, or if there are no words. One word is its own
        longest prefix. Upper and lower case are different.
    """,
    hints=(
        "Compare the words position by position, by hand. What ends the comparison?",
        "The shortest word may be the whole answer, so a position may lie behind a word's end.",
        "If the smallest and the largest word in alphabetical order agree up to a position, all between them do.",
    ),
    visible={
        "a common start": (["flower", "flow", "flight"],),
        "nothing in common": (["dog", "car"],),
        "no words": ([],),
    },
    hidden={
        "some letters": some,
        "nothing": nothing,
        "one word is the prefix": one_is_the_prefix,
        "the one word": the_one,
        "all equal": all_equal,
        "an empty word": (["abc", "", "abd"],),
        "the odd one in the middle": odd_one_in_the_middle,
        "upper and lower case": upper_case,
        "beyond ASCII": unicode,
        "a hundred words": many,
    },
)
