"""Reads records that came with requests: first a confined worker, and here only what it could read within its limits.

A source may be written to exhaust the memory or the stack of whoever parses it, and a record has several.
"""

import asyncio
from typing import Annotated

from pydantic import Field, TypeAdapter, ValidationError

from codearena.confined import Limits, Workers
from codearena.errors import InvalidRequestError
from codearena.tasks import record
from codearena.tasks.faults import TaskError
from codearena.tasks.task import Task
from gateway.catalogue.sent_task import SentTask
from gateway.settings import Settings

_WORK = "gateway.catalogue.reading_work"
_START_S = 30.0
_LIMITS = Limits(cpu_s=2.0, wall_s=30.0, memory_bytes=1024 * 1024 * 1024, answer_bytes=256 * 1024)
_WORKERS = 2
_HERE = 1  # a source that passes may take half a gigabyte for a moment
_Text = Annotated[str, Field(max_length=1000)]
_FAULTS = TypeAdapter(Annotated[list[tuple[_Text, _Text]], Field(max_length=20)])


class Reading:
    """Reads and checks records of others. Close it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._workers = Workers(_WORK, _WORKERS, _START_S)
        self._here = asyncio.Semaphore(_HERE)

    async def aclose(self) -> None:
        """Ends what is being read."""
        await self._workers.close()

    async def task(self, text: bytes) -> SentTask:
        """The task that the text says.

        Raises:
            InvalidRequestError: it says none, or one that may not come with a request; every fault with its field.
            ServiceError: there can be no workers.
        """
        if len(text) > self._settings.sent_task_bytes:
            most = self._settings.sent_task_bytes
            raise InvalidRequestError(f"the task has {len(text)} bytes as JSON; one sent with a request has {most}")
        ended = await self._workers.run("read", text, _LIMITS)
        try:
            faults = _FAULTS.validate_json(ended.answer)
        except ValidationError as error:
            detail = "the task cannot be read: a source in it is too large, or nested too deeply"
            raise InvalidRequestError(detail) from error
        if ended.exit_status or faults:
            raise InvalidRequestError("; ".join(map(_told, faults)))
        try:
            async with self._here:
                task = await asyncio.to_thread(record.parse, text, "task", is_checked=True)
        except TaskError as error:
            raise InvalidRequestError(str(error)) from error
        if beyond := "; ".join(self._beyond(task)):
            raise InvalidRequestError(f"a task sent with a request asks for too much: {beyond}")
        return SentTask.of(task)

    def _beyond(self, task: Task) -> list[str]:
        """The limits that it asks for more of than it may have."""
        settings, asked = self._settings, task.limits.model_dump()
        most = {
            "attempt_cpu_s": settings.sent_attempt_cpu_s,
            "attempt_wall_s": settings.sent_attempt_wall_s,
            "memory_bytes": settings.sent_memory_bytes,
            "output_bytes": settings.sent_value_bytes,
            "value_bytes": settings.sent_value_bytes,
        }
        most |= {"call_cpu_s": most["attempt_cpu_s"], "call_wall_s": most["attempt_wall_s"]}
        beyond = [
            f"limits.{name} {asked[name]:g}, at most {limit:g}" for name, limit in most.items() if asked[name] > limit
        ]
        for test in task.program.tests if task.program else ():
            wanted = test.limits.model_dump(exclude_none=True) if test.limits else {}
            beyond += [
                f"limits of the test {test.name}: {name} {value:g}, at most {most[name]:g}"
                for name, value in wanted.items()
                if value > most.get(name, value)
            ]
        return beyond[:10]


def _told(fault: tuple[str, str]) -> str:
    field, problem = fault
    return f"task.{field}: {problem}" if field else f"task: {problem}"
