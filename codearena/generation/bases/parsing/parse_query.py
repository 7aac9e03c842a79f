"""The part of an address behind the question mark."""

import random

from codearena.generation.base import FunctionBase


def parse_query(query: str) -> dict[str, list[str]]:
    """Return the values of each key of a query string, in order."""
    values: dict[str, list[str]] = {}
    for part in query.split("&"):
        if part:
            key, _, value = part.partition("=")
            values.setdefault(_decoded(key), []).append(_decoded(value))
    return values


def _decoded(text: str) -> str:
    """Return text with + as a space and %41 as the byte 0x41 of UTF-8; a % without two hex digits stays."""
    first, *others = text.replace("+", " ").split("%")
    raw = first.encode()
    for part in others:
        if len(part) >= 2 and all(digit in "0123456789abcdefABCDEF" for digit in part[:2]):
            raw += bytes([int(part[:2], 16)]) + part[2:].encode()
        else:
            raw += b"%" + part.encode()
    return raw.decode("utf-8", "replace")


def plain(rng: random.Random) -> tuple[str]:
    return (f"page={rng.randint(1, 99)}&sort=name",)


def repeated(rng: random.Random) -> tuple[str]:
    return (f"tag=a&x=1&tag={rng.choice('bcd')}&tag=a",)


def without_value(rng: random.Random) -> tuple[str]:
    return (f"debug&{rng.choice('abc')}=&=empty",)


def several_equal_signs(rng: random.Random) -> tuple[str]:
    return (f"filter=a={rng.randint(1, 9)}==b",)


def spaces(rng: random.Random) -> tuple[str]:
    return (f"q=two+words+{rng.randint(1, 9)}%20end&first+name=Jo",)


def escapes(rng: random.Random) -> tuple[str]:
    return (f"a%26b=1%3D{rng.randint(1, 9)}&c=%2B%25&d=%4a%4A",)


def unicode(rng: random.Random) -> tuple[str]:
    return (f"city=M%C3%BCnchen+{rng.randint(1, 9)}&name=Zoë",)


def broken_escapes(rng: random.Random) -> tuple[str]:
    return (f"a=100%&b=%4&c=%z4{rng.randint(1, 9)}&d=%4z&d=%%41",)


def empty_parts(rng: random.Random) -> tuple[str]:
    return (f"&&a={rng.randint(1, 9)}&&",)


BASE = FunctionBase(
    solves=parse_query,
    title="Parse a query string",
    category="medium",
    level="medium",
    description="""
        `parse_query(query)` reads the part of a web address behind its question mark and returns a dict from each key
        to the list of its values, keys in the order in which they come first and values in their order. Parts are
        separated by &; empty parts are skipped. The first = of a part separates key and value; without one the value
        is the empty string. Keys may be empty. In keys and values + stands for a space, and % with two hex digits, in
        upper or lower case, for a byte of UTF-8; a % without two hex digits behind it stays as it is. Bytes that are
        not UTF-8 become the character U+FFFD, as `errors="replace"` has it.
    """,
    hints=(
        "Which of several equal signs separates key and value, and what if there is none?",
        "Separate first and decode afterwards, or a coded & or = separates too.",
        "Check the order of the two replacements, keys that come again, and a % at the very end.",
    ),
    visible={
        "two keys": ("a=1&b=2",),
        "a key comes again": ("a=1&a=2",),
        "a space": ("q=x+y",),
        "nothing": ("",),
    },
    hidden={
        "plain": plain,
        "several values": repeated,
        "no value": without_value,
        "several equal signs": several_equal_signs,
        "spaces": spaces,
        "coded signs": escapes,
        "beyond ASCII": unicode,
        "not UTF-8": ("a=%ff%41",),
        "percent signs that code nothing": broken_escapes,
        "empty parts": empty_parts,
    },
)
