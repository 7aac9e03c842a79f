"""Oracles of the bases on copies."""

import copy
from typing import Any


def layered_settings(defaults: dict[str, Any], users: list[dict[str, Any]]) -> list[dict[str, Any]]:
    def merge(into: dict[str, Any], above: dict[str, Any]) -> None:
        for key in above:
            if type(into.get(key)) is dict and type(above[key]) is dict:
                merge(into[key], above[key])
            else:
                into[key] = copy.deepcopy(above[key])

    merged = [copy.deepcopy(defaults) for _ in users]
    for into, user in zip(merged, users, strict=True):
        merge(into, user)
    return merged


def mark_cells(rows: int, columns: int, cells: list[tuple[int, int]]) -> list[list[int]]:
    if any(row not in range(rows) or column not in range(columns) for row, column in cells):
        raise IndexError
    return [[cells.count((row, column)) for column in range(columns)] for row in range(rows)]


class undo_list:  # noqa: N801 - named as its base
    """Plays the whole life again, without what was undone."""

    def __init__(self, items: list[str] | None = None) -> None:
        self.start, self.changes = tuple(items or ()), list[tuple[str, str]]()

    def add(self, item: str) -> list[str]:
        self.changes.append(("add", item))
        return self.items()

    def remove(self, item: str) -> list[str]:
        if item not in self.items():
            raise ValueError
        self.changes.append(("remove", item))
        return self.items()

    def undo(self) -> bool:
        return bool(self.changes and self.changes.pop())

    def items(self) -> list[str]:
        items = list(self.start)
        for kind, item in self.changes:
            items.append(item) if kind == "add" else items.pop(items.index(item))
        return items


def by_initial(words: list[str], initials: str) -> dict[str, list[str]]:
    groups = {key: [word for word in words if word and word[0].lower() == key] for key in initials}
    taken = [word for group in groups.values() for word in group]
    return groups | {"": [word for word in words if word not in taken]}
