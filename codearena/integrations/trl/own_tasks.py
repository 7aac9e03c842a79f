"""Tasks of one's own in a data set: the column `task` has whole records, as JSON texts or as they are.

They go through the reward functions as texts, in the place of ids: no id begins with a brace.
"""

import json
from collections.abc import Mapping, Sequence

from codearena.errors import CallerError
from codearena.sdk.sending import Task

TaskId = str | None
"""As in the column `task_id`; None, or empty: the row is another reward function's."""


def with_own(task_ids: Sequence[TaskId] | None, tasks: Sequence[object] | None) -> Sequence[TaskId] | None:
    """What each row is to be graded by: its own task where it has one, else its id.

    Raises:
        CallerError: the columns differ in length.
    """
    if tasks is None:
        return task_ids
    ids: Sequence[TaskId] = [None] * len(tasks) if task_ids is None else task_ids
    if len(ids) != len(tasks):
        raise CallerError(f"{len(ids)} task ids and {len(tasks)} tasks")
    return [_text(task) or task_id for task_id, task in zip(ids, tasks, strict=True)]


def _text(task: object) -> str | None:
    if isinstance(task, Mapping):
        # A data set fills what a row lacks, of all that any of its rows has, with None.
        return json.dumps({name: value for name, value in task.items() if value is not None})
    return task if isinstance(task, str) and task.lstrip().startswith("{") else None


def as_task(graded_by: str) -> Task:
    """The task itself, to be sent, or its id. Raises CallerError for a text that is no JSON."""
    if not graded_by.lstrip().startswith("{"):
        return graded_by
    try:
        record: dict[str, object] = json.loads(graded_by)
    except ValueError as error:
        raise CallerError(f"a task in the data set is no JSON: {error}") from error
    return record
