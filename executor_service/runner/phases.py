"""A measured call inside the worker: prepare, invoke, collect, one message each.

The conductor reads the kernel's CPU clock of this process between the messages, so that the time of the call itself is
known apart from the time to decode its input and to encode its value. All three run in the attempt's process and can be
changed by it: what it moves from one into another is still on the clock, as overhead.
"""

import base64
import gc
import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from codearena import values
from executor_service.runner import raw
from executor_service.runner.lent import LentList

_TAKEN_ITEMS = values.DEFAULT_LIMITS.max_items + 1  # one more than is encoded, so that it is refused


@dataclass(frozen=True)
class Input:
    """How one input makes calls; see ProbePoint in executor.proto. borrow: gets one item of the lent list."""

    vary: int | None
    lend: int | None
    borrow: Callable[[int], Any]


class Phases:
    """One call at a time. Garbage collection is off during the call, and done before it, for everyone alike."""

    def __init__(self) -> None:
        self._function: Callable[..., Any] = _nothing
        self._args: list[list[Any]] = []
        self._kwargs: dict[str, Any] = {}
        self._values: list[Any] = []
        self._error: BaseException | None = None
        self._varies = False

    def prepare(self, function: Callable[..., Any], call: dict[str, str], made: Input) -> None:
        """Decodes the arguments and lays out the calls.

        Garbage is looked for before the input is there, and never twice in what was kept: all that is done beside a
        call should be little.
        """
        self._args, self._values, self._error = [], [], None
        gc.collect()
        gc.freeze()
        gc.disable()
        args = _decoded(call)
        self._kwargs = values.decode_own(call["kwargs"].encode("ascii"))
        self._function = function
        vary = made.vary
        self._varies = vary is not None
        self._args = [args] if vary is None else [[*args[:vary], item, *args[vary + 1 :]] for item in args[vary]]
        if made.lend is not None:
            for each in self._args:  # to each its own: what one call has read, another has to read again
                each[made.lend] = LentList(each[made.lend], made.borrow)

    def invoke(self) -> None:
        """Makes the calls, and keeps what they return or raise. It takes an iterator's items: they are its work."""
        function, kwargs, keep = self._function, self._kwargs, self._values.append
        try:
            for args in self._args:
                value = function(*args, **kwargs)
                if issubclass(type(value), values.ITERATOR_TYPES):  # its __class__ may lie
                    value = iter(list(itertools.islice(value, _TAKEN_ITEMS)))
                keep(value)
        except BaseException as error:  # noqa: BLE001 - SystemExit and KeyboardInterrupt are outcomes of a call too
            self._error = error

    def collect(self) -> Any:
        """What the calls returned; raises what one of them raised."""
        if self._error is not None:
            raise self._error
        return self._values if self._varies else self._values[0]


def _decoded(call: dict[str, str]) -> list[Any]:
    if "packed" in call:
        args: list[Any] = raw.unpacked(base64.b64decode(call["packed"]))
    else:
        args = values.decode_own(call["args"].encode("ascii"))
    return args


def _nothing() -> None:
    """What is called before anything was prepared."""
