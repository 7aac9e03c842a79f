"""A search for a part of a title, in which no character is special."""

import random
import sqlite3

from codearena.generation.base import FunctionBase

Made = tuple[list[str], str]


def search_titles(titles: list[str], part: str) -> list[str]:
    """Return the titles that contain part, in their order."""
    escaped = part.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    with sqlite3.connect(":memory:") as database:
        database.execute("PRAGMA case_sensitive_like = ON")
        database.execute("CREATE TABLE books (title TEXT)")
        database.executemany("INSERT INTO books VALUES (?)", [(title,) for title in titles])
        query = "SELECT title FROM books WHERE title LIKE ? ESCAPE '\\' ORDER BY rowid"
        return [title for (title,) in database.execute(query, (f"%{escaped}%",))]


def inside(rng: random.Random) -> Made:
    return _titles(rng), rng.choice(["ea", "the", "ow"])


def at_an_end(rng: random.Random) -> Made:
    return _titles(rng), rng.choice(["the sea", "snow"])


def percent(rng: random.Random) -> Made:
    return rng.sample(["100% wool", "1000 wools", "50 %", "wool"], 4), rng.choice(["%", "0%"])


def underscore(rng: random.Random) -> Made:
    return rng.sample(["snake_case", "snakeXcase", "snake case", "_"], 4), rng.choice(["_", "e_c"])


def backslash(rng: random.Random) -> Made:
    return rng.sample(["c:\\temp", "c:/temp", "\\%", "temp"], 4), rng.choice(["\\", "\\t", "\\%"])


def quote(rng: random.Random) -> Made:
    return ["it's", "its", f"{rng.randint(1, 9)}'"], "'"


def injected(rng: random.Random) -> Made:
    return _titles(rng), rng.choice(["%' OR 1=1 --", "' UNION SELECT 'x", "'; DROP TABLE books; --"])


def case_matters(rng: random.Random) -> Made:
    return ["The Sea", "the sea", "THE SEA"], rng.choice(["The", "sea", "SEA"])


def nothing(rng: random.Random) -> Made:
    return _titles(rng), "xyzzy"


def unicode(rng: random.Random) -> Made:
    return ["Žluťoučký kůň", "zlutoucky kun", "日本の本"], rng.choice(["ůň", "本", "Ž"])


def many(rng: random.Random) -> Made:
    return ["".join(rng.choice("ab%_") for _ in range(6)) for _ in range(150)], rng.choice(["a%", "_b", "%_"])


def _titles(rng: random.Random) -> list[str]:
    return rng.sample(["the sea", "snow", "by the sea", "leaves", "owls", "the tower"], 6)


BASE = FunctionBase(
    solves=search_titles,
    title="Search for a part of a title",
    category="security_bugs",
    level="hard",
    description="""
        `search_titles(titles, part)` puts titles into a database of SQLite in memory and returns the list of those
        that contain the text `part`, in the order of `titles`. Upper and lower case are different. The part comes
        from strangers, and no character of it is special: % _ \\ and quotes match themselves only. The empty part is
        in every title.
    """,
    hints=(
        "Which titles does the part % find?",
        "A value that is handed over apart from the query is still a pattern if LIKE reads it.",
        "Put an escape character before %, _ and itself, and tell LIKE which it is. The order of replacements matters.",
    ),
    visible={
        "a part": (["by the sea", "snow", "seas"], "sea"),
        "a percent sign": (["100%", "100"], "0%"),
        "an underscore": (["a_b", "axb"], "_"),
        "nothing found": (["a"], "b"),
    },
    hidden={
        "inside": inside,
        "at an end": at_an_end,
        "percent signs": percent,
        "underscores": underscore,
        "backslashes": backslash,
        "a quote": quote,
        "a query inside": injected,
        "case matters": case_matters,
        "the empty part": (["b", "a", ""], ""),
        "nothing": nothing,
        "beyond ASCII": unicode,
        "many titles": many,
    },
)
