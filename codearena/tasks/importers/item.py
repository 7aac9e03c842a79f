"""One item of a data set: what a mapping reads of it, and how it says that there is no task in it."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from codearena.tasks.tagged import JSON

Row = Mapping[str, Any]
"""An item as its file has it: keys are the fields' names, values are plain JSON or bytes."""

STANDARD_IMPORTS = "\n".join(
    (
        "import bisect, collections, copy, datetime, functools, heapq",
        "import itertools, math, operator, random, re, string, sys",
        "from typing import *",
        "from collections import *",
        "",
    )
)
"""Prelude of data sets whose programs are written as if these were there."""


class RefusedError(ValueError):
    """The item is no task; the message says why, and names the field."""


@dataclass(frozen=True)
class Refusal:
    """An item that became no task. place: file and line or row; item: its id, empty if it has none."""

    place: str
    item: str
    reason: str


@dataclass
class Draft:
    """A task as a mapping makes it. record: see codearena/tasks/record.py; left_out: parts of the item, in words.

    `buggy` may be missing from the record, where a data set has right programs only.
    """

    record: dict[str, JSON]
    left_out: list[str] = field(default_factory=list)


Mapper = Callable[[Row], Draft]
"""Reads one item. Raises RefusedError."""


def text_of(row: Row, *names: str, default: str | None = None) -> str:
    """The first of the fields that is there and not empty. Raises RefusedError if there is none and no default."""
    for name in names:
        value = row.get(name)
        if isinstance(value, bytes):
            value = value.decode("utf-8", "replace")
        if isinstance(value, str) and value.strip():
            return value
        if value is not None and not isinstance(value, str):
            raise RefusedError(f"{name}: is no text")
    if default is None:
        raise RefusedError(f"{' or '.join(names)}: missing or empty")
    return default


def number_of(row: Row, name: str) -> float | None:
    """A number that the field holds or writes; None if it holds none."""
    value = row.get(name)
    if isinstance(value, str):
        found = re.search(r"\d+(?:\.\d+)?", value)
        value = float(found[0]) if found else None
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def items_of(row: Row, name: str) -> Sequence[Any]:
    """A list, which may be written as JSON in a text; none if the field is not there. Raises RefusedError."""
    value = loaded(row.get(name), name)
    if value is None:
        return ()
    if not isinstance(value, (list, tuple)):
        raise RefusedError(f"{name}: is no list")
    return value


def loaded(value: Any, name: str) -> Any:
    """The value, or what its text says as JSON. Raises RefusedError."""
    if not isinstance(value, (str, bytes)):
        return value
    if not value.strip():
        return None
    try:
        return json.loads(value)
    except (ValueError, RecursionError) as error:
        raise RefusedError(f"{name}: is no JSON: {error}") from error


def id_of(prefix: str, *parts: object) -> str:
    """An id of what the data set calls the item; what no id may hold becomes a hyphen."""
    words = [re.sub(r"[^A-Za-z0-9_.:-]+", "-", str(part)).strip("-.") for part in parts]
    return "/".join((prefix, *(word for word in words if word)))[:200]


def level_of(difficulty: object) -> str:
    """One of our levels for a data set's own word or rating; medium if it says nothing that we know."""
    words = str(difficulty).strip().lower()
    if words.isdigit():  # a rating of Codeforces, which begins at 800
        rating = int(words)
        return "easy" if rating < 1400 else "medium" if rating < 2000 else "hard"
    if words in ("easy", "introductory", "beginner", "entry", "a", "b"):
        return "easy"
    if words in ("hard", "very_hard", "very hard", "competition", "expert", "challenging"):
        return "hard"
    return "medium"


def compiles(source: str, name: str) -> None:
    """Raises RefusedError for a program that ours does not read: of Python 2, for one."""
    try:
        compile(source, name, "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError) as error:
        raise RefusedError(f"{name}: is no program of Python 3: {error}") from error
