"""Objects that a test script works with but that stay in the attempt's process: the worker's side of the referee.

One request applies one function of a closed table to values and kept objects. Like all of the worker this is the
attempt's to change: what it answers is what the attempt claims, and the referee takes it for no more.
"""

import enum
import sys
import types
from collections.abc import Callable
from inspect import iscoroutinefunction  # by its own name: a script may patch the module's
from typing import Any

from codearena import values
from executor_service.runner.attempt import entry_point
from executor_service.runner.referee import applied, shared, standard
from executor_service.runner.referee.applied import MISSING
from executor_service.runner.referee.crossing import Codec, Description
from executor_service.runner.referee.effects import Effects
from executor_service.runner.referee.limiter import Limiter, LimitReachedError
from executor_service.runner.referee.precedent import CONSTRUCT
from executor_service.runner.referee.refs import Ref, Refs
from executor_service.runner.referee.shared import Shared

_NAME_CHARACTERS = 200
_MESSAGE_CHARACTERS = 2000
_CAUSES = 5
_FRAMES_A_LEVEL = 40  # of ours, for each time that script and attempt call each other
_SENT_BYTES = 16 * 1024 * 1024
_CAPABLE = (
    *("__call__", "__iter__", "__next__", "__len__", "__getitem__", "__contains__", "__enter__", "__await__"),
    *("__aiter__", "__anext__", "__aenter__", "__bool__", "__get__", "__set__", "__delete__", "__set_name__"),
)
_KINDS: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (types.CoroutineType, "coroutine"),
    (types.GeneratorType, "generator"),
    (types.ModuleType, "module"),
    ((types.FunctionType, types.BuiltinFunctionType), "function"),
    (types.MethodType, "method"),
)

_READ_BY: tuple[tuple[type, Callable[[Any], Any]], ...] = (  # by the builtin type's own methods, not by its own
    (str, lambda value: str.__getitem__(value, slice(None))),
    (int, int.__index__),
    (float, float.__pos__),
    (complex, complex.__pos__),
    (bytes, lambda value: bytes.__getitem__(value, slice(None))),
    (bytearray, lambda value: bytearray.__getitem__(value, slice(None))),
    (list, lambda value: list(list.__iter__(value))),
    (tuple, lambda value: tuple(tuple.__iter__(value))),
    (set, lambda value: set(set.__iter__(value))),
    (frozenset, lambda value: frozenset(frozenset.__iter__(value))),
    (dict, lambda value: dict(dict.items(value))),
)

Describe = Callable[[BaseException], dict[str, Any]]
Exchange = Callable[[str], str | None]


class TestOverError(BaseException):
    """Raised into the attempt's code in the place of an answer from the script: nothing it does counts any more."""


class _Whole:
    """Has its value described as an object whatever its type."""

    def __init__(self, value: object) -> None:
        self.value = value


class Handles:
    """Keeps objects of `module` and applies functions to them.

    limits: on one answer; describe: an exception in words; exchange: puts a question to the referee, and returns the
    answer.
    """

    def __init__(
        self, module: types.ModuleType, limits: values.ValueLimits, describe: Describe, exchange: Exchange
    ) -> None:
        self._module = module
        self._limits = limits
        self._describe_error = describe
        self._exchange = exchange
        self._objects: list[Any] = []
        self._numbers: dict[int, int] = {}
        self._shared = Shared(2, self._is_shared_object, keeps_objects=False)
        self._codec = Codec(self._shared, self)
        self._refs = Refs(self.ask, self._codec.value)
        self._derived: dict[int, type] = {}
        self._effects = Effects()
        self._limiter = Limiter()
        self._depth = 0
        self._functions: dict[str, Callable[..., Any]] = {
            **applied.functions(),
            "class": type,
            "name": self._name,
            "reload": self._reload,
            "derive": self._derive,
        }

    def _is_shared_object(self, value: Any) -> bool:
        is_distant = isinstance(value, Ref) and value._codearena_distant
        return type(type(value)) is self._refs.metaclass and not is_distant

    def end(self) -> None:
        """The referee has ended: what its script had changed around the attempt is as before."""
        self._effects.undo()

    def apply(self, request: str, limiter: Limiter) -> bytes:
        """The message with what one function of the table returned or raised.

        Raises:
            UnencodableError: the request names what is not here, or the value cannot cross.
        """
        (function, args, named), told = self._codec.read(request, _SENT_BYTES)
        if not self._depth:
            self._shared.prune()  # not before: the request may name what nothing here holds any more
        self._depth += 1
        sys.setrecursionlimit(sys.getrecursionlimit() + _FRAMES_A_LEVEL)
        try:
            self._effects.begin(told)
            self._limiter = limiter
            answer = self._answer(function, args, dict(named))
        finally:
            self._depth -= 1
            sys.setrecursionlimit(sys.getrecursionlimit() - _FRAMES_A_LEVEL)
        return self._written(answer).encode("ascii")

    def _answer(self, function: str, args: Any, kwargs: dict[str, Any]) -> tuple[Any, ...]:
        wanted = self._functions[function]
        try:
            with self._limiter.armed():
                value = wanted(*args, **kwargs)
        except (values.UnencodableError, MemoryError, LimitReachedError):
            raise
        except BaseException as error:
            if applied.is_out_of_processes(error):
                raise
            return "raised", error
        if value is MISSING:
            return ("missing",)
        whole = function == CONSTRUCT and type(value) not in (*applied.PLAIN_TYPES, bool, type(None))
        return "returned", _Whole(value) if whole else value

    def _written(self, answer: tuple[Any, ...]) -> str:
        try:
            return self._codec.write((answer, self._effects.take()), self._limits.size_bytes)
        except values.ValueTooLargeError:
            raise
        except values.UnencodableError:
            if answer[0] == "raised":
                raise
            return self._codec.write(((answer[0], _Whole(answer[1])), ()), self._limits.size_bytes)

    def ask(self, question: str, *args: Any, **kwargs: Any) -> Any:
        """What the referee answers to a question on an object of the script's; raises what the script raised."""
        with self._limiter.paused():
            payload = (question, args, tuple(kwargs.items()))
            reply = self._exchange(self._codec.write((payload, self._effects.take()), _SENT_BYTES))
            if reply is None:
                raise TestOverError("the test has failed already")
            (outcome, value), told = self._codec.read(reply, _SENT_BYTES)
            self._effects.begin(told)
        if outcome == "raised":
            raise value
        return value

    def _name(self, name: str) -> Any:
        """What the module calls `name`, which may be a whole entry point."""
        try:
            return entry_point.value_at(self._module, name)
        except entry_point.UndefinedError:
            return MISSING

    def _at(self, path: str) -> Any:
        """Looked up for every request: a method's object is made anew for each call, also in another process."""
        if not path:
            return self._module
        if (value := self._name(path)) is MISSING:
            raise AttributeError(f"the attempt has no {path!r}")
        return value

    def _reload(self) -> None:
        """As importlib.reload: the names of before are there while the source runs again."""
        loader: Any = self._module.__loader__
        exec(compile(loader.get_data(""), str(self._module.__file__), "exec", dont_inherit=True), self._module.__dict__)

    def _derive(self, *told: Any) -> _Whole:
        made = applied.derive(*told)
        self._derived[id(made)] = made
        return _Whole(made)

    def find(self, description: Description) -> Any:
        if "path" in description:
            return self._at(description["path"])
        if "id" in description:
            if not 0 <= description["id"] < len(self._objects):
                raise values.UnencodableError("an object that is not here")
            return self._objects[description["id"]]
        if "lent" in description:
            return self._refs.make(description)
        if "named" in description:
            return standard.known(description)
        if "raised" in description:
            return self._scripts_error(description)
        if "items" in description:
            return self._codec.value(description["of"])._make(map(self._codec.value, description["items"]))
        if "range" in description:
            return range(*description["range"])
        if "slice" in description:
            return slice(*map(self._codec.value, description["slice"]))
        if "module" in description:
            return sys.modules.get(description["module"]) or __import__(description["module"])
        return standard.make(description)

    def _scripts_error(self, description: Description) -> BaseException:
        kind = self._codec.value(description["raised"])
        args = self._codec.value(description["args"])
        try:
            error = kind(*args)
        except Exception:  # noqa: BLE001 - a class with demands on its arguments that only the script knows
            error = kind.__new__(kind)
            error.args = args
        for name, item in description["state"]:
            setattr(error, name, self._codec.value(item))
        error._codearena_lent = description["number"]
        return error  # type: ignore[no-any-return]

    def blank(self, tag: str, head: Any) -> Any:
        return object.__new__(head) if tag == shared.OBJECT else shared.empty(tag, head)

    def plain(self, value: Any) -> Any:
        for base, read in _READ_BY:
            if issubclass(type(value), base):
                return read(value)
        raise values.UnencodableError(f"a {type(value).__name__} cannot cross")

    def describe(self, value: Any) -> Description | None:
        kind = type(value)
        if kind is _Whole:
            return self._describe(value.value)
        if (number := self._refs.number_of(value)) is not None:
            return {"mine": number}
        if isinstance(value, type) and type(value) is self._refs.metaclass:
            return {"mine": self._refs.number_of(value)}
        if issubclass(kind, BaseException):
            return self._error(value)
        if issubclass(kind, tuple) and isinstance(getattr(kind, "_fields", None), tuple):
            return self._named_tuple(value, kind)
        if not issubclass(kind, enum.Enum) and issubclass(kind, applied.PLAIN_TYPES):
            return None
        if kind is range:
            return {"range": [value.start, value.stop, value.step]}
        return standard.describe(value) or standard.harmless(value) or self._describe(value)

    def _named_tuple(self, value: Any, kind: Any) -> Description:
        items = [self._codec.tree(item) for item in tuple.__iter__(value)]
        if (number := self._refs.number_of(kind)) is not None:
            return {"record": number, "items": items}
        fields = [str(field)[:_NAME_CHARACTERS] for field in kind._fields]
        own = self._number(kind) if self._own_class(kind) else None
        return {"named_tuple": kind.__name__, "fields": fields, "items": items, "of": own}

    def _describe(self, value: Any) -> Description:
        kind = type(value)
        description: Description = {"id": self._number(value), "kind": "object", "class": self._own_class(kind)}
        description["name"] = kind.__name__[:_NAME_CHARACTERS]
        description["can"] = [name for name in _CAPABLE if any(name in vars(base) for base in kind.__mro__)]
        if isinstance(value, type):
            if issubclass(value, BaseException):
                return {**description, "kind": "exception", **self._exception(value)}
            return {**description, "kind": "class", "class": self._own_class(value), "name": value.__name__}
        for types_of_kind, name in _KINDS:
            if isinstance(value, types_of_kind):
                return {**description, "kind": name, "asynchronous": iscoroutinefunction(value)}
        if description["class"]:
            description["of"] = self._number(kind)
        if isinstance(value, enum.Enum):
            for base in (int, float, str):
                if issubclass(kind, base):
                    description["plain"] = base(value.value)
        if id(kind) in self._derived:
            description["derived"] = self._number(kind)
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
        """chain: its own classes, nearest first, each with the names of its bases; base: the nearest builtin one."""
        mro = [base for base in kind.__mro__ if issubclass(base, BaseException)]
        own = [base for base in mro if base.__module__ != "builtins"]
        base = next(base.__name__ for base in mro if base.__module__ == "builtins")
        chain = [[_qualified(each), [_qualified(one) for one in each.__bases__ if one in mro]] for each in own[:20]]
        return {"chain": chain, "base": base}

    def _error(self, error: BaseException, causes: int = _CAUSES) -> Description:
        """An exception as a value: raised, returned, or what another one came of."""
        if (lent := error.__dict__.get("_codearena_lent")) is not None:
            return {"mine": lent}
        told = self._describe_error(error)
        description = {**self._exception(type(error)), "raised": True, "id": self._number(error)}
        description |= {"message": told["message"], "traceback": told["traceback"], "cause": None, "context": None}
        description["notes"] = [str(note)[:_MESSAGE_CHARACTERS] for note in getattr(error, "__notes__", [])[:10]]
        error.__traceback__ = None  # it has been told, and its frames would hold on to every argument
        description["args"] = self._codec.tree_if_any(error.args)
        if causes:
            for name, other in (("cause", error.__cause__), ("context", error.__context__)):
                description[name] = None if other is None else ["x", self._error(other, causes - 1)]
        description["suppressed"] = error.__suppress_context__
        return description


def _qualified(kind: type) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"[:_NAME_CHARACTERS]
