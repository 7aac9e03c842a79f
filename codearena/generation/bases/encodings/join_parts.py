"""Text that comes in parts of str and bytes."""

import random

from codearena.generation.base import FunctionBase

Part = str | bytes | None


def join_parts(parts: list[Part], separator: str) -> str:
    """Return the parts as one text; bytes are UTF-8, and None is left out.

    Raises:
        ValueError: bytes are not UTF-8.
        TypeError: a part is of another type.
    """
    return separator.join(_text(part) for part in parts if part is not None)


def _text(part: str | bytes) -> str:
    if isinstance(part, str):
        return part
    if not isinstance(part, bytes):
        raise TypeError(f"a part is no {type(part).__name__}")
    try:
        return part.decode()
    except UnicodeDecodeError as error:
        raise ValueError("bytes are not UTF-8") from error


def texts(rng: random.Random) -> tuple[list[Part], str]:
    return rng.sample(["a", "b", "c"], 3), rng.choice(["", "-", ", "])


def plain_bytes(rng: random.Random) -> tuple[list[Part], str]:
    return [b"ab", b"cd" * rng.randint(1, 3)], "+"


def mixed(rng: random.Random) -> tuple[list[Part], str]:
    return rng.sample(["a", b"b", "c", b"d"], 4), " "


def beyond_ascii(rng: random.Random) -> tuple[list[Part], str]:
    return rng.sample(["é", "é".encode(), "日本".encode(), "🙂"], 4), "·"


def missing(rng: random.Random) -> tuple[list[Part], str]:
    return rng.sample([None, "a", None, b"b"], 4), "/"


def empty_parts(rng: random.Random) -> tuple[list[Part], str]:
    return rng.sample(["", b"", "x"], 3), "-"


def not_utf8(rng: random.Random) -> tuple[list[Part], str]:
    return ["a", rng.choice([b"\xff", b"caf\xe9", b"\xe2\x82"])], "-"


def numbers(rng: random.Random) -> tuple[list[object], str]:
    return ["a", rng.choice([7, 0, 1.5, True, ["b"]])], "-"


def split_character(rng: random.Random) -> tuple[list[Part], str]:
    first, second = "é".encode()[:1], "é".encode()[1:]
    return [first, second], rng.choice(["", "-"])


def many(rng: random.Random) -> tuple[list[Part], str]:
    return [rng.choice(["x", b"y", None, "ž", "ž".encode()]) for _ in range(200)], ""


BASE = FunctionBase(
    solves=join_parts,
    title="Join text and bytes",
    category="type_errors",
    level="medium",
    description="""
        `join_parts(parts, separator)` returns one string of all parts in order, with the string `separator` between
        two of them. A part is a str, or bytes that are UTF-8 each by themselves, or None, which is left out as if it
        were not there; empty parts are not left out. Bytes that are not UTF-8 raise ValueError, a part of another
        type raises TypeError. No parts give the empty string.
    """,
    hints=(
        "What is str(b'ab')?",
        "Bytes become text by decoding; text is text already.",
        "An empty part is not a missing part, and a number is neither text nor bytes.",
    ),
    visible={
        "text and bytes": (["a", b"b"], "-"),
        "a part is missing": (["a", None, "b"], "-"),
        "a number": (["a", 1], "-"),
        "no parts": ([], "-"),
    },
    hidden={
        "texts": texts,
        "bytes": plain_bytes,
        "both": mixed,
        "beyond ASCII": beyond_ascii,
        "missing parts": missing,
        "empty parts": empty_parts,
        "not UTF-8": not_utf8,
        "other types": numbers,
        "half a character": split_character,
        "nothing but None": ([None, None], "-"),
        "many parts": many,
    },
)
