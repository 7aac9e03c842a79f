"""The referee's line to the attempt: applies functions over there, and makes of each answer what a script can use.

Whatever comes back is hostile. It becomes plain data, a proxy, or an exception; what is none of these spoils the test:
a spoiled test has failed, whatever its script makes of the exception.
"""

import builtins
import collections
import functools
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn

from codearena import values
from executor_service.runner import crossing, standard
from executor_service.runner.controls import Controls
from executor_service.runner.crossing import Description
from executor_service.runner.precedent import CALL, CATCH, CONSTRUCT, ITEM, Place, Precedent, reached
from executor_service.runner.proxies import Origin, Proxy, origin_of
from executor_service.runner.raised import Exceptions

_SENT_LIMITS = values.ValueLimits(nodes=2_000_000, size_bytes=16 * 1024 * 1024)
_ENDS = {
    "time_limit": "exceeded its time limit",
    "memory_limit": "exceeded its memory limit",
    "output_limit": "printed or returned more than the limit on output",
    "process_limit": "started more processes or threads than its limit",
    "crashed": "ended its process without an answer",
    "unencodable": "has no answer that can cross",
    "not_run": "was not run: its time was over",
    "stale": "has lost the object with its process",
}


_OF_ITEMS = ("iter", "reversed", "batch", "next", "getitem")
_RAISED: Place = ("raised",)


@dataclass(frozen=True)
class _Way:
    """How the script came to what an answer holds.

    own: it constructed it, by calling a class; named: from name to name; path: that name, of the module itself.
    """

    place: Place
    own: bool = False
    named: bool = False
    path: str = ""

    @property
    def inside(self) -> "_Way":
        """To what a list or another plain value holds."""
        return _Way(reached(self.place, ITEM))


class SpoiledError(BaseException):
    """The test has failed and nothing in its script can change that; no `except Exception` catches it."""


class Link:
    """Applies functions in the attempt's process.

    exchange: sends a request to the conductor and returns the reply; limits: on one answer; precedent: what the
    reference was asked. spoiled: why the current test has failed already; empty if it has not. raise_lines: those of
    the script.
    """

    def __init__(
        self, exchange: Callable[[dict[str, Any]], dict[str, Any]], limits: values.ValueLimits, precedent: Precedent
    ) -> None:
        self._exchange = exchange
        self._limits = limits
        self.precedent = precedent
        self.controls = Controls(self)
        self._named: set[str] = set()
        self._exceptions = Exceptions(self)
        self._generation = 0
        self._holds = False  # the request being made names an object by a number, which only its process knows
        self.spoiled = ""
        self.closed = False
        self.raise_lines: set[int] = set()

    def name(self, name: str) -> Any:
        """What the attempt's module calls `name`: a value, a proxy, or an exception class.

        Raises:
            AttributeError: it has no such name.
        """
        way = _Way((name,), named=True, path=name)
        description, value = self._answer("name", (name,), {}, way)
        if description is None:
            return value
        if "missing" in description:
            raise AttributeError(f"the attempt has no {name!r}")
        self._note_named(description)
        return self._found(way, description)

    def apply(self, function: str, /, *args: Any, **kwargs: Any) -> Any:
        """The value of a function of the worker's table; raises what the attempt raised."""
        maker = origin_of(args[0]) if args and isinstance(args[0], Proxy) else None
        constructs = function == "call" and maker is not None and self._is_class(maker)
        named = function == "getattr" and maker is not None and maker.named
        way = _Way(_result_place(function, args), constructs, named)
        description, value = self._answer(CONSTRUCT if constructs else function, args, kwargs, way)
        if description is None:
            return value
        if "raised" in description:
            raise self._raised(description, function)
        if named:
            self._note_named(description)
        found = self._found(way, description)
        if constructs and isinstance(found, Proxy):
            self.controls.saw(found)
        return found

    @property
    def generation(self) -> int:
        """Of the attempt's process: how many there have been."""
        return self._generation

    def allows(self, question: str, *places: Place, otherwise: bool = True) -> bool:
        """Whether the attempt may be asked this of its objects at these places: if the reference was.

        otherwise: whether the reference may, if that is what is asked now; then it is noted.
        """
        if self.precedent.is_known:
            return all(self.precedent.holds(place, question) for place in places)
        for place in places if otherwise else ():
            self.precedent.note(place, question)
        return otherwise

    def in_place_of_a_value(self, origin: Origin) -> bool:
        """Whether the reference had no object where the attempt has this one."""
        return self.precedent.is_known and not self.precedent.is_object(origin.place)

    def _is_class(self, origin: Origin) -> bool:
        """Whether a call of it constructs an object."""
        return self.allows(CONSTRUCT, origin.place, otherwise=origin.named and origin.kind == "class")

    def spoil(self, reason: str) -> NoReturn:
        """Fails the current test for good."""
        self.refuse(reason)
        raise SpoiledError(reason)

    def refuse(self, reason: str) -> None:
        """As `spoil`, for a caller that raises something of its own."""
        self.spoiled = self.spoiled or reason

    def is_named(self, class_name: str) -> bool:
        """True for a class of the attempt's that the script has named."""
        return class_name in self._named

    def _note_named(self, description: Description) -> None:
        if description.get("kind") == "class" and description.get("class"):
            self._named.add(str(description["class"]))

    # ------------------------------------------------------------------------------------------------------- exchange

    def _answer(self, function: str, args: Any, kwargs: dict[str, Any], way: _Way) -> tuple[Description | None, Any]:
        """A description, or None and a plain value. way: to the value."""
        if self.closed:
            raise SpoiledError("the test is over")
        self._holds = False
        request: dict[str, Any] = {
            "function": function,
            "args": self._encoded(list(args)),
            "kwargs": self._encoded(kwargs),
        }
        request["generation"] = self._generation if self._holds else 0
        reply = self._exchange(request)
        self._generation = reply["generation"]
        if reply["status"] != "returned" or reply["value"] is None:
            self.spoil(f"the attempt {_ENDS.get(reply['status'], 'gave no answer')}")
        try:
            find = functools.partial(self._found, way.inside)
            return crossing.decode_answer(reply["value"].encode("ascii"), self._limits, find)
        except (values.MalformedValueError, UnicodeEncodeError):
            self.spoil("the attempt's process answered with what is no value")

    def _encoded(self, value: object) -> str:
        try:
            return crossing.encode(value, _SENT_LIMITS, self._described).decode("ascii")
        except values.UnencodableError as error:
            self.spoil(f"an argument cannot be passed to the attempt: {error}")

    def _described(self, value: Any) -> Description | None:
        """How an argument crosses; None: as plain data."""
        if isinstance(value, Proxy):
            origin = origin_of(value)
            return self._current(origin.reference, origin.generation if "id" in origin.reference else self._generation)
        if (reference := self._exceptions.reference(value)) is not None:
            return self._current(reference, reference.get("generation", self._generation))
        if isinstance(value, range):
            return {"range": [value.start, value.stop, value.step]}
        if isinstance(value, slice):
            return {"slice": [value.start, value.stop, value.step]}
        if (description := standard.describe(value)) is not None:
            return description
        name = getattr(value, "__name__", "")
        if name and getattr(builtins, name, None) is value:
            return {"builtin": name}
        if not isinstance(value, crossing.PLAIN) or hasattr(value, "_fields"):
            self.spoil(f"a {type(value).__name__} of the script cannot be passed to the attempt: it is not plain data")
        return None

    def _current(self, reference: Description, generation: int) -> Description:
        self._holds = self._holds or "id" in reference
        if generation != self._generation:
            self.spoil("the attempt's process that held this object has ended")
        return reference

    # --------------------------------------------------------------------------------------------------------- values

    def _found(self, way: _Way, description: Description) -> Any:
        """What a description stands for."""
        try:
            return self._make(way, description)
        except (KeyError, TypeError, ValueError, ArithmeticError, RecursionError) as error:
            raise values.MalformedValueError("a description that is none") from error

    def _make(self, way: _Way, description: Description) -> Any:
        if "range" in description:
            return range(*map(int, description["range"]))
        if "standard" in description:
            return standard.make(description)
        if "deque" in description:
            return collections.deque(self._nested(way, description["deque"]))
        if "named_tuple" in description:
            return self._named_tuple(way, description)
        reference: Description = {"path": way.path} if way.path else {"id": int(description["id"])}
        if description["kind"] == "exception":
            return self._exception_class(way, description, reference)
        plain = self._nested(way, description["plain"]) if "plain" in description else None
        if plain is not None and self._is_plain(way, description, plain):
            return plain
        return self._proxy(way, description, reference, plain)

    def _proxy(self, way: _Way, description: Description, reference: Description, plain: Any) -> Any:
        kind, class_name, name = description["kind"], str(description["class"]), str(description["name"])
        origin = Origin(self, reference, self._generation, kind, class_name, name, way.own, way.named, way.place, plain)
        if not self.precedent.is_known:
            self.precedent.note(way.place)
        proxy = Proxy(origin)
        return _awaitable(self, proxy) if kind == "coroutine" else proxy

    def _is_plain(self, way: _Way, description: Description, plain: Any) -> bool:
        """Whether an enum member that is a number or a text as well is no more than that to the script."""
        if type(plain) not in (int, float, str):
            raise ValueError("an enum member that is no number and no text")
        if self.precedent.is_known:
            return not self.precedent.is_object(way.place)
        return not self.is_named(str(description["class"]))

    def _exception_class(self, way: _Way, description: Description, reference: Description) -> type[BaseException]:
        """One that catches a failed assertion of the script's only where the reference's does."""
        kind = self._exceptions.type_of(description, reference)
        if not self.precedent.is_known:
            self.precedent.note(way.place)
        if issubclass(AssertionError, kind) and not self.allows(CATCH, way.place):
            return self._exceptions.apart(kind)
        return kind

    def _named_tuple(self, way: _Way, description: Description) -> Any:
        # Python normalises other letters when it compiles a name, and two could become one.
        fields = [field if field.isascii() else "_" for field in map(str, description["fields"])]
        make: Any = collections.namedtuple
        kind = make("Record", fields, rename=True)
        kind.__name__ = _identifier(str(description["named_tuple"]))
        return kind(*self._nested(way, description["items"]))

    def _nested(self, way: _Way, text: object) -> Any:
        return crossing.decode(str(text).encode("ascii"), self._limits, functools.partial(self._found, way.inside))

    def _raised(self, description: Description, function: str) -> BaseException:
        try:
            error = self._exceptions.instance(description, self._generation, self._limits)
        except (KeyError, TypeError, ValueError, RecursionError):
            self.spoil("the attempt's process raised what is no exception")
        if isinstance(error, (StopIteration, StopAsyncIteration, GeneratorExit)) and function != "next":
            # Any of them would end a loop of the script's in silence, and with it the assertions still to come.
            replaced = RuntimeError(f"the attempt raised {type(error).__name__}")
            replaced._codearena_traceback = error._codearena_traceback  # type: ignore[attr-defined,union-attr]
            return replaced
        return error


def _result_place(function: str, args: tuple[Any, ...]) -> Place:
    """Where what a function returns is found. An exception's attributes are asked for without a proxy."""
    place = next((origin_of(arg).place for arg in args if isinstance(arg, Proxy)), _RAISED)
    if function == "call":
        return reached(place, CALL)
    if function in _OF_ITEMS:
        return reached(place, ITEM)
    return reached(place, f".{args[1]}" if function == "getattr" else f".{function}{CALL}")


def _identifier(name: str) -> str:
    return name if name.isidentifier() else "Record"


async def _awaitable(link: Link, proxy: Proxy) -> Any:
    return link.apply("await", proxy)


def encoded_request(request: dict[str, Any]) -> bytes:
    """A request as it goes to the conductor."""
    return json.dumps({"ask": request}).encode("ascii")
