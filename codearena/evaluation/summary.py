"""What an evaluation found, from its trajectories alone. Pure; the same trajectories give the same summary.

An episode that broke off with an error was not graded to its end: it counts as an error and in nothing else, since
neither 0 nor the reward it had so far would be what the agent earned.
"""

import math
import random
import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from codearena.evaluation.records import Trajectory

_RESAMPLES = 2000
_CONFIDENCE = 0.95


@dataclass(frozen=True)
class Interval:
    """A mean with its bootstrap percentile interval of 95 % (Efron, 1979); n: episodes."""

    mean: float
    low: float
    high: float
    n: int


@dataclass(frozen=True)
class TaskSummary:
    """One task. pass_at: k -> chance that one of k episodes solves it."""

    task_id: str
    episodes: int
    solved: int
    mean_reward: float
    best_reward: float
    mean_steps: float
    pass_at: dict[int, float]


@dataclass(frozen=True)
class Summary:
    """A whole run. Rewards are those of each episode's last step.

    solved_by_step: share of episodes solved at step 1, 2, ... or earlier; outcomes: of all graded steps.
    """

    episodes: int
    errors: int
    reward: Interval | None
    reward_by_category: dict[str, Interval]
    solved_by_step: list[float]
    pass_at: dict[int, float]
    tasks: list[TaskSummary]
    outcomes: dict[str, int]
    error_kinds: dict[str, int]
    tokens_in: int
    tokens_out: int
    cost: float

    def to_json(self) -> dict[str, object]:
        return asdict(self)


def summarize(trajectories: Sequence[Trajectory], seed: int = 0) -> Summary:
    """seed: of the bootstrap."""
    ordered = sorted(trajectories, key=lambda each: (each.task_id, each.episode))
    graded = [each for each in ordered if each.error is None and each.rewards]
    by_category = _grouped(graded, "category")
    tasks = [_task(name, group) for name, group in _grouped(graded, "task_id").items()]
    uses = [step.use for each in ordered for step in each.steps]
    return Summary(
        episodes=len(ordered),
        errors=len(ordered) - len(graded),
        reward=interval([each.rewards[-1] for each in graded], seed),
        reward_by_category={name: _known(group, seed) for name, group in by_category.items()},
        solved_by_step=_solved_by_step(graded),
        pass_at=_mean_pass_at(tasks),
        tasks=tasks,
        outcomes=dict(Counter(_outcomes(ordered))),
        error_kinds=dict(Counter(each.error.partition(":")[0] for each in ordered if each.error)),
        tokens_in=sum(use.tokens_in for use in uses),
        tokens_out=sum(use.tokens_out for use in uses),
        cost=sum(use.cost for use in uses),
    )


def interval(values: Sequence[float], seed: int) -> Interval | None:
    """None of nothing."""
    if not values:
        return None
    rng = random.Random(seed)
    means = sorted(statistics.fmean(rng.choices(values, k=len(values))) for _ in range(_RESAMPLES))
    tail = (1 - _CONFIDENCE) / 2
    low, high = means[int(tail * _RESAMPLES)], means[math.ceil((1 - tail) * _RESAMPLES) - 1]
    return Interval(statistics.fmean(values), low, high, len(values))


def pass_at(k: int, episodes: int, solved: int) -> float:
    """Chance that at least one of k episodes, drawn without replacement from those played, is solved.

    The unbiased estimator 1 - C(n-c, k) / C(n, k) of Chen et al., "Evaluating Large Language Models Trained on Code"
    (2021), section 2.1.
    """
    return 1.0 - math.comb(episodes - solved, k) / math.comb(episodes, k)


def _known(group: Sequence[Trajectory], seed: int) -> Interval:
    found = interval([each.rewards[-1] for each in group], seed)
    assert found is not None
    return found


def _task(task_id: str, group: Sequence[Trajectory]) -> TaskSummary:
    solved = sum(each.solved_at is not None for each in group)
    return TaskSummary(
        task_id=task_id,
        episodes=len(group),
        solved=solved,
        mean_reward=statistics.fmean(each.rewards[-1] for each in group),
        best_reward=max(max(each.rewards) for each in group),
        mean_steps=statistics.fmean(len(each.steps) for each in group),
        pass_at={k: pass_at(k, len(group), solved) for k in range(1, len(group) + 1)},
    )


def _mean_pass_at(tasks: Sequence[TaskSummary]) -> dict[int, float]:
    """Over tasks, for each k that every task has episodes for."""
    most = min((task.episodes for task in tasks), default=0)
    return {k: statistics.fmean(task.pass_at[k] for task in tasks) for k in range(1, most + 1)}


def _solved_by_step(graded: Sequence[Trajectory]) -> list[float]:
    last = max((each.max_steps for each in graded), default=0)
    solved = [each.solved_at for each in graded]
    return [sum(at is not None and at <= step for at in solved) / len(graded) for step in range(1, last + 1)]


def _outcomes(trajectories: Sequence[Trajectory]) -> list[str]:
    found: list[str] = []
    for each in trajectories:
        for step in each.steps:
            if step.answer and (ran := step.answer.info.execution_metadata):
                passed = ran.status == "ran" and ran.test_passed == ran.test_total
                found.append("tests_passed" if passed else "tests_failed" if ran.status == "ran" else ran.status)
    return found


def _grouped(trajectories: Sequence[Trajectory], attribute: str) -> dict[str, list[Trajectory]]:
    groups: dict[str, list[Trajectory]] = {}
    for each in trajectories:
        groups.setdefault(getattr(each, attribute), []).append(each)
    return groups
