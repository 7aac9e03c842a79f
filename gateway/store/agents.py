"""What the store knows of agents: their memory and their curriculum. Both are written by the commit of a step."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import redis.asyncio as aioredis
from redis.commands.core import AsyncScript

from codearena.tasks.task import Level
from gateway.settings import Settings
from gateway.store.keys import Keys
from gateway.store.records import BestRecord, CurriculumRecord, FailureRecord, MemoryRecord, MoveRecord, TaskRecord
from gateway.store.together import Together, flat_pairs
from gateway.store.translated import pairs, translated

_Fields = Mapping[bytes, bytes]


@dataclass(frozen=True)
class ChoiceInputs:
    """What the choice of a task depends on. group_task: chosen already, for the group; number: of this choice."""

    group_task: str | None
    number: int
    curriculum: CurriculumRecord


class Agents:
    """Every method raises StoreError if Redis does not answer in time or refuses."""

    def __init__(
        self,
        settings: Settings,
        connection: aioredis.Redis,
        keys: Keys,
        together: Together,
        script: Callable[[Sequence[str]], AsyncScript],
    ) -> None:
        self._settings = settings
        self._redis = connection
        self._keys = keys
        self._number_choice = script(["number_choice.lua"])
        self._issue_task = script(["curriculum.lua", "issue_task.lua"])
        self._together = together

    async def curriculum(self, agent_id: str) -> CurriculumRecord:
        """Where the agent stands; a new one is at the lowest level."""
        async with translated():
            fields = cast("_Fields", await self._redis.hgetall(self._keys.curriculum(agent_id)))
        return to_curriculum(fields)

    async def choice_inputs(self, agent_id: str, group_id: str | None, *, numbered: bool) -> ChoiceInputs:
        """What to choose the agent's next task by. A group that has its task gets it, and no number is used up.

        Without a number only the agent's level is read.
        """
        args = [int(group_id is not None), int(numbered), self._settings.agent_ttl_s]
        async with translated():
            task, number, fields = await self._number_choice(keys=self._choice_keys(agent_id, group_id), args=args)
        return ChoiceInputs(task.decode() or None, number, to_curriculum(pairs(fields)))

    async def issue(self, agent_id: str, group_id: str | None, task_id: str, number: int | None) -> str:
        """Notes the task chosen, and returns the one that stands: a group's first. number: None: it has none."""
        args: list[str | int] = [int(group_id is not None), task_id, "" if number is None else number]
        settings = self._settings
        limits = [settings.episode_ttl_s, settings.agent_ttl_s, settings.curriculum_tasks]
        async with translated():
            stands = await self._issue_task(keys=self._choice_keys(agent_id, group_id), args=[*args, *limits])
        return cast("bytes", stands).decode()

    def _choice_keys(self, agent_id: str, group_id: str | None) -> list[str]:
        curriculum = self._keys.curriculum(agent_id)
        return [curriculum, curriculum if group_id is None else self._keys.group(agent_id, group_id)]

    async def memory(self, agent_id: str, task_id: str | None = None) -> MemoryRecord:
        """All that is remembered; of a task, if one is named, with the source, and of best attempts only that."""
        if task_id is not None:
            return await self._memory_of(agent_id, task_id)
        keys = self._keys.memory(agent_id)
        async with translated():
            failures, best = await self._together.run(("HGETALL", keys.failures), ("HGETALL", keys.best))
        return MemoryRecord(_to_best(flat_pairs(best)), _to_failures(flat_pairs(failures)), {})

    async def _memory_of(self, agent_id: str, task_id: str) -> MemoryRecord:
        keys = self._keys.memory(agent_id)
        asked = ("HMGET", keys.best, f"revision:{task_id}", f"best:{task_id}")
        source = ("HGET", keys.sources, task_id)
        async with translated():
            failures, found, kept = await self._together.run(("HGETALL", keys.failures), asked, source)
        revision, body = cast("list[bytes | None]", found)
        best = {task_id: BestRecord(revision.decode(), body)} if revision is not None and body is not None else {}
        sources = {task_id: kept} if isinstance(kept, bytes) else {}
        return MemoryRecord(best, _to_failures(flat_pairs(failures)), sources)


def _by_kind(fields: _Fields, kind: bytes) -> dict[str, bytes]:
    """Of fields named kind:id, those of the kind, by id."""
    return {name[len(kind) :].decode(): value for name, value in fields.items() if name.startswith(kind)}


def _to_best(fields: _Fields) -> dict[str, BestRecord]:
    revisions = _by_kind(fields, b"revision:")
    return {task: BestRecord(revisions[task].decode(), body) for task, body in _by_kind(fields, b"best:").items()}


def _to_failures(fields: _Fields) -> tuple[FailureRecord, ...]:
    counts = _by_kind(fields, b"count:")
    return tuple(FailureRecord(int(counts[name]), body) for name, body in _by_kind(fields, b"last:").items())


def to_curriculum(fields: _Fields) -> CurriculumRecord:
    """Of the fields that the scripts keep."""
    known, chosen = _by_kind(fields, b"task:"), _by_kind(fields, b"drawn:")
    tasks = {task: _to_task(known.get(task, b"0 0 0 0 0"), int(chosen.get(task, 0))) for task in {*known, *chosen}}
    return CurriculumRecord(
        level=Level(fields.get(b"level", Level.EASY.value.encode()).decode()),
        window=tuple(float(reward) for reward in fields.get(b"window", b"").split()),
        moves=tuple(_to_move(move) for move in fields.get(b"moves", b"").decode().split()),
        episodes=int(fields.get(b"episodes", 0)),
        rewards=int(fields.get(b"rewards", 0)) / 1_000_000,
        choices=int(fields.get(b"draws", 0)),
        tasks=tasks,
    )


def _to_task(text: bytes, chosen: int) -> TaskRecord:
    episodes, solved, unsolved, fast, slow = text.split()
    return TaskRecord(int(episodes), float(solved), float(unsolved), float(fast), float(slow), chosen)


def _to_move(text: str) -> MoveRecord:
    time_ms, before, after, mean = text.split("/")
    return MoveRecord(int(time_ms), Level(before), Level(after), float(mean))
