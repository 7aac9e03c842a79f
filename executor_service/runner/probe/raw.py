"""Values of measured calls as C code writes them, and as trusted code reads them.

What the attempt's process does beside a measured call cannot be told from work that was moved there, up to what is
usual. So little must be usual: the worker hands an input or a value over as marshal writes it, some ten nanoseconds for
each item, where the tagged encoding takes a microsecond. The conductor turns the one into the other outside of the
process, on nobody's clock.

Bytes from an attempt are hostile, and marshal.loads is not made for such. `transcribe` reads them instead: no object is
made of what it does not know. Version 2 of the format is the last without back references: one byte for the type, then

    N T F          None, True, False        i          int of 4 bytes     l         int: count, signed; 15 bits each
    g              float of 8 bytes         y          complex: two of g
    u              str: length, UTF-8       s          bytes: length, bytes
    ( [ < >        tuple, list, set, frozenset: length, items
    {              dict: keys and values in turn, to a 0 in place of a key

all numbers little-endian (CPython, Python/marshal.c; https://docs.python.org/3/library/marshal.html).
"""

import base64
import contextlib
import json
import marshal
import math
import struct
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from codearena import values

MARK = b"\0"
"""Before what `dumps` wrote, in the place of an encoded value, which never begins like that."""

UNREAD = "a value that was not read"
"""In place of a value's encoding. It is told by its identity: no text that came from anywhere is this object."""

_TIMES_AS_MANY = 4
_SOME_MORE = 1000
_INT = struct.Struct("<i")
_DOUBLE = struct.Struct("<d")
_DIGIT = struct.Struct("<H")


class MalformedRawError(ValueError):
    """The bytes are not what marshal writes for plain data."""


def unpacked(data: bytes) -> Any:
    """What `values.pack` was given. Only for bytes that no attempt could change."""
    return marshal.loads(data)


def dumps(value: object) -> bytes | None:
    """A call's value, in the process that made it; None where it has to be encoded.

    Subclasses of containers become the container, as in `values`.
    """
    data = values.pack(value)
    return data if data is not None else values.pack(_plain(value, values.DEFAULT_LIMITS.depth))


def _plain(value: Any, depth: int) -> Any:
    """Without subclasses of dict and list, such as a Counter; only what marshal refuses is looked into."""
    kind = type(value)
    if depth == 0 or not issubclass(kind, (dict, list)) or values.pack(value) is not None:
        return value
    if issubclass(kind, dict):
        return {key: _plain(item, depth - 1) for key, item in dict.items(value)}
    return [_plain(item, depth - 1) for item in list.__iter__(value)]


def transcribe(data: bytes, limits: values.ValueLimits) -> tuple[str, int]:
    """The tagged encoding of what an attempt says that marshal wrote, and how many values it holds.

    Raises:
        MalformedRawError: it is not.
        ValueTooLargeError: more values or bytes than `limits` allow.
        UnencodableError: nested too deeply.
    """
    reader = _Reader(data, limits)
    try:
        tree = reader.tree(0)
    except (struct.error, IndexError, KeyError, UnicodeDecodeError) as error:
        raise MalformedRawError(str(error)) from error
    if reader.at != len(data):
        raise MalformedRawError("more than one value")
    text = json.dumps(tree, separators=(",", ":"))
    if len(text) > limits.size_bytes:
        raise values.ValueTooLargeError(f"more than {limits.size_bytes} bytes")
    return text, reader.nodes


class Transcripts:
    """Of the values of a probe's calls: the reference's, and then the attempt's beside them.

    To read a value takes a microsecond for each item, and most attempts return byte by byte what the reference did. So
    the reference's are kept as they came, and read once another value is to be compared with them.

    value_bytes: longest encoded value.
    """

    def __init__(self, value_bytes: int) -> None:
        self._limits = values.ValueLimits(size_bytes=value_bytes)
        self._kept: dict[str, bytes] = {}
        self._originals: dict[str, tuple[str, int]] = {}

    def keep(self, call_id: str, data: bytes) -> str:
        """Takes the reference's value of a call."""
        self._kept[call_id] = data
        self._originals.pop(call_id, None)
        return UNREAD

    def original(self, call_id: str) -> str:
        """As `transcribe`, of the reference's value."""
        return self._original(call_id)[0]

    def read(self, call_id: str, data: bytes) -> str:
        """As `transcribe`, of the attempt's value; UNREAD where it is the reference's.

        It is not read on where it holds many times as many values, and so is another: to read takes time, and is not on
        the clock of who wrote it.
        """
        if data == self._kept.get(call_id):
            return UNREAD
        limits = self._limits
        with contextlib.suppress(ValueError):  # of the reference's value, if there is one that can be read
            nodes = min(limits.nodes, _TIMES_AS_MANY * self._original(call_id)[1] + _SOME_MORE)
            limits = replace(limits, nodes=nodes)
        return transcribe(data, limits)[0]

    def _original(self, call_id: str) -> tuple[str, int]:
        if call_id not in self._kept:
            raise ValueError("a call that the reference did not make")
        if call_id not in self._originals:
            self._originals[call_id] = transcribe(self._kept[call_id], self._limits)
        return self._originals[call_id]


class _Reader:
    """at: where it has come to; nodes: values read."""

    def __init__(self, data: bytes, limits: values.ValueLimits) -> None:
        self.at = 0
        self.nodes = 0
        self._data = data
        self._limits = limits
        self._readers: dict[int, Callable[[int], values.JSONTree]] = {
            ord("N"): lambda depth: None,
            ord("T"): lambda depth: True,
            ord("F"): lambda depth: False,
            ord("i"): lambda depth: self._int32(),
            ord("l"): lambda depth: self._long(),
            ord("g"): lambda depth: self._float(),
            ord("y"): lambda depth: {"complex": [self._float(), self._float()]},
            ord("u"): lambda depth: self._bytes().decode("utf-8", "surrogatepass"),
            ord("s"): lambda depth: {"bytes": base64.b64encode(self._bytes()).decode("ascii")},
            ord("["): self._items,
            ord("("): lambda depth: {"tuple": self._items(depth)},
            ord("<"): lambda depth: {"set": self._items(depth)},
            ord(">"): lambda depth: {"frozenset": self._items(depth)},
            ord("{"): lambda depth: {"dict": self._pairs(depth)},
        }

    def tree(self, depth: int) -> values.JSONTree:
        self.nodes += 1
        if self.nodes > self._limits.nodes:
            raise values.ValueTooLargeError(f"more than {self._limits.nodes} values")
        if depth > self._limits.depth:
            raise values.UnencodableError(f"nested deeper than {self._limits.depth} levels")
        kind = self._data[self.at]
        self.at += 1
        return self._readers[kind](depth + 1)

    def _int32(self) -> int:
        (number,) = _INT.unpack_from(self._data, self.at)
        self.at += _INT.size
        return int(number)

    def _count(self) -> int:
        """A length: no more than there are bytes left, since each item takes one."""
        count = self._int32()
        if not 0 <= count <= len(self._data) - self.at:
            raise MalformedRawError("a length beyond the end")
        return count

    def _long(self) -> values.JSONTree:
        count = self._int32()
        size = abs(count) * _DIGIT.size
        raw = self._bytes_of(size)
        # Binary text, since shifting digit by digit takes the square of their number.
        bits = "".join(f"{digit:015b}" for (digit,) in reversed(list(_DIGIT.iter_unpack(raw))))
        number = int(bits or "0", 2) * (1 if count > 0 else -1)
        return number if abs(number) <= values.EXACT_JSON_INT else {"int": hex(number)}

    def _float(self) -> values.JSONTree:
        (number,) = _DOUBLE.unpack_from(self._data, self.at)
        self.at += _DOUBLE.size
        if math.isfinite(number):
            return number
        return {"float": "nan" if math.isnan(number) else ("inf" if number > 0 else "-inf")}

    def _bytes(self) -> bytes:
        return self._bytes_of(self._count())

    def _bytes_of(self, size: int) -> bytes:
        if size > len(self._data) - self.at:
            raise MalformedRawError("a length beyond the end")
        self.at += size
        return self._data[self.at - size : self.at]

    def _items(self, depth: int) -> list[values.JSONTree]:
        return [self.tree(depth) for _ in range(self._count())]

    def _pairs(self, depth: int) -> list[list[values.JSONTree]]:
        pairs = []
        while self._data[self.at] != ord("0"):
            pairs.append([self.tree(depth), self.tree(depth)])
        self.at += 1
        return pairs
