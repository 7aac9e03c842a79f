"""A text that must fit into so many bytes."""

import random

from codearena.generation.base import FunctionBase


def clip_bytes(text: str, size: int) -> bytes:
    """Return the longest start of text, whole characters only, whose UTF-8 takes at most `size` bytes.

    Raises:
        ValueError: size is negative.
    """
    if size < 0:
        raise ValueError("a size is not negative")
    raw = text.encode()
    if len(raw) <= size:
        return raw
    # The bytes of a character but its first look like 0b10xxxxxx: a cut before one of them splits a character.
    while raw[size] & 0b1100_0000 == 0b1000_0000:
        size -= 1
    return raw[:size]


def ascii_text(rng: random.Random) -> tuple[str, int]:
    return "".join(rng.choice("abc ") for _ in range(12)), rng.randint(3, 9)


def fits(rng: random.Random) -> tuple[str, int]:
    return "žába", rng.randint(6, 99)


def one_byte_short(rng: random.Random) -> tuple[str, int]:
    text = "é" * rng.randint(2, 6)
    return text, 2 * len(text) - 1


def three_bytes(rng: random.Random) -> tuple[str, int]:
    return "日本語の本", rng.choice([4, 5, 7, 8])


def four_bytes(rng: random.Random) -> tuple[str, int]:
    return "a🙂b🙂", rng.randint(1, 5)


def exact(rng: random.Random) -> tuple[str, int]:
    return "日本語", 3 * rng.randint(1, 3)


def first_does_not_fit(rng: random.Random) -> tuple[str, int]:
    return "🙂abc", rng.randint(1, 3)


def no_room(rng: random.Random) -> tuple[str, int]:
    return rng.choice(["a", "é", "🙂"]), 0


def negative(rng: random.Random) -> tuple[str, int]:
    return "abc", -rng.randint(1, 9)


def many(rng: random.Random) -> tuple[str, int]:
    return "".join(rng.choice("aé日🙂") for _ in range(200)), rng.randint(150, 350)


BASE = FunctionBase(
    solves=clip_bytes,
    title="Clip a text to bytes",
    category="type_errors",
    level="hard",
    description="""
        `clip_bytes(text, size)` returns, as bytes, the UTF-8 of the longest start of a string that takes no more than
        `size` bytes. Characters (code points) are never split: one that does not fit as a whole is left out, and so is
        all that follows. A text that fits is returned as a whole. A negative size raises ValueError.
    """,
    hints=(
        "How many bytes do é, 日 and 🙂 take?",
        "Encode first. The cut may then be inside of a character and has to move to its start.",
        "Bytes that go on with a character start with the bits 10. Check sizes before, in and behind a character.",
    ),
    visible={
        "letters": ("hello", 3),
        "half a character": ("aé", 2),
        "it fits": ("é", 2),
        "a negative size": ("a", -1),
    },
    hidden={
        "ASCII": ascii_text,
        "more than enough": fits,
        "one byte short": one_byte_short,
        "characters of three bytes": three_bytes,
        "characters of four bytes": four_bytes,
        "an exact fit": exact,
        "the first does not fit": first_does_not_fit,
        "no room": no_room,
        "nothing": ("", 0),
        "negative": negative,
        "many": many,
    },
)
