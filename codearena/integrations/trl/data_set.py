"""The tasks as a data set."""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from codearena.models import Observation
from codearena.sdk.async_client import DEFAULT_URL
from codearena.sdk.client import CodeArena
from codearena.sdk.sending import Task

if TYPE_CHECKING:
    from datasets import Dataset

SYSTEM_PROMPT = (
    "You repair Python code. Think what is wrong, then answer with the whole repaired code in one ```python block."
    " It is run against tests, and slow code scores less."
)
_TOOLS_PROMPT = (
    "You repair Python code. Try code with run_code, propose the whole repaired code with submit_fix, and read what it "
    "says: you have a few steps."
)


def prompts(
    base_url: str = DEFAULT_URL, tasks: Sequence[Task] | None = None, repeats: int = 1, tools: bool = False
) -> "Dataset":
    """A data set of the tasks that are served, with the columns `prompt` (a conversation), `task_id` and `difficulty`.

    tasks: ids, or whole tasks of one's own, which the column `task` then has as JSON; none: all that are served and not
    held out. repeats: rows for each task. tools: for CodeArenaEnvironment, whose reset adds the task's text.
    """
    from datasets import Dataset  # heavy, and not needed for rewards

    with CodeArena(base_url, agent_id="trl") as arena:
        known = {task.id: task.difficulty for task in arena.tasks()}
        chosen: list[Task] = list(tasks if tasks is not None else [task.id for task in arena.tasks(split="train")])
        texts = ["" if tools else task_text(arena.reset(task).observation) for task in chosen]
    system = _TOOLS_PROMPT if tools else SYSTEM_PROMPT
    rows = [
        {
            "prompt": conversation(text, system),
            **_columns(task, known),
        }
        for _ in range(repeats)
        for task, text in zip(chosen, texts, strict=True)
    ]
    if any("task" in row for row in rows):  # then every row has the column
        rows = [{"task": "", **row} for row in rows]
    return Dataset.from_list(rows)


def _columns(task: Task, known: Mapping[str, str]) -> dict[str, str]:
    if isinstance(task, str):
        return {"task_id": task, "difficulty": known.get(task, "")}
    return {"task_id": str(task["id"]), "difficulty": str(task.get("level", "medium")), "task": json.dumps(task)}


def conversation(text: str, system: str = SYSTEM_PROMPT) -> list[dict[str, str]]:
    """A prompt, as a conversation. text: of the task."""
    return [{"role": "system", "content": system}, {"role": "user", "content": text}]


def task_text(seen: Observation) -> str:
    """The task as a message: what the code should do, the code, and how it fails."""
    return f"{seen.description}\n\n```python\n{seen.buggy_code}\n```\n\nIt fails:\n\n{seen.error_log}\n"
