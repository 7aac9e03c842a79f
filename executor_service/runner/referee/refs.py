"""What a test script lends to the attempt, as the attempt sees it: the script's functions, classes and objects.

They stay in the referee's process. A call, an attribute or an operator is a question to the referee, which answers what
a script's object is there to be asked (callbacks.py) and nothing about the script itself. Objects of the script's own
plain classes have their attributes here, shared as containers are; the rest of them is asked for.
"""

import dataclasses
import inspect
from collections.abc import Callable, Iterator
from typing import Any

from executor_service.runner.referee.crossing import Description

Ask = Callable[..., Any]

_NAMES = ("__name__", "__qualname__", "__doc__")


class Ref:
    """An object of the script's. Every class of the script's is one here that derives from this."""

    _codearena_ask: Ask
    _codearena_distant = False

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        return type(self)._codearena_ask("getattr", self, name)


class _Distant(Ref):
    """One whose attributes are in the referee too."""

    _codearena_distant = True

    def __setattr__(self, name: str, value: Any) -> None:
        type(self)._codearena_ask("setattr", self, name, value)

    def __delattr__(self, name: str) -> None:
        type(self)._codearena_ask("delattr", self, name)


class _Frozen(Ref):
    """Of a frozen dataclass."""

    def __setattr__(self, name: str, value: Any) -> None:
        raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")

    def __delattr__(self, name: str) -> None:
        raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")


class _Awaitable:
    """A coroutine of the script's, which the referee runs."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    def __await__(self) -> Iterator[Any]:
        import asyncio  # there already, where something is awaited

        while True:
            done, value = self._ask("poll", self)
            if done:
                return value  # type: ignore[no-any-return]
            yield from asyncio.sleep(0.001).__await__()


class RefType(type):
    """Of the script's classes: to call one makes an object in the referee."""

    _codearena_ask: Ask

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        return cls._codearena_ask("call", cls, *args, **kwargs)

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(f"type object {cls.__name__!r} has no attribute {name!r}")
        return cls._codearena_ask("getattr", cls, name)


class Refs:
    """Makes them, and knows each again. ask: puts a question to the referee; value: reads a tree."""

    def __init__(self, ask: Ask, value: Callable[[Any], Any]) -> None:
        self._ask = ask
        self._value = value
        self.metaclass = type("RefType", (RefType,), {"_codearena_ask": staticmethod(ask)})
        self._by_number: dict[int, Any] = {}
        self._numbers: dict[int, int] = {}

    def number_of(self, value: Any) -> int | None:
        """Under which the referee has it; None for what is not the script's."""
        return self._numbers.get(id(value))

    def make(self, description: Description) -> Any:
        """What stands here for {"lent": number, and what the referee tells of it the first time}.

        Raises:
            KeyError, TypeError, ValueError: the description is none.
        """
        number = int(description["lent"])
        if number not in self._by_number:
            made = getattr(self, f"_make_{description['as']}")(description)
            self._by_number[number] = made
            self._numbers[id(made)] = number
        return self._by_number[number]

    def _make_function(self, description: Description) -> Any:
        ask, itself = self._ask, self

        def lent(*args: Any, **kwargs: Any) -> Any:
            return ask("call", itself._by_number[number], *args, **kwargs)

        async def lent_coroutine(*args: Any, **kwargs: Any) -> Any:
            return await lent(*args, **kwargs)

        number = int(description["lent"])
        made: Any = lent_coroutine if description["coroutine"] else lent
        for name, text in zip(_NAMES, description["names"], strict=True):
            setattr(made, name, text)
        if description["parameters"] is not None:
            made.__signature__ = _signature(description["parameters"])
        return made

    def _make_object(self, description: Description) -> Any:
        return object.__new__(self._value(description["class"]))

    def _make_class(self, description: Description) -> Any:
        bases = [self._value(base) for base in description["bases"]]
        bases = [base for base in bases if isinstance(base, RefType)]
        kind = {"plain": Ref, "frozen": _Frozen, "distant": _Distant}[description["kind"]]
        body: dict[str, Any] = {name: self._operator(name) for name in description["operators"]}
        if "__eq__" in body and "__hash__" not in body:
            body["__hash__"] = None
        body |= {"_codearena_ask": staticmethod(self._ask), "__module__": "test_script"}
        try:
            return self.metaclass(description["name"], tuple(bases) or (kind,), body)
        except TypeError:  # bases that cannot be joined here, as one of frozen ones and others
            return self.metaclass(description["name"], (kind,), body)

    def _operator(self, name: str) -> Callable[..., Any]:
        ask = self._ask

        def operator(*args: Any, **kwargs: Any) -> Any:
            return ask("operator", name, *args, **kwargs)

        operator.__name__ = name
        return operator

    def _make_awaitable(self, description: Description) -> Any:
        return _Awaitable(self._ask)

    def _make_exception(self, description: Description) -> Any:
        base = self._value(description["base"])
        return type(base)(description["name"], (base,), {"__module__": "test_script"})

    def _make_tuple(self, description: Description) -> Any:
        import collections  # imported by then: the referee's named tuples come of it

        make: Any = collections.namedtuple
        made = make(description["name"], description["fields"])
        made.__module__ = "test_script"
        return made


def _signature(parameters: list[list[Any]]) -> inspect.Signature:
    """parameters: [name, kind, whether it has a default]."""
    empty = inspect.Parameter.empty
    kinds = [(name, inspect._ParameterKind(kind), None if given else empty) for name, kind, given in parameters]
    return inspect.Signature([inspect.Parameter(name, kind, default=default) for name, kind, default in kinds])
