"""Two runs, side by side: what changed, and whether it is more than chance.

Episodes are paired by task and number. Whether a difference is sure is decided by the paired randomisation test at 5 %,
two-sided; the tasks' chances are corrected for their number, that over all pairs is the one question asked of it. Below
MIN_PAIRS pairs nothing is said, whatever the numbers are.
"""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from codearena.evaluation import rewards
from codearena.evaluation.chance import MIN_EPISODES, Interval, chance_of, holm, interval
from codearena.evaluation.records import Trajectory

MIN_PAIRS = MIN_EPISODES
"""Fewest pairs of which anything is said: with fewer, one episode more can turn the answer."""
_CHANCE = 0.05

Pair = tuple[float, float]


class Finding(StrEnum):
    """What a comparison may say."""

    TOO_FEW = "too few to tell"
    UNCLEAR = "no sure difference"
    BETTER = "B is better"
    WORSE = "B is worse"


@dataclass(frozen=True)
class Difference:
    """B less A, of the final rewards of episodes that both runs have.

    name: a task's id, or "all". interval: of the difference; chance: of one as large if nothing had changed; both None
    of too few pairs.
    """

    name: str
    mean_a: float
    mean_b: float
    difference: float
    pairs: int
    interval: Interval | None
    chance: float | None

    @property
    def finding(self) -> Finding:
        if self.chance is None:
            return Finding.TOO_FEW
        if self.chance >= _CHANCE:
            return Finding.UNCLEAR
        return Finding.BETTER if self.difference > 0 else Finding.WORSE


@dataclass(frozen=True)
class Comparison:
    """differences: by task, then over all; empty if the runs have no episode in common.

    left_out_a, left_out_b: episodes of each run that have no partner, because the other run has not got them or they
    broke off in one of the two. regraded: tasks that the two runs were graded on in different versions.
    """

    differences: list[Difference]
    left_out_a: int
    left_out_b: int
    regraded: list[str]


def compare(run_a: Sequence[Trajectory], run_b: Sequence[Trajectory], seed: int = 0) -> Comparison:
    """seed: of the bootstrap and of random flips."""
    rewards_a, rewards_b = _rewards(run_a), _rewards(run_b)
    shared = sorted(rewards_a.keys() & rewards_b.keys())
    by_task: dict[str, list[Pair]] = {}
    for key in shared:
        by_task.setdefault(key[0], []).append((rewards_a[key], rewards_b[key]))
    return Comparison(
        differences=_differences(by_task, seed) if shared else [],
        left_out_a=len(run_a) - len(shared),
        left_out_b=len(run_b) - len(shared),
        regraded=_regraded(run_a, run_b),
    )


def _rewards(run: Sequence[Trajectory]) -> dict[tuple[str, int], float]:
    finals = {(each.task_id, each.episode): rewards.of_trajectory(each) for each in run}
    return {key: final.reward for key, final in finals.items() if final is not None}


def _differences(by_task: Mapping[str, Sequence[Pair]], seed: int) -> list[Difference]:
    chances = {name: _chance(pairs, seed) for name, pairs in by_task.items()}
    told = {name: chance for name, chance in chances.items() if chance is not None}
    corrected = dict(zip(told, holm(list(told.values())), strict=True))
    found = [_difference(name, pairs, corrected.get(name), seed) for name, pairs in by_task.items()]
    every = [pair for pairs in by_task.values() for pair in pairs]
    return [*found, _difference("all", every, _chance(every, seed), seed)]


def _chance(pairs: Sequence[Pair], seed: int) -> float | None:
    return chance_of([b - a for a, b in pairs], seed) if len(pairs) >= MIN_PAIRS else None


def _difference(name: str, pairs: Sequence[Pair], chance: float | None, seed: int) -> Difference:
    differences = [b - a for a, b in pairs]
    return Difference(
        name=name,
        mean_a=statistics.fmean(a for a, _ in pairs),
        mean_b=statistics.fmean(b for _, b in pairs),
        difference=statistics.fmean(differences),
        pairs=len(pairs),
        interval=interval(differences, seed) if chance is not None else None,
        chance=chance,
    )


def _regraded(run_a: Sequence[Trajectory], run_b: Sequence[Trajectory]) -> list[str]:
    versions_a, versions_b = _versions(run_a), _versions(run_b)
    return sorted(task for task in versions_a.keys() & versions_b.keys() if versions_a[task] != versions_b[task])


def _versions(run: Sequence[Trajectory]) -> dict[str, set[tuple[str, str]]]:
    """Task id -> the revisions of the task and of the grader that its attempts were graded by."""
    found: dict[str, set[tuple[str, str]]] = {}
    for each in run:
        for step in each.steps:
            if step.answer and (revisions := step.answer.info.revisions):
                found.setdefault(each.task_id, set()).add((revisions.task, revisions.grader))
    return found
