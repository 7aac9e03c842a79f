"""An argument that stays with the conductor: the attempt's process asks for each item that it reads.

Whatever lies in the attempt's process before a call can be looked through while it is decoded, at the cost of decoding
it once more, which is free. Where a call is to read a few items of many, that look would be worth everything. So there
the list is lent: nothing is known of it but its length, and each item costs a message there and back on the clock of
the call. One request is answered at a time, since each has to carry the nonce of the answer before.
"""

import functools
import json
import struct
from typing import Any

_REQUEST = struct.Struct(">BQ")  # 255, which is no status of an answer, and the index
_MARK = 255


def request(index: int) -> bytes:
    """What the process sends in place of an answer."""
    return _REQUEST.pack(_MARK, index)


class Lender:
    """What one call's process may borrow. args: the tagged JSON of its arguments; lend: position; None: nothing.

    args_left: what the process is given: the length stands in the list's place. Where there is no list nothing is lent,
    and the call will fail for that. read: how many items have been asked for.
    """

    def __init__(self, args: str, lend: int | None) -> None:
        self.read = 0
        self._items, self.args_left = _parted(args, lend)

    def reply(self, body: bytes) -> dict[str, Any] | None:
        """The item that the process asks for; None if it does not, or for one that there is not."""
        if len(body) != _REQUEST.size or body[0] != _MARK:
            return None
        index = _REQUEST.unpack(body)[1]
        if index >= len(self._items):
            return None
        self.read += 1
        return {"op": "item", "value": json.dumps(self._items[index])}


@functools.cache
def _parted(args: str, lend: int | None) -> tuple[list[Any], str]:
    """What is lent, and the arguments without it: reference and attempt are called with the same."""
    if lend is not None:
        trees = json.loads(args)
        if lend < len(trees) and isinstance(trees[lend], list):
            items, trees[lend] = trees[lend], len(trees[lend])
            return items, json.dumps(trees)
    return [], args
