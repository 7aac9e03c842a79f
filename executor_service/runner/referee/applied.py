"""The functions that a test script's requests apply in the attempt's process: calls, attributes, operators, contexts.

What is asked is a test script's; what is answered is the attempt's claim.
"""

import errno
import importlib
import math
import operator
import time
import types
from collections.abc import Callable, Iterator
from typing import Any

from executor_service.runner.referee.operators import ARITHMETIC, COMPARISONS, IN_PLACE
from executor_service.runner.referee.precedent import CONSTRUCT

MISSING = object()
PLAIN_TYPES: tuple[Any, ...] = (str, int, float, complex, bytes, bytearray, list, tuple, set, frozenset, dict)

_BATCH = 256
_BATCH_S = 0.005  # an endless iterator, of which the script takes a few items, must not run far ahead
_OTHERS = ["contains", "neg", "pos", "invert", "index", "getitem", "setitem", "delitem"]
_BUILTIN_ITERATORS: tuple[type, ...] = tuple(type(iter(kind())) for kind in (list, tuple, dict, set, str, bytes))
_BUILTIN_ITERATORS += (type(iter(range(0))), type(iter({}.values())), type(iter({}.items())))


def functions() -> dict[str, Callable[..., Any]]:
    """By the names that requests use."""
    by_operator = [*ARITHMETIC, *COMPARISONS, *IN_PLACE, *_OTHERS]
    named: tuple[Callable[..., Any], ...] = (
        *(len, bool, str, repr, hash, format, iter, next, reversed, dir, abs, int, float, complex, round, divmod),
        *(getattr, setattr, delattr, isinstance, issubclass, math.trunc, math.floor, math.ceil),
    )
    return {
        **{name: getattr(operator, name) for name in by_operator},
        **{function.__name__: function for function in named},
        "call": _call,
        CONSTRUCT: _call,
        "enter": lambda target: type(target).__enter__(target),
        "exit": _exit,
        "batch": _Batches().take,
        "above": _above,
        "standard": _standard,
        "aiter": lambda target: type(target).__aiter__(target),
        "anext": _next_or_end,
        "unpickle": lambda data: importlib.import_module("pickle").loads(data),
        "sleep": time.sleep,
        **_Tasks().functions(),
    }


def _call(target: Any, /, *args: Any, **kwargs: Any) -> Any:
    return target(*args, **kwargs)


def _exit(target: Any, error: BaseException | None) -> bool:
    """Leaves a context. error: that the script's block ended by."""
    return bool(type(target).__exit__(target, None if error is None else type(error), error, None))


def _standard(module: str, name: str, *args: Any, **kwargs: Any) -> Any:
    """A function of the standard library that asks an object for what only its own process knows."""
    return getattr(importlib.import_module(module), name)(*args, **kwargs)


def found_in(owner: type, name: str, bound_to: tuple[Any, type], said_of: str) -> Any:
    """What `owner` and the classes above it have under a name, bound: as an operator or super() finds it.

    bound_to: an object and its class; said_of: what lacks it, if all of them do.
    """
    for kind in owner.__mro__:
        if name in vars(kind):
            found = vars(kind)[name]
            bind = getattr(type(found), "__get__", None)
            return found if bind is None else bind(found, *bound_to)
    raise AttributeError(f"{said_of!r} object has no attribute {name!r}")


def _above(owner: type, target: Any, name: str) -> Any:
    bound_to = (None, target) if isinstance(target, type) else (target, type(target))
    return found_in(owner, name, bound_to, "super")


def derive(name: str, bases: tuple[Any, ...], members: tuple[Any, ...], keywords: tuple[tuple[str, Any], ...]) -> type:
    """A class of the script's that derives from the attempt's. members: name, how it is bound, what it is."""
    body = {member: _BINDINGS[binding](value) for member, binding, value in members}
    made: type = types.new_class(name, bases, dict(keywords), lambda namespace: namespace.update(body))
    return made


_BINDINGS: dict[str, Callable[[Any], Any]] = {
    "value": lambda value: value,
    "static": staticmethod,
    "class": lambda value: classmethod(value),
    "property": lambda functions: property(*functions),
}


class _Batches:
    """Items of iterators, some at a time."""

    def __init__(self) -> None:
        self._put_off: dict[int, BaseException] = {}

    def take(self, iterator: Iterator[Any]) -> tuple[list[Any], bool]:
        """Some items and whether that was all. More than one only of iterators that run nothing as they run ahead."""
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


class _Tasks:
    """Coroutines of the attempt that the script waits for, on an event loop that stays."""

    def __init__(self) -> None:
        self._loop: Any = None

    def functions(self) -> dict[str, Callable[..., Any]]:
        return {"start": self.start, "pump": self.pump, "cancel": lambda task: task.cancel()}

    def start(self, awaitable: Any) -> Any:
        """A task of it; nothing runs yet."""
        import asyncio  # large, and only coroutines need it

        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            asyncio.set_event_loop(self._loop)
        return self._loop.create_task(_awaited(awaitable))

    def pump(self, task: Any, seconds: float) -> tuple[bool, Any]:
        """Runs the loop, at most so long or until the task is done: whether it is, and its value."""
        import asyncio

        if not task.done() and not self._loop.is_running():
            self._loop.run_until_complete(asyncio.wait({task}, timeout=seconds))
        return (True, task.result()) if task.done() else (False, None)


async def _next_or_end(target: Any) -> tuple[bool, Any]:
    """Whether there is a next item, and that: an end raised here would be one that the attempt may raise anywhere."""
    try:
        return True, await type(target).__anext__(target)
    except StopAsyncIteration:
        return False, None


async def _awaited(target: Any) -> Any:
    return await target


def is_out_of_processes(error: BaseException) -> bool:
    """True if the kernel has refused a further process or thread."""
    if isinstance(error, BlockingIOError) and error.errno == errno.EAGAIN:
        return True
    return isinstance(error, RuntimeError) and "can't start new thread" in str(error)
