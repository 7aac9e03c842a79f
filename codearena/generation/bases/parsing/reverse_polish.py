"""A calculator whose operators come last."""

import random
import sys

from codearena.generation.base import ProgramBase


def main() -> None:
    """Print the value of each line, or error."""
    for line in sys.stdin.read().splitlines():
        print(_value(line.split()))


def _value(words: list[str]) -> int | str:
    stack: list[int] = []
    for word in words:
        if word not in ("+", "-", "*", "/"):
            stack.append(int(word))
            continue
        if len(stack) < 2:
            return "error"
        right = stack.pop()
        left = stack.pop()
        if word == "+":
            stack.append(left + right)
        elif word == "-":
            stack.append(left - right)
        elif word == "*":
            stack.append(left * right)
        elif right == 0:
            return "error"
        else:
            stack.append(left // right)
    return stack.pop() if len(stack) == 1 else "error"


def sums(rng: random.Random) -> str:
    a, b, c = rng.sample(range(2, 60), 3)
    return f"{a} {b} + {c} -\n{a} {b} {c} + -\n"


def products(rng: random.Random) -> str:
    a, b, c = rng.sample(range(2, 20), 3)
    return f"{a} {b} * {c} +\n{a} {b} {c} * -\n"


def divisions(rng: random.Random) -> str:
    a, b = rng.randint(20, 99), rng.randint(3, 9)
    return f"{a} {b} /\n-{a} {b} /\n{a} -{b} /\n{b} {a} /\n"


def by_zero(rng: random.Random) -> str:
    return f"{rng.randint(1, 9)} 0 /\n0 {rng.randint(1, 9)} /\n5 3 3 - /\n"


def too_few(rng: random.Random) -> str:
    return f"{rng.randint(1, 9)} +\n+\n1 2 + *\n"


def too_many(rng: random.Random) -> str:
    return f"1 {rng.randint(1, 9)}\n1 2 3 +\n4\n"


def negative_numbers(rng: random.Random) -> str:
    return f"-{rng.randint(1, 9)} -{rng.randint(1, 9)} *\n3 -4 -\n"


def empty_lines(rng: random.Random) -> str:
    return f"1 1 +\n\n{rng.randint(1, 9)}\n   \n"


def large(rng: random.Random) -> str:
    return f"{rng.randint(10**15, 10**16)} {rng.randint(10**15, 10**16)} *\n"


def long_lines(rng: random.Random) -> str:
    numbers = [str(rng.randint(1, 9)) for _ in range(80)]
    return " ".join(numbers) + " " + " ".join(rng.choice("+-*") for _ in range(79)) + "\n"


BASE = ProgramBase(
    solves=main,
    title="Reverse Polish notation",
    category="medium",
    level="medium",
    description="""
        Read expressions in reverse Polish notation from standard input, one on each line, and print the value of each
        on a line of its own. An expression is made of whole numbers, maybe negative, and the operators + - * /, with
        spaces between them; each operator takes the two values before it, in their order, and leaves one. / rounds
        down, towards minus infinity. For a line that divides by zero, has too few values for an operator, or does not
        leave exactly one value (an empty line leaves none), print error instead.
    """,
    hints=(
        "Play it by hand with a stack: numbers go on it, operators take two values off.",
        "The value that comes off first is the right one.",
        "Check how many values an operator needs, how many are left at the end, and which way a division rounds.",
    ),
    visible={
        "a sum": "1 2 +\n",
        "the order matters": "7 2 -\n2 7 -\n",
        "errors": "1 +\n1 0 /\n1 2\n",
    },
    hidden={
        "sums": sums,
        "products": products,
        "divisions": divisions,
        "by zero": by_zero,
        "too few values": too_few,
        "too many values": too_many,
        "negative numbers": negative_numbers,
        "empty lines": empty_lines,
        "no lines": "",
        "large numbers": large,
        "long lines": long_lines,
    },
)
