"""How values of a test script cross to the attempt: as themselves, or lent.

What is lent stays here under a number, and the attempt may ask about it (callbacks.py). Of the script itself nothing is
ever told: no source, no names, no frames, no modules, and of a test case of unittest not even its attributes.
"""

import enum
import functools
import inspect
import sys
import types
from collections.abc import Callable
from typing import Any

from codearena.values import UnencodableError
from executor_service.runner.referee import shared, standard
from executor_service.runner.referee.applied import PLAIN_TYPES
from executor_service.runner.referee.crossing import Codec, Description
from executor_service.runner.referee.operators import SPECIAL
from executor_service.runner.referee.proxies import Proxy
from executor_service.runner.system import packages

SCRIPT_MODULE = "test_script"

_REFUSED = (types.FrameType, types.CodeType, types.TracebackType)
_FUNCTIONS = (types.FunctionType, types.MethodType, types.BuiltinFunctionType, types.MethodWrapperType)
_PLAIN_METACLASSES = ("type", "ABCMeta", "_ProtocolMeta")
_NEUTRAL_MODULES = ("builtins", "abc", "typing", "collections.abc")
_LATELY = 50  # to tell of something twice in a message does no harm
_GUARDED = ("__setattr__", "__delattr__", "__getattribute__")


class Lendings:
    """What the script has lent. codec: of this side; reference: names what is the attempt's, and None for the rest."""

    def __init__(self, codec: Callable[[], Codec], reference: Callable[[Any], Description | None]) -> None:
        self._codec = codec
        self._reference = reference
        self._objects: list[Any] = []
        self._numbers: dict[Any, int] = {}
        self._kinds: dict[type, str] = {}

    def lent(self, number: Any) -> Any:
        """Raises:
        IndexError, TypeError: nothing is lent under that number.
        """
        if type(number) is not int or number < 0:
            raise TypeError("no number of anything lent")
        return self._objects[number]

    def is_lent(self, value: Any) -> bool:
        return _key(value) in self._numbers or self.is_shared_object(value)

    def _lend(self, value: Any) -> int:
        key = _key(value)
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = len(self._objects)
            self._objects.append(value)
        return number

    def _once(self, value: Any, tell: Callable[[], Description]) -> Description:
        """A number alone, once the attempt's process has been told the rest."""
        number, codec = self._lend(value), self._codec()
        if number in codec.told or number in codec.telling[-_LATELY:]:
            return {"lent": number}
        description = {"lent": number, **tell()}
        codec.telling.append(number)
        return description

    def is_shared_object(self, value: Any) -> bool:
        """True for an object of a plain class of the script's own: its attributes cross."""
        return self.kind_of(type(value)) in ("plain", "frozen")

    def kind_of(self, kind: type) -> str:
        """ "plain": attributes of its objects are shared; "frozen": the same, of a frozen dataclass; else "distant"."""
        found = self._kinds.get(kind)
        if found is None:
            found = self._kinds[kind] = _kind_of(kind)
        return found

    def _class(self, kind: type) -> Description:
        def tell() -> Description:
            names = {name for base in kind.__mro__ if base is not object for name in vars(base)} & SPECIAL
            unhashable = getattr(kind, "__hash__", None) is None
            return {
                "as": "class",
                "name": kind.__name__,
                "kind": self.kind_of(kind),
                "operators": sorted(names - ({"__hash__"} if unhashable else set())),
                "bases": [self._tree(base) for base in kind.__bases__ if base.__module__ == SCRIPT_MODULE],
            }

        return self._once(kind, tell)

    def _exception_class(self, kind: type) -> Description:
        if kind.__module__ != SCRIPT_MODULE:
            return self._described(kind.__bases__[0])
        base = next(base for base in kind.__bases__ if issubclass(base, BaseException))
        return self._once(kind, lambda: {"as": "exception", "name": kind.__name__, "base": self._tree(base)})

    def _tree(self, value: Any) -> Any:
        return self._codec().tree(value)

    def _described(self, value: Any) -> Description:
        description = self.describe(value)
        if description is None:
            raise UnencodableError(f"a {type(value).__name__} cannot be passed to the attempt")
        return description

    def describe(self, value: Any) -> Description | None:
        """As Side.describe."""
        if (reference := self._reference(value)) is not None:
            return reference
        if isinstance(value, range):
            return {"range": [value.start, value.stop, value.step]}
        if isinstance(value, slice):
            return {"slice": [self._tree(part) for part in (value.start, value.stop, value.step)]}
        description = standard.describe(value) or standard.named(value)
        return description or self._of_the_script(value)

    def _of_the_script(self, value: Any) -> Description | None:
        if isinstance(value, type):
            return self._of_a_class(value)
        if isinstance(value, BaseException):
            return self._exception(value)
        if isinstance(value, types.ModuleType):
            return self._module(value)
        if isinstance(value, _REFUSED):
            raise UnencodableError(f"a {type(value).__name__} of the script cannot be passed to the attempt")
        if isinstance(value, tuple) and hasattr(type(value), "_fields"):
            items = [self._tree(item) for item in tuple.__iter__(value)]
            return {"items": items, "of": self._tree(type(value))}
        if isinstance(value, PLAIN_TYPES) and not isinstance(value, enum.Enum):
            return None
        if isinstance(value, _FUNCTIONS):
            return self._once(value, lambda: _function(value))
        if inspect.isawaitable(value):
            return self._once(value, lambda: {"as": "awaitable"})
        return self._once(value, lambda: {"as": "object", "class": ["x", self._class(type(value))]})

    def _of_a_class(self, kind: Any) -> Description:
        if issubclass(kind, BaseException):
            return self._exception_class(kind)
        if issubclass(kind, tuple) and hasattr(kind, "_fields"):
            return self._once(kind, lambda: {"as": "tuple", "name": kind.__name__, "fields": list(kind._fields)})
        return self._class(kind)

    def _exception(self, error: BaseException) -> Description:
        state = [[name, item] for name, item in vars(error).items() if not name.startswith("_")]
        return {
            "raised": self._tree(type(error)),
            "args": self._codec().tree_if_any(error.args) or ["t", [str(error)]],
            "state": [[name, tree] for name, item in state if (tree := self._codec().tree_if_any(item)) is not None],
            "number": self._lend(error),
        }

    def _module(self, module: types.ModuleType) -> Description:
        name = module.__name__
        is_shared = name.partition(".")[0] in sys.stdlib_module_names or packages.holds(name)
        if not is_shared or sys.modules.get(name) is not module:
            raise UnencodableError(f"the module {name} of the script cannot be passed to the attempt")
        return {"module": name}

    def plain(self, value: Any) -> Any:
        """As Side.plain."""
        for base in PLAIN_TYPES:
            if isinstance(value, base):
                return base(value)
        raise UnencodableError(f"a {type(value).__name__} cannot be passed to the attempt")


def _key(value: Any) -> Any:
    """Of what is one object to the attempt: a method's object is made anew each time that it is asked for."""
    if isinstance(value, types.MethodType):
        return id(value.__self__), id(value.__func__)
    if isinstance(value, types.BuiltinFunctionType) and not isinstance(value.__self__, (types.ModuleType, type(None))):
        return id(value.__self__), value.__name__
    return id(value)


def _kind_of(kind: type) -> str:
    own = [base for base in kind.__mro__ if base.__module__ not in _NEUTRAL_MODULES]
    if not own or any(base.__module__ != SCRIPT_MODULE for base in own):
        return "distant"
    if issubclass(kind, (*PLAIN_TYPES, BaseException, Proxy)):
        return "distant"
    if type(kind).__name__ not in _PLAIN_METACLASSES or hasattr(kind, "__getattr__"):
        return "distant"
    if any(_is_setter(item) for base in own for item in vars(base).values()):
        return "distant"
    is_frozen = getattr(getattr(kind, "__dataclass_params__", None), "frozen", False)
    if any(getattr(kind, name) is not getattr(object, name) for name in _GUARDED):
        return "frozen" if is_frozen else "distant"
    return "plain"


def _is_setter(item: object) -> bool:
    """True for what is asked when an attribute is set, but for slots."""
    return hasattr(type(item), "__set__") and not isinstance(
        item, (types.MemberDescriptorType, types.GetSetDescriptorType)
    )


def _function(value: Any) -> Description:
    defaults = {"__name__": "lent", "__qualname__": "lent", "__doc__": None}
    found = [(getattr(value, name, None), default) for name, default in defaults.items()]
    names = [name if isinstance(name, str) else default for name, default in found]
    return {
        "as": "function",
        "names": names,
        "coroutine": inspect.iscoroutinefunction(value),
        "parameters": _parameters(value),
    }


def _parameters(value: Any) -> list[list[Any]] | None:
    try:
        signature = inspect.signature(value)
    except (TypeError, ValueError):
        return None
    empty = inspect.Parameter.empty
    return [[each.name, int(each.kind), each.default is not empty] for each in signature.parameters.values()]


def blank(tag: str, head: Any) -> Any:
    """As Side.blank, in the referee: the attempt makes no objects of the script's classes."""
    if tag == shared.OBJECT:
        raise ValueError("an object of the script's that the script has not lent")
    if tag == "D" and not (head is None or isinstance(head, (type, functools.partial, Proxy))):
        raise ValueError("a factory that is none")
    return shared.empty(tag, head)
