"""Proxies: the attempt's functions, classes and objects as a test script sees them.

Attributes, items, calls, iteration, len, bool, str and contexts are forwarded for every object: what comes back is the
attempt's, as a returned value is. Operators are another matter, because they hand over the expected value and ask for
the verdict. Forwarded they are only where the author has asked for the attempt's class:

    both sides are objects of the attempt     if one was constructed by the script, or the script names both classes
    one side is the script's own plain data   if the script itself constructed the object
    anything else                             == is False; every other operator fails the test, and raises TypeError

So `assert f(2) == 4` fails for an object whose `__eq__` says True, even if it is of a class that the script uses. What
the author has asked for is what was forwarded when the reference ran (precedent.py): of an attempt's objects nothing
else is, whatever they claim to be, and an object in the place of a value is handed no argument.
"""

import builtins
import operator
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import CoroutineType, FunctionType, GeneratorType, MethodType, ModuleType
from typing import TYPE_CHECKING, Any

from executor_service.runner.referee.operators import ARITHMETIC, COMPARISONS, IN_PLACE, UNARY
from executor_service.runner.referee.precedent import Place
from executor_service.runner.referee.raised import traceback_of
from executor_service.runner.referee.records import class_of

if TYPE_CHECKING:
    from executor_service.runner.referee.link import Link

SCRIPT_NAME = "test_script.py"

_PLAIN = (list, tuple, set, frozenset, dict, type(None), bool, int, float, complex, str, bytes)
_QUESTIONS = frozenset(
    [name for kind in (str, set, float) for name in dir(kind) if name.startswith("is")]
    + ["startswith", "endswith", "count", "index", "find", "rfind", "rindex"]
    + ["union", "intersection", "difference", "symmetric_difference"]
)
"""Methods of plain types that take an expected value or answer yes or no: an object in a value's place must not."""


@dataclass(frozen=True)
class Origin:
    """Where a proxy comes from.

    can: special methods that it has; asynchronous: it is a coroutine function;
    reference: how it is named over there; generation: of the process that holds it; kind: "object", "class", ...;
    class_name: of the attempt's own class, else empty; own: the script constructed it; named: the script reached it
    by name and not as what a call returned; place: on which way it did, see precedent.py; plain: the number or text
    that it is as well, if it is an enum member.
    """

    link: "Link"
    reference: dict[str, Any]
    generation: int
    kind: str
    class_name: str
    name: str
    own: bool
    named: bool
    place: Place
    plain: Any = None
    can: frozenset[str] = frozenset()
    asynchronous: bool = False


def origin_of(proxy: Any) -> Origin:
    origin: Origin = object.__getattribute__(proxy, "_codearena_origin")
    return origin


class Proxy:
    """Forwards what is done with it. Equal proxies need not be identical: `is` says nothing."""

    __slots__ = ("__weakref__", "_codearena_origin")

    def __getattr__(self, name: str) -> Any:
        origin = origin_of(self)
        if name == "__dict__" and origin.kind == "module":
            raise AttributeError(name)
        if name in _QUESTIONS and not (origin.own or origin.named or origin.link.precedent.is_known):
            refuse(origin, f"its method {name}")
        return origin.link.apply("getattr", self, name)

    def __hash__(self) -> int:
        origin = origin_of(self)
        may_be_asked = origin.link.allows("hash", origin.place, otherwise=origin.link.is_named(origin.class_name))
        return int(typed(self, int, "hash", self)) if may_be_asked else object.__hash__(self)

    def __instancecheck__(self, value: Any) -> bool:
        origin = origin_of(self)
        if (kind := class_of(value)) is not None:
            return kind == (origin.generation, origin.reference["id"])
        return isinstance(value, Proxy) and bool(typed(self, bool, "isinstance", value, self))

    def __subclasscheck__(self, value: Any) -> bool:
        return isinstance(value, Proxy) and bool(typed(self, bool, "issubclass", value, self))

    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[type, ...]:
        return (_settled["base_for"](self),)

    def __copy__(self) -> Any:
        return origin_of(self).link.apply("standard", "copy", "copy", self)

    def __deepcopy__(self, _: Any) -> Any:
        return origin_of(self).link.apply("standard", "copy", "deepcopy", self)

    def __reduce_ex__(self, protocol: Any) -> Any:
        return unpickled, (origin_of(self).link.apply("standard", "pickle", "dumps", self, protocol),)

    def __dir__(self) -> list[str]:
        return list(map(str, origin_of(self).link.apply("dir", self)))

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        """As isinstance asks for it; for the attempt's own class the script asks `sameness`."""
        return _KINDS.get(origin_of(self).kind, type(self))


_KINDS: dict[str, type] = {
    "class": type,
    "function": FunctionType,
    "method": MethodType,
    "module": ModuleType,
    "generator": GeneratorType,
    "coroutine": CoroutineType,
}


_settled: dict[str, Any] = {}


def settle(link: "Link", base_for: Callable[[Proxy], type]) -> None:
    """Says which line is unpickled through, and what stands for a class of the attempt's among a class's bases."""
    _settled.update(link=link, base_for=base_for)


def unpickled(data: bytes) -> Any:
    """The object of the attempt's that was pickled in its process."""
    return _settled["link"].apply("unpickle", data)


def typed(proxy: Any, kind: type, function: str, *args: Any) -> Any:
    """A function whose value is of one exact type over there, and must be here."""
    link = origin_of(proxy).link
    value = link.apply(function, *args)
    if type(value) is not kind:
        link.spoil(f"{function} of an object of the attempt is no {kind.__name__}")
    return value


def items(proxy: Any, function: str) -> Iterator[Any]:
    link = origin_of(proxy).link
    iterator = link.apply(function, proxy)
    while True:
        answer = link.apply("batch", iterator)
        if type(answer) is not tuple or len(answer) != 2 or type(answer[0]) is not list:
            link.spoil("the attempt's process iterates over what is no iterator")
        items, ended = answer
        yield from items
        if ended:
            return
        if not items:
            link.spoil("an iterator of the attempt neither yields nor ends")


def may_be_swallowed(error: BaseException, link: "Link") -> bool:
    """True for what the attempt raised, or the script by a raise statement; never for a failed assertion."""
    return traceback_of(error) is not None or is_raised_by_statement(error, link)


def is_raised_by_statement(error: BaseException, link: "Link") -> bool:
    """True if a raise statement of the script is where it comes from."""
    frames = list(traceback.walk_tb(error.__traceback__))
    if not frames:
        return False
    frame, line = frames[-1]
    return frame.f_code.co_filename == SCRIPT_NAME and line in link.raise_lines


def _may_be_asked(name: str, left: Any, right: Any) -> bool:
    """The rule at the top of this file."""
    origins = [origin_of(side) for side in (left, right) if isinstance(side, Proxy)]
    link, is_pair = origins[0].link, len(origins) == 2
    by_claim = is_pair and all(link.is_named(origin.class_name) for origin in origins)
    by_claim = by_claim or any(origin.own for origin in origins)
    question = f"{name} with {'an object' if is_pair else 'a value'}"
    return link.allows(question, *(origin.place for origin in origins), otherwise=by_claim)


def refuse(origin: Origin, what: str) -> None:
    text = f"{what} is not asked of an object that the attempt returned in the place of a value"
    origin.link.refuse(text)
    raise TypeError(text)


def operate(name: str, left: Any, right: Any) -> Any:
    origin = origin_of(left if isinstance(left, Proxy) else right)
    if not _may_be_asked(name, left, right):
        if origin.plain is not None and not (isinstance(left, Proxy) and isinstance(right, Proxy)):
            sides = (origin.plain if isinstance(side, Proxy) else side for side in (left, right))
            return getattr(operator, name)(*sides)
        if name in ("eq", "ne"):
            return NotImplemented  # then Python compares identities
        refuse(origin, f"the operator {name.rstrip('_')}")
    other = right if isinstance(left, Proxy) else left
    if not isinstance(other, (Proxy, *_PLAIN)):
        return NotImplemented  # an object of the script's own, which may know better
    if name in COMPARISONS:
        return origin.link.controls.ask(name, left, right)
    return origin.link.apply(name, left, right)


def _unary(proxy: Proxy, name: str, *args: Any) -> Any:
    origin = origin_of(proxy)
    by_claim = origin.own or origin.link.is_named(origin.class_name)
    if not origin.link.allows(name, origin.place, otherwise=by_claim):
        refuse(origin, f"the operator {name}")
    return origin.link.apply(name, proxy, *args)


def asking(function: str) -> Callable[..., Any]:
    """A method that has a function of the worker's table applied."""
    return lambda self, *args: origin_of(self).link.apply(function, self, *args)


def _telling(function: str) -> Callable[..., str]:
    """A method whose text the attempt's process says, as long as anything is asked of it."""

    def text(self: Proxy, *args: Any) -> str:
        origin = origin_of(self)
        return f"<{origin.name} of the attempt>" if origin.link.closed else str(typed(self, str, function, self, *args))

    return text


def _forward(name: str) -> Callable[[Proxy, Any], Any]:
    return lambda self, other: operate(name, self, other)


def _reflect(name: str) -> Callable[[Proxy, Any], Any]:
    return lambda self, other: operate(name, other, self)


def _unary_method(name: str) -> Callable[[Proxy], Any]:
    kind = getattr(builtins, name, None)
    if kind in (int, float, complex):
        return lambda self: _typed_unary(self, name, kind)
    return lambda self: _unary(self, name)


def _typed_unary(proxy: Proxy, name: str, kind: type) -> Any:
    value = _unary(proxy, name)
    return value if type(value) is kind else origin_of(proxy).link.spoil(f"{name} of an object is none")


for _name in ("setattr", "delattr", "setitem", "delitem"):
    setattr(Proxy, f"__{_name}__", asking(_name))
for _name in ("str", "repr", "format"):
    setattr(Proxy, f"__{_name}__", _telling(_name))
for _name in [*ARITHMETIC, *COMPARISONS, *IN_PLACE]:
    setattr(Proxy, f"__{_name.rstrip('_')}__", _forward(_name))
for _name in ARITHMETIC:
    setattr(Proxy, f"__r{_name.rstrip('_')}__", _reflect(_name))
for _name in UNARY:
    setattr(Proxy, f"__{_name}__", _unary_method(_name))
