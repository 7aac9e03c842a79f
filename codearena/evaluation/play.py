"""Plays the episodes of an evaluation, several at once."""

import asyncio
import hashlib
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from codearena.errors import BodyTooLargeError, CallerError, CodeArenaError
from codearena.evaluation.agents import Agent, AgentError, Proposal
from codearena.evaluation.records import StepRecord, Trajectory, Use
from codearena.models import StepResponse, TaskSummary
from codearena.sdk.async_client import AsyncCodeArena

log = logging.getLogger(__name__)

_UNIT_SEED_BITS = 31
_CUT_CHARS = 80 * 1024
"""What is left of a source that the service does not even take: more than it compiles, less than it refuses to read."""


@dataclass(frozen=True)
class Unit:
    """One episode to be played. episode: its number among those of the task, from 0."""

    task: TaskSummary
    episode: int
    seed: int
    episode_id: str


def units(tasks: Sequence[TaskSummary], episodes: int, seed: int, run_id: str) -> list[Unit]:
    """Every episode of a run, a round of all tasks after the other.

    What an episode is does not depend on which others are played: its seed and id come from its own name in the run.
    """
    return [
        Unit(task, number, _seed_of(seed, task.id, number), f"{run_id}-{task.id}-{number}")
        for number in range(episodes)
        for task in tasks
    ]


def _seed_of(seed: int, task_id: str, number: int) -> int:
    digest = hashlib.sha256(f"{seed}/{task_id}/{number}".encode()).digest()
    return int.from_bytes(digest[:4], "big") % (1 << _UNIT_SEED_BITS)


async def play(
    arena: AsyncCodeArena,
    agent: Agent,
    todo: Iterable[Unit],
    concurrency: int,
    ended: Callable[[Trajectory], None],
) -> None:
    """Plays each unit to its end; tells of each as soon as it has ended.

    A failure of the agent, or of the service after it has been tried again, ends the episode it happened in with that
    error, and the others go on. What `ended` raises ends the run.
    """
    waiting = iter(todo)

    async def worker() -> None:
        for unit in waiting:
            ended(await _episode(arena, agent, unit))

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(concurrency):
                group.create_task(worker())
    except ExceptionGroup as failures:  # of one kind: what one worker met, the others would
        raise failures.exceptions[0] from failures


async def _episode(arena: AsyncCodeArena, agent: Agent, unit: Unit) -> Trajectory:
    steps: list[StepRecord] = []
    max_steps = unit.task.max_steps
    try:
        answer = await arena.reset(unit.task.id, seed=unit.seed, episode_id=unit.episode_id)
        max_steps = answer.observation.max_steps
        while not answer.done:
            number = len(steps) + 1
            try:
                proposal = await agent.propose(answer.observation, answer.reward, unit.seed)
            except AgentError as error:
                steps.append(_broken(number, f"agent: {error}"))
                break
            proposal, answer = await _step(arena, proposal, unit.episode_id)
            steps.append(_taken(number, proposal, answer))
    except CodeArenaError as error:
        whose = "request" if isinstance(error, CallerError) else "service"
        steps.append(_broken(len(steps) + 1, f"{whose}: {error.detail}"))
    except Exception as error:  # the episode's top: a defect costs this episode, and its traceback is in the log
        log.exception("defect in episode %s", unit.episode_id)
        steps.append(_broken(len(steps) + 1, f"defect: {type(error).__name__}: {error}"))
    return Trajectory(
        task_id=unit.task.id,
        category=unit.task.category,
        level=unit.task.difficulty,
        episode=unit.episode,
        seed=unit.seed,
        episode_id=unit.episode_id,
        max_steps=max_steps,
        steps=tuple(steps),
    )


async def _step(arena: AsyncCodeArena, proposal: Proposal, episode_id: str) -> tuple[Proposal, StepResponse]:
    """The answer, and what was sent. An agent that writes too much has failed, and its episode does not break off."""
    try:
        return proposal, await arena.step(proposal.source, episode_id=episode_id)
    except BodyTooLargeError:
        cut = replace(proposal, source=proposal.source[:_CUT_CHARS])
        return cut, await arena.step(cut.source, episode_id=episode_id)


def _taken(number: int, proposal: Proposal, answer: StepResponse) -> StepRecord:
    return StepRecord(
        step=number,
        timestamp=_now(),
        proposed_fix=proposal.source,
        use=proposal.use,
        answer=answer,
        no_answer=proposal.no_answer,
    )


def _broken(number: int, error: str) -> StepRecord:
    return StepRecord(step=number, timestamp=_now(), proposed_fix=None, use=Use(method=""), answer=None, error=error)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
