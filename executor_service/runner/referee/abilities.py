"""What proxies can do, by the special methods that the attempt's object has.

`callable(x)`, `iter(x)` and `isinstance(x, Iterator)` look for methods of a type. So each proxy is of a type that has
those which the type of the object has, and no others.
"""

from collections.abc import Callable, Iterator
from types import MethodType
from typing import Any

from executor_service.runner.referee.precedent import SWALLOW
from executor_service.runner.referee.proxies import (
    Origin,
    Proxy,
    asking,
    items,
    may_be_swallowed,
    operate,
    origin_of,
    refuse,
    typed,
)

_PUMP_S, _PUMP_ALONE_S = 0.002, 0.1  # how long the attempt's loop runs before the script's has its turn


def _of_its_own(name: str) -> Callable[..., Any]:
    """A method of the object's that is called as it has it."""
    return lambda self, *args: origin_of(self).link.apply("getattr", self, name)(*args)


def _call(self: Any, /, *args: Any, **kwargs: Any) -> Any:
    origin = origin_of(self)
    if (args or kwargs) and origin.link.in_place_of_a_value(origin):
        refuse(origin, "what a call with arguments says")
    return origin.link.apply("call", self, *args, **kwargs)


def _iter(self: Any) -> Iterator[Any]:
    origin = origin_of(self)
    if "__next__" in origin.can:  # it is an iterator, and says itself what it iterates over
        return origin.link.apply("iter", self)  # type: ignore[no-any-return]
    return items(self, "iter")


async def _anext(self: Any) -> Any:
    is_there, item = await origin_of(self).link.apply("anext", self)
    if not is_there:
        raise StopAsyncIteration
    return item


async def _aenter(self: Any) -> Any:
    return await _of_its_own("__aenter__")(self)


async def _aexit(self: Any, _: Any, error: BaseException | None, traceback: Any) -> bool:
    left = await _of_its_own("__aexit__")(self, _, error, None)
    return bool(left) and error is not None and may_be_swallowed(error, origin_of(self).link)


def _exit(self: Any, _: Any, error: BaseException | None, traceback: Any) -> bool:
    origin = origin_of(self)
    if error is None:
        origin.link.apply("exit", self, None)
        return False
    if not isinstance(error, Exception):
        return False
    swallows = typed(self, bool, "exit", self, error)
    if not swallows or not may_be_swallowed(error, origin.link):
        return False
    return origin.link.allows(SWALLOW, origin.place) or origin.link.spoil(
        "a context of the attempt swallows an exception"
    )


def _get(self: Any, target: Any, kind: Any = None) -> Any:
    """An attribute of a class of the script's: a function of the attempt's becomes a method of it."""
    if origin_of(self).kind == "function":
        return self if target is None else MethodType(self, target)
    return _of_its_own("__get__")(self, target, kind)


_METHODS: dict[str, Callable[..., Any]] = {
    "__call__": _call,
    "__iter__": _iter,
    "__next__": asking("next"),
    "__len__": lambda self: int(typed(self, int, "len", self)),
    "__getitem__": asking("getitem"),
    "__contains__": lambda self, item: bool(operate("contains", self, item)),
    "__enter__": asking("enter"),
    "__await__": lambda self: awaited(self).__await__(),
    "__aiter__": asking("aiter"),
    "__anext__": _anext,
    "__aenter__": _aenter,
    "__bool__": lambda self: bool(typed(self, bool, "bool", self)),
    "__get__": _get,
    **{name: _of_its_own(name) for name in ("__set__", "__delete__", "__set_name__")},
}
_COMPANIONS: dict[str, tuple[str, Callable[..., Any]]] = {
    "__iter__": ("__reversed__", lambda self: items(self, "reversed")),
    "__enter__": ("__exit__", _exit),
    "__aenter__": ("__aexit__", _aexit),
}
"""What a proxy has as well that has the method."""

_types: dict[tuple[type, str, frozenset[str]], type] = {}


def _text(name: str) -> property:
    """What every class has of its own, and a proxy must ask for."""
    return property(lambda self: origin_of(self).link.apply("getattr", self, name))


def proxy_of(origin: Origin, derived: type | None = None) -> Proxy:
    """A proxy that can do what the object can. derived: the script's class that it is of."""
    base = derived or Proxy
    able = frozenset(name for name in _METHODS if name in origin.can and not (derived and hasattr(derived, name)))
    name = base.__name__ if derived else origin.name
    kind = _types.get((base, name, able))
    if kind is None:
        body: dict[str, Any] = {"__slots__": (), "__qualname__": name}
        body |= {} if derived else {each: _text(each) for each in ("__doc__", "__module__")}
        body |= {each: _METHODS[each] for each in able}
        body |= dict(_COMPANIONS[each] for each in able if each in _COMPANIONS)
        kind = _types[(base, name, able)] = type.__new__(type(base), name, (base,), body)
    made: Proxy = object.__new__(kind)
    object.__setattr__(made, "_codearena_origin", origin)
    return made


async def awaited(proxy: Any) -> Any:
    """Runs a coroutine of the attempt's beside what else the script's loop runs."""
    import asyncio  # there already, where something awaits

    link = origin_of(proxy).link
    task = link.apply("start", proxy)
    try:
        while True:
            alone = len(asyncio.all_tasks()) == 1
            done, value = link.apply("pump", task, _PUMP_ALONE_S if alone else _PUMP_S)
            if done:
                return value
            await asyncio.sleep(0)
    except asyncio.CancelledError:
        link.apply("cancel", task)
        raise
