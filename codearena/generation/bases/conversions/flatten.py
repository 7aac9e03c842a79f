"""Nested lists as one list, in which texts stay whole."""

import random
from collections.abc import Iterator

from codearena.generation.base import FunctionBase


def flatten(values: list[object]) -> list[object]:
    """Return what is in values and in all lists and tuples inside, in order."""
    return list(_leaves(values))


def _leaves(values: list[object] | tuple[object, ...]) -> Iterator[object]:
    for value in values:
        if isinstance(value, list | tuple):
            yield from _leaves(value)
        else:
            yield value


def numbers(rng: random.Random) -> tuple[list[object]]:
    return ([1, [rng.randint(2, 9), [3, [4]], 5], [rng.randint(6, 9)]],)


def texts(rng: random.Random) -> tuple[list[object]]:
    return (["ab", ["cd", ["e" * rng.randint(1, 5)]], ""],)


def tuples(rng: random.Random) -> tuple[list[object]]:
    return ([(1, rng.randint(2, 9)), [(3, (4,)), 5]],)


def others_stay(rng: random.Random) -> tuple[list[object]]:
    return ([{"a": [1]}, [{2, rng.randint(3, 9)}], b"xy", [None, True]],)


def falsy(rng: random.Random) -> tuple[list[object]]:
    return ([0, [None, [False, ["", [0.0]]]], rng.randint(1, 9)],)


def empty_ones(rng: random.Random) -> tuple[list[object]]:
    return ([[], [[], [()]], rng.randint(1, 9), [[]]],)


def deep(rng: random.Random) -> tuple[list[object]]:
    nested: list[object] = [rng.randint(1, 9)]
    for number in range(40):
        nested = [number, nested]
    return (nested,)


def flat(rng: random.Random) -> tuple[list[object]]:
    return ([rng.randint(1, 9) for _ in range(200)],)


BASE = FunctionBase(
    solves=flatten,
    title="Flatten nested lists",
    category="type_errors",
    level="medium",
    description="""
        `flatten(values)` takes a list and returns a new list with everything in it and in the lists and tuples inside
        of it, however deep, in order. Only lists and tuples are taken apart: strings, bytes, dicts, sets, None and
        numbers are values and stay as they are. Empty lists and tuples leave nothing behind. Nesting is no deeper
        than 100.
    """,
    hints=(
        "A string is a sequence, and each of its characters is a string, too.",
        "Ask for the types that are taken apart, not for whether something can be iterated over.",
        "Check tuples, empty lists, and values that are false.",
    ),
    visible={
        "nested": ([1, [2, [3]], 4],),
        "texts": (["ab", ["cd"]],),
        "an empty list": ([],),
    },
    hidden={
        "numbers": numbers,
        "texts of any length": texts,
        "tuples": tuples,
        "other collections": others_stay,
        "values that are false": falsy,
        "empty ones": empty_ones,
        "deep": deep,
        "flat already": flat,
    },
)
