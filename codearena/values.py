"""The tagged JSON encoding in which Python values cross the sandbox boundary.

A closed set of exact builtin types, as plain data: nothing here pickles, evaluates or calls a method that a value's own
class defines. This module and `trees` import the standard library only, because copies of them run inside the sandbox.

    None, bool, str                the JSON value
    int                            a JSON number up to 2**53 in size, else {"int": hex}
    float                          a JSON number with a point or exponent, else {"float": "nan" | "inf" | "-inf"}
    list                           a JSON array
    complex                        {"complex": [float, float]}
    bytes, bytearray               {"bytes": base64}
    tuple, set, frozenset          {"tuple": [...]}, {"set": [...]}, {"frozenset": [...]}
    dict                           {"dict": [[key, value], ...]} in insertion order
    dataclass, namedtuple          {"record": [class name, [[field, value], ...]]}
    enum member                    {"enum": [class name, member name, value]}
    Decimal                        {"decimal": [negative, digits, exponent]}, whose exponent may be "F", "n", "N"
    Fraction                       {"fraction": [hex, hex]}
    date                           {"date": [year, month, day]}
    time                           {"time": [hour, minute, second, microsecond, fold, offset]}
    datetime                       {"datetime": [what date has, what time has]}
    timedelta                      {"timedelta": [days, seconds, microseconds]}
    generator, iterator            {"iterator": [...]} with at most `max_items` items taken

A JSON object always has exactly one key, the tag. Offsets are from UTC in microseconds, null for none;
the name of a time zone is not kept. A subclass of a builtin is encoded as the builtin's value, read
through the builtin's own methods, so that an ``int`` whose ``__eq__`` lies arrives as an honest int.
"""

import base64
import json
import marshal
import math
import types
from collections.abc import Callable, Mapping
from typing import Any

from codearena.moments import READ_STANDARD, standard_tree
from codearena.trees import DEFAULT_LIMITS as DEFAULT_LIMITS
from codearena.trees import EXACT_JSON_INT as EXACT_JSON_INT
from codearena.trees import BeyondLimitsError as BeyondLimitsError
from codearena.trees import JSONTree as JSONTree
from codearena.trees import MalformedValueError as MalformedValueError
from codearena.trees import ValueLimits as ValueLimits
from codearena.trees import canonical as canonical
from codearena.trees import parse as parse
from codearena.trees import parse_counted as parse_counted

_PACKED_VERSION = 2  # of marshal's formats the last that writes equal values alike, however often a part is referred to

ITERATOR_TYPES: tuple[type, ...] = (
    types.GeneratorType,
    type(iter([])),
    type(iter(())),
    type(iter({})),
    type(iter(set())),
    type(iter(range(0))),
    type(iter("")),
    range,
    map,
    filter,
    zip,
    enumerate,
    reversed,
    type({}.keys()),
    type({}.values()),
    type({}.items()),
)


class UnencodableError(ValueError):
    """The value has no plain-data encoding; the message says why."""


class ValueTooLargeError(UnencodableError):
    """The value has an encoding, but one beyond the limits on nodes or bytes."""


class _Encoder:
    """Walks one value; keeps the node count and the containers being walked, to refuse cycles."""

    def __init__(self, limits: ValueLimits, substitute: Callable[[object], object] | None) -> None:
        self._limits = limits
        self._substitute = substitute
        self._nodes = 0
        self._size_bytes = 0
        self._open: set[int] = set()

    def tree(self, value: object, depth: int) -> JSONTree:
        self._count(1, 2)
        if depth > self._limits.depth:
            raise UnencodableError(f"nested deeper than {self._limits.depth} levels")
        kind = type(value)
        # Most values by far are these, and take the short way.
        if kind is str:
            self._count(0, len(value))  # type: ignore[arg-type]
            return value
        if kind is int and -EXACT_JSON_INT <= value <= EXACT_JSON_INT:  # type: ignore[operator]
            return value
        if kind is float and math.isfinite(value):  # type: ignore[arg-type]
            return value
        scalar, encoded = self._scalar(value)
        return encoded if scalar else self._container(value, depth)

    def _count(self, nodes: int, size_bytes: int) -> None:
        self._nodes += nodes
        self._size_bytes += size_bytes
        if self._nodes > self._limits.nodes:
            raise ValueTooLargeError(f"more than {self._limits.nodes} values")
        if self._size_bytes > self._limits.size_bytes:
            raise ValueTooLargeError(f"more than {self._limits.size_bytes} bytes")

    def _scalar(self, value: object) -> tuple[bool, JSONTree]:
        # type(value) is asked, never isinstance first: __class__ can lie, type() cannot.
        kind = type(value)
        if value is None or kind is bool:
            return True, value
        if _is_enum(kind):
            return False, None
        if issubclass(kind, int):
            whole = int.__index__(value)  # type: ignore[arg-type]
            if -EXACT_JSON_INT <= whole <= EXACT_JSON_INT:
                return True, whole
            self._count(0, whole.bit_length() // 4)
            return True, {"int": hex(whole)}
        if issubclass(kind, float):
            return True, _float_tree(value if kind is float else float.__pos__(value))  # type: ignore[arg-type]
        if issubclass(kind, str):
            text = str.__str__(value) if kind is str else str.__getitem__(value, slice(None))  # type: ignore[index]
            self._count(0, str.__len__(text))
            return True, text
        if issubclass(kind, complex):
            number = value if kind is complex else complex.__pos__(value)  # type: ignore[arg-type]
            return True, {"complex": [_float_tree(number.real), _float_tree(number.imag)]}  # type: ignore[attr-defined]
        if issubclass(kind, (bytes, bytearray)):
            base = bytes if issubclass(kind, bytes) else bytearray
            self._count(0, base.__len__(value) * 4 // 3)  # type: ignore[arg-type]
            raw = base.__getitem__(value, slice(None))  # type: ignore[call-overload]
            return True, {"bytes": base64.b64encode(raw).decode("ascii")}
        return False, None

    def _container(self, value: object, depth: int) -> JSONTree:
        if self._substitute is not None and (other := self._substitute(value)) is not value:
            return self.tree(other, depth)
        identity = id(value)
        if identity in self._open:
            raise UnencodableError("contains itself")
        self._open.add(identity)
        try:
            return self._opened(value, type(value), depth + 1)
        finally:
            self._open.discard(identity)

    def _opened(self, value: Any, kind: type, depth: int) -> JSONTree:
        if _is_enum(kind):
            return self._enum(kind, value, depth)
        if issubclass(kind, list):
            return [self.tree(item, depth) for item in list.__iter__(value)]
        if issubclass(kind, tuple):
            return self._tuple(value, kind, depth)
        for base, tag in ((set, "set"), (frozenset, "frozenset")):
            if issubclass(kind, base):
                return {tag: [self.tree(item, depth) for item in base.__iter__(value)]}
        if issubclass(kind, dict):
            pairs = dict.items(value)
            return {"dict": [[self.tree(key, depth), self.tree(item, depth)] for key, item in pairs]}
        standard = standard_tree(value, kind)
        if standard is not None:
            self._count(0, sum(len(part) for part in standard[1] if type(part) is str))
            return {standard[0]: standard[1]}
        names = _class_dict(kind).get("__dataclass_fields__")
        if type(names) is dict and all(type(name) is str for name in names):
            return self._record(kind, list(names), value, depth)
        if issubclass(kind, ITERATOR_TYPES):
            return {"iterator": self._items(value, depth)}
        raise UnencodableError(f"a value of type {_class_name(kind)} is not plain data")

    def _enum(self, kind: type, value: object, depth: int) -> JSONTree:
        try:
            name, inner = object.__getattribute__(value, "_name_"), object.__getattribute__(value, "_value_")
        except AttributeError as error:
            raise UnencodableError(f"a {_class_name(kind)} that is no enum member") from error
        if type(name) is not str:
            raise UnencodableError(f"a {_class_name(kind)} that is no enum member")
        return {"enum": [_class_name(kind), name, self.tree(inner, depth)]}

    def _tuple(self, value: Any, kind: type, depth: int) -> JSONTree:
        fields = _class_dict(kind).get("_fields")
        items = [self.tree(item, depth) for item in tuple.__iter__(value)]
        if type(fields) is tuple and len(fields) == len(items) and all(type(name) is str for name in fields):
            return {"record": [_class_name(kind), [[name, item] for name, item in zip(fields, items, strict=True)]]}
        return {"tuple": items}

    def _record(self, kind: type, names: list[str], value: object, depth: int) -> JSONTree:
        fields = []
        for name in names:
            try:
                item = object.__getattribute__(value, name)
            except AttributeError as error:
                raise UnencodableError(f"a {_class_name(kind)} without its field {name}") from error
            fields.append([name, self.tree(item, depth)])
        return {"record": [_class_name(kind), fields]}

    def _items(self, iterable: Any, depth: int) -> list[JSONTree]:
        items: list[JSONTree] = []
        for item in iterable:
            if len(items) >= self._limits.max_items:
                raise ValueTooLargeError(f"an iterator of more than {self._limits.max_items} items")
            items.append(self.tree(item, depth))
        return items


def _is_enum(kind: type) -> bool:
    return "_member_map_" in _class_dict(kind)


def _class_dict(kind: type) -> Mapping[str, Any]:
    # Through type's own descriptor: a metaclass of the attempt may answer `kind.__dict__` as it likes, or raise.
    found: Mapping[str, Any] = type.__dict__["__dict__"].__get__(kind)
    return found


def _class_name(kind: type) -> str:
    return str(type.__dict__["__name__"].__get__(kind))[:200]


def _float_tree(number: Any) -> JSONTree:
    if math.isfinite(number):
        return number
    return {"float": "nan" if math.isnan(number) else ("inf" if number > 0 else "-inf")}


def encode(
    value: object, limits: ValueLimits = DEFAULT_LIMITS, substitute: Callable[[object], object] | None = None
) -> bytes:
    """The value as tagged JSON, ASCII.

    substitute: asked for every value that is no scalar; what it returns is encoded in that value's place.

    Raises:
        UnencodableError: not plain data, a cycle, or nested too deeply.
        ValueTooLargeError: more nodes, items or bytes than `limits` allow.
    """
    try:
        text = json.dumps(_Encoder(limits, substitute).tree(value, 0), separators=(",", ":"))
    except RecursionError as error:
        raise UnencodableError("nested too deeply for this interpreter") from error
    if len(text) > limits.size_bytes:
        raise ValueTooLargeError(f"more than {limits.size_bytes} bytes")
    return text.encode("ascii")


def decode(text: bytes, limits: ValueLimits = DEFAULT_LIMITS) -> Any:
    """The value itself, for inputs on their way into a call; for data from an attempt use `parse`.

    Records arrive as dicts of their fields and enum members as their value, since their classes are not here.

    Raises:
        MalformedValueError: as `parse`, a set or dict with an unhashable element, or a decimal beyond its range.
    """
    try:
        return _value(parse(text, limits))
    except (TypeError, ArithmeticError, ValueError) as error:  # also a decimal or a moment beyond its type's range
        raise MalformedValueError(str(error)) from error


def decode_own(text: bytes) -> Any:
    """As `decode`, for text that `encode` wrote and no attempt could change: checks nothing, ten times faster."""
    return _OWN_DECODER.decode(text.decode("ascii"))


def _value(tree: JSONTree) -> Any:
    if isinstance(tree, list):
        return list(map(_value, tree))
    return _tagged({tag: _value(body) for tag, body in tree.items()}) if isinstance(tree, dict) else tree


def _tagged(node: dict[str, Any]) -> Any:
    """What a tag and its body stand for; what is inside the body has been decoded already."""
    ((tag, body),) = node.items()
    return _DECODERS[tag](body)


_DECODERS: dict[str, Any] = {
    "int": lambda body: int(body, 16),
    "float": float,
    "complex": lambda body: complex(*body),
    "bytes": base64.b64decode,
    "tuple": tuple,
    "set": set,
    "frozenset": frozenset,
    "iterator": iter,
    "dict": dict,
    "record": lambda body: dict(body[1]),
    "enum": lambda body: body[2],
    **READ_STANDARD,
}
_OWN_DECODER = json.JSONDecoder(object_hook=_tagged)


def pack(value: object) -> bytes | None:
    """A value as C code writes it, in some ten nanoseconds for each item; None if marshal does not know its types."""
    try:
        return marshal.dumps(value, _PACKED_VERSION)  # type: ignore[arg-type]
    except ValueError:  # also if it is nested too deeply
        return None
