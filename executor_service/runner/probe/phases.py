"""A measured call inside the worker: prepare, invoke, collect, one message each.

The conductor reads the kernel's CPU clock of this process between the messages, so that the time of the call itself is
known apart from the time to decode its input and to encode its value. All three run in the attempt's process and can be
changed by it: what it moves from one into another is still on the clock, as overhead.
"""

import collections
import gc
import itertools
import marshal
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from codearena import values
from executor_service.runner.probe.lending import read_value
from executor_service.runner.probe.lent import LentList

_TAKEN_ITEMS = values.DEFAULT_LIMITS.max_items + 1  # one more than is encoded, so that it is refused
_PLAIN = 2  # of marshal's formats the last that writes equal values alike, however often each part is referred to
_COPIES_BYTES = 256 * 1024  # of all together: more would be seen in the peak of the memory
_KEEP_NOTHING = collections.deque[object](maxlen=0)


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
        self._vary: int | None = None
        self._result: int | None = None  # the argument that is the value
        self._keeps = True
        self._made = 0
        self._call: dict[str, Any] = {}
        self._left: list[Any] = []  # the arguments as the last call left them

    def prepare(self, function: Callable[..., Any], call: dict[str, Any], made: Input) -> None:
        """Decodes the arguments and lays out the calls.

        Garbage is looked for before the input is there, and never twice in what was kept: all that is done beside a
        call should be little.
        """
        self._args, self._values, self._error, self._left = [], [], None, []
        gc.collect()
        gc.freeze()
        gc.disable()
        args = read_value(call)
        self._kwargs = values.decode_own(call["kwargs"].encode("ascii"))
        self._function, self._call, self._left = function, call, args
        self._result = call.get("result_argument")
        self._vary, self._keeps = made.vary, True
        self._args = [args] if made.vary is None else _varied(args, made.vary)
        if made.lend is not None:
            for each in self._args:  # to each its own: what one call has read, another has to read again
                each[made.lend] = LentList(each[made.lend], made.borrow)

    def repeat(self, times: int) -> None:
        """Lays out the last call so many times more; `collect` then says how many times.

        All share one input if that is still what it was; otherwise each gets a copy, as many as fit into some memory.
        """
        fresh = read_value(self._call)
        self._keeps, self._args, self._values, self._made = False, [], [], 0
        try:
            as_sent, as_left = marshal.dumps(fresh, _PLAIN), marshal.dumps(self._left, _PLAIN)
        except ValueError:
            return  # of a kind that only the codec knows, and nobody can say whether it changed
        if as_sent == as_left:
            self._args = [fresh] * times
        else:
            copies = min(times, _COPIES_BYTES // len(as_sent))
            self._args = [marshal.loads(as_sent) for _ in range(copies)]
        self._made = len(self._args)
        if self._vary is not None:
            self._args = [args for each in self._args for args in _varied(each, self._vary)]

    def invoke(self) -> None:
        """Makes the calls, and keeps what they return or raise. It takes an iterator's items: they are its work."""
        if not self._keeps:
            return self._invoke_again()
        function, kwargs, keep = self._function, self._kwargs, self._values.append
        try:
            for args in self._args:
                value = function(*args, **kwargs)
                if issubclass(type(value), values.ITERATOR_TYPES):  # its __class__ may lie
                    value = iter(list(itertools.islice(value, _TAKEN_ITEMS)))
                keep(value)
        except BaseException as error:  # noqa: BLE001 - SystemExit and KeyboardInterrupt are outcomes of a call too
            self._error = error

    def _invoke_again(self) -> None:
        function, kwargs = self._function, self._kwargs
        try:
            for args in self._args:
                value = function(*args, **kwargs)
                if issubclass(type(value), values.ITERATOR_TYPES):
                    _KEEP_NOTHING.extend(itertools.islice(value, _TAKEN_ITEMS))
        except BaseException as error:  # noqa: BLE001 - as in `invoke`
            self._error = error

    def collect(self) -> Any:
        """What the calls returned, or of repeated ones how many; raises what one of them raised."""
        if self._error is not None:
            raise self._error
        if not self._keeps:
            return self._made
        values_ = self._values if self._result is None else [args[self._result] for args in self._args]
        return values_[0] if self._vary is None else values_


def _varied(args: list[Any], vary: int) -> list[list[Any]]:
    """The arguments of a call for each item of that one."""
    return [[*args[:vary], item, *args[vary + 1 :]] for item in args[vary]]


def _nothing() -> None:
    """What is called before anything was prepared."""
