"""Which task an episode gets. What an agent is known to have done is moved by the commit of the step that it did.

Two strategies, over what a reset asks for, which is any task for "auto", else a category or a level:

threshold: for "auto" a task of the agent's level. Once `curriculum_window` finished episodes of that level are in the
window, a mean above `curriculum_up_above` moves it a level up and one below `curriculum_down_below` a level down, and
the window is cleared. Only episodes of the level the agent is at count, whether they were chosen by the curriculum or
by name.

learning_progress: tasks where there is something to learn. A task's chance grows with p(1-p), where p is how likely the
agent solves it (the mean of a Beta posterior that forgets), and with how much its mean reward has moved lately. p(1-p)
is what the advantages of a group of episodes are made of: where all of them succeed, or all fail, there is no gradient.
Absolute progress is after Graves et al., "Automated Curriculum Learning for Neural Networks" (2017). Every
`curriculum_retest_every`-th task is the one that has waited longest, so that nothing is written off for good.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from codearena.errors import UnknownTaskError
from codearena.tasks.task import Level, Task
from gateway.store.records import CurriculumRecord, TaskRecord

AUTO = "auto"
_FLOOR = 0.2  # of what is learned from a task, at most about 1: one that seems to have nothing to teach comes at times
_SHARPNESS = 4  # most choices go where most is learned, and the others to be sure of it: see benchmarks/curriculum.py
_NEW = TaskRecord()


@dataclass(frozen=True)
class Chance:
    """Why a task would come next, and how likely. success: in [0, 1]; progress: how far the mean reward moved."""

    task_id: str
    probability: float
    success: float
    progress: float
    episodes: int


def find_task(tasks: Mapping[str, Task], task_id: str) -> Task:
    """Raises UnknownTaskError."""
    task = tasks.get(task_id)
    if task is None:
        raise UnknownTaskError(f"there is no task {task_id}")
    return task


def candidates(tasks: Mapping[str, Task], choice: str, level: Level | None) -> list[Task]:
    """The tasks that `choice` may stand for: a task's id, else a category, else a level, else "auto".

    "easy", "medium" and "hard" are categories as well as levels; the category wins, since it has fewer surprises.
    level: that "auto" stands for; None: any.

    Raises:
        UnknownTaskError: the word stands for nothing.
    """
    if choice in tasks:
        return [tasks[choice]]
    found = [task for task in tasks.values() if task.category == choice]
    if not found:
        wanted = level if choice == AUTO else choice
        found = [task for task in tasks.values() if wanted is None or task.level == wanted]
    # A catalogue without a task of the agent's level serves what it has, rather than nothing.
    if not found and choice == AUTO:
        found = list(tasks.values())
    if not found:
        raise UnknownTaskError(f"{choice} is no task, category or level, and not {AUTO}")
    return found


def pick(found: Sequence[Task], seed: int | None, rng: random.Random) -> Task:
    """One of them; the same for the same seed and catalogue."""
    return (rng if seed is None else random.Random(seed)).choice(found)


def learnable(
    task_ids: Sequence[str],
    record: CurriculumRecord,
    number: int,
    retest_every: int,
    seed: int | None,
    rng: random.Random,
) -> str:
    """One of the tasks by learning progress; the same for the same seed, record and number.

    number: of this choice among all that the agent's tasks were chosen by, from 1.
    """
    if number % retest_every == 0:
        return longest_waiting(task_ids, record)
    weights = [_weight(record.tasks.get(task_id, _NEW)) for task_id in task_ids]
    return (rng if seed is None else random.Random(seed)).choices(task_ids, weights)[0]


def longest_waiting(task_ids: Sequence[str], record: CurriculumRecord) -> str:
    """The task that was chosen longest ago; of those never chosen the first."""
    return min(task_ids, key=lambda task_id: record.tasks.get(task_id, _NEW).chosen)


def chances(task_ids: Sequence[str], record: CurriculumRecord, retest_every: int | None) -> list[Chance]:
    """How likely each comes next; retest_every: None: all alike, which is how the threshold rule picks."""
    known = [record.tasks.get(task_id, _NEW) for task_id in task_ids]
    weights = [1.0 if retest_every is None else _weight(task) for task in known]
    retest = retest_every is not None and (record.choices + 1) % retest_every == 0
    if retest:
        chosen = longest_waiting(task_ids, record)
        weights = [float(task_id == chosen) for task_id in task_ids]
    return [
        Chance(task_id, weight / sum(weights), task.success, task.progress, task.episodes)
        for task_id, task, weight in zip(task_ids, known, weights, strict=True)
    ]


def _weight(task: TaskRecord) -> float:
    return max(_FLOOR, 4 * task.success * (1 - task.success) + task.progress) ** _SHARPNESS
