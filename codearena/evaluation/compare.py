"""Two runs, side by side: what changed, and whether it is more than chance."""

import random
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from codearena.evaluation.records import Trajectory

_RESAMPLES = 2000


@dataclass(frozen=True)
class Difference:
    """B less A, of the last rewards of episodes that both runs graded.

    name: a task's id, or "all"; low, high: bootstrap percentile interval of 95 % over the pairs; pairs: episodes.
    """

    name: str
    mean_a: float
    mean_b: float
    difference: float
    low: float
    high: float
    pairs: int

    @property
    def sure(self) -> bool:
        """The interval leaves out 0."""
        return self.low > 0 or self.high < 0


def compare(run_a: Sequence[Trajectory], run_b: Sequence[Trajectory], seed: int = 0) -> list[Difference]:
    """By task, then over all; tasks and episodes that only one run has are left out."""
    rewards_a, rewards_b = _rewards(run_a), _rewards(run_b)
    shared = sorted(rewards_a.keys() & rewards_b.keys())
    pairs = {key: (rewards_a[key], rewards_b[key]) for key in shared}
    by_task: dict[str, list[tuple[float, float]]] = {}
    for task_id, episode in shared:
        by_task.setdefault(task_id, []).append(pairs[task_id, episode])
    found = [_difference(task_id, of_task, seed) for task_id, of_task in by_task.items()]
    return [*found, _difference("all", list(pairs.values()), seed)] if pairs else []


def _rewards(run: Sequence[Trajectory]) -> dict[tuple[str, int], float]:
    return {(each.task_id, each.episode): each.rewards[-1] for each in run if each.error is None and each.rewards}


def _difference(name: str, pairs: Sequence[tuple[float, float]], seed: int) -> Difference:
    differences = [b - a for a, b in pairs]
    rng = random.Random(seed)
    means = sorted(statistics.fmean(rng.choices(differences, k=len(differences))) for _ in range(_RESAMPLES))
    return Difference(
        name=name,
        mean_a=statistics.fmean(a for a, _ in pairs),
        mean_b=statistics.fmean(b for _, b in pairs),
        difference=statistics.fmean(differences),
        low=means[int(0.025 * _RESAMPLES)],
        high=means[int(0.975 * _RESAMPLES) - 1],
        pairs=len(pairs),
    )
