"""Whether a password is the one that was stored."""

import hashlib
import hmac
import random

from codearena.generation.base import Check, FunctionBase


def same_password(password: str, stored: str) -> bool:
    """Return whether stored, "ROUNDS$SALT$HASH", was made of password; False if it has another form."""
    try:
        rounds, salt, digest = stored.split("$")
        expected = hashlib.pbkdf2_hmac("sha256", password.encode(), bytes.fromhex(salt), int(rounds))
        return hmac.compare_digest(expected, bytes.fromhex(digest))
    except ValueError:
        return False


def right(rng: random.Random) -> tuple[str, str]:
    password = _password(rng)
    return password, _stored(rng, password)


def wrong(rng: random.Random) -> tuple[str, str]:
    return _password(rng), _stored(rng, "letmein")


def case_differs(rng: random.Random) -> tuple[str, str]:
    password = "Q" + _password(rng)
    return password.lower(), _stored(rng, password)


def space_at_the_end(rng: random.Random) -> tuple[str, str]:
    password = _password(rng)
    return password + " ", _stored(rng, password)


def cut_off(rng: random.Random) -> tuple[str, str]:
    password = _password(rng)
    return password, _stored(rng, password)[: -2 * rng.randint(1, 31)]


def no_hash(rng: random.Random) -> tuple[str, str]:
    return _password(rng), f"50${rng.randbytes(8).hex()}$"


def other_rounds(rng: random.Random) -> tuple[str, str]:
    password = _password(rng)
    return password, "1" + _stored(rng, password)


def plain_text(rng: random.Random) -> tuple[str, str]:
    password = _password(rng)
    return password, password


def no_hex(rng: random.Random) -> tuple[str, str]:
    return _password(rng), f"50${rng.choice(['xy', 'a'])}$00"


def too_many_parts(rng: random.Random) -> tuple[str, str]:
    password = _password(rng)
    return password, _stored(rng, password) + "$"


def rounds_are_no_number(rng: random.Random) -> tuple[str, str]:
    password = _password(rng)
    return password, "x" + _stored(rng, password)


def unicode(rng: random.Random) -> tuple[str, str]:
    password = "密码é" + _password(rng)
    return password, _stored(rng, password)


def _stored(rng: random.Random, password: str) -> str:
    rounds, salt = rng.randint(10, 60), rng.randbytes(8)
    return f"{rounds}${salt.hex()}${hashlib.pbkdf2_hmac('sha256', password.encode(), salt, rounds).hex()}"


def _password(rng: random.Random) -> str:
    return "".join(rng.choice("abcdefxyz0123") for _ in range(rng.randint(6, 12)))


BASE = FunctionBase(
    solves=same_password,
    title="Check a password",
    category="security_bugs",
    level="hard",
    description="""
        `same_password(password, stored)` returns whether a password is the one that was stored as "ROUNDS$SALT$HASH":
        the number of rounds in decimal, salt and hash in hex, the hash by PBKDF2 with HMAC-SHA-256 over the UTF-8
        bytes of the password. Whatever is stored in another form gives False and never raises: fewer or more parts,
        no hex, a number of rounds that is none or not positive. So does a hash that is cut off or empty. The hashes
        must be compared by `hmac.compare_digest`, whose time does not tell how much of them was right.
    """,
    hints=(
        "A hash cannot be turned back. Make one of the password in the same way and compare.",
        "Rounds and salt of the stored password are needed for that, and any of the three parts may be broken.",
        "An empty or shortened hash must not be right, so compare the whole of both, in constant time.",
    ),
    visible={
        "right": ("sesame", "20$73616c74$" + hashlib.pbkdf2_hmac("sha256", b"sesame", b"salt", 20).hex()),
        "wrong": ("Sesame", "20$73616c74$" + hashlib.pbkdf2_hmac("sha256", b"sesame", b"salt", 20).hex()),
        "not a stored password": ("sesame", "sesame"),
    },
    hidden={
        "the password": right,
        "another one": wrong,
        "case differs": case_differs,
        "a space at the end": space_at_the_end,
        "a hash that is cut off": cut_off,
        "an empty hash": no_hash,
        "other rounds": other_rounds,
        "stored in plain text": plain_text,
        "no hex": no_hex,
        "a part too many": too_many_parts,
        "no number of rounds": rounds_are_no_number,
        "no rounds": ("sesame", "0$73616c74$00"),
        "negative rounds": ("sesame", "-5$73616c74$00"),
        "nothing stored": ("sesame", ""),
        "beyond ASCII": unicode,
    },
    checks=(Check("require_call", "hmac.compare_digest", "compares by hmac.compare_digest", visible=True),),
)
