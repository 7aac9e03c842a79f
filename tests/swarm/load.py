"""A steady load, whatever becomes of what it is put on: episodes begin at a fixed pace, and answers have times."""

import asyncio
import json
import os
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from codearena import AsyncCodeArena
from gateway.access import caller as callers
from tests.integration.playing import (
    MAX_STEPS,
    TASKS,
    Arrivals,
    Play,
    assert_each_step_exactly_once,
    play,
    unsolved_fixes,
)
from tests.integration.waiting import until
from tests.swarm.stack import Stack

TASK = TASKS["security_bugs-2"]
_WINDOW_S = 5.0
_BACK = 0.9
"""Part of the pace that counts as all of it: a few answers fall into the next window."""
_REPORT = os.environ.get("CODEARENA_TESTS_SWARM_REPORT")


@dataclass
class Load:
    """attempts_per_s: the pace. answered_s: when each step was answered, monotonic, in order; waits_s: for how long
    each was waited for.
    """

    arena: AsyncCodeArena
    attempts_per_s: float
    answered_s: list[float] = field(default_factory=list)
    waits_s: list[float] = field(default_factory=list)
    plays: "list[asyncio.Task[Play]]" = field(default_factory=list)
    started_s: float = field(default_factory=time.monotonic)

    async def keep_up(self) -> None:
        """Begins episodes at the pace until it is cancelled."""
        period_s, fixes = MAX_STEPS / self.attempts_per_s, unsolved_fixes(TASK)
        while True:
            number = len(self.plays)
            self.plays.append(asyncio.create_task(play(self.arena, TASK.id, fixes, _Timed(self))))
            await asyncio.sleep(self.started_s + (number + 1) * period_s - time.monotonic())  # the pace itself

    def rate(self, since_s: float, window_s: float = _WINDOW_S) -> float:
        """Answers a second in the window that begins then."""
        return sum(since_s <= at_s < since_s + window_s for at_s in self.answered_s) / window_s

    async def until_steady(self) -> None:
        """Returns when it is answered as fast as it is sent."""

        async def steady() -> bool:
            return self.rate(time.monotonic() - _WINDOW_S) >= _BACK * self.attempts_per_s

        await until(steady, "the load is answered as fast as it comes")

    async def back_after_s(self, fault_s: float, watched_s: float) -> float:
        """Waits until it is answered as fast as it is sent again; how long after the fault that began.

        That is where the first window of so many answers begins which no slower one follows, as long as it is watched.
        """
        await until(lambda: _is_past(fault_s + watched_s), "what follows can be seen", watched_s + _WINDOW_S)
        await self.until_steady()
        now_s = time.monotonic()
        begins = [at_s for at_s in self.answered_s if fault_s <= at_s <= now_s - _WINDOW_S]
        slow = [at_s for at_s in begins if self.rate(at_s) < _BACK * self.attempts_per_s]
        if not slow:
            return 0.0
        return next((at_s for at_s in begins if at_s > slow[-1]), now_s - _WINDOW_S) - fault_s


async def _is_past(moment_s: float) -> bool:
    return time.monotonic() >= moment_s


class _Timed(Arrivals):
    """Notes when the answers of an episode come."""

    def __init__(self, load: Load) -> None:
        super().__init__()
        self._load = load
        self._last_s = time.monotonic()

    async def one_more(self) -> None:
        now_s = time.monotonic()
        self._load.answered_s.append(now_s)
        self._load.waits_s.append(now_s - self._last_s)
        self._last_s = now_s
        await super().one_more()


@asynccontextmanager
async def load(stack: Stack, arena: AsyncCodeArena, attempts_per_s: float) -> AsyncIterator[Load]:
    """Under way while entered. Then what was begun is played to its end, and each step must be there exactly once."""
    before = (await arena.stats()).total.steps
    running = Load(arena, attempts_per_s)
    pace = asyncio.create_task(running.keep_up())
    try:
        yield running
    finally:
        pace.cancel()
        played = await asyncio.gather(*running.plays)
    await assert_each_step_exactly_once(arena, played)
    assert (await arena.stats()).total.steps - before == sum(len(it.answers) for it in played)
    assert_the_trajectories_are(await asyncio.to_thread(stack.trajectories), played)
    for step in range(MAX_STEPS):  # and none is made up: the same attempt is worth the same
        assert len({it.answers[step].reward for it in played}) == 1


def assert_the_trajectories_are(lines: Sequence[dict[str, object]], played: Sequence[Play]) -> None:
    """Each step of each episode is one line, and one attempt of its own."""
    ours = {it.episode_id for it in played}
    found = [line | {"episode_id": callers.shown(str(line["episode_id"]))} for line in lines]
    found = [line for line in found if line["episode_id"] in ours]
    steps = Counter((line["episode_id"], line["step"]) for line in found)
    assert steps == Counter((it.episode_id, step) for it in played for step in range(1, len(it.fixes) + 1))
    assert len({line["attempt_id"] for line in found}) == len(found)


def report(what: str, **figures: float) -> None:
    """Adds a line to the file that CODEARENA_TESTS_SWARM_REPORT names, if it does."""
    if _REPORT:
        with Path(_REPORT).open("a", encoding="utf-8") as file:
            file.write(json.dumps({"what": what} | {name: round(value, 2) for name, value in figures.items()}) + "\n")
