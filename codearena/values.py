"""The tagged JSON encoding in which Python values cross the sandbox boundary.

A closed set of exact builtin types, as plain data: nothing here pickles, evaluates or calls a method that a value's own
class defines. This module imports the standard library only, because a copy of it runs inside the sandbox.

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
    generator, iterator            {"iterator": [...]} with at most `max_items` items taken

A JSON object always has exactly one key, the tag. A subclass of a builtin is encoded as the builtin's value, read
through the builtin's own methods, so that an ``int`` whose ``__eq__`` lies arrives as an honest int.
"""

import base64
import binascii
import json
import math
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

JSONTree = Any  # what json.loads returns: the tree itself, not the value it stands for

_EXACT_JSON_INT = 2**53
_ITERATOR_TYPES: tuple[type, ...] = (
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


class MalformedValueError(ValueError):
    """The text is not an encoded value."""


@dataclass(frozen=True)
class ValueLimits:
    """Bounds on one encoded value.

    depth: nesting levels; nodes: values inside values, keys included; size_bytes: of the JSON text;
    max_items: taken from an iterator before it counts as endless.
    """

    depth: int = 100
    nodes: int = 200_000
    size_bytes: int = 1024 * 1024
    max_items: int = 10_000


DEFAULT_LIMITS = ValueLimits()


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
        if kind is int and -_EXACT_JSON_INT <= value <= _EXACT_JSON_INT:  # type: ignore[operator]
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
            return True, self._int(int.__index__(value))  # type: ignore[arg-type]
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

    def _int(self, number: int) -> JSONTree:
        if -_EXACT_JSON_INT <= number <= _EXACT_JSON_INT:
            return number
        self._count(0, number.bit_length() // 4)
        return {"int": hex(number)}

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
        names = _class_dict(kind).get("__dataclass_fields__")
        if type(names) is dict and all(type(name) is str for name in names):
            return self._record(kind, list(names), value, depth)
        if issubclass(kind, _ITERATOR_TYPES):
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


def parse(text: bytes, limits: ValueLimits = DEFAULT_LIMITS) -> JSONTree:
    """The JSON tree of an encoded value, checked for shape and limits but not turned into Python objects.

    Comparing trees rather than values means that no hash of hostile data is ever taken, save of strings.

    Raises:
        MalformedValueError: not the encoding of any value, or beyond `limits`.
    """
    if len(text) > limits.size_bytes:
        raise MalformedValueError(f"more than {limits.size_bytes} bytes")
    try:
        tree = json.loads(text, parse_constant=_refuse_constant, parse_int=_parse_int, parse_float=_parse_float)
    except (ValueError, RecursionError) as error:
        raise MalformedValueError(f"not JSON: {error}") from error
    _check(tree, limits)
    return tree


def _refuse_constant(name: str) -> None:
    raise MalformedValueError(f"{name} outside a float tag")


def _parse_int(digits: str) -> int:
    if len(digits) > 17 or abs(int(digits)) > _EXACT_JSON_INT:
        raise MalformedValueError("a large integer outside an int tag")
    return int(digits)


def _parse_float(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise MalformedValueError("an infinite number outside a float tag")
    return number


def _check(tree: JSONTree, limits: ValueLimits) -> None:
    """Checks shape without recursion, so that depth costs no stack."""
    pending: list[tuple[JSONTree, int]] = [(tree, 0)]
    nodes = 0
    while pending:
        node, depth = pending.pop()
        nodes += 1
        if depth > limits.depth or nodes > limits.nodes:
            raise MalformedValueError("beyond the limits on depth or number of values")
        if isinstance(node, list):
            pending.extend((item, depth + 1) for item in node)
        elif isinstance(node, dict):
            pending.extend((item, depth + 1) for item in _children(node))


def _children(node: dict[str, JSONTree]) -> list[JSONTree]:
    """The values inside a tagged node; raises MalformedValueError if it is none."""
    if len(node) != 1:
        raise MalformedValueError("an object that is not exactly one tag")
    ((tag, body),) = node.items()
    checker = _TAGS.get(tag)
    if checker is None:
        raise MalformedValueError(f"unknown tag {tag[:40]!r}")
    return checker(body)


def _check_list(body: JSONTree) -> list[JSONTree]:
    if not isinstance(body, list):
        raise MalformedValueError("a container tag without a list")
    return body


def _check_pairs(body: JSONTree) -> list[JSONTree]:
    pairs = _check_list(body)
    if not all(isinstance(pair, list) and len(pair) == 2 for pair in pairs):
        raise MalformedValueError("a dict tag without pairs")
    return [item for pair in pairs for item in pair]


def _check_record(body: JSONTree) -> list[JSONTree]:
    if not (isinstance(body, list) and len(body) == 2 and isinstance(body[0], str)):
        raise MalformedValueError("a record tag without name and fields")
    items = _check_pairs(body[1])
    if not all(isinstance(name, str) for name in items[::2]):
        raise MalformedValueError("a record field without a name")
    return items[1::2]


def _check_enum(body: JSONTree) -> list[JSONTree]:
    if not (isinstance(body, list) and len(body) == 3 and isinstance(body[0], str) and isinstance(body[1], str)):
        raise MalformedValueError("an enum tag without class, member and value")
    return [body[2]]


def _check_int(body: JSONTree) -> list[JSONTree]:
    try:
        number = int(body, 16) if isinstance(body, str) else None
    except ValueError:
        number = None
    if number is None or hex(number) != body:
        raise MalformedValueError("an int tag without a hexadecimal number")
    return []


def _check_float(body: JSONTree) -> list[JSONTree]:
    if body not in ("nan", "inf", "-inf"):
        raise MalformedValueError("a float tag without nan or inf")
    return []


def _check_complex(body: JSONTree) -> list[JSONTree]:
    if not (isinstance(body, list) and len(body) == 2 and all(_is_float_tree(part) for part in body)):
        raise MalformedValueError("a complex tag without two floats")
    return []


def _is_float_tree(node: JSONTree) -> bool:
    if isinstance(node, dict) and list(node) == ["float"]:
        return not _check_float(node["float"])
    return isinstance(node, float)


def _check_bytes(body: JSONTree) -> list[JSONTree]:
    try:
        base64.b64decode(body if isinstance(body, str) else "?", validate=True)
    except (binascii.Error, ValueError) as error:
        raise MalformedValueError("a bytes tag without base64") from error
    return []


_TAGS = {
    "int": _check_int,
    "float": _check_float,
    "complex": _check_complex,
    "bytes": _check_bytes,
    "tuple": _check_list,
    "set": _check_list,
    "frozenset": _check_list,
    "iterator": _check_list,
    "dict": _check_pairs,
    "record": _check_record,
    "enum": _check_enum,
}


def decode(text: bytes, limits: ValueLimits = DEFAULT_LIMITS) -> Any:
    """The value itself, for inputs on their way into a call; for data from an attempt use `parse`.

    Records arrive as dicts of their fields and enum members as their value, since their classes are not here.

    Raises:
        MalformedValueError: as `parse`, or a set or dict with an unhashable element.
    """
    try:
        return _value(parse(text, limits))
    except TypeError as error:
        raise MalformedValueError(str(error)) from error


def _value(tree: JSONTree) -> Any:
    if isinstance(tree, list):
        return [_value(item) for item in tree]
    if not isinstance(tree, dict):
        return tree
    ((tag, body),) = tree.items()
    return _DECODERS[tag](body)


_DECODERS: dict[str, Any] = {
    "int": lambda body: int(body, 16),
    "float": float,
    "complex": lambda body: complex(_value(body[0]), _value(body[1])),
    "bytes": base64.b64decode,
    "tuple": lambda body: tuple(_value(item) for item in body),
    "set": lambda body: {_value(item) for item in body},
    "frozenset": lambda body: frozenset(_value(item) for item in body),
    "iterator": lambda body: iter([_value(item) for item in body]),
    "dict": lambda body: {_value(key): _value(item) for key, item in body},
    "record": lambda body: {name: _value(item) for name, item in body[1]},
    "enum": lambda body: _value(body[2]),
}


def decode_own(text: bytes) -> Any:
    """As `decode`, for text that `encode` wrote and no attempt could change: checks nothing, and is ten times faster."""
    return json.loads(text, object_hook=_own_value)


def _own_value(tagged: dict[str, Any]) -> Any:
    ((tag, body),) = tagged.items()
    return _OWN_DECODERS[tag](body)


_OWN_DECODERS: dict[str, Any] = {  # what is inside has been decoded already
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
}


def canonical(tree: JSONTree) -> str:
    """A text that is equal for two trees exactly if they stand for equal values of equal types.

    Order counts in lists and tuples, not in sets and dicts; nan equals nan, 0.0 equals -0.0; 1, 1.0 and True differ.
    """
    if isinstance(tree, float):
        return json.dumps(tree + 0.0)  # -0.0 + 0.0 is 0.0
    if isinstance(tree, list):
        return "[" + ",".join(canonical(item) for item in tree) + "]"
    if not isinstance(tree, dict):
        return json.dumps(tree)
    ((tag, body),) = tree.items()
    if tag in ("set", "frozenset"):
        inner = ",".join(sorted(canonical(item) for item in body))
    elif tag == "dict":
        inner = ",".join(sorted(f"{canonical(key)}:{canonical(item)}" for key, item in body))
    elif tag == "record":
        fields = ",".join(f"{json.dumps(name)}={canonical(item)}" for name, item in body[1])
        inner = f"{json.dumps(body[0])},{fields}"
    elif tag == "enum":
        inner = f"{json.dumps(body[0])}.{json.dumps(body[1])}={canonical(body[2])}"
    elif tag in ("tuple", "iterator", "complex"):
        inner = ",".join(canonical(item) for item in body)
    else:
        inner = json.dumps(body)
    return f"{tag}({inner})"
