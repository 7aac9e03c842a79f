"""An argument that stays with the conductor: the attempt's process asks for each item that it reads.

Whatever lies in the attempt's process before a call can be looked through while it is decoded, at the cost of decoding
it once more, which is free. Where a call is to read a few items of many, that look would be worth everything. So there
the list is lent: nothing is known of it but its length, and each item costs a message there and back on the clock of
the call. One request is answered at a time, since each has to carry the nonce of the answer before.
"""

import json
import struct
from dataclasses import replace
from typing import Any

from executor_service.runner.process import Answer, Bounds, Process

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
        self.args_left = args
        self.read = 0
        self._items: list[Any] = []
        if lend is not None:
            trees = json.loads(args)
            if lend < len(trees) and isinstance(trees[lend], list):
                self._items, trees[lend] = trees[lend], len(trees[lend])
                self.args_left = json.dumps(trees)

    def ask(self, process: Process, message: dict[str, Any], bounds: Bounds) -> Answer:
        """As `Process.ask`, and every item that is asked for meanwhile; limits and times are of all together."""
        answer = process.ask(message, bounds)
        while (item := self._wanted(answer)) is not None:
            cpu_left_s = bounds.cpu_s - answer.cpu_s
            wall_left_s = bounds.wall_s - (answer.wall_s - answer.waits.starved_s)
            if cpu_left_s <= 0 or wall_left_s <= 0:
                return process.end(answer, "cpu" if cpu_left_s <= 0 else "wall")
            self.read += 1
            left = replace(bounds, cpu_s=cpu_left_s, wall_s=wall_left_s)
            before, answer = answer, process.ask({"op": "item", "value": item}, left)
            answer.cpu_s += before.cpu_s
            answer.wall_s += before.wall_s
            answer.waits += before.waits
        return answer

    def _wanted(self, answer: Answer) -> str | None:
        """The item that was asked for, encoded; None if it was not, or for one that there is not."""
        if answer.body is None or len(answer.body) != _REQUEST.size or answer.body[0] != _MARK:
            return None
        index = _REQUEST.unpack(answer.body)[1]
        return json.dumps(self._items[index]) if index < len(self._items) else None
