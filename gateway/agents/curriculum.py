"""Which task an episode gets. What an agent is known to have done is moved by the commit of the step that it did.

Two strategies, over what a reset asks for, which is any task for "auto", else a category or a level. Tasks that are
held out are chosen only where a reset names their split. What a choice costs does not grow with the number of tasks,
only with that of the tasks which the agent is known by, and these are bounded (`curriculum_tasks`).

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

import heapq
import itertools
import random
from collections.abc import Sequence
from dataclasses import dataclass

from codearena.errors import UnknownTaskError
from codearena.tasks.task import Level
from gateway.catalogue.catalogue import Catalogue
from gateway.catalogue.index import TRAIN
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


def candidates(tasks: Catalogue, choice: str, level: Level | None, split: str = TRAIN) -> Sequence[str]:
    """Ids of the tasks that `choice` may stand for: a task's id, else a category, else a level, else "auto".

    "easy", "medium" and "hard" are categories as well as levels; the category wins, since it has fewer surprises.
    level: that "auto" stands for; None: any. split: of which all are, unless a task is named.

    Raises:
        UnknownTaskError: the word stands for nothing.
    """
    if choice in tasks:
        return [choice]
    found: Sequence[str] = tasks.pool(split, level=level) if choice == AUTO else tasks.pool(split, category=choice)
    if not found and choice in set(Level):
        found = tasks.pool(split, level=Level(choice))
    # A catalogue without a task of the agent's level serves what it has, rather than nothing.
    if not found and choice == AUTO:
        found = tasks.pool(split)
    if not found:
        raise UnknownTaskError(f"{choice} is no task, category or level of the split {split}, and not {AUTO}")
    return found


def pick(found: Sequence[str], seed: int | None, rng: random.Random) -> str:
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
    drawing = rng if seed is None else random.Random(seed)
    known = _known(task_ids, record)
    weights = [_weight(record.tasks[task_id]) for task_id in known]
    fresh = (len(task_ids) - len(known)) * _weight(_NEW)
    if drawing.random() * (sum(weights) + fresh) >= fresh:
        return drawing.choices(known, weights)[0]
    return _drawn_fresh(task_ids, set(known), drawing)


def longest_waiting(task_ids: Sequence[str], record: CurriculumRecord) -> str:
    """The task that was chosen longest ago; of those never chosen the first."""
    chosen = {task_id: task.chosen for task_id, task in record.tasks.items() if task.chosen}
    never = next((task_id for task_id in task_ids if task_id not in chosen), None)  # found after as many as are known
    if never is not None:
        return never
    return min((task_id for task_id in chosen if task_id in task_ids), key=chosen.__getitem__)


def chances(
    task_ids: Sequence[str], record: CurriculumRecord, retest_every: int | None, most: int | None = None
) -> list[Chance]:
    """How likely each comes next; retest_every: None: all alike, which is how the threshold rule picks.

    most: so many at most, the likeliest ones; None: all.
    """
    known = _known(task_ids, record)
    told = set(known)
    count = len(task_ids) - len(known)
    fresh = itertools.islice((task_id for task_id in task_ids if task_id not in told), most)
    weigh = _alike if retest_every is None else _weight
    weights = {task_id: weigh(record.tasks[task_id]) for task_id in known} | dict.fromkeys(fresh, weigh(_NEW))
    total = sum(weights[task_id] for task_id in known) + count * weigh(_NEW)
    if retest_every is not None and (record.choices + 1) % retest_every == 0:
        chosen = longest_waiting(task_ids, record)
        weights, total = dict.fromkeys(weights, 0.0) | {chosen: 1.0}, 1.0
    shown = weights if most is None else heapq.nlargest(most, weights, key=weights.__getitem__)
    tasks = {task_id: record.tasks.get(task_id, _NEW) for task_id in shown}
    return [
        Chance(task_id, weights[task_id] / total, task.success, task.progress, task.episodes)
        for task_id, task in tasks.items()
    ]


def _known(task_ids: Sequence[str], record: CurriculumRecord) -> list[str]:
    return [task_id for task_id in record.tasks if task_id in task_ids]


def _drawn_fresh(task_ids: Sequence[str], known: set[str], rng: random.Random) -> str:
    """One of those of which nothing is known, all alike."""
    if len(task_ids) < 2 * len(known):  # then they are few, and so are all
        return rng.choice([task_id for task_id in task_ids if task_id not in known])
    while (drawn := rng.choice(task_ids)) in known:
        pass
    return drawn


def _alike(_: TaskRecord) -> float:
    return 1.0


def _weight(task: TaskRecord) -> float:
    return max(_FLOOR, 4 * task.success * (1 - task.success) + task.progress) ** _SHARPNESS
