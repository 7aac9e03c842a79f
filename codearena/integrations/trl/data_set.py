"""The tasks as a data set."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from codearena.models import Observation
from codearena.sdk.async_client import DEFAULT_URL
from codearena.sdk.client import CodeArena

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
    base_url: str = DEFAULT_URL, tasks: Sequence[str] | None = None, repeats: int = 1, tools: bool = False
) -> "Dataset":
    """A data set of the tasks that are served, with the columns `prompt` (a conversation), `task_id` and `difficulty`.

    tasks: ids; none: all. repeats: rows for each task. tools: for CodeArenaEnvironment, whose reset adds the
    task's text.
    """
    from datasets import Dataset  # heavy, and not needed for rewards

    with CodeArena(base_url, agent_id="trl") as arena:
        known = {task.id: task.difficulty for task in arena.tasks()}
        chosen = list(tasks if tasks is not None else known)
        texts = {task: "" if tools else task_text(arena.reset(task).observation) for task in chosen}
    system = _TOOLS_PROMPT if tools else SYSTEM_PROMPT
    rows = [
        {
            "prompt": [{"role": "system", "content": system}, {"role": "user", "content": texts[task]}],
            "task_id": task,
            "difficulty": known.get(task, ""),
        }
        for _ in range(repeats)
        for task in chosen
    ]
    return Dataset.from_list(rows)


def task_text(seen: Observation) -> str:
    """The task as a message: what the code should do, the code, and how it fails."""
    return f"{seen.description}\n\n```python\n{seen.buggy_code}\n```\n\nIt fails:\n\n{seen.error_log}\n"
