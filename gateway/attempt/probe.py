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
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from types import FrameType
from typing import Any

from codearena import values
from codearena.tasks.author_code import ProbeInputs
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
_SCREENED_SIZES = 5
_SCREENED_RANGE = 300  # from the smallest to the largest of them
_SCREENED_STEP = 3.0  # to the largest from the one below, which would else cost half as much again
_SCREENED_ITEMS = 4  # of a varied argument


def rounds(probe_cpu_s: float) -> int:
    """How often each size is measured: once for each 0.3 s of CPU time there is."""
    return max(1, round(probe_cpu_s / _ROUND_CPU_S))


def points(
    probe: ProbeInputs, entry_point: str, rng: random.Random, probe_cpu_s: float
) -> list[executor_pb2.ProbePoint]:
    """Every size, ascending, once for each round, with inputs drawn anew."""
    first = list(_first_round(probe, rng))
    further = [_drawn(probe, made.size, rng) or made for _ in range(rounds(probe_cpu_s) - 1) for made in first]
    return _points(probe, entry_point, [*first, *further])


def screening_points(
    probe: ProbeInputs, entry_point: str, rng: random.Random, reach: int
) -> list[executor_pb2.ProbePoint]:
    """A few sizes, ascending, with inputs drawn anew. reach: the largest size at which the reference is measured.

    That size is always one of them, since an attempt is worth what it is worth there. Which the others are is chance,
    and so is which few items of a varied argument are left. Nothing if no input can be made for that size.
    """
    sizes = screened_sizes(probe.sizes, reach, rng)
    inputs = [made for size in sizes if (made := _drawn(probe, size, rng, _SCREENED_ITEMS))]
    return _points(probe, entry_point, inputs) if inputs and inputs[-1].size == reach else []


def screened_sizes(sizes: Sequence[int], reach: int, rng: random.Random) -> list[int]:
    """The largest size up to `reach`, and one by chance of each part of those not far below, ascending."""
    all_sizes = [size for size in sorted({*sizes, *added_sizes(sizes)}) if size <= reach]
    below = [size for size in all_sizes if size * _SCREENED_RANGE >= reach >= size * _SCREENED_STEP]
    below = all_sizes[-_SCREENED_SIZES:-1] if len(below) < _SCREENED_SIZES - 1 else below
    parts = min(len(below), _SCREENED_SIZES - 1)
    ends = [len(below) * part // parts for part in range(parts + 1)] if parts else []
    return [*(rng.choice(below[begin:end]) for begin, end in itertools.pairwise(ends)), *all_sizes[-1:]]


@dataclass(frozen=True)
class _Input:
    """A size, and arguments made for it: packed, or, where that cannot be, encoded."""

    size: int
    packed: bytes = b""
    encoded: bytes = b""

    @property
    def size_bytes(self) -> int:
        return len(self.packed) + len(self.encoded)


def _points(probe: ProbeInputs, entry_point: str, inputs: Iterable[_Input]) -> list[executor_pb2.ProbePoint]:
    made = []
    for number, each in enumerate(inputs, start=1):
        args = common_pb2.EncodedValue(json=each.encoded) if each.encoded else None
        function = executor_pb2.FunctionCall(entry_point=entry_point, args=args, kwargs=_NO_KWARGS)
        made.append(
            executor_pb2.ProbePoint(
                size=each.size,
                call=executor_pb2.Call(call_id=f"p{number}", function=function),
                packed_args=each.packed,
                vary=probe.vary,
                lend=probe.lend,
                added=each.size not in probe.sizes,
            )
        )
    return made


_NO_KWARGS = common_pb2.EncodedValue(json=values.encode({}, INPUT_LIMITS))


def _first_round(probe: ProbeInputs, rng: random.Random) -> Iterator[_Input]:
    for size in sorted({*probe.sizes, *added_sizes(probe.sizes)}):
        started = time.thread_time()
        made = _drawn(probe, size, rng)
        if made and (size in probe.sizes or made.size_bytes <= _ADDED_BYTES):
            yield made
        if size > probe.sizes[-1] and (not made or time.thread_time() - started > _MAKING_S):
            return


def _drawn(probe: ProbeInputs, size: int, rng: random.Random, most_items: int | None = None) -> _Input | None:
    """An input of that size; None if it is an added one and none can be made."""
    if size in probe.sizes:
        return _made(probe, size, rng, most_items)
    try:
        with _bounded(size, probe.sizes[-1]):
            return _made(probe, size, rng, most_items)
    except Exception:  # noqa: BLE001 - whatever the author's code does at a size that it was not written for
        return None


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


def _made(probe: ProbeInputs, size: int, rng: random.Random, most_items: int | None) -> _Input:
    """most_items: that are left of a varied argument, drawn by chance."""
    made = list(probe.make_input(size, random.Random(rng.getrandbits(64))))
    if most_items is not None and probe.vary is not None and len(varied := made[probe.vary]) > most_items:
        made[probe.vary] = rng.sample(varied, most_items)
    packed = values.pack(made)
    if packed is None or len(packed) > INPUT_LIMITS.size_bytes:
        return _Input(size, encoded=values.encode(made, INPUT_LIMITS))
    return _Input(size, packed)


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
