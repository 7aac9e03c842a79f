"""Messages as the JSON that executor and runner speak. The .proto files are its schema, and nothing restates it.

    message     an object of its fields, by name. Unset parts are left out; the runner leaves out all that is a default
    repeated    a list              map     an object, of strings
    bytes       strict base64       enum    the value's name without its prefix, in lower case: "time_limit"
    Duration    `cpu` is "cpu_s": seconds, as a number            EncodedValue    its JSON as text, in ASCII

Both directions are compiled once from the descriptors: json_format takes milliseconds for what this does in some tens
of microseconds. What is read was written in a sandbox, so that any doubt is a MalformedReportError.
"""

import base64
import binascii
import json
import sys
from collections.abc import Callable, Container
from functools import partial
from typing import Any, Generic, TypeVar

import orjson
from google.protobuf.descriptor import EnumDescriptor, FieldDescriptor
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from codearena.server import budgets, enums
from codearena.v1 import common_pb2, executor_pb2

_Message = TypeVar("_Message", bound=Message)
_Convert = Callable[[Any], Any]
_BothWays = tuple[_Convert, _Convert]
"""From JSON to what the message's constructor takes, and from what the message has to JSON."""

_LONGEST_S = 1e9


class MalformedReportError(ValueError):
    """What the runner sent has not the agreed shape. The message names the place and never quotes what is there."""

    def __init__(self, problem: str, *place: str | int) -> None:
        super().__init__(f"{problem} at {'.'.join(map(str, place))}" if place else problem)
        self.problem = problem
        self.place = place

    def inside(self, place: str | int) -> "MalformedReportError":
        """The same of what is around it, in which it has that place."""
        return MalformedReportError(self.problem, place, *self.place)


class Codec(Generic[_Message]):
    """Of one type of message. without: full names of fields that are not sent; to the sender there are none."""

    def __init__(self, kind: type[_Message], without: Container[str] = ()) -> None:
        self._kind = kind
        self._read, self._write = _of_message(kind.DESCRIPTOR, without)

    def decode(self, data: bytes) -> _Message:
        """Raises MalformedReportError."""
        return self._kind(**self._read(_parsed(data)))

    def encode(self, message: _Message, **beside: object) -> bytes:
        """Every field without presence is there, and every Duration. beside: what is sent along and is no field."""
        return orjson.dumps({**self._write(message), **beside})


def seconds(duration: Duration) -> float:
    """A Duration in seconds."""
    return duration.seconds + duration.nanos / 1e9


def duration(seconds_: float) -> Duration:
    """Seconds as a Duration."""
    return Duration(**_duration_fields(seconds_))


def _duration_fields(seconds_: float) -> dict[str, int]:
    whole, nanos = divmod(round(seconds_ * 1e9), 1_000_000_000)
    return {"seconds": whole, "nanos": nanos}


def _parsed(data: bytes) -> Any:
    """Text may hold lone surrogates, which the runner's JSON can carry and orjson refuses: `_text` replaces them."""
    try:
        return orjson.loads(data)
    except ValueError:
        try:
            return json.loads(data)
        except (ValueError, RecursionError):
            raise MalformedReportError("not JSON") from None


def _of_message(descriptor: Any, without: Container[str]) -> _BothWays:
    """Reads an object into keyword arguments of the message, which is then made of all of them in one go."""
    fields = [field for field in descriptor.fields if field.full_name not in without]
    sent = [(field, _key(field), *_of_field(field, without)) for field in fields]
    readers = {key: (field.name, reader) for field, key, reader, _ in sent}
    writers = {field: (key, writer) for field, key, _, writer in sent}
    unset = GetMessageClass(descriptor)()
    always = {
        key: writer(getattr(unset, field.name))
        for field, key, _, writer in sent
        if key != field.name or not field.has_presence
    }
    oneofs = [{field.name for field in oneof.fields} for oneof in descriptor.oneofs if len(oneof.fields) > 1]

    def read(value: Any) -> dict[str, Any]:
        found = {}
        for key, part in _checked(dict, value).items():
            if key not in readers:
                raise MalformedReportError("a field that there is not")
            name, reader = readers[key]
            try:
                found[name] = reader(part)
            except MalformedReportError as error:
                raise error.inside(key) from None
        if oneofs and any(len(oneof & found.keys()) > 1 for oneof in oneofs):
            raise MalformedReportError("two fields of which there is one")
        return found

    def write(message: Message) -> dict[str, Any]:
        written = dict(always)
        for field, part in message.ListFields():
            key, writer = writers[field]
            written[key] = writer(part)
        return written

    return read, write


def _of_field(field: FieldDescriptor, without: Container[str]) -> _BothWays:
    kind = field.message_type
    if kind and kind.GetOptions().map_entry:
        return _map, dict
    if kind:
        read, write = _MESSAGES.get(kind.full_name) or _of_message(kind, without)
    else:
        read, write = _of_enum(field.enum_type) if field.enum_type else _SCALARS[field.type]
    return (partial(_list, read), lambda items: [write(item) for item in items]) if field.is_repeated else (read, write)


def _of_enum(enum: EnumDescriptor) -> _BothWays:
    """Nobody says that a value is unspecified."""
    names = enums.names(enum)
    return partial(_number_of, {name: number for number, name in names.items() if number}), names.__getitem__


def _key(field: FieldDescriptor) -> str:
    is_duration = field.message_type is not None and field.message_type.full_name == Duration.DESCRIPTOR.full_name
    return f"{field.name}_s" if is_duration else field.name


def _checked(kind: type, value: Any) -> Any:
    if type(value) is not kind:  # a bool is an int to isinstance
        raise MalformedReportError(f"no {kind.__name__}")
    return value


def _list(read: _Convert, value: Any) -> list[Any]:
    items = []
    for index, item in enumerate(_checked(list, value)):
        try:
            items.append(read(item))
        except MalformedReportError as error:
            raise error.inside(index) from None
    return items


def _map(value: Any) -> dict[str, str]:
    return {_text(key): _text(item) for key, item in _checked(dict, value).items()}


def _number_of(numbers: dict[str, int], value: Any) -> int:
    number = numbers.get(_checked(str, value))
    if number is None:
        raise MalformedReportError("no name of the enumeration")
    return number


def _integer(most: int, value: Any) -> int:
    if not 0 <= _checked(int, value) <= most:  # there is nothing that could be negative
        raise MalformedReportError("out of range")
    return int(value)


def _number(most: float, value: Any) -> float:
    if type(value) not in (int, float) or not 0 <= value <= most:  # nor is a NaN
        raise MalformedReportError("no number in range")
    return float(value)


def _text(value: Any) -> str:
    text: str = _checked(str, value)
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _bytes(value: Any) -> bytes:
    text = _checked(str, value)
    try:
        return binascii.a2b_base64(text, strict_mode=True)
    except ValueError:
        raise MalformedReportError("no base64") from None


def _encoded_value(value: Any) -> dict[str, bytes]:
    if not _checked(str, value).isascii():
        raise MalformedReportError("not ASCII")
    return {"json": value.encode("ascii")}


def _same(value: Any) -> Any:
    return value


_SCALARS: dict[int, _BothWays] = {
    FieldDescriptor.TYPE_BOOL: (partial(_checked, bool), _same),
    FieldDescriptor.TYPE_BYTES: (_bytes, lambda data: base64.b64encode(data).decode("ascii")),
    FieldDescriptor.TYPE_DOUBLE: (partial(_number, sys.float_info.max), _same),
    FieldDescriptor.TYPE_INT32: (partial(_integer, 2**31 - 1), _same),
    FieldDescriptor.TYPE_INT64: (partial(_integer, 2**63 - 1), _same),
    FieldDescriptor.TYPE_STRING: (_text, _same),
}
_MESSAGES: dict[str, _BothWays] = {
    Duration.DESCRIPTOR.full_name: (lambda value: _duration_fields(_number(_LONGEST_S, value)), seconds),
    common_pb2.EncodedValue.DESCRIPTOR.full_name: (_encoded_value, lambda value: value.json.decode("ascii")),
}
_WORKLOAD = Codec(executor_pb2.Workload)


def encode_workload(workload: executor_pb2.Workload) -> bytes:
    """The workload as the runner reads it."""
    return _WORKLOAD.encode(workload, starved_times=budgets.STARVED_TIMES)
