"""Named tuples of the attempt, as the script has them: plain data, under the names that their fields have there."""

import collections
from collections.abc import Iterable
from typing import Any

_kinds: dict[tuple[Any, ...], Any] = {}


def record(description: dict[str, Any], items: Iterable[Any], generation: int) -> Any:
    """The named tuple of a description.

    Raises:
        KeyError, TypeError, ValueError: the description is none.
    """
    # Python normalises other letters when it compiles a name, and two could become one.
    fields = tuple(field if field.isascii() else "_" for field in map(str, description["fields"]))
    key = (generation, description.get("of"), str(description["named_tuple"]), fields)
    if key not in _kinds:
        make: Any = collections.namedtuple
        kind = make("Record", fields, rename=True)
        kind.__name__ = kind.__qualname__ = key[2] if key[2].isidentifier() else "Record"
        kind.__module__ = "fix"
        kind._codearena_class = (generation, description.get("of"))
        _kinds[key] = kind
    return _kinds[key](*items)


def class_of(value: Any) -> tuple[int, Any] | None:
    """The generation and number of the attempt's class that a named tuple is of; None for any other value."""
    found: tuple[int, Any] | None = getattr(type(value), "_codearena_class", None)
    return found
