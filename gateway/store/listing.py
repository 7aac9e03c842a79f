"""Reads for lists: where episodes stand, which agents there are, and what is counted of tasks."""

from collections.abc import Mapping, Sequence
from typing import cast

from redis.asyncio import Redis

from codearena.tasks.task import Level
from gateway.store.keys import Keys
from gateway.store.records import AgentRecord, EpisodeHead
from gateway.store.translated import translated

_Scored = list[tuple[bytes, float]]

_HEAD = ("attempt_id", "step", "max_steps", "done", "created_ms", "best_reward")
_OF_TASK = ("steps", "reward", "episodes", "solved", "final")


class Listing:
    """Every method raises StoreError if Redis does not answer in time or refuses."""

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys

    async def heads(self, episode_ids: Sequence[str]) -> list[EpisodeHead | None]:
        """Where each of them stands; None: it has expired."""
        async with translated(), self._redis.pipeline(transaction=False) as pipe:
            for episode_id in episode_ids:
                pipe.hmget(self._keys.episode(episode_id).record, _HEAD)
            found = await pipe.execute() if episode_ids else []
        return [_head(values) for values in found]

    async def agent_ids(self, owner: str) -> list[tuple[str, int]]:
        """The owner's agents, each with when it took its last step, in ms since the epoch; the latest first."""
        async with translated():
            key = self._keys.agents_of(owner)
            found = cast("_Scored", await self._redis.zrevrange(key, 0, -1, withscores=True))
        return [(name.decode(), int(at_ms)) for name, at_ms in found]

    async def agents(self, seen: Sequence[tuple[str, int]]) -> list[AgentRecord]:
        """What is known of each; of one that only evaluates, or is new, the level is the lowest."""
        async with translated(), self._redis.pipeline(transaction=False) as pipe:
            for agent_id, _ in seen:
                pipe.hget(self._keys.curriculum(agent_id), "level")
                pipe.hgetall(self._keys.agent(agent_id))
            found = await pipe.execute() if seen else []
        return [
            AgentRecord(agent_id, last_ms, Level(level.decode()) if level else Level.EASY, _counts(counts))
            for (agent_id, last_ms), level, counts in zip(seen, found[::2], found[1::2], strict=True)
        ]

    async def task_counts(self, task_ids: Sequence[str]) -> tuple[list[Mapping[str, int]], int]:
        """What /stats counts of each task, empty if nothing; and of how many tasks it tells."""
        names = [f"task/{task_id}/{counter}" for task_id in task_ids for counter in _OF_TASK]
        async with translated():
            tasks, *found = await self._redis.hmget(self._keys.stats, ["tasks", *names])
        rows = [found[place : place + len(_OF_TASK)] for place in range(0, len(found), len(_OF_TASK))]
        counts: list[Mapping[str, int]] = [
            {name: int(value) for name, value in zip(_OF_TASK, row, strict=True) if value} for row in rows
        ]
        return counts, int(tasks or 0)


def _counts(fields: Mapping[bytes, bytes]) -> Mapping[str, int]:
    return {name.decode(): int(count) for name, count in fields.items()}


def _head(values: Sequence[bytes | None]) -> EpisodeHead | None:
    attempt_id, step, max_steps, done, created_ms, best_reward = values
    if step is None or max_steps is None or created_ms is None:
        return None
    best = None if best_reward is None else float(best_reward)
    return EpisodeHead((attempt_id or b"").decode(), int(step), int(max_steps), done == b"1", int(created_ms), best)
