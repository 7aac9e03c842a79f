"""Functions of the standard library that look into an object: for one of the attempt's its own process is asked.

`dataclasses.asdict(point)` and `inspect.signature(f)` read what only the class itself has, and a proxy has another.
"""

import dataclasses
import inspect
import typing
from collections.abc import Callable
from typing import Any

from executor_service.runner.referee.proxies import Proxy, origin_of

_ASKED: dict[Any, tuple[str, ...]] = {
    dataclasses: ("is_dataclass", "asdict", "astuple", "replace", "fields"),
    inspect: ("signature", "getdoc", "getsource", "getfullargspec", "isabstract", "isgeneratorfunction", "getmro"),
    typing: ("get_type_hints",),
}


def install() -> None:
    """Has those functions ask; for everything but objects of the attempt they do what they did."""
    for module, names in _ASKED.items():
        for name in names:
            setattr(module, name, _asking(module.__name__, name, getattr(module, name)))
    inspect.iscoroutinefunction = _is_coroutine_function(inspect.iscoroutinefunction)  # type: ignore[assignment]


def _asking(module: str, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    def asking(target: Any, /, *args: Any, **kwargs: Any) -> Any:
        if isinstance(target, Proxy):
            return origin_of(target).link.apply("standard", module, name, target, *args, **kwargs)
        return function(target, *args, **kwargs)

    asking.__name__ = name
    return asking


def _is_coroutine_function(function: Callable[..., Any]) -> Callable[..., bool]:
    return lambda target: origin_of(target).asynchronous if isinstance(target, Proxy) else bool(function(target))
