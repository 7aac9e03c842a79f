"""A list that can go back to what it was."""

import random

from codearena.generation.base import ClassBase, Steps


class UndoList:
    """A list of texts with its history."""

    def __init__(self, items: list[str] | None = None) -> None:
        self._items = list(items or [])
        self._history: list[list[str]] = []

    def add(self, item: str) -> list[str]:
        """Put an item at the end and return all items."""
        self._change([*self._items, item])
        return self.items()

    def remove(self, item: str) -> list[str]:
        """Remove the first such item and return all items. Raises ValueError if there is none."""
        items = self._items.copy()
        items.remove(item)
        self._change(items)
        return self.items()

    def undo(self) -> bool:
        """Take back the last change and return whether there was one."""
        if not self._history:
            return False
        self._items = self._history.pop()
        return True

    def items(self) -> list[str]:
        """Return a copy of the items."""
        return self._items.copy()

    def _change(self, items: list[str]) -> None:
        self._history.append(self._items)
        self._items = items


def add_and_undo(rng: random.Random) -> Steps:
    added = [("add", item) for item in rng.sample("abcdef", 3)]
    return [("UndoList",), *added, ("undo",), ("items",), ("undo",), ("items",)]


def remove_and_undo(rng: random.Random) -> Steps:
    items = rng.sample("abcdef", 4)
    return [("UndoList", items), ("remove", rng.choice(items)), ("undo",), ("items",), ("undo",)]


def first_of_two(rng: random.Random) -> Steps:
    one, two = rng.sample("abcdef", 2)
    return [("UndoList", [one, two, one]), ("remove", one), ("items",), ("undo",), ("items",)]


def undo_all(rng: random.Random) -> Steps:
    first, second = rng.sample("abcdef", 2)
    undone = [("undo",), ("undo",), ("undo",), ("items",)]
    return [("UndoList", [first]), ("add", second), ("remove", first), *undone]


def change_after_undo(rng: random.Random) -> Steps:
    a, b, c = rng.sample("abcdef", 3)
    return [("UndoList",), ("add", a), ("add", b), ("undo",), ("add", c), ("undo",), ("items",), ("undo",), ("items",)]


def refused_removal(rng: random.Random) -> Steps:
    return [("UndoList", ["a"]), ("add", "b"), ("remove", rng.choice("xyz"))]


def twice_the_same(rng: random.Random) -> Steps:
    item = rng.choice("abc")
    return [("UndoList", None), ("add", item), ("add", item), ("remove", item), ("undo",), ("items",)]


def long_life(rng: random.Random) -> Steps:
    steps: list[tuple[object, ...]] = [("UndoList", list("abcab"))]
    for _ in range(40):
        steps.append(rng.choice([("add", rng.choice("abc")), ("add", "a"), ("undo",), ("items",)]))
    return steps


BASE = ClassBase(
    solves=UndoList,
    title="A list with undo",
    category="type_errors",
    level="medium",
    description="""
        `UndoList(items=None)` holds a list of strings: a copy of `items`, or nothing.

        - `add(item)` puts an item at the end and returns a list of all items.
        - `remove(item)` removes the first item that equals `item` and returns a list of all items; if there is none it
          raises ValueError.
        - `undo()` takes back the last add or remove that was not taken back yet, and returns True, or False if there is
          none; then nothing changes.
        - `items()` returns a list of all items.

        Lists that were returned never change afterwards, and neither does the history.
    """,
    hints=(
        "Does the history hold what the list was, or the list itself?",
        "A list that is kept must be a copy, or the next change shows in it.",
        "Check what is saved, and when: before the change, and once for each change.",
    ),
    visible={
        "undo an add": [("UndoList",), ("add", "a"), ("add", "b"), ("undo",), ("items",)],
        "undo a removal": [("UndoList", ["a", "b"]), ("remove", "a"), ("undo",), ("items",)],
        "nothing to undo": [("UndoList", ["a"]), ("undo",), ("items",)],
        "nothing to remove": [("UndoList",), ("remove", "a")],
    },
    hidden={
        "add and undo": add_and_undo,
        "remove and undo": remove_and_undo,
        "the first of two": first_of_two,
        "undo everything": undo_all,
        "a change after an undo": change_after_undo,
        "a removal that is refused": refused_removal,
        "the same item twice": twice_the_same,
        "empty": [("UndoList", []), ("items",), ("undo",)],
        "a long life": long_life,
    },
)
