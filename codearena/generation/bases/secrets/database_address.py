"""An address with a password that is not in the code."""

import os
from urllib.parse import quote

from codearena.generation.base import Case, FunctionBase


def database_address(host: str) -> str:
    """Return the address of the database at host, for the user and the password in the environment.

    Raises:
        RuntimeError: a variable is not set or empty; the message names it.
    """
    parts: list[str] = []
    for variable in ("DB_USER", "DB_PASSWORD"):
        value = os.environ.get(variable, "")
        if not value:
            raise RuntimeError(f"{variable} is not set")
        parts.append(quote(value, safe=""))
    return f"postgresql://{':'.join(parts)}@{host}/app"


def _case(user: str, password: str, host: str = "db.example.org") -> Case:
    return Case((host,), env={"DB_USER": user, "DB_PASSWORD": password})


BASE = FunctionBase(
    solves=database_address,
    title="A password from the environment",
    category="security_bugs",
    level="easy",
    description="""
        `database_address(host)` returns the address "postgresql://USER:PASSWORD@HOST/app" with the values of the
        environment variables DB_USER and DB_PASSWORD, read anew at every call, and with the host as it is given. In
        user and password every character but letters and digits of ASCII and _ . - ~ is written as % and two hex
        digits in upper case for each of its bytes of UTF-8. If a variable is not set or empty it raises RuntimeError.
        Neither of the two values may stand in the source, not even as a default.
    """,
    hints=(
        "Who else sees this file, and what happens if the password changes?",
        "Read the variables when the function is called; an empty one counts as missing.",
        "A password with a / or an @ would end where it should not: urllib.parse has a function that codes them all.",
    ),
    visible={
        "user and password": _case("app", "letmein"),
        "a sign in the password": _case("app", "p@ss/word"),
        "no password": Case(("db.example.org",), env={"DB_USER": "app"}),
    },
    hidden={
        "other values": _case("reader", "q8Zr-0417"),
        "another host": _case("app", "x1", "10.0.0.7:5433"),
        "a slash": _case("app", "a/b"),
        "a colon": _case("a:b", "c:d"),
        "a percent sign": _case("app", "100%25"),
        "spaces and a plus": _case("first last", " a+b "),
        "beyond ASCII": _case("jürgen", "clé-ключ"),
        "signs that stay": _case("a_b.c", "d-e~f"),
        "neither": Case(("db.example.org",), env={}),
        "no user": Case(("db.example.org",), env={"DB_PASSWORD": "x"}),
        "an empty password": _case("app", ""),
        "an empty user": _case("", "x"),
        "looks like zero": _case("0", "0"),
        "other variables": Case(("h",), env={"DB_PASS": "wrong", "db_password": "wrong", "DB_USER": "app"}),
    },
)
