"""A text in lines of a bounded width."""

import random

from codearena.generation.base import FunctionBase


def wrap_words(text: str, width: int) -> list[str]:
    """Return the words of text in lines of at most `width` characters, each line as full as can be.

    Raises:
        ValueError: a word is longer than width.
    """
    lines: list[str] = []
    for word in text.split():
        if len(word) > width:
            raise ValueError(f"{word!r} is longer than {width}")
        if lines and len(lines[-1]) + 1 + len(word) <= width:
            lines[-1] += " " + word
        else:
            lines.append(word)
    return lines


def exact_fit(rng: random.Random) -> tuple[str, int]:
    words = _words(rng, 3)
    return " ".join([*words, "end"]), sum(map(len, words)) + 2


def one_short(rng: random.Random) -> tuple[str, int]:
    words = _words(rng, 3)
    return " ".join([*words, "a"]), sum(map(len, words)) + 1


def word_as_wide(rng: random.Random) -> tuple[str, int]:
    width = rng.randint(6, 9)
    return f"ab {'w' * width} cd", width


def word_too_wide(rng: random.Random) -> tuple[str, int]:
    width = rng.randint(4, 9)
    return f"ab {'w' * (width + 1)} cd", width


def white_space(rng: random.Random) -> tuple[str, int]:
    return "  " + "   ".join(_words(rng, 6)) + "\n\t" + " ".join(_words(rng, 4)) + " ", 14


def wide(rng: random.Random) -> tuple[str, int]:
    return " ".join(_words(rng, 5)), 200


def width_one(rng: random.Random) -> tuple[str, int]:
    return " ".join(rng.sample("abcdef", 4)), 1


def unicode(rng: random.Random) -> tuple[str, int]:
    return " ".join(rng.choice(["ÄÖ", "é", "日本語", "ñandú"]) for _ in range(9)), 8


def many(rng: random.Random) -> tuple[str, int]:
    return " ".join(_words(rng, 150)), rng.randint(15, 30)


def _words(rng: random.Random, count: int) -> list[str]:
    return ["".join(rng.choice("aeioubcd") for _ in range(rng.randint(1, 8))) for _ in range(count)]


BASE = FunctionBase(
    solves=wrap_words,
    title="Wrap a text",
    category="easy",
    level="easy",
    description="""
        `wrap_words(text, width)` returns the words of `text` as a list of lines. Words are separated by any white
        space; in a line there is one space between two words and none at its ends. No line has more than `width`
        characters, and each word stands in the first line that has room for it, behind the word before. A word longer
        than `width` raises ValueError. A text without words gives an empty list.
    """,
    hints=(
        "Count the characters of a line that should just fit, spaces included.",
        "A word joins the line before if the line, one space and the word fit into the width together.",
        "Look at a line that is exactly as wide as allowed, at the first word, and at a word as wide as a line.",
    ),
    visible={
        "two lines": ("the quick brown fox", 10),
        "no words": ("  \n ", 5),
        "a word too long": ("a wonderful day", 6),
    },
    hidden={
        "an exact fit": exact_fit,
        "one character short": one_short,
        "a word as wide as a line": word_as_wide,
        "a word one too wide": word_too_wide,
        "white space of all kinds": white_space,
        "all in one line": wide,
        "a width of one": width_one,
        "the one word": ("word", 4),
        "the empty text": ("", 3),
        "beyond ASCII": unicode,
        "many words": many,
    },
)
