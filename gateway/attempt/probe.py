"""The inputs of a probe: those of the task's own sizes, and of more sizes that show the growth more clearly.

A task's sizes are what its author thought of. Between two of them that lie far apart, below the smallest and beyond the
largest others are added: an attempt that grows fast ends its budget after few sizes, and a slow growth shows over a
wide range only. Nobody has promised that `make_input` works there, or that right code does, so whatever fails to be
made is left out, and what an attempt does there is no reason to fail it (`added` in executor.proto).
"""

import contextlib
import itertools
import math
import random
import sys
import time
from collections.abc import Iterator, Sequence
from types import FrameType
from typing import Any

from codearena import values
from codearena.tasks.task import Probe
from codearena.v1 import common_pb2, executor_pb2

INPUT_LIMITS = values.ValueLimits(nodes=2_000_000, size_bytes=16 * 1024 * 1024)

_ROUND_CPU_S = 0.3
_SMALLEST = 4
_SMALL = 24  # below it a fast growth explodes between one size and its double
_STEP, _SMALL_STEP = 2.0, 1.2
_BEYOND = 8  # times the author's largest size
_MAKING_S = 0.01  # for an input to be one of the added: the gateway makes them
_ENDLESS_S = 2.0
_ADDED_BYTES = 256 * 1024  # of one input


def rounds(probe_cpu_s: float) -> int:
    """How often each size is measured: once for each 0.3 s of CPU time there is."""
    return max(1, round(probe_cpu_s / _ROUND_CPU_S))


def points(probe: Probe, entry_point: str, rng: random.Random, probe_cpu_s: float) -> list[executor_pb2.ProbePoint]:
    """Every size, ascending, once for each round, with inputs drawn anew."""
    first = list(_first_round(probe, rng))
    drawn = [
        first,
        *([(size, _again(probe, size, made, rng)) for size, made in first] for _ in range(rounds(probe_cpu_s) - 1)),
    ]
    made = []
    for number, (size, args) in enumerate(itertools.chain.from_iterable(drawn), start=1):
        function = executor_pb2.FunctionCall(
            entry_point=entry_point, args=common_pb2.EncodedValue(json=args), kwargs=_NO_KWARGS
        )
        call = executor_pb2.Call(call_id=f"p{number}", function=function)
        added = size not in probe.sizes
        made.append(executor_pb2.ProbePoint(size=size, call=call, vary=probe.vary, lend=probe.lend, added=added))
    return made


_NO_KWARGS = common_pb2.EncodedValue(json=values.encode({}, INPUT_LIMITS))


def _first_round(probe: Probe, rng: random.Random) -> Iterator[tuple[int, bytes]]:
    """Sizes and encoded arguments."""
    for size in sorted({*probe.sizes, *added_sizes(probe.sizes)}):
        if size in probe.sizes:
            yield size, _made(probe, size, rng)
            continue
        started = time.thread_time()
        try:
            with _bounded(size, probe.sizes[-1]):
                made = _made(probe, size, rng)
        except Exception:  # noqa: BLE001 - whatever the author's code does at a size that it was not written for
            made = b""
        if made and len(made) <= _ADDED_BYTES:
            yield size, made
        if size > probe.sizes[-1] and (not made or time.thread_time() - started > _MAKING_S):
            return


def _again(probe: Probe, size: int, made: bytes, rng: random.Random) -> bytes:
    """Another input of that size, or the one there is if at an added size none can be made this time."""
    if size in probe.sizes:
        return _made(probe, size, rng)
    try:
        with _bounded(size, probe.sizes[-1]):
            return _made(probe, size, rng)
    except Exception:  # noqa: BLE001 - as above
        return made


@contextlib.contextmanager
def _bounded(size: int, largest: int) -> Iterator[None]:
    """Ends code of this thread by a TimeoutError if it takes far too long at a size up to the author's largest.

    A loop until two indices differ, say, has no end if there is only one. What is larger than the largest takes as long
    as it is larger, and looking at each line would slow it.
    """
    ends_s, before = time.monotonic() + _ENDLESS_S, sys.gettrace()

    def look(frame: FrameType, event: str, arg: Any) -> Any:
        if time.monotonic() > ends_s:
            raise TimeoutError("it took too long to make an input")
        return look

    sys.settrace(look if size <= largest else before)
    try:
        yield
    finally:
        sys.settrace(before)


def _made(probe: Probe, size: int, rng: random.Random) -> bytes:
    return values.encode(list(probe.make_input(size, random.Random(rng.getrandbits(64)))), INPUT_LIMITS)


def added_sizes(sizes: Sequence[int]) -> list[int]:
    """Sizes to measure at beside the author's, ascending. sizes: n values, ascending."""
    below = itertools.takewhile(lambda size: size >= _SMALLEST, _falling(sizes[0]))
    between = itertools.chain.from_iterable(_between(low, high) for low, high in itertools.pairwise(sizes))
    beyond = itertools.takewhile(lambda size: size <= _BEYOND * sizes[-1], _rising(sizes[-1]))
    return sorted({*below, *between, *beyond} - set(sizes))


def _step(size: float) -> float:
    return _SMALL_STEP if size < _SMALL else _STEP


def _falling(size: int) -> Iterator[int]:
    while True:
        size = min(size - 1, round(size / _step(size - 1)))
        yield size


def _rising(size: int) -> Iterator[int]:
    while True:
        size = max(size + 1, round(size * _step(size)))
        yield size


def _between(low: int, high: int) -> Iterator[int]:
    """A step apart; the last of them at least half a step from the higher one."""
    return itertools.takewhile(lambda size: size * math.sqrt(_step(size)) <= high, _rising(low))
