"""What proxies can do, by the special methods that the attempt's object has.

`callable(x)`, `iter(x)` and `isinstance(x, Iterator)` look for methods of a type. So each proxy is of a type that has
those which the type of the object has, and no others.
"""

from collections.abc import Iterator
from types import MethodType, TracebackType
from typing import Any

from executor_service.runner.referee.precedent import SWALLOW
from executor_service.runner.referee.proxies import (
    Origin,
    Proxy,
    items,
    may_be_swallowed,
    operate,
    origin_of,
    refuse,
    typed,
)

_PUMP_S, _PUMP_ALONE_S = 0.002, 0.1  # how long the attempt's loop runs before the script's has its turn


class _Callable:
    __slots__ = ()

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        origin = origin_of(self)
        if (args or kwargs) and origin.link.in_place_of_a_value(origin):
            refuse(origin, "what a call with arguments says")
        return origin.link.apply("call", self, *args, **kwargs)


class _Iterable:
    __slots__ = ()

    def __iter__(self) -> Iterator[Any]:
        origin = origin_of(self)
        if "__next__" in origin.can:  # it is an iterator, and says itself what it iterates over
            return origin.link.apply("iter", self)  # type: ignore[no-any-return]
        return items(self, "iter")

    def __reversed__(self) -> Iterator[Any]:
        return items(self, "reversed")


class _Iterator:
    __slots__ = ()

    def __next__(self) -> Any:
        return origin_of(self).link.apply("next", self)


class _Awaitable:
    __slots__ = ()

    def __await__(self) -> Iterator[Any]:
        return awaited(self).__await__()


class _AsyncIterable:
    __slots__ = ()

    def __aiter__(self) -> Any:
        return origin_of(self).link.apply("aiter", self)


class _AsyncIterator:
    __slots__ = ()

    async def __anext__(self) -> Any:
        is_there, item = await origin_of(self).link.apply("anext", self)
        if not is_there:
            raise StopAsyncIteration
        return item


class _AsyncContext:
    __slots__ = ()

    async def __aenter__(self) -> Any:
        return await origin_of(self).link.apply("getattr", self, "__aenter__")()

    async def __aexit__(self, *error: Any) -> bool:
        left = await origin_of(self).link.apply("getattr", self, "__aexit__")(error[0], error[1], None)
        return bool(left) and error[1] is not None and may_be_swallowed(error[1], origin_of(self).link)


class _Sized:
    __slots__ = ()

    def __len__(self) -> int:
        return int(typed(self, int, "len", self))


class _Subscripted:
    __slots__ = ()

    def __getitem__(self, key: Any) -> Any:
        return origin_of(self).link.apply("getitem", self, key)


class _Container:
    __slots__ = ()

    def __contains__(self, item: Any) -> bool:
        return bool(operate("contains", self, item))


class _Context:
    __slots__ = ()

    def __enter__(self) -> Any:
        return origin_of(self).link.apply("enter", self)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> bool:
        origin = origin_of(self)
        link = origin.link
        if error is None or kind is None:
            link.apply("exit", self, None)
            return False
        if isinstance(error, Exception):
            swallows = typed(self, bool, "exit", self, error)
            if not swallows or not may_be_swallowed(error, link):
                return False
            return link.allows(SWALLOW, origin.place) or link.spoil("a context of the attempt swallows an exception")
        return False


class _Truth:
    __slots__ = ()

    def __bool__(self) -> bool:
        return bool(typed(self, bool, "bool", self))


class _Descriptor:
    """An attribute of a class of the script's: a function of the attempt's becomes a method of it."""

    __slots__ = ()

    def __get__(self, target: Any, kind: Any = None) -> Any:
        origin = origin_of(self)
        if origin.kind == "function":
            return self if target is None else MethodType(self, target)  # type: ignore[arg-type]
        return origin.link.apply("getattr", self, "__get__")(target, kind)


class _Setter:
    __slots__ = ()

    def __set__(self, target: Any, value: Any) -> None:
        origin_of(self).link.apply("getattr", self, "__set__")(target, value)


class _Deleter:
    __slots__ = ()

    def __delete__(self, target: Any) -> None:
        origin_of(self).link.apply("getattr", self, "__delete__")(target)


class _Named:
    __slots__ = ()

    def __set_name__(self, owner: Any, name: str) -> None:
        origin_of(self).link.apply("getattr", self, "__set_name__")(owner, name)


ABLE: dict[str, type] = {
    "__call__": _Callable,
    "__iter__": _Iterable,
    "__next__": _Iterator,
    "__len__": _Sized,
    "__getitem__": _Subscripted,
    "__contains__": _Container,
    "__enter__": _Context,
    "__await__": _Awaitable,
    "__aiter__": _AsyncIterable,
    "__anext__": _AsyncIterator,
    "__aenter__": _AsyncContext,
    "__bool__": _Truth,
    "__get__": _Descriptor,
    "__set__": _Setter,
    "__delete__": _Deleter,
    "__set_name__": _Named,
}


def _text(name: str) -> property:
    """What every class has of its own, and a proxy must ask for."""
    return property(lambda self: origin_of(self).link.apply("getattr", self, name))


_TEXTS = {name: _text(name) for name in ("__doc__", "__module__")}
_types: dict[tuple[type, str, frozenset[str]], type] = {}


def proxy_of(origin: Origin, derived: type | None = None) -> Proxy:
    """A proxy that can do what the object can. derived: the script's class that it is of."""
    base = derived or Proxy
    able = frozenset(name for name in ABLE if name in origin.can and not (derived and hasattr(derived, name)))
    name = base.__name__ if derived else origin.name
    kind = _types.get((base, name, able))
    if kind is None:
        bases = (base, *(ABLE[name] for name in ABLE if name in able))
        body: dict[str, Any] = {"__slots__": (), "__qualname__": name}
        body |= {} if derived else _TEXTS
        kind = _types[(base, name, able)] = type.__new__(type(base), name, bases, body)
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
