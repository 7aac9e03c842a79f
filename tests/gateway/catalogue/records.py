"""Records of small tasks, as many as a test wants."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

LEVELS = ("easy", "medium", "hard")


def record(number: int, **fields: object) -> dict[str, Any]:
    """One task, `set/<number>`, of the level that its number says."""
    return {
        "id": f"set/{number}",
        "category": f"kind-{number % 4}",
        "level": LEVELS[number % 3],
        "split": "held_out" if number % 5 == 0 else "train",
        "source": "a set",
        "tags": [f"mod-{number % 2}"],
        "description": "Return the argument.",
        "entry_point": "echo",
        "buggy": "wrong # the buggy code\n",
        "solution": "right # the-reference-solution",
        "tests": [
            {"name": "one", "args": [1], "expect": 1, "visible": True},
            {"name": "secret-name", "args": ["hidden-input"], "expect": "hidden-input"},
        ],
        **fields,
    }


def write(path: Path, records: Iterable[Mapping[str, Any] | str]) -> Path:
    """A line for each; a text is one as it stands."""
    lines = (each if isinstance(each, str) else json.dumps(each) for each in records)
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    return path
