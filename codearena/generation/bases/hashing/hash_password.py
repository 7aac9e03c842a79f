"""Passwords, stored so that nobody can read them."""

import hashlib
import random

from codearena.generation.base import FunctionBase

ROUNDS = 2000


def hash_password(password: str, salt: bytes) -> str:
    """Return what is stored of a password: method, rounds, salt and hash, with dollar signs between them.

    Raises:
        ValueError: the password is empty or the salt has fewer than 16 bytes.
    """
    if not password or len(salt) < 16:
        raise ValueError("the password or the salt is too short")
    digest = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, ROUNDS)
    return f"pbkdf2_sha256${ROUNDS}${salt.hex()}${digest.hex()}"


def some(rng: random.Random) -> tuple[str, bytes]:
    return _password(rng), rng.randbytes(16)


def longer_salt(rng: random.Random) -> tuple[str, bytes]:
    return _password(rng), rng.randbytes(rng.randint(17, 40))


def short_salt(rng: random.Random) -> tuple[str, bytes]:
    return _password(rng), rng.randbytes(15)


def no_salt(rng: random.Random) -> tuple[str, bytes]:
    return _password(rng), b""


def no_password(rng: random.Random) -> tuple[str, bytes]:
    return "", rng.randbytes(16)


def spaces(rng: random.Random) -> tuple[str, bytes]:
    return f" {_password(rng)} ", rng.randbytes(16)


def unicode(rng: random.Random) -> tuple[str, bytes]:
    return "šifra-密码-" + _password(rng), rng.randbytes(16)


def zero_bytes(rng: random.Random) -> tuple[str, bytes]:
    return _password(rng), bytes(16)


def long_password(rng: random.Random) -> tuple[str, bytes]:
    return _password(rng) * 20, rng.randbytes(16)


def _password(rng: random.Random) -> str:
    return "".join(rng.choice("abcdefXYZ0123$:") for _ in range(rng.randint(6, 14)))


BASE = FunctionBase(
    solves=hash_password,
    title="Hash a password",
    category="security_bugs",
    level="medium",
    description="""
        `hash_password(password, salt)` returns what is stored of a password, as "pbkdf2_sha256$2000$SALT$HASH": SALT is
        the salt (bytes) in hex, HASH the result of PBKDF2 with HMAC-SHA-256 and 2000 rounds over the UTF-8 bytes of the
        password with that salt, 32 bytes, in hex as well. The password is not stripped or changed in any other way. An
        empty password, or a salt of fewer than 16 bytes, raises ValueError.
    """,
    hints=(
        "A quick hash can be guessed quickly, and without a salt equal passwords have equal hashes.",
        "The module hashlib has pbkdf2_hmac, which takes method, password, salt and rounds.",
        "Check what is encoded, the order of the four parts, and both things that are refused.",
    ),
    visible={
        "a password": ("correct horse", b"0123456789abcdef"),
        "a short salt": ("correct horse", b"0123456789abcde"),
        "no password": ("", b"0123456789abcdef"),
    },
    hidden={
        "some password": some,
        "a longer salt": longer_salt,
        "one byte short": short_salt,
        "no salt": no_salt,
        "an empty password": no_password,
        "spaces are kept": spaces,
        "beyond ASCII": unicode,
        "a salt of zeros": zero_bytes,
        "one character": ("x", b"fedcba9876543210"),
        "a long password": long_password,
    },
)
