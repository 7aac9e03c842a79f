"""Objects that a test script works with but that stay in the attempt's process: the worker's side of the referee.

One request applies one function of a closed table to values and kept objects. Like all of the worker this is the
attempt's to change: what it answers is what the attempt claims, and the referee takes it for no more.
"""

import builtins
import collections
import enum
import math
import operator
import time
import types
from collections.abc import Callable, Iterator
from typing import Any

from codearena import values
from executor_service.runner import crossing, entry_point, standard
from executor_service.runner.crossing import Description
from executor_service.runner.precedent import CONSTRUCT

_BATCH = 256
_BATCH_S = 0.005  # an endless iterator, of which the script takes a few items, must not run far ahead
_NAME_CHARACTERS = 200
_MESSAGE_CHARACTERS = 2000

_MISSING = object()
_BUILTIN_ITERATORS: tuple[type, ...] = (types.GeneratorType, map, filter, zip, enumerate, reversed)
_BUILTIN_ITERATORS += tuple(type(iter(kind())) for kind in (list, tuple, dict, set, str, bytes))
_BUILTIN_ITERATORS += (type(iter(range(0))), type(iter({}.values())), type(iter({}.items())))


def _call(target: Any, /, *args: Any, **kwargs: Any) -> Any:
    return target(*args, **kwargs)


def _enter(target: Any) -> Any:
    return type(target).__enter__(target)


def _exit(target: Any, kind: str | None, message: str) -> bool:
    """Leaves a context. kind: name of the builtin exception that the script's block ended by."""
    if kind is None:
        return bool(type(target).__exit__(target, None, None, None))
    error = getattr(builtins, kind, Exception)(message)
    return bool(type(target).__exit__(target, type(error), error, None))


async def _awaited(target: Any) -> Any:
    return await target


def _await(target: Any) -> Any:
    import asyncio  # large, and only coroutines need it

    return asyncio.run(_awaited(target))


ARITHMETIC = ["add", "sub", "mul", "matmul", "truediv", "floordiv", "mod", "pow", "lshift", "rshift"]
ARITHMETIC += ["and_", "or_", "xor"]
COMPARISONS = ["eq", "ne", "lt", "le", "gt", "ge"]
IN_PLACE = ["i" + name.rstrip("_") for name in ARITHMETIC]
_OTHERS = ["contains", "neg", "pos", "invert", "index", "getitem", "setitem", "delitem"]

_FUNCTIONS: dict[str, Callable[..., Any]] = {
    **{name: getattr(operator, name) for name in [*ARITHMETIC, *COMPARISONS, *IN_PLACE, *_OTHERS]},
    **{function.__name__: function for function in (len, bool, str, repr, hash, format, iter, next, reversed, dir)},
    **{function.__name__: function for function in (abs, int, float, complex, round, divmod)},
    **{function.__name__: function for function in (getattr, setattr, delattr, isinstance, issubclass)},
    **{function.__name__: function for function in (math.trunc, math.floor, math.ceil)},
    "call": _call,
    CONSTRUCT: _call,
    "enter": _enter,
    "exit": _exit,
    "await": _await,
}


class Handles:
    """Keeps objects of `module` and applies functions to them. limits: on one answer."""

    def __init__(self, module: types.ModuleType, limits: values.ValueLimits) -> None:
        self._module = module
        self._limits = limits
        self._objects: list[Any] = []
        self._numbers: dict[int, int] = {}
        self._put_off: dict[int, BaseException] = {}
        self._functions: dict[str, Callable[..., Any]] = {**_FUNCTIONS, "name": self._name, "batch": self._batch}

    def apply(self, function: str, args: str, kwargs: str) -> bytes:
        """The encoded value of one function of the table.

        Raises:
            UnencodableError: the request names what is not here, or the value cannot cross.
            Exception: whatever the attempt's code raised.
        """
        values_in = crossing.decode(args.encode("ascii"), self._limits, self._find)
        named = crossing.decode(kwargs.encode("ascii"), self._limits, self._find)
        value = self._functions[function](*values_in, **named)
        if value is _MISSING:
            return self._encoded(crossing.described({"missing": True}))
        made = function == CONSTRUCT and type(value) not in crossing.SCALARS
        return self._encoded(crossing.described(self._describe(value)) if made else value)

    def raised(self, error: BaseException, message: str, traceback: str) -> bytes:
        """An exception, encoded in the place of a value."""
        try:
            args = values.encode(error.args, self._limits).decode("ascii")
        except values.UnencodableError:
            args = None
        description = {
            **self._exception(type(error)),
            "raised": True,
            "id": self._number(error),
            "message": message,
            "args": args if args is None or len(args) < _MESSAGE_CHARACTERS else None,
            "traceback": traceback,
        }
        return self._encoded(crossing.described(description))

    def _encoded(self, value: object) -> bytes:
        try:
            return crossing.encode(value, self._limits, self._kept)
        except values.ValueTooLargeError:
            raise
        except values.UnencodableError:  # contains itself, or is nested too deeply: it stays here as a whole
            return crossing.encode(crossing.described(self._describe(value)), self._limits, self._kept)

    def _name(self, name: str) -> Any:
        """What the module calls `name`, which may be a whole entry point."""
        try:
            return entry_point.value_at(self._module, name)
        except entry_point.UndefinedError:
            return _MISSING

    def _at(self, path: str) -> Any:
        """Looked up for every request: a method's object is made anew for each call, also in another process."""
        if (value := self._name(path)) is _MISSING:
            raise AttributeError(f"the attempt has no {path!r}")
        return value

    def _find(self, description: Description) -> Any:
        if "path" in description:
            return self._at(description["path"])
        if "range" in description:
            return range(*description["range"])
        if "slice" in description:
            return slice(*description["slice"])
        if "standard" in description:
            return standard.make(description)
        if "builtin" in description:
            return getattr(builtins, description["builtin"])
        if not 0 <= description["id"] < len(self._objects):
            raise values.UnencodableError("an object that is not here")
        return self._objects[description["id"]]

    def _kept(self, value: object) -> Description | None:
        """None: cross as plain data."""
        kind = type(value)
        if issubclass(kind, enum.Enum):
            return self._describe(value)
        if issubclass(kind, tuple) and isinstance(getattr(kind, "_fields", None), tuple):
            return self._named_tuple(value, kind)
        if issubclass(kind, crossing.PLAIN) or issubclass(kind, bytearray):
            return None
        if isinstance(value, range):
            return {"range": [value.start, value.stop, value.step]}
        if isinstance(value, collections.deque) and kind is collections.deque:
            return {"deque": crossing.encode(list(value), self._limits, self._kept).decode("ascii")}
        return standard.describe(value) or self._describe(value)

    def _named_tuple(self, value: Any, kind: Any) -> Description:
        items = crossing.encode(list(tuple.__iter__(value)), self._limits, self._kept).decode("ascii")
        return {"named_tuple": kind.__name__, "fields": list(kind._fields), "items": items}

    def _describe(self, value: Any) -> Description:
        description: Description = {"id": self._number(value), "kind": "object", "class": self._own_class(type(value))}
        description["name"] = type(value).__name__[:_NAME_CHARACTERS]
        if isinstance(value, type):
            if issubclass(value, BaseException):
                return {**description, "kind": "exception", **self._exception(value)}
            return {**description, "kind": "class", "class": self._own_class(value), "name": value.__name__}
        if isinstance(value, types.CoroutineType):
            return {**description, "kind": "coroutine"}
        for base in (int, float, str):
            if isinstance(value, base) and isinstance(value, enum.Enum):
                description["plain"] = values.encode(base(value.value), self._limits).decode("ascii")
        return description

    def _number(self, value: object) -> int:
        number = self._numbers.get(id(value))
        if number is None:
            number = self._numbers[id(value)] = len(self._objects)
            self._objects.append(value)
        return number

    def _own_class(self, kind: type) -> str:
        """Its qualified name; empty for classes that are not the module's own."""
        return str(kind.__qualname__)[:_NAME_CHARACTERS] if kind.__module__ == self._module.__name__ else ""

    def _exception(self, kind: type[BaseException]) -> Description:
        """chain: the names of its own classes, nearest first; base: the nearest builtin one."""
        bases = [base for base in kind.__mro__ if issubclass(base, BaseException)]
        own = [f"{base.__module__}.{base.__qualname__}" for base in bases if base.__module__ != "builtins"]
        base = next(base.__name__ for base in bases if base.__module__ == "builtins")
        return {"chain": [name[:_NAME_CHARACTERS] for name in own[:20]], "base": base}

    def _batch(self, iterator: Iterator[Any]) -> tuple[list[Any], bool]:
        """Some items and whether that was all. More than one only of a builtin iterator, which runs ahead unseen."""
        if id(iterator) in self._put_off:
            raise self._put_off.pop(id(iterator))
        items: list[Any] = []
        most, started = _BATCH if isinstance(iterator, _BUILTIN_ITERATORS) else 1, time.monotonic()
        try:
            while not items or (len(items) < most and time.monotonic() - started < _BATCH_S):
                items.append(next(iterator))
        except StopIteration:
            return items, True
        except Exception as error:
            if not items:
                raise
            self._put_off[id(iterator)] = error
        return items, False
