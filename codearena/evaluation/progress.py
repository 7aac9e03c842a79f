"""The table that lives while an evaluation runs."""

import statistics
from collections.abc import Iterable, Sequence
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.table import Table

from codearena.evaluation import rewards
from codearena.evaluation.records import Trajectory
from codearena.models import TaskSummary


class Progress:
    """How far each task is, and how well it goes. Use as a context manager."""

    def __init__(
        self, tasks: Sequence[TaskSummary], episodes: int, ended: Iterable[Trajectory], console: Console
    ) -> None:
        self._episodes = episodes
        self._ended: dict[str, list[Trajectory]] = {task.id: [] for task in tasks}
        for trajectory in ended:
            self._ended.setdefault(trajectory.task_id, []).append(trajectory)
        self._live = Live(self.table(), console=console, transient=True, refresh_per_second=4)

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def note(self, trajectory: Trajectory) -> None:
        """An episode has ended."""
        self._ended[trajectory.task_id].append(trajectory)
        self._live.update(self.table())

    def table(self) -> Table:
        """As it is shown now."""
        table = Table("task", "episodes", "solved", "broken off", "mean final reward", box=None, padding=(0, 2, 0, 0))
        for task_id, ended in self._ended.items():
            finals = [final.reward for final in rewards.of_trajectories(ended)]
            table.add_row(
                task_id,
                f"{len(ended)}/{self._episodes}",
                str(sum(each.solved_at is not None for each in ended)),
                str(sum(each.error is not None for each in ended) or ""),
                f"{statistics.fmean(finals):.2f}" if finals else "",
            )
        return table
