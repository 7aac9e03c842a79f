"""What an evaluation found, from its trajectories alone. Pure; the same trajectories give the same summary.

Two kinds of failure are kept apart. An answer of the model without a fix is an attempt like any other: it was graded,
as an empty source, and counts in everything. An episode that broke off, because an endpoint or the service failed, is
*missing*: nothing is known of what its agent would have earned, so it is in no mean, and every rate says of how many
episodes it is and what it would be at least.
"""

import statistics
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from codearena.evaluation import rewards
from codearena.evaluation.chance import Interval, interval, pass_at
from codearena.evaluation.records import StepRecord, Trajectory
from codearena.evaluation.rewards import FinalReward


@dataclass(frozen=True)
class TaskSummary:
    """One task. episodes: those that were to be played; graded: those that were graded to their end.

    mean_reward: of the final rewards; best_reward: of any step; both None if none was graded. pass_at: k -> chance that
    one of k episodes solves it.
    """

    task_id: str
    episodes: int
    graded: int
    solved: int
    mean_reward: float | None
    best_reward: float | None
    mean_steps: float | None
    pass_at: dict[int, float]


@dataclass(frozen=True)
class Summary:
    """A whole run.

    episodes: those that were to be played; graded: those that were graded to their end; missing: the others;
    errors: those among them that broke off; error_kinds: by whose failure it was; first_error: an example.
    reward, reward_by_category: of the final rewards.
    solved_by_step: share of episodes solved at step 1, 2, ... or earlier.
    pass_at: of the graded episodes; pass_at_least: of all, the missing counted as failed.
    attempts: graded steps; outcomes: what became of them; no_answers: how many had no answer, by the reason.
    finish_reasons: of the model's answers; usage_unknown: answers whose tokens the endpoint did not say.
    """

    episodes: int
    graded: int
    missing: int
    errors: int
    error_kinds: dict[str, int]
    first_error: str | None
    reward: Interval | None
    reward_by_category: dict[str, Interval]
    solved_by_step: list[float]
    pass_at: dict[int, float]
    pass_at_least: dict[int, float]
    tasks: list[TaskSummary]
    attempts: int
    outcomes: dict[str, int]
    no_answers: dict[str, int]
    finish_reasons: dict[str, int]
    tokens_in: int
    tokens_out: int
    usage_unknown: int
    cost: float


def summarize(trajectories: Sequence[Trajectory], seed: int = 0, planned: Mapping[str, int] | None = None) -> Summary:
    """seed: of the bootstrap; planned: task id -> episodes that were to be played; None: those that are there."""
    ordered = sorted(trajectories, key=lambda each: (each.task_id, each.episode))
    plan = Counter(each.task_id for each in ordered) | Counter(planned or {})  # the larger of both, for each task
    graded = [each for each in ordered if rewards.of_trajectory(each) is not None]
    tasks = [_task(name, plan[name], [each for each in graded if each.task_id == name]) for name in sorted(plan)]
    steps = [step for each in ordered for step in each.steps]
    uses = [step.use for step in steps]
    return Summary(
        episodes=sum(plan.values()),
        graded=len(graded),
        missing=sum(plan.values()) - len(graded),
        errors=len(ordered) - len(graded),
        error_kinds=dict(Counter(each.error.partition(":")[0] for each in ordered if each.error)),
        first_error=next((each.error for each in ordered if each.error), None),
        reward=interval([final.reward for final in rewards.of_trajectories(graded)], seed),
        reward_by_category=_by_category(graded, seed),
        solved_by_step=_solved_by_step(graded),
        pass_at=_mean_pass_at({task.task_id: (task.graded, task.solved) for task in tasks if task.graded}),
        pass_at_least=_mean_pass_at({task.task_id: (task.episodes, task.solved) for task in tasks}),
        tasks=tasks,
        attempts=sum(step.answer is not None for step in steps),
        outcomes=dict(Counter(_outcomes(steps))),
        no_answers=dict(Counter(step.no_answer for step in steps if step.no_answer)),
        finish_reasons=dict(Counter(use.finish_reason for use in uses if use.finish_reason)),
        tokens_in=sum(use.tokens_in or 0 for use in uses),
        tokens_out=sum(use.tokens_out or 0 for use in uses),
        usage_unknown=sum(None in (use.tokens_in, use.tokens_out) for use in uses),
        cost=sum(use.cost for use in uses),
    )


def _task(task_id: str, episodes: int, graded: Sequence[Trajectory]) -> TaskSummary:
    finals = rewards.of_trajectories(graded)
    solved = sum(final.solved for final in finals)
    return TaskSummary(
        task_id=task_id,
        episodes=episodes,
        graded=len(finals),
        solved=solved,
        mean_reward=_mean(final.reward for final in finals),
        best_reward=max((max(each.rewards) for each in graded), default=None),
        mean_steps=_mean(final.steps for final in finals),
        pass_at={k: pass_at(k, len(finals), solved) for k in range(1, len(finals) + 1)},
    )


def _mean(values: Iterable[float]) -> float | None:
    known = list(values)
    return statistics.fmean(known) if known else None


def _by_category(graded: Sequence[Trajectory], seed: int) -> dict[str, Interval]:
    finals: dict[str, list[FinalReward]] = {}
    for each in graded:
        finals.setdefault(each.category, []).extend(rewards.of_trajectories([each]))
    found = {name: interval([final.reward for final in group], seed) for name, group in finals.items()}
    return {name: known for name, known in found.items() if known is not None}


def _mean_pass_at(tasks: Mapping[str, tuple[int, int]]) -> dict[int, float]:
    """Over tasks, for each k that every task has episodes for. tasks: id -> episodes, and how many of them solved."""
    most = min((episodes for episodes, _ in tasks.values()), default=0)
    return {
        k: statistics.fmean(pass_at(k, episodes, solved) for episodes, solved in tasks.values())
        for k in range(1, most + 1)
    }


def _solved_by_step(graded: Sequence[Trajectory]) -> list[float]:
    last = max((each.max_steps for each in graded), default=0)
    solved = [each.solved_at for each in graded]
    return [sum(at is not None and at <= step for at in solved) / len(graded) for step in range(1, last + 1)]


def _outcomes(steps: Sequence[StepRecord]) -> list[str]:
    found: list[str] = []
    for step in steps:
        if step.answer and (ran := step.answer.info.execution_metadata):
            passed = ran.status == "ran" and ran.test_passed == ran.test_total
            found.append("tests_passed" if passed else "tests_failed" if ran.status == "ran" else ran.status)
    return found
