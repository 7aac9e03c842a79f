"""A calculator for ints."""

import random
import re

from codearena.generation.base import FunctionBase


def evaluate(text: str) -> int:
    """Return the value of an expression of ints, + - * and parentheses.

    Raises:
        ValueError: text is no such expression.
    """
    tokens = re.findall(r"[0-9]+|\S", text)
    value, rest = _sum(tokens)
    if rest:
        raise ValueError(f"unexpected {rest[0]!r}")
    return value


def _sum(tokens: list[str]) -> tuple[int, list[str]]:
    """Read a sum from the start of the tokens; return its value and the tokens behind it. So do the two others."""
    value, rest = _product(tokens)
    while rest and rest[0] in "+-":
        sign = 1 if rest[0] == "+" else -1
        term, rest = _product(rest[1:])
        value += sign * term
    return value, rest


def _product(tokens: list[str]) -> tuple[int, list[str]]:
    value, rest = _factor(tokens)
    while rest and rest[0] == "*":
        factor, rest = _factor(rest[1:])
        value *= factor
    return value, rest


def _factor(tokens: list[str]) -> tuple[int, list[str]]:
    match tokens:
        case ["-", *rest]:
            value, rest = _factor(rest)
            return -value, rest
        case ["(", *rest]:
            value, rest = _sum(rest)
            if rest[:1] != [")"]:
                raise ValueError("a parenthesis is not closed")
            return value, rest[1:]
        case [number, *rest] if number[0] in "0123456789":
            return int(number), rest
    raise ValueError("a number is missing")


def product_first(rng: random.Random) -> tuple[str]:
    a, b, c, d = rng.sample(range(2, 20), 4)
    return (f"{a} + {b} * {c} - {d}",)


def left_to_right(rng: random.Random) -> tuple[str]:
    a, b, c = rng.sample(range(2, 50), 3)
    return (f"{a} - {b} - {c} + 1",)


def parentheses(rng: random.Random) -> tuple[str]:
    a, b, c, d = rng.sample(range(2, 20), 4)
    return (f"{a}*({b}-({c}+{d}))*2",)


def signs(rng: random.Random) -> tuple[str]:
    a, b, c = rng.sample(range(2, 20), 3)
    return (f"-{a} * -{b} - -{c} + --1 - -(2 + {a})",)


def only_a_number(rng: random.Random) -> tuple[str]:
    return (f"  {rng.randint(100, 99999)} ",)


def no_spaces(rng: random.Random) -> tuple[str]:
    return (f"{rng.randint(1, 9)}*{rng.randint(10, 99)}+0{rng.randint(1, 9)}",)


def nested(rng: random.Random) -> tuple[str]:
    depth = rng.randint(5, 20)
    return ("(" * depth + str(rng.randint(1, 9)) + "+1)" * depth,)


def random_one(rng: random.Random) -> tuple[str]:
    return (_expression(rng, 6),)


def _expression(rng: random.Random, depth: int) -> str:
    if depth == 0:
        return str(rng.randint(0, 20))
    one, other = _expression(rng, depth - 1), _expression(rng, rng.randrange(depth))
    text = f"{one} {rng.choice('+-*')} {other}"
    return f"({text})" if rng.random() < 0.4 else text


BASE = FunctionBase(
    solves=evaluate,
    title="Evaluate an expression",
    category="hard",
    level="hard",
    description="""
        `evaluate(text)` returns the value, an int, of an expression that is made of numbers (the digits 0 to 9), the
        operators + - * and parentheses, with white space anywhere but inside numbers. Multiplication comes before
        addition and subtraction, and equal ones are done from left to right. A minus, or several, may stand before a
        number and before a parenthesis. Anything else raises ValueError: an empty text, a missing number or operator, a
        parenthesis without its partner, a plus before a number, other signs.
    """,
    hints=(
        "A sum consists of products, a product of factors. A factor is a number, a sum in parentheses, or negated.",
        "Let one function read each of the three, and return what it has read and what is left.",
        "Check which operators each level goes on with, from which side, and that in the end nothing is left.",
    ),
    visible={
        "a product in a sum": ("1 + 2 * 3",),
        "parentheses": ("(1 + 2) * 3",),
        "a sign": ("2 * -3",),
        "a number is missing": ("1 +",),
        "not closed": ("(1",),
    },
    hidden={
        "products before sums": product_first,
        "from left to right": left_to_right,
        "nested parentheses": parentheses,
        "signs": signs,
        "only a number": only_a_number,
        "no spaces": no_spaces,
        "deep": nested,
        "a random one": random_one,
        "the empty text": ("",),
        "an operator is missing": ("1 2",),
        "closed twice": ("(1))",),
        "a sign that is unknown": ("4 / 2",),
        "a plus before a number": ("+4",),
        "nothing in parentheses": ("2 * ()",),
        "closed by another sign": ("(1 * 2 + 3*",),
        "opened instead of closed": ("(7(",),
    },
)
