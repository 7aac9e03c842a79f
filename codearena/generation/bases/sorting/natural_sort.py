"""Names with numbers in them, in the order that people expect."""

import random
import re

from codearena.generation.base import FunctionBase


def natural_sort(names: list[str]) -> list[str]:
    """Return the names in ascending order, digits in them compared as numbers and letters without regard to case."""
    return sorted(names, key=_key)


def _key(name: str) -> list[tuple[bool, int | str]]:
    """Return the parts of name, in a form in which a number comes before a text."""
    parts = re.findall(r"[0-9]+|[^0-9]+", name.lower())
    return [(False, int(part)) if part.isdigit() else (True, part) for part in parts]


def numbers_at_the_end(rng: random.Random) -> tuple[list[str]]:
    return (_shuffled(rng, ["file1", "file2", "file10", "file21", "file100"]),)


def numbers_first(rng: random.Random) -> tuple[list[str]]:
    return (_shuffled(rng, ["2b", "10a", "1c", "2a", "b", "a1"]),)


def two_numbers(rng: random.Random) -> tuple[list[str]]:
    return (_shuffled(rng, ["v1.2", "v1.10", "v2.1", "v10.0", "v1.9"]),)


def mixed_case(rng: random.Random) -> tuple[list[str]]:
    return (_shuffled(rng, ["Beta2", "alpha10", "Alpha9", "beta1", "GAMMA"]),)


def equal_keys(rng: random.Random) -> tuple[list[str]]:
    return (_shuffled(rng, ["a1", "A1", "a01", "A001", "a0"]),)


def prefixes(rng: random.Random) -> tuple[list[str]]:
    return (_shuffled(rng, ["a", "a1", "a1b", "a1b2", "ab", ""]),)


def digits_only(rng: random.Random) -> tuple[list[str]]:
    return ([str(rng.randint(0, 1200)) for _ in range(9)],)


def many(rng: random.Random) -> tuple[list[str]]:
    return ([rng.choice("xyz") + str(rng.randint(0, 300)) + rng.choice(["", "k"]) for _ in range(150)],)


def _shuffled(rng: random.Random, names: list[str]) -> list[str]:
    return rng.sample(names, len(names))


BASE = FunctionBase(
    solves=natural_sort,
    title="Natural order of names",
    category="medium",
    level="medium",
    description="""
        `natural_sort(names)` returns a new list with the strings of `names` in natural order. A name is a sequence of
        parts: each run of the digits 0 to 9 is one number, each run of other characters one text. Names are compared
        part by part. Numbers are compared by value, texts by their characters in lower case, and a number comes
        before a text. A name whose parts all start another name comes before it. Names that compare as equal, such as
        "a1" and "A01", keep their order.
    """,
    hints=(
        "Why does file10 come before file2 when strings are compared?",
        "Sort by a key: the list of a name's parts, with numbers as ints.",
        "An int cannot be compared with a str, so each part needs a form that says first what kind it is.",
    ),
    visible={
        "ten after two": (["file10", "file2", "file1"],),
        "case does not matter": (["b", "A", "a", "C"],),
        "no names": ([],),
    },
    hidden={
        "numbers at the end": numbers_at_the_end,
        "numbers at the start": numbers_first,
        "two numbers in each": two_numbers,
        "upper and lower case": mixed_case,
        "names that compare as equal": equal_keys,
        "one starts the other": prefixes,
        "digits only": digits_only,
        "one name": (["x9"],),
        "many names": many,
    },
)
