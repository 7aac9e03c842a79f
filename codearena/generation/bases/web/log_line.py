"""A line of a log that stays one line and tells no secrets."""

import random
import re

from codearena.generation.base import FunctionBase


def log_line(user: str, action: str) -> str:
    """Return "user=... action=...", with control characters escaped and card numbers masked."""
    return f"user={_clean(user)} action={_clean(action)}"


def _clean(text: str) -> str:
    masked = re.sub(r"(?<![0-9])[0-9]{12}([0-9]{4})(?![0-9])", r"************\1", text)
    return "".join(character if character.isprintable() else f"\\u{ord(character):04x}" for character in masked)


def plain(rng: random.Random) -> tuple[str, str]:
    return rng.choice(["ann", "bob"]), f"opened page {rng.randint(1, 99)}"


def forged_line(rng: random.Random) -> tuple[str, str]:
    return f"ann\nuser=admin action=login {rng.randint(1, 9)}", "login"


def forged_in_action(rng: random.Random) -> tuple[str, str]:
    return "ann", rng.choice(["a\r\nb", "a\rb", "a\u2028b", "a\x85b"])


def escape_sequences(rng: random.Random) -> tuple[str, str]:
    return "ann", f"\x1b[2J\x1b[{rng.randint(1, 9)}m\x00\x7f\t"


def card(rng: random.Random) -> tuple[str, str]:
    return "ann", f"paid with {_digits(rng, 16)}."


def two_cards(rng: random.Random) -> tuple[str, str]:
    return _digits(rng, 16), f"{_digits(rng, 16)},{_digits(rng, 16)}"


def card_beside_letters(rng: random.Random) -> tuple[str, str]:
    return "ann", f"card{_digits(rng, 16)}x"


def too_few_digits(rng: random.Random) -> tuple[str, str]:
    return "ann", f"order {_digits(rng, 15)}"


def too_many_digits(rng: random.Random) -> tuple[str, str]:
    return "ann", f"order {_digits(rng, rng.choice([17, 18, 32]))}"


def unicode(rng: random.Random) -> tuple[str, str]:
    return "Zoë", f"čaj 🙂 {rng.randint(1, 9)}"


def many(rng: random.Random) -> tuple[str, str]:
    return "ann", "".join(rng.choice("ab\n\t 0123456789") for _ in range(300))


def _digits(rng: random.Random, count: int) -> str:
    return "".join(rng.choice("0123456789") for _ in range(count))


BASE = FunctionBase(
    solves=log_line,
    title="A line of a log",
    category="security_bugs",
    level="medium",
    description=r"""
        `log_line(user, action)` returns the line "user=USER action=ACTION" for a log. Both texts come from strangers.
        In both, 16 digits 0 to 9 in a row, with no digit right before or behind them, are the number of a card: of
        these the first 12 are written as 12 stars. Every character that is not printable (`str.isprintable`) is
        written as \u and its number in at least four hex digits in lower case, so that nobody can forge another line;
        all others stay as they are.
    """,
    hints=(
        "What does the log look like for a user whose name holds a line end?",
        "A line end is only one of the characters that are not printable.",
        "Check both texts, a number of 15 and of 17 digits, and which digits of a card stay.",
    ),
    visible={
        "plain": ("ann", "login"),
        "a line end": ("ann\nuser=admin", "login"),
        "a card": ("ann", "paid 4539319503436467"),
    },
    hidden={
        "another plain one": plain,
        "a forged line": forged_line,
        "line ends of all kinds": forged_in_action,
        "escape sequences": escape_sequences,
        "a card and a stop": card,
        "several cards": two_cards,
        "a card beside letters": card_beside_letters,
        "too few digits": too_few_digits,
        "too many digits": too_many_digits,
        "nothing": ("", ""),
        "other digits": ("ann", "٤" * 16),
        "beyond ASCII": unicode,
        "many signs": many,
    },
)
