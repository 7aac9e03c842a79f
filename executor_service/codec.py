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
import functools
import json
import sys
from collections.abc import Callable, Container
from typing import Any, Generic, NoReturn, TypeVar, cast

import orjson
from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message

from codearena.server import budgets
from codearena.v1 import common_pb2, executor_pb2

_Message = TypeVar("_Message", bound=Message)
_Convert = Callable[[Any], Any]

_LONGEST_S = 1e9
_RANGES = {FieldDescriptor.TYPE_INT32: range(2**31), FieldDescriptor.TYPE_INT64: range(2**63)}
"""Nothing that is sent can be negative."""


class MalformedReportError(ValueError):
    """What the runner sent has not the agreed shape. The message names the place and never quotes what is there."""

    def __init__(self, problem: str, *place: str | int) -> None:
        super().__init__(f"{problem} at {'.'.join(map(str, place))}" if place else problem)
        self._problem = problem
        self._place = place

    def within(self, part: str | int) -> "MalformedReportError":
        """The same, seen from one level further out."""
        return MalformedReportError(self._problem, part, *self._place)


class Decoder(Generic[_Message]):
    """Reads one type of message. without: full names of fields that the sender has no say in; they are unknown."""

    def __init__(self, kind: type[_Message], without: Container[str] = ()) -> None:
        self._kind = kind
        self._read = _message_reader(cast(Descriptor, kind.DESCRIPTOR), without)

    def decode(self, data: bytes) -> _Message:
        """Raises MalformedReportError."""
        return self._kind(**self._read(_parsed(data)))


def encode(message: Message) -> dict[str, Any]:
    """The message's JSON object. Fields that have no presence are all there, and so is every Duration."""
    fields: dict[str, Any] = _message_writer(message.DESCRIPTOR)(message)
    return fields


def encode_workload(workload: executor_pb2.Workload, *, analysed: bool = False) -> bytes:
    """The workload as the runner reads it, with what else it has to know.

    analysed: the source is known to compile, and need not be analysed again.
    """
    analysis_s = budgets.analysis_s(len(workload.source))
    rest = {"analysed": analysed, "analysis_s": analysis_s, "starved_times": budgets.STARVED_TIMES}
    return orjson.dumps({**encode(workload), **rest})


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


# ---------------------------------------------------------------------------------------------------------- reading


def _message_reader(descriptor: Descriptor, without: Container[str]) -> _Convert:
    """Reads an object into keyword arguments of the message, which is then made of all of them in one go."""
    fields = {
        _key(field): (field.name, _field_reader(field, without))
        for field in descriptor.fields
        if field.full_name not in without
    }
    oneofs = [{field.name for field in oneof.fields} for oneof in descriptor.oneofs if len(oneof.fields) > 1]

    def read(value: Any) -> dict[str, Any]:
        if type(value) is not dict:
            raise MalformedReportError("not an object")
        found = {}
        for key, part in value.items():
            if key not in fields:
                raise MalformedReportError("a field that there is not")
            name, read_part = fields[key]
            try:
                found[name] = read_part(part)
            except MalformedReportError as error:
                raise error.within(key) from None
        if any(len(oneof & found.keys()) > 1 for oneof in oneofs):
            raise MalformedReportError("two fields of which there is one")
        return found

    return read


def _field_reader(field: FieldDescriptor, without: Container[str]) -> _Convert:
    if _is(Duration, field):
        read: _Convert = _duration
    elif _is(common_pb2.EncodedValue, field):
        read = _encoded_value
    elif field.message_type:
        read = _message_reader(field.message_type, without)
    elif field.enum_type:
        read = functools.partial(_enum, _numbers(field.enum_type))
    elif field.type in _RANGES:
        read = functools.partial(_integer, _RANGES[field.type])
    else:
        read = _READERS[field.type]
    return functools.partial(_list, read) if field.is_repeated else read


def _list(read: _Convert, value: Any) -> list[Any]:
    if type(value) is not list:
        raise MalformedReportError("not a list")
    items = []
    for index, item in enumerate(value):
        try:
            items.append(read(item))
        except MalformedReportError as error:
            raise error.within(index) from None
    return items


def _enum(numbers: dict[str, int], value: Any) -> int:
    number = numbers.get(value) if type(value) is str else None
    return _refuse("not a name of the enumeration") if number is None else number


def _integer(allowed: range, value: Any) -> int:
    return value if type(value) is int and value in allowed else _refuse("not an integer in range")


def _number(value: Any) -> float:
    if type(value) not in (int, float) or not abs(value) <= sys.float_info.max:  # which a NaN is not either
        raise MalformedReportError("not a finite number")
    return float(value)


def _duration(value: Any) -> dict[str, int]:
    return _duration_fields(value) if 0 <= _number(value) <= _LONGEST_S else _refuse("not a duration")


def _encoded_value(value: Any) -> dict[str, bytes]:
    if type(value) is not str or not value.isascii():
        raise MalformedReportError("not an encoded value")
    return {"json": value.encode("ascii")}


def _bool(value: Any) -> bool:
    return value if type(value) is bool else _refuse("neither true nor false")


def _text(value: Any) -> str:
    if type(value) is not str:
        raise MalformedReportError("not text")
    return value if value.isascii() else value.encode("utf-8", "replace").decode("utf-8")


def _bytes(value: Any) -> bytes:
    if type(value) is not str:
        raise MalformedReportError("not text")
    try:
        return binascii.a2b_base64(value, strict_mode=True)
    except ValueError:
        raise MalformedReportError("not base64") from None


def _refuse(problem: str) -> NoReturn:
    raise MalformedReportError(problem)


_READERS: dict[int, _Convert] = {
    FieldDescriptor.TYPE_BOOL: _bool,
    FieldDescriptor.TYPE_BYTES: _bytes,
    FieldDescriptor.TYPE_DOUBLE: _number,
    FieldDescriptor.TYPE_STRING: _text,
}


# ---------------------------------------------------------------------------------------------------------- writing


@functools.cache
def _message_writer(descriptor: Descriptor) -> _Convert:
    fields = [
        (field.name, _key(field), _field_writer(field), field.has_presence and not _is(Duration, field))
        for field in descriptor.fields
    ]

    def write(message: Message) -> dict[str, Any]:
        return {
            key: write_part(getattr(message, name))
            for name, key, write_part, may_be_unset in fields
            if not may_be_unset or message.HasField(name)
        }

    return write


def _field_writer(field: FieldDescriptor) -> _Convert:
    if field.message_type and field.message_type.GetOptions().map_entry:
        return dict
    if _is(Duration, field):
        write: _Convert = seconds
    elif _is(common_pb2.EncodedValue, field):
        write = _text_of
    elif field.message_type:
        write = _message_writer(field.message_type)
    elif field.enum_type:
        write = {number: name for name, number in _numbers(field.enum_type).items()}.__getitem__
    else:
        write = _base64 if field.type == FieldDescriptor.TYPE_BYTES else _same
    return (lambda items: [write(item) for item in items]) if field.is_repeated else write


def _text_of(value: common_pb2.EncodedValue) -> str:
    return value.json.decode("ascii")


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _same(value: Any) -> Any:
    return value


# -------------------------------------------------------------------------------------------------------- the names


def _is(kind: type[Message], field: FieldDescriptor) -> bool:
    return field.message_type is not None and field.message_type.full_name == kind.DESCRIPTOR.full_name


def _key(field: FieldDescriptor) -> str:
    return f"{field.name}_s" if _is(Duration, field) else field.name


def _numbers(enum: EnumDescriptor) -> dict[str, int]:
    """Name in JSON -> number, of all values but the unspecified one."""
    prefix = enum.values_by_number[0].name.removesuffix("UNSPECIFIED")
    return {value.name.removeprefix(prefix).lower(): value.number for value in enum.values if value.number}
