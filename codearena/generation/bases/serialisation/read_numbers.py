"""A list of numbers in Python's notation, which is not run."""

import ast
import random

from codearena.generation.base import Check, FunctionBase


def read_numbers(text: str) -> list[int | float]:
    """Return the numbers of a list that text writes down.

    Raises:
        ValueError: text is no list of numbers.
    """
    try:
        values = ast.literal_eval(text.strip())
    except (SyntaxError, TypeError, MemoryError, RecursionError) as error:
        raise ValueError("this is no list") from error
    if not isinstance(values, list) or any(type(value) not in (int, float) for value in values):
        raise ValueError("this is no list of numbers")
    return values


def ints(rng: random.Random) -> tuple[str]:
    return (str([rng.randint(-99, 99) for _ in range(5)]),)


def floats(rng: random.Random) -> tuple[str]:
    return (f"[{rng.randint(1, 9)}.5, -0.25, 1e{rng.randint(1, 5)}, +2]",)


def lines(rng: random.Random) -> tuple[str]:
    return (f"\n[\n  {rng.randint(1, 9)},\n  2,\n]\n",)


def hexadecimal(rng: random.Random) -> tuple[str]:
    return (f"[{hex(rng.randint(16, 255))}, 1_000, 0b11]",)


def call(rng: random.Random) -> tuple[str]:
    return (rng.choice(["list(range(3))", "[int('7')]", "[__import__('os').getpid()]", "[].copy()"]),)


def arithmetic(rng: random.Random) -> tuple[str]:
    return (f"[{rng.randint(1, 9)} * 2, 9**9]",)


def comprehension(rng: random.Random) -> tuple[str]:
    return (f"[number for number in (1, {rng.randint(2, 9)})]",)


def names(rng: random.Random) -> tuple[str]:
    return (rng.choice(["[x]", "numbers", "[1, nan]"]),)


def true_and_none(rng: random.Random) -> tuple[str]:
    return (rng.choice(["[True]", "[1, None]", "[False, 2]"]),)


def other_values(rng: random.Random) -> tuple[str]:
    return (rng.choice(["['1']", "[[1]]", "[1, (2,)]", "[b'1']", "[{}]"]),)


def no_list(rng: random.Random) -> tuple[str]:
    return (rng.choice(["(1, 2)", "{1, 2}", "7", "'[1]'", "{1: 2}", "1, 2"]),)


def not_closed(rng: random.Random) -> tuple[str]:
    return (f"[{rng.randint(1, 9)}, 2",)


def many(rng: random.Random) -> tuple[str]:
    return (str([rng.choice([rng.randint(0, 999), rng.random()]) for _ in range(150)]),)


BASE = FunctionBase(
    solves=read_numbers,
    title="Read a list of numbers",
    category="security_bugs",
    level="easy",
    description="""
        `read_numbers(text)` reads a list of ints and floats from a text in Python's notation, as `repr` writes it,
        and returns it. White space around the list does not matter. Numbers may have a sign, an exponent or an
        underscore, or be hexadecimal, as in Python. The text comes from strangers and must not be run: calls,
        arithmetic, names and comprehensions raise ValueError. So does everything else that is no list of numbers:
        another collection, True, None, texts or lists inside, a list that is not closed, the empty text.
    """,
    hints=(
        "What can a stranger write into the text, and what happens then?",
        "The module ast has a function that reads values and runs nothing.",
        "It raises more than one kind of exception, and reads more than lists of numbers: True is one of the others.",
    ),
    visible={
        "three numbers": ("[1, 2.5, -3]",),
        "an empty list": ("[]",),
        "a call": ("[print(1)]",),
        "a text inside": ("['a']",),
    },
    hidden={
        "ints": ints,
        "floats": floats,
        "several lines": lines,
        "hexadecimal": hexadecimal,
        "calls": call,
        "arithmetic": arithmetic,
        "a comprehension": comprehension,
        "names": names,
        "true and none": true_and_none,
        "other values": other_values,
        "not a list": no_list,
        "not closed": not_closed,
        "the empty text": ("",),
        "a tuple": ("(1, 2)",),
        "a space before": (" [4]",),
        "cannot be in a set": ("{[]}",),
        "many numbers": many,
    },
    checks=(
        Check("forbid_call", "eval", "does not call eval", visible=True),
        Check("forbid_call", "exec", "does not call exec"),
    ),
)
