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


@dataclass(frozen=True)
class Sharing:
    """How one input makes many calls; see ProbePoint in executor.proto. Neither: it makes one."""

    vary: int | None = None
    edit: int | None = None


class Phases:
    """One call at a time. Garbage collection is off during the call, and done before it, for everyone alike."""

    def __init__(self) -> None:
        self._function: Callable[..., Any] = _nothing
        self._args: list[list[Any]] = []
        self._kwargs: dict[str, Any] = {}
        self._edited: list[Any] = []
        self._edits: list[list[Any]] = []
        self._values: list[Any] = []
        self._error: BaseException | None = None
        self._varies = False

    def prepare(self, function: Callable[..., Any], call: dict[str, str], sharing: Sharing) -> None:
        """Decodes the arguments and lays out the calls."""
        args = values.decode_own(call["args"].encode("ascii"))
        self._kwargs = values.decode_own(call["kwargs"].encode("ascii"))
        self._function = function
        self._edited, self._edits = [], []
        if sharing.edit is not None:
            self._edited, self._edits = args[sharing.edit]
            args[sharing.edit] = self._edited
        vary = sharing.vary
        self._varies = vary is not None
        self._args = [args] if vary is None else [[*args[:vary], item, *args[vary + 1 :]] for item in args[vary]]
        self._values, self._error = [], None
        gc.collect()
        gc.disable()

    def invoke(self) -> None:
        """Makes the calls, and keeps what they return or raise."""
        make = self._with_edits if self._edits else self._plainly
        try:
            make(self._function, self._kwargs, self._values.append)
        except BaseException as error:  # noqa: BLE001 - SystemExit and KeyboardInterrupt are outcomes of a call too
            self._error = error

    def _plainly(self, function: Callable[..., Any], kwargs: dict[str, Any], keep: Callable[[Any], None]) -> None:
        for args in self._args:
            keep(function(*args, **kwargs))

    def _with_edits(self, function: Callable[..., Any], kwargs: dict[str, Any], keep: Callable[[Any], None]) -> None:
        edited = self._edited
        for args, (index, value) in zip(self._args, self._edits, strict=True):
            edited[index] = value
            keep(function(*args, **kwargs))

    def collect(self) -> Any:
        """What the calls returned; raises what one of them raised. Lets go of everything."""
        gc.enable()
        error, returned = self._error, self._values
        self._args, self._edited, self._edits, self._values, self._error = [], [], [], [], None
        if error is not None:
            raise error
        return returned if self._varies else returned[0]


def _nothing() -> None:
    """What is called before anything was prepared."""
