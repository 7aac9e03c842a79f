"""Whether a message comes from who knows the key."""

import hashlib
import hmac
import random

from codearena.generation.base import Check, FunctionBase


def is_signed(message: str, signature: str, key: str) -> bool:
    """Return whether signature is the hex HMAC-SHA-256 of message by key, in a time that tells nothing about it."""
    expected = hmac.new(key.encode(), message.encode(), hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected.encode(), signature.encode())


def right(rng: random.Random) -> tuple[str, str, str]:
    message, key = _text(rng), _text(rng)
    return message, _sign(message, key), key


def another_message(rng: random.Random) -> tuple[str, str, str]:
    key = _text(rng)
    return "pay 1000", _sign("pay 100", key), key


def another_key(rng: random.Random) -> tuple[str, str, str]:
    message, key = _text(rng), _text(rng)
    return message, _sign(message, key), key + "x"


def last_digit_wrong(rng: random.Random) -> tuple[str, str, str]:
    message, key = _text(rng), _text(rng)
    signature = _sign(message, key)
    return message, signature[:-1] + ("0" if signature[-1] != "0" else "1"), key


def first_digit_wrong(rng: random.Random) -> tuple[str, str, str]:
    message, key = _text(rng), _text(rng)
    signature = _sign(message, key)
    return message, ("0" if signature[0] != "0" else "1") + signature[1:], key


def cut_off(rng: random.Random) -> tuple[str, str, str]:
    message, key = _text(rng), _text(rng)
    return message, _sign(message, key)[: rng.randint(1, 63)], key


def longer(rng: random.Random) -> tuple[str, str, str]:
    message, key = _text(rng), _text(rng)
    return message, _sign(message, key) + "0", key


def no_signature(rng: random.Random) -> tuple[str, str, str]:
    return _text(rng), "", _text(rng)


def plain_hash(rng: random.Random) -> tuple[str, str, str]:
    """The hash of key and message, which is no HMAC: a longer message could be signed without the key."""
    message, key = _text(rng), _text(rng)
    return message, hashlib.sha256((key + message).encode()).hexdigest(), key


def empty_message(rng: random.Random) -> tuple[str, str, str]:
    key = _text(rng)
    return "", _sign("", key), key


def unicode(rng: random.Random) -> tuple[str, str, str]:
    message, key = f"přeplatek {rng.randint(1, 99)} €", "klíč"
    return message, _sign(message, key), key


def unicode_signature(rng: random.Random) -> tuple[str, str, str]:
    return _text(rng), "ž" * 64, _text(rng)


def _sign(message: str, key: str) -> str:
    return hmac.new(key.encode(), message.encode(), hashlib.sha256).hexdigest()


def _text(rng: random.Random) -> str:
    return "".join(rng.choice("abcdef0123456789 ") for _ in range(rng.randint(5, 30)))


BASE = FunctionBase(
    solves=is_signed,
    title="Check a signature",
    category="security_bugs",
    level="medium",
    description="""
        `is_signed(message, signature, key)` returns whether `signature` is the HMAC of `message` by `key` with
        SHA-256, as 64 hex digits in lower case. All three are strings; message and key go into the HMAC as UTF-8.
        Every other signature gives False, whatever characters it is made of and however long it is. Signatures must
        be compared by `hmac.compare_digest`, whose time does not tell how many characters were right.
    """,
    hints=(
        "== stops at the first difference. What can somebody learn who measures the time?",
        "The module hmac has a function that compares in constant time.",
        "That function takes strings of ASCII only, but bytes of all kinds.",
    ),
    visible={
        "right": ("hello", _sign("hello", "k1"), "k1"),
        "another key": ("hello", _sign("hello", "k1"), "k2"),
        "no signature": ("hello", "", "k1"),
    },
    hidden={
        "signed": right,
        "another message": another_message,
        "by another key": another_key,
        "the last digit is wrong": last_digit_wrong,
        "the first digit is wrong": first_digit_wrong,
        "cut off": cut_off,
        "one digit more": longer,
        "empty": no_signature,
        "a hash that is no HMAC": plain_hash,
        "the empty message": empty_message,
        "upper case": ("hello", _sign("hello", "k1").upper(), "k1"),
        "beyond ASCII": unicode,
        "a signature beyond ASCII": unicode_signature,
    },
    checks=(Check("require_call", "hmac.compare_digest", "compares by hmac.compare_digest", visible=True),),
)
