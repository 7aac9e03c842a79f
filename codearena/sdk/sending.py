"""Tasks of one's own: each is sent once, and named by its content from then on.

A gateway forgets a task that was not used for long. It says so, and the task is sent again.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from codearena.errors import CodeArenaError, UnknownSentTaskError
from codearena.models import SentTask, SentTasks
from codearena.sdk import references
from codearena.sdk.batching import chunks
from codearena.sdk.transport import Transport, error_from_problem, validated

TaskRecord = Mapping[str, object]
"""A whole task, as a line of a file has it."""
Task = str | TaskRecord
"""The id of a task that the gateway serves, or a task of one's own."""

_SENT_MAX = 65_536
T = TypeVar("T")


class Sending:
    """The tasks that one connection has sent."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._sent: dict[str, None] = {}  # the last ones

    async def named(self, task: Task | None, ask: Callable[[dict[str, object]], Awaitable[T]]) -> T:
        """What `ask` answers, which is given the members of a request that name the task. Raises what it raises."""
        if task is None or isinstance(task, str):
            return await ask({"task_id": task})
        reference = references.reference_of(task)
        try:
            return await self._referring(reference, task, ask)
        except UnknownSentTaskError:
            self.forget([reference])
            return await self._referring(reference, task, ask)

    async def _referring(self, reference: str, task: TaskRecord, ask: Callable[[dict[str, object]], Awaitable[T]]) -> T:
        for refused in (await self.ensure({reference: task})).values():
            raise refused
        return await ask({"task_ref": reference})

    async def ensure(self, records: Mapping[str, TaskRecord]) -> dict[str, CodeArenaError]:
        """Sends those that were not sent yet. records: by reference. The errors of those that the gateway refuses."""
        missing = [reference for reference in records if reference not in self._sent]
        answers = await self.send([records[reference] for reference in missing])
        pairs = zip(missing, answers, strict=True)
        return {reference: answer for reference, answer in pairs if isinstance(answer, CodeArenaError)}

    async def send(self, records: Sequence[TaskRecord]) -> list[SentTask | CodeArenaError]:
        """Sends them all; an answer for each, in order."""
        found: list[SentTask | CodeArenaError] = []
        for chunk in chunks(records):
            answer = validated(SentTasks, await self._transport.post("/tasks", list(chunk)))
            if len(answer.items) != len(chunk):
                raise CodeArenaError(f"{len(answer.items)} answers to {len(chunk)} tasks")
            for item in answer.items:
                found.append(item.task or error_from_problem(item.problem))
                if item.task is not None:
                    self._note(item.task.task_ref)
        return found

    def forget(self, names: Iterable[str]) -> None:
        """These have to be sent again. names: their references."""
        for reference in names:
            self._sent.pop(reference, None)

    def _note(self, reference: str) -> None:
        self._sent[reference] = None
        if len(self._sent) > _SENT_MAX:
            del self._sent[next(iter(self._sent))]
