"""What of the standard library crosses between referee and attempt: values of its plain types, and names it defines.

Of values only the exact types: a subclass of the attempt's may lie. Nothing is imported for a value that is not there.
"""

import builtins
import importlib
import re
import sys
import types
from collections.abc import Callable
from typing import Any

_BothWays = tuple[Callable[[Any], Any], Callable[[Any, Any], Any]]

_AS_TEXT: _BothWays = (str, lambda kind, text: kind(str(text)))
_AS_ISO: _BothWays = (lambda value: value.isoformat(), lambda kind, text: kind.fromisoformat(text))
_TYPES: dict[str, _BothWays] = {
    **dict.fromkeys(("decimal.Decimal", "fractions.Fraction", "uuid.UUID"), _AS_TEXT),
    **dict.fromkeys(("pathlib.PosixPath", "pathlib.PurePosixPath"), _AS_TEXT),
    **dict.fromkeys(("datetime.date", "datetime.time", "datetime.datetime"), _AS_ISO),
    "datetime.timedelta": (
        lambda value: [value.days, value.seconds, value.microseconds],
        lambda kind, parts: kind(*map(int, parts)),
    ),
    "re.Pattern": (
        lambda value: [value.pattern, value.flags],
        lambda kind, parts: re.compile(str(parts[0]), int(parts[1])),
    ),
}
_SINGLETONS = {id(value): ("builtins", str(value)) for value in (Ellipsis, NotImplemented)}
_SINGLETONS |= {id(kind): ("types", name) for name, kind in vars(types).items() if isinstance(kind, type)}  # NoneType
_DESCRIPTORS = (type(str.upper), type(object.__repr__), type(dict.__dict__["fromkeys"]))
_FUNCTIONS = (types.FunctionType, types.BuiltinFunctionType, *_DESCRIPTORS)
_UNSAFE_TYPES = tuple(f"builtins.{name}" for name in ("super", "type", "classmethod", "staticmethod", "property"))
_SAFE_MODULES = (
    *("builtins", "collections", "datetime", "decimal", "fractions", "numbers", "uuid", "pathlib", "abc"),
    *("collections.abc", "_collections_abc", "types", "typing", "enum", "re", "math"),
)
_SAFE_FUNCTIONS = (
    *("abs", "all", "any", "bin", "chr", "divmod", "hash", "hex", "len", "max", "min", "oct", "ord", "pow"),
    *("repr", "round", "sorted", "sum"),
)


def describe(value: object) -> dict[str, Any] | None:
    """A description of the value; None if it is of no such type."""
    kind = type(value)
    name = f"{kind.__module__}.{kind.__qualname__}"
    if name not in _TYPES or getattr(sys.modules.get(kind.__module__), kind.__qualname__, None) is not kind:
        return None
    return {"standard": name, "text": _TYPES[name][0](value)}


def make(description: dict[str, Any]) -> Any:
    """The value of a description.

    Raises:
        KeyError, TypeError, ValueError, ArithmeticError: it is none.
    """
    name = description["standard"]
    read = _TYPES[name][1]
    module, _, kind = name.partition(".")
    return read(getattr(importlib.import_module(module), kind), description["text"])


def named(value: object) -> dict[str, Any] | None:
    """The description of what a standard module has under its own name: `int`, `math.sqrt`, `str.upper`. Else None."""
    if id(value) in _SINGLETONS:
        return dict(zip(("module", "named"), _SINGLETONS[id(value)], strict=True))
    if not isinstance(value, (type, *_FUNCTIONS)):
        return None
    owner = getattr(value, "__objclass__", value)
    module, name = getattr(owner, "__module__", None), getattr(value, "__qualname__", None)
    if type(module) is not str or type(name) is not str:
        return None
    if module.partition(".")[0] not in sys.stdlib_module_names:
        return None
    try:
        description = {"module": module, "named": name}
        return description if known(description) is value else None
    except (AttributeError, ImportError):
        return None


def known(description: dict[str, Any]) -> Any:
    """What such a description names.

    Raises:
        AttributeError, ImportError, KeyError: there is no such thing.
    """
    module = description["module"]
    found: Any = builtins if module == "builtins" else importlib.import_module(module)
    for name in description["named"].split("."):
        found = getattr(found, name)
    return found


def known_to_be_harmless(description: dict[str, Any]) -> Any:
    """As `known`, if it does nothing by itself: whoever names it may be an attempt that wants the script to call it.

    Raises:
        AttributeError, ImportError, KeyError, ValueError: there is no such thing, or it is not harmless.
    """
    module, name = str(description["module"]), str(description["named"])
    if module not in _SAFE_MODULES or "_" in name:
        raise ValueError("not harmless")
    found = known({"module": module, "named": name})
    is_safe = isinstance(found, type) and f"{module}.{name}" not in _UNSAFE_TYPES
    if is_safe or name in _SAFE_FUNCTIONS or id(found) in _SINGLETONS:
        return found
    raise ValueError("not harmless")


def harmless(value: object) -> dict[str, Any] | None:
    """The description of what `known_to_be_harmless` knows, else None."""
    description = named(value)
    try:
        return description if description is not None and known_to_be_harmless(description) is value else None
    except (AttributeError, ImportError, ValueError):
        return None


_EXCEPTION_MODULES = (
    *("json", "json.decoder", "csv", "_csv", "configparser", "tomllib", "plistlib", "netrc", "xml.parsers.expat"),
    *("zipfile", "tarfile", "zlib", "lzma", "binascii", "struct", "pickle", "_pickle", "copy", "io", "shutil"),
    *("socket", "ssl", "urllib.error", "http.client", "email.errors", "sqlite3", "subprocess", "argparse", "getopt"),
    *("decimal", "fractions", "statistics", "dataclasses", "enum", "queue", "_queue", "graphlib", "uuid", "re"),
    *("concurrent.futures._base", "asyncio.exceptions", "asyncio.queues", "zoneinfo", "zoneinfo._common", "calendar"),
    *("string", "textwrap", "tokenize", "locale"),
)


def exception(name: str) -> type[Exception] | None:
    """An exception class of the standard library's; None for one that means something to those who run tests."""
    module, _, attribute = name.rpartition(".")
    if module not in _EXCEPTION_MODULES:
        return None
    try:
        found = getattr(importlib.import_module(module), attribute, None)
    except ImportError:
        return None
    is_one = isinstance(found, type) and issubclass(found, Exception) and not issubclass(found, AssertionError)
    return found if is_one else None
