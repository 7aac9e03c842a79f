"""The attempt's module as a test script imports it, under whichever name."""

import importlib
import sys
import types
from typing import Any

from executor_service.runner.referee.link import Link

NAMES = ("fix", "solution")
"""Names under which a script can import the attempt."""

_FORWARDED = ("__version__", "__author__", "__doc__", "__annotations__")
_OF_IMPORTS = ("__spec__", "__loader__", "__path__", "__file__", "__package__", "__cached__")


class AttemptModule(types.ModuleType):
    """Has what the attempt's module has. It lists no names for `import *`, so that none takes a builtin's place."""

    _codearena_path = ""

    def __init__(self, name: str, link: Link) -> None:
        super().__init__(name)
        self.__dict__["_codearena_link"] = link
        del self.__dict__["__doc__"]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name not in _FORWARDED:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        return self.__dict__["_codearena_link"].name(name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name in _OF_IMPORTS:
            self.__dict__[name] = value
        else:
            self.__dict__["_codearena_link"].apply("setattr", self, name, value)

    def __delattr__(self, name: str) -> None:
        self.__dict__["_codearena_link"].apply("delattr", self, name)

    def __dir__(self) -> list[str]:
        return list(map(str, self.__dict__["_codearena_link"].apply("dir", self)))


def install(link: Link) -> None:
    """Lets `import solution`, and importlib.reload of it, find the attempt."""
    for name in NAMES:
        sys.modules[name] = AttemptModule(name, link)
    reload = importlib.reload

    def reload_attempt(module: types.ModuleType) -> types.ModuleType:
        if not isinstance(module, AttemptModule):
            return reload(module)
        link.apply("reload")
        return module

    importlib.reload = reload_attempt
