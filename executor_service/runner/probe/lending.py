"""An argument that stays with the conductor: the attempt's process asks for each item that it reads.

Whatever lies in the attempt's process before a call can be looked through while it is decoded, at the cost of decoding
it once more, which is free. Where a call is to read a few items of many, that look would be worth everything. So there
the list is lent: nothing is known of it but its length, and each item costs a message there and back on the clock of
the call. One request is answered at a time, since each has to carry the nonce of the answer before.
"""

import base64
import functools
import struct
from typing import Any

from codearena import values
from executor_service.runner.probe import raw

_REQUEST = struct.Struct(">BQ")  # 255, which is no status of an answer, and the index
_MARK = 255


def request(index: int) -> bytes:
    """What the process sends in place of an answer."""
    return _REQUEST.pack(_MARK, index)


class Lender:
    """What one call's process may borrow. point: of the workload; None: nothing.

    args_left: what the process is given: the length stands in the list's place. Where there is no list nothing is lent,
    and the call will fail for that. read: how many items have been asked for.
    """

    def __init__(self, point: dict[str, Any] | None = None) -> None:
        self.read = 0
        self._items: list[Any] = []
        self.args_left: dict[str, str] = {}
        if point is not None:
            args = point["call"]["function"].get("args", "")
            self._items, self.args_left = _parted(point["packed_args"], args, point.get("lend"))

    def reply(self, body: bytes) -> dict[str, Any] | None:
        """The item that the process asks for; None if it does not, or for one that there is not."""
        if len(body) != _REQUEST.size or body[0] != _MARK:
            return None
        index = _REQUEST.unpack(body)[1]
        if index >= len(self._items):
            return None
        self.read += 1
        return {"op": "item", **_written(self._items[index])}


def read_value(message: dict[str, str]) -> Any:
    """The arguments, or the item, that a message holds."""
    if "packed" in message:
        return raw.unpacked(base64.b64decode(message["packed"]))
    return values.decode_own(message["args"].encode("ascii"))


def _written(value: Any) -> dict[str, str]:
    if (packed := values.pack(value)) is None:
        return {"args": values.encode(value).decode("ascii")}
    return {"packed": base64.b64encode(packed).decode("ascii")}


@functools.cache
def _parted(packed: str, args: str, lend: int | None) -> tuple[list[Any], dict[str, str]]:
    """What is lent, and the arguments without it: reference and attempt are called with the same."""
    whole = {"packed": packed} if packed else {"args": args}
    if lend is None:
        return [], whole
    left = read_value(whole)
    if not (lend < len(left) and isinstance(left[lend], list)):
        return [], whole
    items, left[lend] = left[lend], len(left[lend])
    return items, _written(left)
