"""Runs of equal characters, as pairs."""

import random

from codearena.generation.base import FunctionBase, Probe


def run_lengths(text: str) -> list[tuple[str, int]]:
    """Return each run of equal characters of text as (character, length), in order."""
    runs: list[tuple[str, int]] = []
    for character in text:
        if runs and runs[-1][0] == character:
            runs[-1] = (character, runs[-1][1] + 1)
        else:
            runs.append((character, 1))
    return runs


def no_runs(rng: random.Random) -> tuple[str]:
    return ("".join(rng.sample("abcdefghij", rng.randint(3, 7))),)


def one_run(rng: random.Random) -> tuple[str]:
    return (rng.choice("xyz") * rng.randint(2, 12),)


def last_alone(rng: random.Random) -> tuple[str]:
    return ("a" * rng.randint(2, 5) + "b",)


def comes_back(rng: random.Random) -> tuple[str]:
    return ("a" * rng.randint(1, 4) + "b" * rng.randint(1, 4) + "a" * rng.randint(2, 4),)


def case_and_digits(rng: random.Random) -> tuple[str]:
    return ("".join(rng.choice("aA1") for _ in range(12)),)


def spaces(rng: random.Random) -> tuple[str]:
    return (" " * rng.randint(2, 4) + "x" + "\n" * rng.randint(1, 3) + " ",)


def unicode(rng: random.Random) -> tuple[str]:
    return ("é" * rng.randint(1, 3) + "ß" * rng.randint(2, 3) + "字" * rng.randint(1, 3) + "🙂" * 2,)


def many(rng: random.Random) -> tuple[str]:
    return ("".join(rng.choice("ab") for _ in range(300)),)


def make_input(n: int, rng: random.Random) -> tuple[str]:
    return ("".join(rng.choice("abc") for _ in range(n)),)


BASE = FunctionBase(
    solves=run_lengths,
    title="Run lengths",
    category="easy",
    level="easy",
    description="""
        `run_lengths(text)` returns the runs of equal characters in `text`, in order, as a list of tuples (character,
        length). Upper and lower case are different characters, and white space is a character like any other. A
        character that comes back after another one starts a new run. The empty text gives an empty list.
    """,
    hints=(
        "Follow the list of runs by hand through a text like aab.",
        "Each character either makes the last run longer or starts a new one of length 1.",
        "Check what happens at the first character, at the last one, and where a character comes back.",
    ),
    visible={
        "three runs": ("aaabcc",),
        "one character": ("z",),
        "the empty text": ("",),
    },
    hidden={
        "no two alike": no_runs,
        "one run": one_run,
        "the last one alone": last_alone,
        "a character that comes back": comes_back,
        "case and digits": case_and_digits,
        "white space": spaces,
        "beyond ASCII": unicode,
        "a few hundred": many,
    },
    probe=Probe(make_input, sizes=(100, 400, 1600, 6400, 25600)),
    optimal="O(n)",
)
