"""Values of the standard library's own plain types, which cross between referee and attempt as text and back.

Only the exact types: a subclass of the attempt's may lie. Nothing is imported for a value that is not there.
"""

import importlib
import sys
from collections.abc import Callable
from typing import Any

_TYPES: dict[str, tuple[Callable[[Any], Any], Callable[[Any, Any], Any]]] = {
    "decimal.Decimal": (str, lambda kind, text: kind(str(text))),
    "fractions.Fraction": (str, lambda kind, text: kind(str(text))),
    "uuid.UUID": (str, lambda kind, text: kind(str(text))),
    "datetime.date": (lambda value: value.isoformat(), lambda kind, text: kind.fromisoformat(text)),
    "datetime.time": (lambda value: value.isoformat(), lambda kind, text: kind.fromisoformat(text)),
    "datetime.datetime": (lambda value: value.isoformat(), lambda kind, text: kind.fromisoformat(text)),
    "datetime.timedelta": (
        lambda value: [value.days, value.seconds, value.microseconds],
        lambda kind, parts: kind(*map(int, parts)),
    ),
}


def describe(value: object) -> dict[str, Any] | None:
    """A description of the value; None if it is of no such type."""
    kind = type(value)
    name = f"{kind.__module__}.{kind.__qualname__}"
    if name not in _TYPES or getattr(sys.modules.get(kind.__module__), kind.__qualname__, None) is not kind:
        return None
    return {"standard": name, "text": _TYPES[name][0](value)}


def make(description: dict[str, Any]) -> Any:
    """The value of a description.

    Raises:
        KeyError, TypeError, ValueError, ArithmeticError: it is none.
    """
    name = description["standard"]
    read = _TYPES[name][1]
    module, _, kind = name.partition(".")
    return read(getattr(importlib.import_module(module), kind), description["text"])
