"""A task that came with a request: its author is whoever sent it, and may be anybody with a key for that."""

from collections.abc import Mapping
from typing import NoReturn

from codearena.errors import CodeArenaError, InvalidRequestError, ServiceError
from codearena.tasks.author_code import MakeCase
from codearena.tasks.task import Task


class SentTask(Task):
    """Nothing of its author's code runs in this process: see gateway/attempt/authored.py."""

    @classmethod
    def of(cls, task: Task) -> "SentTask":
        """The same task, which somebody has sent."""
        return cls.model_construct(task.model_fields_set, **{name: getattr(task, name) for name in Task.model_fields})

    @property
    def makers(self) -> Mapping[str, MakeCase]:
        """Never: they would run here."""
        self._refuse()

    def _refuse(self) -> NoReturn:
        raise AssertionError(f"the code of the task {self.id} was about to be run in this process")


def fault_of(task: Task, detail: str) -> CodeArenaError:
    """Whose failure it is that the task cannot be used: of whoever sent it, or ours for one that we serve."""
    return InvalidRequestError(detail) if isinstance(task, SentTask) else ServiceError(detail)
