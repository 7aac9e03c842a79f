"""How a value of the protocol's enumerations is spelled wherever there is no message around it."""

import functools

from google.protobuf.descriptor import EnumDescriptor


@functools.cache
def names(enum: EnumDescriptor) -> dict[int, str]:
    """Number -> name without its prefix, in lower case: "time_limit" is CALL_STATUS_TIME_LIMIT."""
    prefix = enum.values_by_number[0].name.removesuffix("UNSPECIFIED")
    return {value.number: value.name.removeprefix(prefix).lower() for value in enum.values}
