"""What resets show of tasks' code as given, asked of the pipeline that certifies them, for their certificates.

A gateway that serves such a task later need not run its code as given for the first reset: see docs/serving-tasks.md.
"""

import asyncio
from collections.abc import Mapping, Sequence

from codearena.errors import CallerError
from codearena.sdk.async_client import AsyncCodeArena
from codearena.tasks.baseline import Baseline
from codearena.tasks.record import to_record
from codearena.tasks.task import Task

_AT_ONCE = 8


async def with_baselines(arena: AsyncCodeArena, tasks: Sequence[Task]) -> list[Task]:
    """The tasks, with what a reset shows of each in its certificate. They need not be served.

    Raises:
        ServiceError: we failed, though it was tried again.
    """
    places = asyncio.Semaphore(_AT_ONCE)

    async def with_its(task: Task) -> Task:
        async with places:
            seen = await _baseline(arena, task)
        told = None if seen is None else seen.model_dump()
        return task.model_copy(update={"certificate": {**(task.certificate or {}), "baseline": told}})

    return list(await asyncio.gather(*map(with_its, tasks)))


async def _baseline(arena: AsyncCodeArena, task: Task) -> Baseline | None:
    """None: the task asks for more than one that comes with a request may have, or nobody knows by whom it was run."""
    try:
        answer = await arena.reset(_uncertified(task))
    except CallerError:
        return None
    seen, seal = answer.observation, answer.info.baseline_seal
    if seal is None:
        return None
    return Baseline(error_log=seen.error_log, test_results=seen.test_results, hint=seen.hint, seal=seal)


def _uncertified(task: Task) -> Mapping[str, object]:
    return to_record(task.model_copy(update={"certificate": None}))
