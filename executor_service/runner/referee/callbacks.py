"""The attempt's questions on what the script has lent it: calls, attributes and operators of the script's own objects.

The attempt may do with such an object what code that was handed it does: call it, read and set its attributes, use its
operators. It reaches nothing of the script through it. There are no names with two underscores, which lead to globals,
classes and frames; functions have no attributes but those that the script gave them; of generators only `send`, `throw`
and `close` are there; test cases have nothing, and mocks cannot be told what they will say of their calls.
"""

import sys
import types
from collections.abc import Callable
from typing import Any

from executor_service.runner.referee.applied import found_in
from executor_service.runner.referee.operators import SPECIAL
from executor_service.runner.referee.script_values import SCRIPT_MODULE, Lendings

_POLL_S = 0.005
_GENERATOR_METHODS = ("send", "throw", "close", "asend", "athrow", "aclose")
_GENERATORS = (types.GeneratorType, types.CoroutineType, types.AsyncGeneratorType)
_CALLABLES = (types.FunctionType, types.MethodType, types.BuiltinFunctionType, types.MethodWrapperType)
_CLOSED = (types.FrameType, types.CodeType, types.TracebackType, types.ModuleType)
_OF_MOCKS = (
    *("assert_", "reset_mock", "configure_mock", "attach_mock", "mock_add_spec", "side_effect", "return_value"),
    *("call_", "called", "method_calls", "mock_calls", "await"),
)


class RefusedError(AttributeError):
    """The attempt asks what it may not."""


class Callbacks:
    """Answers questions on what is lent."""

    def __init__(self, lendings: Lendings) -> None:
        self._lendings = lendings
        self._tasks: dict[int, Any] = {}
        self._loop: Any = None
        self._questions: dict[str, Callable[..., Any]] = {
            "call": self._call,
            "getattr": self._getattr,
            "setattr": lambda target, name, value: setattr(self._settable(target, name), name, value),
            "delattr": lambda target, name: delattr(self._settable(target, name), name),
            "operator": self._operator,
            "poll": self._poll,
        }

    def answer(self, question: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """The answer; raises what the script's code raises.

        Raises:
            RefusedError: the question is not one that may be asked.
        """
        if question not in self._questions:
            raise RefusedError(f"no question: {question!r}")
        return self._questions[question](*args, **kwargs)

    def _lent(self, target: Any) -> Any:
        if not self._lendings.is_lent(target):
            raise RefusedError(f"a {type(target).__name__} that is not lent")
        return target

    def _call(self, target: Any, /, *args: Any, **kwargs: Any) -> Any:
        return self._lent(target)(*args, **kwargs)

    def _getattr(self, target: Any, name: str) -> Any:
        if not _is_readable(self._lent(target), name):
            raise RefusedError(f"{type(target).__name__!r} object has no attribute {name!r}")
        return getattr(target, name)

    def _settable(self, target: Any, name: str) -> Any:
        """The object, if the attempt may set that attribute of it."""
        hidden = getattr(type(self._lent(target)), name, None)
        hides = isinstance(hidden, (types.FunctionType, types.BuiltinFunctionType, types.MethodType))
        if isinstance(target, (type, *_CALLABLES)) or hides or not _is_readable(target, name):
            raise RefusedError(f"the attribute {name!r} of a {type(target).__name__!r} of the script cannot be set")
        return target

    def _operator(self, name: str, target: Any, /, *args: Any, **kwargs: Any) -> Any:
        if name not in SPECIAL or _is_closed(self._lent(target)):
            raise RefusedError(f"no operator: {name!r}")
        if name in ("__exit__", "__aexit__"):
            error = args[1] if isinstance(args[1], BaseException) else None
            args = (None if error is None else type(error), error, None)
        kind = type(target)
        return found_in(kind, name, (target, kind), kind.__name__)(*args, **kwargs)

    def _poll(self, awaitable: Any) -> tuple[bool, Any]:
        """Whether a coroutine of the script's is done, and its value. It runs on the script's loop if that runs."""
        import asyncio  # large, and only scripts of coroutines need it

        task = self._tasks.get(id(awaitable))
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            loop = self._loop = self._loop or asyncio.new_event_loop()
        if task is None:
            task = self._tasks[id(awaitable)] = loop.create_task(self._lent(awaitable))
        if not task.done() and not loop.is_running():
            loop.run_until_complete(asyncio.wait({task}, timeout=_POLL_S))
        return (True, task.result()) if task.done() else (False, None)


def _is_readable(target: Any, name: str) -> bool:
    if type(name) is not str or name.startswith("__") or _is_closed(target):
        return False
    if isinstance(target, _GENERATORS):
        return name in _GENERATOR_METHODS
    if isinstance(target, _CALLABLES):
        return name in getattr(target, "__dict__", {})
    if _is_mock(target):
        return not name.startswith(("_", *_OF_MOCKS))
    of_script = (target if isinstance(target, type) else type(target)).__module__ == SCRIPT_MODULE
    return of_script or not name.startswith("_")


def _is_closed(target: Any) -> bool:
    """True for what nothing may be asked of but to be called."""
    if isinstance(target, _CLOSED):
        return True
    case = sys.modules.get("unittest.case")
    return case is not None and issubclass(target if isinstance(target, type) else type(target), case.TestCase)


def _is_mock(target: Any) -> bool:
    mock = sys.modules.get("unittest.mock")
    return mock is not None and isinstance(target, mock.NonCallableMock)
