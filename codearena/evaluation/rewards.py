"""What an episode earned. Tables, reports, comparisons and figures all take it from here, so that they cannot disagree.

The *final reward* of an episode is the reward of its last step. An episode that broke off has none: neither 0 nor what
it had so far is what its agent earned. The mean reward of a run is the mean of its episodes' final rewards.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from codearena.errors import InvalidRequestError
from codearena.evaluation.records import Row, Trajectory


@dataclass(frozen=True)
class FinalReward:
    """The final reward of one episode. solved: by any of its steps; steps: those that were graded."""

    task_id: str
    level: str
    reward: float
    solved: bool
    steps: int


def of_trajectory(trajectory: Trajectory) -> FinalReward | None:
    """None if the episode broke off."""
    if trajectory.error is not None or not trajectory.rewards:
        return None
    return FinalReward(
        task_id=trajectory.task_id,
        level=trajectory.level,
        reward=trajectory.rewards[-1],
        solved=trajectory.solved_at is not None,
        steps=len(trajectory.rewards),
    )


def of_trajectories(trajectories: Iterable[Trajectory]) -> list[FinalReward]:
    """In their order, without those that broke off."""
    return [final for each in trajectories if (final := of_trajectory(each)) is not None]


def of_rows(rows: Sequence[Row]) -> list[FinalReward]:
    """The same of the rows of rewards_log.csv, in the order in which the episodes begin.

    Raises:
        InvalidRequestError: a step or a reward is not a number.
    """
    try:
        finals = [_of_rows(rows_of_one) for rows_of_one in episodes(rows)]
    except ValueError as error:
        raise InvalidRequestError(f"a row of the log is not valid: {error}") from error
    return [final for final in finals if final is not None]


def episodes(rows: Sequence[Row]) -> list[list[Row]]:
    """The rows of each episode, in the order in which they begin.

    Where a log has no column `episode`, a task's next episode begins with a row whose step is not greater than that of
    the row before. Raises ValueError if a step is not a number.
    """
    found: dict[tuple[str, str], list[Row]] = {}
    begun: dict[str, int] = {}  # of a log without the column: how many episodes of the task have begun
    last: dict[str, int] = {}
    for row in rows:
        task_id, step = row["task_id"], int(row["step"])
        if step <= last.get(task_id, 0):
            begun[task_id] = begun.get(task_id, 0) + 1
        last[task_id] = step
        episode = row.get("episode") or f"#{begun.get(task_id, 0)}"
        found.setdefault((task_id, episode), []).append(row)
    return list(found.values())


def _of_rows(rows: Sequence[Row]) -> FinalReward | None:
    last = rows[-1]
    if not last["reward"] or last.get("error"):
        return None
    return FinalReward(
        task_id=last["task_id"],
        level=last.get("level", ""),
        reward=float(last["reward"]),
        solved=any(row.get("solved") == "1" for row in rows),
        steps=len(rows),
    )
