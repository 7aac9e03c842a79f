"""The commit of a step: what its script is given, and what that answers."""

from typing import Protocol

import orjson
from redis.asyncio import Redis
from redis.commands.core import AsyncScript

from codearena.tasks.task import Level
from gateway import metrics
from gateway.settings import Settings
from gateway.store.keys import Keys
from gateway.store.records import Answer, CommitResult, Partition, StepCommit
from gateway.store.translated import translated

SCRIPTS = ("stats.lua", "memory.lua", "curriculum.lua", "teach.lua", "take_step.lua", "commit_step.lua")
"""Joined in this order: the last one calls what the others define."""

SENT = "(sent)"
"""Stands in the statistics for every task that came with a request; no task's id has parentheses."""
_FINGERPRINT_CHARS = 64  # SHA-256, hex
_AS_GIVEN = (
    *("attempt_id", "request_id", "identity", "done", "solved", "task_revision", "best", "failure_id", "failure"),
    *("counts", "now_ms"),
)
_SETTINGS = (
    *("episode_ttl_s", "agent_ttl_s", "events_kept", "curriculum_window", "curriculum_up_above"),
    *("curriculum_down_below", "curriculum_forgetting", "curriculum_fast", "curriculum_slow", "curriculum_tasks"),
)
"""Both: by the names that the script knows them by, too."""


class Commits(Protocol):
    """Commits steps, in the one layout of the keys or the other."""

    async def commit(self, step: StepCommit) -> tuple[CommitResult, Answer | None]:
        """Commits the step, if the episode still stands where `step.episode` says.

        Raises StoreError if Redis does not answer: the step is committed or not, and may be sent again.
        """


class StepCommits:
    """Where all keys are in one slot. script: of the SCRIPTS."""

    def __init__(self, settings: Settings, redis: Redis, keys: Keys, script: AsyncScript) -> None:
        self._settings = settings
        self._redis = redis
        self._keys = keys
        self._script = script

    async def commit(self, step: StepCommit) -> tuple[CommitResult, Answer | None]:
        async with translated():
            result, answer, *told = await self._script(
                keys=commit_keys(step, self._keys), args=commit_args(step, self._settings)
            )
            there, moved = told or (1, 0)
            if not there:  # once for every revision of a task, however many steps it is for
                key = self._keys.basis(step.basis_revision)
                await self._redis.set(key, step.basis, ex=self._settings.episode_ttl_s)
        count_move(moved)
        return CommitResult(result.decode()), to_answer(answer)


def count_move(levels: int) -> None:
    """An agent moved by so many."""
    if levels:
        metrics.MOVES.labels("up" if levels > 0 else "down").inc()


def to_answer(stored: bytes | None) -> Answer | None:
    """What a request id has been answered, as the script keeps it."""
    if not stored:
        return None
    return Answer(stored[:_FINGERPRINT_CHARS].decode(), stored[_FINGERPRINT_CHARS:])


def commit_keys(step: StepCommit, keys: Keys) -> list[str]:
    """Every key that the commit of the step may touch, in the script's order."""
    common = [keys.basis(step.basis_revision), keys.events, keys.stats]
    return [*episode_keys(step.episode.episode_id, keys), *common, *agent_keys(step.episode.agent_id, keys)]


def episode_keys(episode_id: str, keys: Keys) -> list[str]:
    """As take_step.lua and make_episode.lua have them."""
    episode = keys.episode(episode_id)
    return [episode.record, episode.attempts, episode.answers]


def agent_keys(agent_id: str, keys: Keys) -> list[str]:
    """As teach.lua has them."""
    memory = keys.memory(agent_id)
    remembered = [memory.best, memory.sources, memory.failures, memory.failure_order]
    return [keys.curriculum(agent_id), keys.last(agent_id), *remembered]


def commit_args(step: StepCommit, settings: Settings) -> list[bytes]:
    """What may be long or no text goes beside the JSON, so that nothing is encoded twice."""
    answer = step.answer.fingerprint.encode() + step.answer.body if step.request_id else b""
    return [orjson.dumps(_fields(step) | _limits(settings)), answer, step.attempt, step.source, step.event]


def _fields(step: StepCommit) -> dict[str, object]:
    return {name: getattr(step, name) for name in _AS_GIVEN} | {
        "nonce": step.episode.nonce,
        "step_before": step.episode.step,
        "reward": repr(step.reward),  # text: as it is given, it is kept and read back
        "task_id": step.episode.task_id,
        "words": {"method": step.method, **_told_apart(step)},
        "level": step.episode.level.value,
        "learns": step.episode.partition is Partition.TRAIN,
    }


def _told_apart(step: StepCommit) -> dict[str, str]:
    """What everybody's statistics call the task: of those that somebody has sent only that they were."""
    if step.episode.task:
        return {"task": SENT, "category": SENT}
    return {"task": step.episode.task_id, "category": step.category}


def _limits(settings: Settings) -> dict[str, object]:
    return {name: getattr(settings, name) for name in _SETTINGS} | {
        "words_kept": {
            "method": settings.stats_methods,
            "task": settings.stats_tasks,
            "category": settings.stats_tasks,
        },
        "failures_kept": settings.memory_failures,
        "levels": [level.value for level in Level],
    }
