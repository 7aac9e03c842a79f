"""What crosses between the referee and the attempt's process: plain values, shared containers, stand-ins for the rest.

A value is a JSON tree. Scalars are themselves; anything else is a list whose first item says what it is:

    ["i", hex]  ["f", text]  ["c", real, imaginary]  ["b", base64]  ["t", items]  ["fs", items]
    [tag, number, head, items]   a container, see shared.py; its number is None if it crosses as a copy
    ["r", number]                a container that the other side has under that number, or will have
    ["r", number, tag, head]     one whose items stand elsewhere in the same message, which keeps trees flat
    ["x", description]           anything else: what a side makes of it is that side's

A message is a value, and all that happened to containers which both sides hold since the message before.
"""

import base64
import json
import math
from collections.abc import Callable
from typing import Any, Protocol

from codearena.values import EXACT_JSON_INT, MalformedValueError, UnencodableError, ValueTooLargeError
from executor_service.runner.referee.shared import TAGS, Entry, Shared

Description = dict[str, Any]
Tree = Any  # what json.loads returns

_FLAT_FROM = 30  # levels of nesting in one tree; containers below stand beside it
_MOST_LEVELS = 150  # of tuples, which have no number to stand elsewhere under
_BROKEN = (IndexError, KeyError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError)


class Side(Protocol):
    """What is peculiar to one of the two processes."""

    def describe(self, value: Any) -> Description | None:
        """How an object crosses that is of no type the codec knows; None: as `plain` says.

        Raises:
            UnencodableError: not at all.
        """

    def plain(self, value: Any) -> Any:
        """The object of a builtin type that an object of a derived type crosses as."""

    def find(self, description: Description) -> Any:
        """What a description stands for."""

    def blank(self, tag: str, head: Any) -> Any:
        """A new object of a container that is of no builtin type, without items."""


class Codec:
    """One side's reader and writer of messages."""

    def __init__(self, shared: Shared, side: Side) -> None:
        self._shared = shared
        self._side = side
        self._beside: list[tuple[Entry, list[Any]]] = []
        self._sent: list[tuple[Entry, list[Any]]] = []
        self._new: list[Entry] = []
        self.telling: list[int] = []  # what the side tells of for the first time, by numbers of its own
        self.told: set[int] = set()
        self.may_change: Callable[[int], bool] = lambda number: True
        self._readers: dict[str, Callable[[list[Any]], Any]] = {
            "i": lambda tree: int(tree[1], 16),
            "f": lambda tree: float(tree[1]),
            "c": lambda tree: complex(self.value(tree[1]), self.value(tree[2])),
            "b": lambda tree: base64.b64decode(tree[1]),
            "t": lambda tree: tuple(map(self.value, tree[1])),
            "fs": lambda tree: frozenset(map(self.value, tree[1])),
            "r": self._reference,
            "x": lambda tree: self._side.find(tree[1]),
            **dict.fromkeys(TAGS, self._definition),
        }

    def write(self, value: object, most_bytes: int) -> str:
        """A message.

        Raises:
            UnencodableError, ValueTooLargeError: it cannot cross; then the other side knows nothing new.
        """
        self._beside, self._sent, self._new, self.telling = [], [], [], []
        try:
            changed = [self._defined(entry, items, 0) for entry, items in self._shared.changed()]
            message: dict[str, Any] = {"changed": changed, "value": self.tree(value), "beside": []}
            while self._beside:
                message["beside"].append(self._defined(*self._beside.pop(), 0))
            message["dropped"] = self._shared.dropped
            text = json.dumps(message, separators=(",", ":"))
            if len(text) > most_bytes:
                raise ValueTooLargeError(f"more than {most_bytes} bytes")
        except RecursionError:
            self._shared.forget(self._new)
            raise UnencodableError("nested too deeply") from None
        except BaseException:
            self._shared.forget(self._new)
            raise
        for entry, items in self._sent:
            entry.settle(items)
        self._shared.dropped = []
        self.told.update(self.telling)
        return text

    def tree(self, value: Any, depth: int = 0) -> Tree:
        """One value of a message that is being written."""
        kind = type(value)
        if kind is str or kind is bool or value is None:
            return value
        if kind is int:
            return value if abs(value) <= EXACT_JSON_INT else ["i", hex(value)]
        if kind is float:
            return value if math.isfinite(value) else ["f", repr(value)]
        return self._other(value, kind, depth)

    def tree_if_any(self, value: Any) -> Tree:
        """As `tree`; None if the value cannot cross."""
        places = [(kept, len(kept)) for kept in (self._beside, self._sent, self._new, self.telling)]
        try:
            return self.tree(value)
        except (UnencodableError, RecursionError):
            self._shared.forget(self._new[places[2][1] :])
            for kept, length in places:
                del kept[length:]
            return None

    def _other(self, value: Any, kind: type, depth: int) -> Tree:
        if kind is tuple or kind is frozenset:
            if depth > _MOST_LEVELS:
                raise UnencodableError(f"nested deeper than {_MOST_LEVELS} levels")
            return ["t" if kind is tuple else "fs", [self.tree(item, depth + 1) for item in value]]
        if kind is bytes:
            return ["b", base64.b64encode(value).decode("ascii")]
        if kind is complex:
            return ["c", self.tree(value.real), self.tree(value.imag)]
        if (form := self._shared.form_of(value)) is not None:
            return self._container(value, form, depth)
        if (description := self._side.describe(value)) is not None:
            return ["x", description]
        plain = self._side.plain(value)
        if (form := self._shared.form_of(plain)) is not None:  # made for this message alone
            items = [self.tree(item, depth + 1) for item in form.items(plain)]
            return [form.tag, None, self.tree(form.head(plain)), items]
        return self.tree(plain, depth)

    def _container(self, value: Any, form: Any, depth: int) -> Tree:
        entry = self._shared.entry_of(value)
        if entry is not None:
            return ["r", entry.number]
        entry = self._shared.add(value, form)
        self._new.append(entry)
        items = form.items(value)
        if depth < _FLAT_FROM:
            return self._defined(entry, items, depth)
        self._beside.append((entry, items))
        return ["r", entry.number, form.tag, self.tree(form.head(value))]

    def _defined(self, entry: Entry, items: list[Any], depth: int) -> Tree:
        self._sent.append((entry, items))
        head = entry.form.head(entry.value)
        return [entry.form.tag, entry.number, self.tree(head), [self.tree(item, depth + 1) for item in items]]

    def read(self, text: str, most_bytes: int, look: Callable[[Tree], None] = lambda tree: None) -> Any:
        """The value of a message, after all that it says of containers has been done to them.

        look: gets to see the tree of the value before it is read.

        Raises:
            MalformedValueError: it is no message.
        """
        if len(text) > most_bytes:
            raise MalformedValueError(f"more than {most_bytes} bytes")
        try:
            message = json.loads(text)
            self._shared.drop(message["dropped"])
            for tree in message["changed"]:  # in the order in which they were written
                if not self.may_change(tree[1]):
                    self._shared.part(tree[1])
                self._definition(tree)
            look(message["value"])
            value = self.value(message["value"])
            for tree in message["beside"]:
                self._definition(tree)
        except _BROKEN as error:
            raise MalformedValueError(f"no message: {type(error).__name__}: {error}") from error
        return value

    def value(self, tree: Tree) -> Any:
        """What one value of a message that is being read stands for."""
        if type(tree) is dict:
            raise ValueError("an object where a value should be")
        return self._readers[tree[0]](tree) if type(tree) is list else tree

    def _reference(self, tree: list[Any]) -> Any:
        number = tree[1]
        return self._shared.value(number) if len(tree) == 2 else self._placed(number, tree[2], tree[3])

    def _placed(self, number: int, tag: str, head: Tree) -> Any:
        if self._shared.knows(number):
            return self._shared.value(number, tag)
        return self._shared.place(number, tag, self._side.blank(tag, self.value(head)))

    def _definition(self, tree: list[Any]) -> Any:
        tag, number, head, trees = tree
        if number is None:
            made = self._side.blank(tag, self.value(head))
            TAGS[tag].fill(made, [self.value(item) for item in trees])
            return made
        value = self._placed(number, tag, head)
        self._shared.fill(number, [self.value(item) for item in trees])
        return value
