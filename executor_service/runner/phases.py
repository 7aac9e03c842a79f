"""A measured call inside the worker: prepare, invoke, collect, one message each.

The conductor reads the kernel's CPU clock of this process between the messages, so that the time of the call itself is
known apart from the time to decode its input and to encode its value. All three run in the attempt's process and can be
changed by it: what it moves from one into another is still on the clock, as overhead.
"""

import gc
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from codearena import values
from executor_service.runner.lent import LentList


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
        """Decodes the arguments and lays out the calls."""
        args = values.decode_own(call["args"].encode("ascii"))
        self._kwargs = values.decode_own(call["kwargs"].encode("ascii"))
        self._function = function
        vary = made.vary
        self._varies = vary is not None
        self._args = [args] if vary is None else [[*args[:vary], item, *args[vary + 1 :]] for item in args[vary]]
        if made.lend is not None:
            for each in self._args:  # to each its own: what one call has read, another has to read again
                each[made.lend] = LentList(each[made.lend], made.borrow)
        self._values, self._error = [], None
        gc.collect()
        gc.disable()

    def invoke(self) -> None:
        """Makes the calls, and keeps what they return or raise."""
        function, kwargs, keep = self._function, self._kwargs, self._values.append
        try:
            for args in self._args:
                keep(function(*args, **kwargs))
        except BaseException as error:  # noqa: BLE001 - SystemExit and KeyboardInterrupt are outcomes of a call too
            self._error = error

    def collect(self) -> Any:
        """What the calls returned; raises what one of them raised. Lets go of everything."""
        gc.enable()
        error, returned = self._error, self._values
        self._args, self._values, self._error = [], [], None
        if error is not None:
            raise error
        return returned if self._varies else returned[0]


def _nothing() -> None:
    """What is called before anything was prepared."""
