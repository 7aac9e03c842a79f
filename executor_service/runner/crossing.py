"""What crosses between the referee and the attempt's process: plain data, and stand-ins for what is not.

The encoding is that of codearena/values.py. An object that has to stay where it is crosses as a description of itself,
a small JSON object in the place of the value: in one direction it makes a proxy, in the other it names an object.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from codearena import values

Description = dict[str, Any]

PLAIN: tuple[type, ...] = (list, tuple, set, frozenset, dict)
SCALARS: tuple[type, ...] = (type(None), bool, int, float, complex, str, bytes)


class Described(NamedTuple):
    """Stands in a value's place; text: the description, JSON."""

    text: str


Described.__name__ = "<described>"  # no class statement can give this name to a record by accident


def encode(value: object, limits: values.ValueLimits, describe: Callable[[object], Mapping[str, Any] | None]) -> bytes:
    """The value as tagged JSON. describe: asked for all but scalars; None: cross as plain data.

    Raises:
        UnencodableError, ValueTooLargeError: as values.encode.
    """

    def substitute(item: object) -> object:
        description = None if type(item) is Described else describe(item)
        return item if description is None else described(description)

    return values.encode(value, limits, substitute)


def described(description: Mapping[str, Any]) -> Described:
    return Described(json.dumps(description))


def decode(text: bytes, limits: values.ValueLimits, find: Callable[[Description], Any]) -> Any:
    """The value itself. find: turns a description into what it stands for.

    Raises:
        MalformedValueError: not an encoded value, or with an unhashable element where none can be.
    """
    description, value = decode_answer(text, limits, find)
    return value if description is None else find(description)


def decode_answer(
    text: bytes, limits: values.ValueLimits, find: Callable[[Description], Any]
) -> tuple[Description | None, Any]:
    """As `decode`, but for a description that is the whole value: that one is returned as it is.

    Raises:
        MalformedValueError: as `decode`.
    """
    tree = values.parse(text, limits)
    if isinstance(tree, dict) and (description := _description(tree)) is not None:
        return description, None
    try:
        return None, _value(tree, find)
    except TypeError as error:
        raise values.MalformedValueError(str(error)) from error


def _description(node: dict[str, Any]) -> Description | None:
    record = node.get("record")
    if record is None or record[0] != Described.__name__:
        return None
    try:
        ((_, text),) = record[1]
        description = json.loads(text)
    except (ValueError, TypeError, RecursionError) as error:
        raise values.MalformedValueError("a description that cannot be read") from error
    if not isinstance(description, dict):
        raise values.MalformedValueError("a description that is no object")
    return description


def _value(tree: Any, find: Callable[[Description], Any]) -> Any:
    if isinstance(tree, list):
        return [_value(item, find) for item in tree]
    if not isinstance(tree, dict):
        return tree
    description = _description(tree)
    if description is not None:
        return find(description)
    ((tag, body),) = tree.items()
    if tag == "dict":
        return {_value(key, find): _value(item, find) for key, item in body}
    if tag in _SEQUENCES:
        return _SEQUENCES[tag](_value(item, find) for item in body)
    return values.decode(json.dumps(tree).encode("ascii"))  # a scalar


_SEQUENCES: dict[str, Callable[[Any], Any]] = {"tuple": tuple, "set": set, "frozenset": frozenset}
