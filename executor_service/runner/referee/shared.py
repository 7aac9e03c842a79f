"""Containers that the referee and the attempt's process both hold: one number, a copy on each side, kept the same.

A list that a script passes is the list that the attempt gets: what a function does to it, then or later, the script
sees, and which list a function returns can be asked. Only one of the two processes runs at a time, so it is enough that
each message tells of all that its sender has changed. A container stays shared while both sides hold it elsewhere too.
"""

import collections
import copy
import itertools
import operator
import sys
import types
from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

_FLAT = {type(None), bool, int, float, complex, str, bytes}
_METHODS = (types.FunctionType, types.BuiltinFunctionType, property)
_OWN_REFERENCES = 2  # by the entry, and by the call that counts


@dataclass(frozen=True)
class Form:
    """How containers of one kind are taken apart.

    head: what is told of one but for its items; items: those, in a fresh list; fill: puts items in the place of all;
    make: a new one by its head, if it has any.
    """

    tag: str
    kind: type
    items: Callable[[Any], list[Any]]
    fill: Callable[[Any, list[Any]], None]
    head: Callable[[Any], Any] = lambda value: None
    make: Callable[[Any], Any] | None = None


def _flat_items(value: Any) -> list[Any]:
    return list(itertools.chain.from_iterable(dict.items(value)))


def _fill_dict(value: Any, items: list[Any]) -> None:
    dict.clear(value)
    dict.update(value, zip(items[::2], items[1::2], strict=True))


def _fill_list(value: Any, items: list[Any]) -> None:
    value[:] = items


def _fill_ordered(value: Any, items: list[Any]) -> None:
    value.clear()
    for key, item in zip(items[::2], items[1::2], strict=True):
        value[key] = item


def _fill_set(value: Any, items: list[Any]) -> None:
    value.clear()
    value.update(items)


def _fill_deque(value: Any, items: list[Any]) -> None:
    value.clear()
    value.extend(items)


def _state(value: Any) -> list[Any]:
    return list(itertools.chain.from_iterable(state_of(value).items()))


def _fill_state(value: Any, items: list[Any]) -> None:
    wanted = dict(zip(items[::2], items[1::2], strict=True))
    if not all(type(name) is str and not name.startswith("__") for name in wanted):
        raise ValueError("an attribute that no message may set")
    present = state_of(value)
    for name in present.keys() - wanted.keys():
        object.__delattr__(value, name)
    for name, item in wanted.items():
        if name not in present and any(isinstance(vars(kind).get(name), _METHODS) for kind in type(value).__mro__):
            raise ValueError("an attribute that would hide a method")
        if name not in present or present[name] is not item:
            object.__setattr__(value, name, item)


def state_of(value: Any) -> dict[str, Any]:
    """An object's own attributes, those in slots too."""
    state = dict(getattr(value, "__dict__", ()))
    for kind in type(value).__mro__:
        slots = kind.__dict__.get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            if not name.startswith("__") and hasattr(value, name):
                state[name] = getattr(value, name)
    return {name: item for name, item in state.items() if not name.startswith("__")}


OBJECT = "o"
"""Tag of an object of a class of the script's own, whose attributes are its items."""

TAGS: dict[str, Form] = {
    form.tag: form
    for form in (
        Form("l", list, list, _fill_list),
        Form("d", dict, _flat_items, _fill_dict),
        Form("s", set, list, _fill_set),
        Form("B", bytearray, lambda value: [bytes(value)], lambda value, items: _fill_list(value, items[0])),
        Form("q", deque, list, _fill_deque, lambda value: value.maxlen, lambda most: deque(maxlen=most)),
        Form("C", collections.Counter, _flat_items, _fill_dict),
        Form("O", collections.OrderedDict, _flat_items, _fill_ordered),
        Form("D", defaultdict, _flat_items, _fill_dict, lambda value: value.default_factory, defaultdict),
        Form(OBJECT, object, _state, _fill_state, type),
    )
}
_BUILTIN = {form.kind: form for form in TAGS.values() if form.tag != OBJECT}


def empty(tag: str, head: Any) -> Any:
    """A new container of a builtin type."""
    form = TAGS[tag]
    return form.make(head) if form.make else form.kind()


class Entry:
    """A container under its number. items: what the other side knows to be in it."""

    __slots__ = ("form", "items", "number", "scalar", "value")

    def __init__(self, number: int, value: Any, form: Form) -> None:
        self.number = number
        self.value = value
        self.form = form
        self.items: list[Any] = []
        self.scalar = True

    def settle(self, items: list[Any]) -> None:
        """Notes what both sides now know. scalar: nothing in it can be a container."""
        self.items = items
        self.scalar = _FLAT.issuperset(map(type, items))

    def changed(self) -> list[Any] | None:
        """The present items; None if they are those that the other side knows."""
        present = self.form.items(self.value)
        if self.form.tag == "B":
            same = present == self.items
        else:
            same = len(present) == len(self.items) and all(map(operator.is_, present, self.items))
        return None if same else present


class Shared:
    """The containers of one side.

    first: the first of this side's numbers, 1 or 2; the other has the other. is_object: whether an object of no builtin
    type is shared by its attributes. keeps_objects:
    they stay until the other side drops them, which without a number could not say which one it means.
    """

    def __init__(self, first: int, is_object: Callable[[Any], bool], *, keeps_objects: bool) -> None:
        self._next = first
        self._keeps_objects = keeps_objects
        self._is_object = is_object
        self._entries: dict[int, Entry] = {}
        self._by_id: dict[int, Entry] = {}
        self.dropped: list[int] = []

    def form_of(self, value: Any) -> Form | None:
        """How it is taken apart; None if it is no container."""
        return _BUILTIN.get(type(value)) or (TAGS[OBJECT] if self._is_object(value) else None)

    def entry_of(self, value: Any) -> Entry | None:
        return self._by_id.get(id(value))

    def add(self, value: Any, form: Form) -> Entry:
        """A container of this side's under a number of its own."""
        entry = self._keep(Entry(self._next, value, form))
        self._next += 2
        return entry

    def _keep(self, entry: Entry) -> Entry:
        self._entries[entry.number] = self._by_id[id(entry.value)] = entry
        return entry

    def place(self, number: int, tag: str, value: Any) -> Any:
        """Keeps a container of the other side's.

        Raises:
            ValueError: no number that the other side would give.
        """
        if type(number) is not int or number % 2 == self._next % 2:
            raise ValueError("not a number of the other side's")
        return self._keep(Entry(number, value, TAGS[tag])).value

    def knows(self, number: int) -> bool:
        return number in self._entries

    def value(self, number: int, tag: str = "") -> Any:
        """Raises:
        KeyError, ValueError: there is none, or not of that kind.
        """
        entry = self._entries[number]
        if tag and entry.form.tag != tag:
            raise ValueError("a container of another kind")
        return entry.value

    def fill(self, number: int, items: list[Any]) -> None:
        """Puts items into a container, which both sides then know."""
        entry = self._entries[number]
        entry.form.fill(entry.value, items)
        entry.settle(entry.form.items(entry.value))

    def part(self, number: int) -> None:
        """From now on the number is a copy's: what the other side does to its container does nothing to this one."""
        entry = self._entries[number]
        self._by_id.pop(id(entry.value))
        made = copy.copy(entry.value)
        entry.value = made
        self._by_id[id(made)] = entry

    def changed(self) -> list[tuple[Entry, list[Any]]]:
        """The containers whose items the other side does not know, with these."""
        found = ((entry, entry.changed()) for entry in self._entries.values())
        return [(entry, present) for entry, present in found if present is not None]

    def forget(self, entries: Iterable[Entry]) -> None:
        """Those of a message that was not sent."""
        for entry in entries:
            self._entries.pop(entry.number, None)
            self._by_id.pop(id(entry.value), None)

    def drop(self, numbers: list[int]) -> None:
        """Forgets what the other side does not hold any more."""
        self.forget([self._entries[number] for number in numbers if number in self._entries])

    def clear(self) -> None:
        """Forgets everything: the other side has ended."""
        self._entries, self._by_id, self.dropped = {}, {}, []

    def prune(self) -> None:
        """Forgets containers that are held by nothing but this table, and by each other through it.

        As Python's own collector finds cycles (devguide, garbage collector design): what has more references than the
        table accounts for is held, and so is what can be reached from it.
        """
        present = {number: self._children(entry) for number, entry in self._entries.items()}
        inside: collections.Counter[int] = collections.Counter()
        for number, entry in self._entries.items():
            inside.update(present[number])
            inside.update(() if entry.scalar else (id(item) for item in entry.items))
        pending = [
            number
            for number, entry in self._entries.items()
            if _references(entry) > inside[id(entry.value)]
            or entry.changed() is not None  # which has yet to be told
            or (self._keeps_objects and entry.form.tag == OBJECT)
        ]
        held = set(pending)
        while pending:
            for identity in present[pending.pop()]:
                child = self._by_id.get(identity)
                if child is not None and child.number not in held:
                    held.add(child.number)
                    pending.append(child.number)
        gone = [entry for entry in self._entries.values() if entry.number not in held]
        self.dropped += [entry.number for entry in gone]
        self.forget(gone)

    def _children(self, entry: Entry) -> list[int]:
        """Identities of what is in it, as often as it is, which may be others of the table."""
        items = entry.form.items(entry.value)
        return [] if _FLAT.issuperset(map(type, items)) else [id(item) for item in items]


def _references(entry: Entry) -> int:
    """How many there are to a container, but for its entry's own."""
    return sys.getrefcount(entry.value) - _OWN_REFERENCES
