"""Episodes as a trainer plays them: many at once, through the SDK, which sends again what got no answer."""

import asyncio
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from codearena import AsyncCodeArena
from codearena.models import StepResponse
from codearena.retry import RetryPolicy
from codearena.tasks.folder import load_tasks
from codearena.tasks.task import Task

ROOT = Path(__file__).parents[2]
TASKS = load_tasks(ROOT / "gateway" / "tasks")
ATTEMPTS = ROOT / "tests" / "attempts"
PATIENT = RetryPolicy(attempts=60, max_wait_s=2.0)
"""Outlasts a restart on a busy machine."""
MAX_STEPS = 5


@dataclass(frozen=True)
class Sample:
    """A source tried at a task. name: which one it is, in words."""

    task_id: str
    name: str
    source: str

    def __str__(self) -> str:
        return f"{self.task_id}-{self.name}"


def collected() -> list[Sample]:
    """Every attempt of tests/attempts but the hostile ones, which say what they try: see tests/exploits."""
    expectations = sorted(ATTEMPTS.glob("*/*/expect.yaml"))
    folders = [file.parent for file in expectations if "tries:" not in file.read_text("utf-8")]
    return [Sample(folder.parent.name, folder.name, (folder / "fix.py").read_text("utf-8")) for folder in folders]


def of_the_task(task: Task) -> list[Sample]:
    """The reference and the buggy code."""
    return [Sample(task.id, "reference", task.solution), Sample(task.id, "buggy", task.buggy)]


class Arrivals:
    """Counts answers, and lets those wait who want to act in the middle of things."""

    def __init__(self) -> None:
        self._count = 0
        self._changed = asyncio.Condition()

    async def one_more(self) -> None:
        async with self._changed:
            self._count += 1
            self._changed.notify_all()

    async def reached(self, count: int) -> None:
        """Returns when so many have come."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._count >= count)


@dataclass(frozen=True)
class Play:
    """An episode as its client saw it. fixes: as sent, in order; answers: one for each."""

    episode_id: str
    fixes: list[str]
    answers: list[StepResponse]


async def play(
    arena: AsyncCodeArena, task_id: str, fixes: Sequence[str], arrivals: Arrivals, group_id: str | None = None
) -> Play:
    """A whole episode; each answer counts in `arrivals`."""
    episode_id = uuid.uuid4().hex
    await arena.reset(task_id, episode_id=episode_id, group_id=group_id)
    answers = []
    for fix in fixes:
        answers.append(await arena.step(fix, episode_id=episode_id))
        await arrivals.one_more()
    return Play(episode_id, list(fixes), answers)


def unsolved_fixes(task: Task) -> list[str]:
    """Enough fixes that solve nothing to fill an episode, each told from the others by its comment."""
    return [f"{task.buggy}\n# step {number}\n" for number in range(1, MAX_STEPS + 1)]


async def assert_each_step_exactly_once(arena: AsyncCodeArena, plays: Sequence[Play]) -> None:
    """What the client was told, and what is stored, is every step it took, once and in order."""
    for it in plays:
        expected = list(range(1, len(it.fixes) + 1))
        assert [answer.observation.step for answer in it.answers] == expected
        episode = await arena.episode(it.episode_id)
        assert [attempt.step for attempt in episode.attempts] == expected
        assert [attempt.proposed_fix for attempt in episode.attempts] == it.fixes
        assert [attempt.verdict.reward for attempt in episode.attempts] == [answer.reward for answer in it.answers]
