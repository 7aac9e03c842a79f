"""What the curriculum does for learners of three kinds: how its levels move, and what choosing by progress saves.

    python -m benchmarks.curriculum [--runs N] [--plot FILE]

The learners are scripted (benchmarks/learners.py); the curriculum is the real one: every episode is chosen by the
gateway's choice and committed by its scripts in a Redis server of its own. An agent that learns by learning progress
is compared with one whose tasks are chosen evenly: by the episodes until its mean reward over all tasks is TARGET of
the way from where it began to where it could get. Each run has a seed, and gives the same numbers again.
"""

import argparse
import asyncio
import itertools
import random
import statistics
import tempfile
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import SecretStr
from rich.console import Console
from rich.table import Table

from benchmarks.learners import KINDS, TASKS, Learner
from codearena import models
from codearena.tasks.folder import load_tasks
from codearena.tasks.task import Level, Task
from gateway.agents.choice import Choice
from gateway.catalogue.catalogue import Catalogue
from gateway.local_redis import LocalRedis
from gateway.settings import Settings
from gateway.store.records import Answer, CommitResult, CurriculumRecord, EpisodeRecord, Partition, StepCommit
from gateway.store.redis import Store

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ROOT = Path(__file__).resolve().parent.parent
TARGET = 0.8
EVERY = 10  # episodes between two looks at the mean
MOST = 12_000
SHOWN = 1_500  # episodes whose levels are shown
_MEMORY = Path("/dev/shm")  # where there is one, so that no disk is waited for

Chooser = Callable[[], Awaitable[str]]


@dataclass(frozen=True)
class Curve:
    """The learner's mean after 0, EVERY, 2 * EVERY, ... episodes; reached: episodes until the target, None: never."""

    means: Sequence[float]
    reached: int | None


@dataclass(frozen=True)
class Climb:
    """An agent by the threshold rule: after each episode its level as the service has it, and as the rule says."""

    levels: Sequence[Level]
    expected: Sequence[Level]
    windows_agree: bool

    @property
    def moves(self) -> tuple[int, int]:
        """Up and down."""
        places = [list(Level).index(level) for level in self.levels]
        steps = [after - before for before, after in itertools.pairwise(places)]
        return steps.count(1), steps.count(-1)


class Arena:
    """The gateway's curriculum, with tasks in name only: TASKS of them, the hardest third on the highest level."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store, self._settings = store, settings
        self.tasks = _tasks()

    def choice(self, seed: int) -> Choice:
        return Choice(self._settings, self._store.agents, Catalogue.of(self.tasks), random.Random(seed))

    async def curriculum(self, agent_id: str) -> CurriculumRecord:
        return await self._store.agents.curriculum(agent_id)

    async def note(self, agent_id: str, task_id: str, solved: bool, reward: float) -> None:
        """An episode of one step, begun and finished."""
        task, episode_id = self.tasks[task_id], uuid.uuid4().hex
        episode = EpisodeRecord(episode_id, episode_id, task_id, task.revision, agent_id, task.level, 1, 0)
        episode = await self._store.create(episode, b"{}")
        step = StepCommit(
            episode=episode,
            attempt_id=episode_id,
            request_id="",
            answer=Answer("", b""),
            attempt=b"",
            source=b"",
            identity=episode_id,
            reward=reward,
            done=True,
            event=b"{}",
            now_ms=0,
            solved=solved,
            task_revision=task.revision,
        )
        result, _ = await self._store.steps.commit(step)
        assert result is CommitResult.COMMITTED


def _tasks() -> dict[str, Task]:
    plain, levels = load_tasks(ROOT / "gateway" / "tasks")["easy-1"], list(Level)
    names = [f"task-{number:02d}" for number in range(TASKS)]
    return {
        name: plain.model_copy(update={"id": name, "level": levels[at * len(levels) // TASKS]})
        for at, name in enumerate(names)
    }


async def by_progress(arena: Arena, kind: str, seed: int) -> Curve:
    """The learner whose tasks are chosen by learning progress."""
    learner, agent_id, choice = _learner(arena, kind, seed), uuid.uuid4().hex, arena.choice(seed)
    request = models.ResetRequest(agent_id=agent_id, strategy=models.Strategy.LEARNING_PROGRESS)

    async def choose() -> str:
        return (await choice.choose(request, Partition.TRAIN)).id

    async def note(task_id: str, solved: bool, reward: float) -> None:
        await arena.note(agent_id, task_id, solved, reward)

    return await _taught(learner, choose, note)


async def evenly(arena: Arena, kind: str, seed: int) -> Curve:
    """The same learner, with tasks chosen evenly."""
    rng, names = random.Random(seed), list(arena.tasks)

    async def choose() -> str:
        return rng.choice(names)

    async def note(task_id: str, solved: bool, reward: float) -> None:
        return None

    return await _taught(_learner(arena, kind, seed), choose, note)


async def by_threshold(arena: Arena, kind: str, seed: int, episodes: int) -> Climb:
    """The learner on the levels, beside a second account of the rule, which knows the rewards alone."""
    learner, agent_id, choice = _learner(arena, kind, seed), uuid.uuid4().hex, arena.choice(seed)
    request, rule = models.ResetRequest(agent_id=agent_id), Rule()
    levels, expected, agree = [Level.EASY], [Level.EASY], True
    for _ in range(episodes):
        task = await choice.choose(request, Partition.TRAIN)
        solved, reward = learner.play(task.id)
        await arena.note(agent_id, task.id, solved, reward)
        rule.note(task.level, reward)
        stands = await arena.curriculum(agent_id)
        agree = agree and list(stands.window) == rule.window
        levels.append(stands.level)
        expected.append(rule.level)
    return Climb(levels, expected, agree)


class Rule:
    """The threshold rule, written down a second time: the last 10 of the level; above 0.80 up, below 0.35 down."""

    def __init__(self) -> None:
        self.level = Level.EASY
        self.window: list[float] = []

    def note(self, level: Level, reward: float) -> None:
        """The final reward of an episode of that level."""
        if level is not self.level:
            return
        self.window = [*self.window, reward][-10:]
        mean, order = sum(self.window) / len(self.window), list(Level)
        at = order.index(self.level)
        moved = at + (mean > 0.80) - (mean < 0.35) if len(self.window) == 10 else at
        if moved != at and 0 <= moved < len(order):
            self.level, self.window = order[moved], []


def _learner(arena: Arena, kind: str, seed: int) -> Learner:
    return KINDS[kind](list(arena.tasks), random.Random(seed))


async def _taught(learner: Learner, choose: Chooser, note: Callable[[str, bool, float], Awaitable[None]]) -> Curve:
    """Until the target, which no learner is at before its last lapse."""
    means, goal = [learner.mean()], learner.mean() + TARGET * (learner.limit() - learner.mean())
    for number in range(1, MOST + 1):
        task_id = await choose()
        await note(task_id, *learner.play(task_id))
        if number % EVERY == 0:
            means.append(learner.mean())
            if means[-1] >= goal and number > max(learner.lapses, default=0):
                return Curve(means, number)
    return Curve(means, None)


@dataclass(frozen=True)
class Compared:
    """Runs of one kind of learner, by seed."""

    progress: Sequence[Curve]
    even: Sequence[Curve]

    @property
    def saving(self) -> float:
        """How many times as many episodes an even choice takes, on average; who never got there counts with MOST."""
        return _mean_reached(self.even) / _mean_reached(self.progress)


def _mean_reached(curves: Sequence[Curve]) -> float:
    return statistics.mean(curve.reached or MOST for curve in curves)


async def measure(redis_url: str, runs: int) -> tuple[Mapping[str, Compared], Mapping[str, Climb]]:
    """By kind of learner."""
    settings = Settings(redis_url=SecretStr(redis_url), redis_namespace=f"simulation-{uuid.uuid4().hex[:8]}")
    async with Store(settings) as store:
        arena, seeds = Arena(store, settings), range(runs)
        compared = {
            kind: Compared(
                [await by_progress(arena, kind, seed) for seed in seeds],
                [await evenly(arena, kind, seed) for seed in seeds],
            )
            for kind in KINDS
        }
        return compared, {kind: await by_threshold(arena, kind, 0, SHOWN) for kind in KINDS}


def show(compared: Mapping[str, Compared], climbs: Mapping[str, Climb]) -> None:
    table = Table("learner", "by progress", "evenly", "times as many", "moves up, down", "as the rule says")
    for kind, found in compared.items():
        climb = climbs[kind]
        told = climb.levels == climb.expected and climb.windows_agree
        episodes = [f"{_mean_reached(curves):.0f}" for curves in (found.progress, found.even)]
        table.add_row(kind, *episodes, f"{found.saving:.2f}", "{}, {}".format(*climb.moves), "yes" if told else "NO")
    Console().print(table)


def drawn(compared: Mapping[str, Compared], climbs: Mapping[str, Climb]) -> "Figure":
    """Mean rewards by episodes, by how tasks are chosen; below, the levels of the threshold rule."""
    from codearena.plots import labels, style  # only where a plot is asked for

    seeds = labels.span([len(curves) for found in compared.values() for curves in (found.progress, found.even)])
    note = f"Above: a line is a run, {seeds} for each learner and choice; it ends where the learner has learned"
    note += " four fifths of what it can. Factor: episodes of an even choice over those by progress. Below: one run."
    made = style.titled("Learners by the choice of their tasks", note, 9.5, 4.6)
    panels = made.subplots(2, len(compared), sharey="row", squeeze=False, height_ratios=(2, 1))
    looks = dict(zip(("by progress", "evenly"), style.series(2), strict=True))
    for (kind, found), above, below in zip(compared.items(), *panels, strict=True):
        for curves, look in zip((found.progress, found.even), looks.values(), strict=True):
            for curve in curves:
                above.plot(_xs(curve), curve.means, color=look.color, linestyle=look.dash, linewidth=1)
        above.set_title(f"{kind}: factor {found.saving:.2f}")
        levels = [list(Level).index(each) for each in climbs[kind].levels]
        below.step(range(len(levels)), levels, where="post", color=style.TEXT, linewidth=0.8)
        below.set_yticks(range(len(Level)), [level.value for level in Level])
        below.set_xlabel("episodes")
        style.unit_axis(above)
        style.count_axis(above, max(len(curve.means) for curve in (*found.progress, *found.even)) * EVERY, first=0)
        style.count_axis(below, len(levels), first=0)
    panels[0][0].set_ylabel("mean reward over all tasks")
    panels[1][0].set_ylabel("level, threshold rule")
    handles = [panels[0][0].plot([], [], color=look.color, linestyle=look.dash)[0] for look in looks.values()]
    style.legend(made, handles, list(looks), title="tasks chosen")
    return made


def plot(compared: Mapping[str, Compared], climbs: Mapping[str, Climb], path: Path) -> None:
    from codearena.plots import style

    with style.applied():
        drawn(compared, climbs).savefig(path)


def _xs(curve: Curve) -> Sequence[int]:
    return range(0, EVERY * len(curve.means), EVERY)


async def _measured(folder: Path, runs: int) -> tuple[Mapping[str, Compared], Mapping[str, Climb]]:
    redis = LocalRedis(folder)
    try:
        return await measure(await redis.start(), runs)
    finally:
        await redis.stop()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.curriculum", description=__doc__)
    parser.add_argument("--runs", type=int, default=5, help="seeds of each learner")
    parser.add_argument("--plot", type=Path, help="write a plot there")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=_MEMORY if _MEMORY.is_dir() else None) as folder:
        compared, climbs = asyncio.run(_measured(Path(folder), options.runs))
    show(compared, climbs)
    if options.plot:
        plot(compared, climbs, options.plot)


if __name__ == "__main__":
    main()
