"""Which task an episode gets. The level is moved by the commit script, together with the reward that moves it.

The rule: once `curriculum_window` finished episodes of the agent's level are in the window, a mean above
`curriculum_up_above` moves it a level up and one below `curriculum_down_below` a level down, and the window is cleared.
Only episodes of the level the agent is at count, whether they were chosen by the curriculum or by name.
"""

import random
from collections.abc import Mapping

from codearena.errors import UnknownTaskError
from codearena.task import Category, Level, Task

AUTO = "auto"


def find_task(tasks: Mapping[str, Task], task_id: str) -> Task:
    """Raises UnknownTaskError."""
    task = tasks.get(task_id)
    if task is None:
        raise UnknownTaskError(f"there is no task {task_id}")
    return task


def candidates(tasks: Mapping[str, Task], choice: str, level: Level) -> list[Task]:
    """The tasks that `choice` may stand for: a task's id, else a category, else a level, else "auto".

    "easy", "medium" and "hard" are categories as well as levels; the category wins, since it has fewer surprises.
    level: where the agent's curriculum stands, used for "auto" only.

    Raises:
        UnknownTaskError: the word stands for nothing.
    """
    if choice in tasks:
        return [tasks[choice]]
    if choice in set(Category):
        found = [task for task in tasks.values() if task.category == choice]
    else:
        wanted = level.value if choice == AUTO else choice
        found = [task for task in tasks.values() if task.level == wanted]
    # A catalogue without a task of the agent's level serves what it has, rather than nothing.
    if not found and choice == AUTO:
        found = list(tasks.values())
    if not found:
        raise UnknownTaskError(f"{choice} is no task, category or level, and not {AUTO}")
    return found


def pick(found: list[Task], seed: int | None, rng: random.Random) -> Task:
    """One of them; the same for the same seed and catalogue."""
    return (rng if seed is None else random.Random(seed)).choice(found)
