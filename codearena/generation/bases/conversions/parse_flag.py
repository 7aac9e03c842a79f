"""Yes and no, in all the ways in which settings say it."""

import random

from codearena.generation.base import FunctionBase

WORDS = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}
Value = bool | int | str | None


def parse_flag(value: Value, default: bool) -> bool:
    """Return what a setting says, or default if it says nothing.

    Raises:
        ValueError: value is a text or a number that says neither yes nor no.
        TypeError: value is of another type.
    """
    if value is None or value == "":
        return default
    if not isinstance(value, bool | int | str):
        raise TypeError(f"a flag is no {type(value).__name__}")
    word = str(value).strip().lower()
    if word not in WORDS:
        raise ValueError(f"{value!r} is neither yes nor no")
    return WORDS[word]


def yes(rng: random.Random) -> tuple[Value, bool]:
    return rng.choice(["yes", "true", "on", "1"]), False


def no(rng: random.Random) -> tuple[Value, bool]:
    return rng.choice(["no", "false", "off", "0"]), True


def upper_case(rng: random.Random) -> tuple[Value, bool]:
    return rng.choice(["YES", "True", "On", "FALSE", "oFF", "No"]), rng.random() < 0.5


def spaces(rng: random.Random) -> tuple[Value, bool]:
    return rng.choice([" no ", "off\n", "\tfalse", " 0"]), True


def numbers(rng: random.Random) -> tuple[Value, bool]:
    number = rng.randint(0, 1)
    return number, not number


def other_numbers(rng: random.Random) -> tuple[Value, bool]:
    return rng.choice([2, -1, 10, 100]), True


def other_words(rng: random.Random) -> tuple[Value, bool]:
    return rng.choice(["maybe", "y", "none", "truee", "1.0", " "]), True


def other_types(rng: random.Random) -> tuple[object, bool]:
    return rng.choice([[True], 1.0, 0.0, {"on": 1}, (), b"yes"]), True


def nothing(rng: random.Random) -> tuple[Value, bool]:
    return None, rng.random() < 0.5


BASE = FunctionBase(
    solves=parse_flag,
    title="Read a flag",
    category="type_errors",
    level="medium",
    description="""
        `parse_flag(value, default)` returns True or False, whatever way a setting says it. The bools themselves, the
        ints 1 and 0, and the words true, yes, on, 1 and false, no, off, 0 are known, words in any case and with white
        space around them. None and the empty string say nothing and give `default`. Any other int or string raises
        ValueError, a string of white space included; a value of another type, such as a float or a list, raises
        TypeError.
    """,
    hints=(
        "What is bool('false')?",
        "Turn everything into a word in lower case, and look it up.",
        "0 and False say no, which is not the same as nothing; and what is of a wrong type must not be looked up.",
    ),
    visible={
        "a word": ("false", True),
        "a bool": (True, False),
        "nothing": (None, True),
        "neither": ("perhaps", True),
        "a list": ([], True),
    },
    hidden={
        "yes": yes,
        "no": no,
        "upper case": upper_case,
        "white space": spaces,
        "numbers": numbers,
        "the number zero": (0, True),
        "false itself": (False, True),
        "other numbers": other_numbers,
        "other words": other_words,
        "other types": other_types,
        "a float": (1.0, True),
        "none at all": nothing,
        "the empty text": ("", True),
        "the empty text, by default no": ("", False),
        "on": ("ON", False),
        "off": ("Off", True),
        "the word true": ("TRUE", False),
        "the text one": ("1", False),
        "the text zero": ("0", True),
        "the word no": ("no", True),
        "the word yes": ("yes", False),
    },
)
