"""Exceptions of the attempt, raised in the referee: builtin ones as themselves, its own as classes made after them."""

import builtins
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from executor_service.runner.referee import standard
from executor_service.runner.referee.crossing import Description

if TYPE_CHECKING:
    from executor_service.runner.referee.link import Link

_TEXT_CHARACTERS = 2000
_BASES = 5
_CLASSES = 20  # of one exception, so that no depth of inheritance is the referee's to bear


def traceback_of(error: BaseException) -> str | None:
    """The attempt's own traceback; None for an exception that does not come from the attempt."""
    return getattr(error, "_codearena_traceback", None)


class Exceptions:
    """One class here for each of the attempt's, by name, so that `assertRaises(fix.MyError)` finds what is raised."""

    def __init__(self, link: "Link") -> None:
        self._link = link
        self._types: dict[str, type[BaseException]] = {}
        self._apart: dict[type[BaseException], type[BaseException]] = {}
        self._below: dict[tuple[type[BaseException], ...], type[BaseException]] = {}

    def type_of(self, description: Description, reference: Description | None = None) -> type[BaseException]:
        """The class of a description: "chain", its own classes with the names of their bases, and "base", a builtin.

        Raises:
            KeyError, TypeError, ValueError: the description is none.
        """
        kind = self._builtin(str(description["base"]))
        for name, bases in reversed(description["chain"][:_CLASSES]):
            kind = self._named(str(name), tuple(self._base(str(base)) for base in bases[:_BASES]) or (kind,))
        if reference is not None and kind.__module__ == "fix":
            kind._codearena_reference = reference  # type: ignore[attr-defined]
        return kind

    def _named(self, name: str, bases: tuple[type[BaseException], ...]) -> type[BaseException]:
        known = self._types.get(name) or standard.exception(name)
        fits = known is not None and (known.__bases__ == bases or known.__module__ != "fix")
        return known if known is not None and fits else self._new(name, bases)

    def _base(self, name: str) -> type[BaseException]:
        module, _, last = name.rpartition(".")
        if module == "builtins":
            return self._builtin(last)
        return self._types.get(name) or standard.exception(name) or Exception

    def apart(self, kind: type[BaseException]) -> type[BaseException]:
        """Stands for a builtin class where the script must catch by it what the attempt raises, and nothing else."""
        if kind not in self._apart:
            self._apart[kind] = type(kind.__name__, (kind,), {"__module__": "fix"})
        return self._apart[kind]

    def _builtin(self, name: str) -> type[BaseException]:
        """The builtin class of that name, caught as well by what stands apart for its bases."""
        kind = _builtin(name)
        apart = tuple(theirs for base, theirs in self._apart.items() if issubclass(kind, base))
        if kind in self._apart or not apart:
            return self._apart.get(kind, kind)
        bases = (*sorted(apart, key=lambda theirs: -len(theirs.__mro__)), kind)
        if bases not in self._below:
            self._below[bases] = type(kind.__name__, bases, {"__module__": "builtins"})
        return self._below[bases]

    def _new(self, name: str, bases: tuple[type[BaseException], ...]) -> type[BaseException]:
        last = name.rpartition(".")[2]
        body = {"__module__": "fix", "__str__": _text, "__getattr__": _attribute, "__init__": _made_over_there}
        body["_codearena_link"] = self._link
        last = last if last.isidentifier() else "AttemptError"
        kind: type[BaseException]
        try:
            kind = type(last, bases, body)
        except TypeError:  # bases that cannot be joined: the attempt's claim
            kind = type(last, bases[:1], body)
        self._types[name] = kind
        return kind

    def instance(self, description: Description, generation: int, read: Callable[[Any], Any]) -> BaseException:
        """The exception of a description; what it carries beyond arguments and text is asked for when needed.

        read: reads the tree of a value.

        Raises:
            KeyError, TypeError, ValueError: the description is none.
        """
        kind = self.type_of(description)
        message = str(description["message"])[:_TEXT_CHARACTERS]
        args = read(description["args"])
        error = _instantiated(kind, args if type(args) is tuple else (message,), message)
        error._codearena_traceback = str(description["traceback"])  # type: ignore[attr-defined]
        error._codearena_object = (int(description["id"]), generation)  # type: ignore[attr-defined]
        if kind.__module__ == "fix":
            error._codearena_message = message  # type: ignore[attr-defined]
        others = [read(description[name]) for name in ("cause", "context")]
        error.__cause__, error.__context__ = (each if isinstance(each, BaseException) else None for each in others)
        error.__suppress_context__ = bool(description["suppressed"])
        for note in description["notes"]:
            error.add_note(str(note))
        return error

    def reference(self, value: Any) -> Description | None:
        """How a class or instance made here is named over there; None for anything else."""
        if isinstance(value, type):
            reference: Description | None = value.__dict__.get("_codearena_reference")
            return reference
        if not isinstance(value, BaseException) or type(value).__module__ == "test_script":
            return None
        number, generation = value.__dict__.get("_codearena_object", (None, None))
        return None if number is None else {"id": number, "generation": generation}


def _made_over_there(error: Any, *args: Any, **kwargs: Any) -> None:
    """An exception of the attempt's class that the script makes: what its own `__init__` does is done there."""
    kind = next(base for base in type(error).__mro__ if base.__module__ == "fix")
    made = error._codearena_link.apply("call", kind, *args, **kwargs)
    if not isinstance(made, BaseException):
        error._codearena_link.spoil("an exception class of the attempt makes what is no exception")
    error.args = made.args
    error.__dict__.update(vars(made))


def _builtin(name: str) -> type[BaseException]:
    kind = getattr(builtins, name, None)
    return kind if isinstance(kind, type) and issubclass(kind, BaseException) else Exception


def _instantiated(kind: type[BaseException], args: tuple[Any, ...], message: str) -> BaseException:
    if not hasattr(kind, "_codearena_link"):
        try:
            error = kind(*args)
            if error.args == args:
                return error
        except Exception:  # noqa: BLE001 - a builtin class with demands on its arguments
            args = (message,)
    try:
        error = kind.__new__(kind)
    except TypeError:  # an exception group
        error = Exception.__new__(Exception)
    error.args = args
    return error


def _text(error: Any) -> str:
    message = error.__dict__.get("_codearena_message")
    return BaseException.__str__(error) if message is None else message


def _attribute(error: Any, name: str) -> Any:
    if name.startswith("_") or "_codearena_object" not in error.__dict__:
        raise AttributeError(f"{type(error).__name__!r} object has no attribute {name!r}")
    return error._codearena_link.apply("getattr", error, name)
