"""What figures and the report compute: the mean reward, its interval, and the stretches of a run.

What an episode earned is said by codearena.evaluation.rewards alone.
"""

import itertools
import random
from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from codearena.evaluation.chance import RESAMPLES, Interval, of_resamples
from codearena.plots.data import Run

_DRAWN_AT_ONCE = 4_000_000
_STRETCHES, _LEAST_STEPS = 20, 15

Numbers = npt.NDArray[np.float64]
T = TypeVar("T")


def mean_reward(run: Run) -> Interval | None:
    """The mean final reward of a run's episodes. None: each of them broke off."""
    return interval([final.reward for final in run.finals])


def interval(values: Sequence[float]) -> Interval | None:
    """The mean with its bootstrap percentile interval of 95 %, whose ends are never beyond the values. None of nothing.

    It draws the resamples that `codearena.evaluation.chance.interval` draws with seed 0, from the same generator, so
    that a figure shows what the summary says. It takes 2 s for 100,000 values.
    """
    if not values:
        return None
    return of_resamples(values, _resampled(np.asarray(values, dtype=np.float64)).tolist())


def _resampled(sample: Numbers) -> Numbers:
    """Means of the resamples, in the order of drawing."""
    _, state, _ = random.Random(0).getstate()
    generator = np.random.RandomState()
    generator.set_state(("MT19937", np.asarray(state[:-1], dtype=np.uint32), state[-1], 0, 0.0))
    n, means = len(sample), []
    at_once = max(1, _DRAWN_AT_ONCE // n)
    for start in range(0, RESAMPLES, at_once):
        count = min(at_once, RESAMPLES - start)
        drawn = (generator.random_sample((count, n)) * n).astype(np.intp)
        means.append(sample[drawn].mean(axis=1))
    return np.concatenate(means)


def stretches(count: int) -> list[tuple[int, int]]:
    """Start and end of up to 20 stretches of a run, all as long as each other by a step, and of 15 steps at least.

    A run of fewer steps than that is one stretch.
    """
    number = max(1, min(_STRETCHES, count // _LEAST_STEPS))
    edges = [count * index // number for index in range(number + 1)]
    return list(itertools.pairwise(edges)) if count else []


def stretch_sizes(runs: Sequence[Run]) -> str:
    """How many steps the stretches of the runs have, for a note."""
    found = [end - start for run in runs for start, end in stretches(len(run.steps))]
    low, high = min(found), max(found)
    return f"{low:,} to {high:,} steps" if low < high else f"{low:,} step{'s' if low > 1 else ''}"


def rolling_mean(values: Sequence[float] | Numbers, window: int) -> Numbers:
    """Means of each `window` values that follow each other; of n values n - window + 1."""
    sums: Numbers = np.concatenate([[0.0], np.cumsum(np.asarray(values, dtype=np.float64))])
    return (sums[window:] - sums[:-window]) / window


def together(curves: Sequence[tuple[Numbers, Numbers]]) -> tuple[Numbers, Numbers]:
    """The places that all curves reach, and each curve's values there (a row for each), interpolated between its own.

    curves: places, ascending, and values; a curve without any reaches no place, so that there are none.
    """
    if not all(len(places) for places, _ in curves):
        return np.empty(0), np.empty((len(curves), 0))
    first, last = max(places[0] for places, _ in curves), min(places[-1] for places, _ in curves)
    union = np.unique(np.concatenate([places for places, _ in curves]))
    grid = union[(union >= first) & (union <= last)]
    return grid, np.array([np.interp(grid, places, values) for places, values in curves])


def thinned(count: int, most: int) -> npt.NDArray[np.intp]:
    """At most `most` of the places 0 to count - 1, evenly, the first and the last among them."""
    return np.unique(np.linspace(0, count - 1, min(count, most)).round().astype(np.intp))


def grouped(things: Sequence[T], key: Callable[[T], str]) -> dict[str, list[T]]:
    """Things by a text of theirs, in the order in which its values appear."""
    groups: dict[str, list[T]] = {}
    for thing in things:
        groups.setdefault(key(thing), []).append(thing)
    return groups


def extremes(ordered: Sequence[T], most: int) -> list[T]:
    """All, or the first and the last ones where there are more than `most`."""
    return list(ordered) if len(ordered) <= most else [*ordered[: most - most // 2], *ordered[-(most // 2) :]]
