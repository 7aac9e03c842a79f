"""What an entry point names in the attempt's module: `average_list`, `Money.parse`, `Solution().twoSum`.

It is names with dots between them; `()` after a name calls what it names, without arguments. A task's loader takes no
other form. An object in it is made anew each time, so that no call finds what an earlier one left in it.
"""

import types
from collections.abc import Callable
from typing import Any


class UndefinedError(BaseException):
    """The attempt has not what is to be called. Never an outcome of its own code: no test can expect it."""


def callable_at(module: types.ModuleType, entry_point: str) -> Callable[..., Any]:
    """What is to be called.

    Raises:
        UndefinedError: the module does not have it, or it cannot be called.
        BaseException: whatever the attempt raises while an object is made.
    """
    outer, _, name = entry_point.rpartition(".")
    return callable_of(value_at(module, outer) if outer else module, name)


def value_at(module: types.ModuleType, entry_point: str) -> Any:
    """What an entry point names, whether or not it can be called. Raises as `callable_at`."""
    target: Any = module
    for part in entry_point.split("."):
        name = part.removesuffix("()")
        target = callable_of(target, name)() if name != part else _attribute(target, name)
    return target


def callable_of(owner: Any, name: str) -> Callable[..., Any]:
    """What `owner` calls `name`. Raises UndefinedError if that is nothing that can be called."""
    found = _attribute(owner, name)
    if not callable(found):
        raise UndefinedError(f"{name} is nothing that can be called")
    return found  # type: ignore[no-any-return]


def _attribute(owner: Any, name: str) -> Any:
    """Raises UndefinedError whatever the lookup raises: an exception instead of a function is no function."""
    try:
        return getattr(owner, name)
    except MemoryError:
        raise
    except BaseException:  # noqa: BLE001 - a module's or a class's __getattr__ is the attempt's code
        raise UndefinedError(f"there is no {name}") from None
