"""Episodes where their keys are spread over a cluster: an episode is in one slot, its agent and the events in others.

A step is atomic in the episode's slot, where it is posted for the others, too (relay.py). Two round trips, one after
the other, make it whole; whatever happens between them, it is whole once.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import cast

from redis.asyncio import Redis
from redis.commands.core import AsyncScript

from gateway.settings import Settings
from gateway.store.commit import commit_args, episode_keys, to_answer
from gateway.store.keys import Keys
from gateway.store.records import Answer, CommitResult, EpisodeRecord, StepCommit
from gateway.store.relay import Entry, Relay
from gateway.store.translated import translated


class SpreadCommits:
    """Commits, and creates, of which `Store.create` tells. script: makes one of those of that name, joined."""

    def __init__(
        self,
        settings: Settings,
        redis: Redis,
        keys: Keys,
        relay: Relay,
        script: Callable[[Sequence[str]], AsyncScript],
    ) -> None:
        self._settings = settings
        self._redis = redis
        self._keys = keys
        self._relay = relay
        self._commit = script(["take_step.lua", "commit_and_post.lua"])
        self._create = script(["make_episode.lua", "create_and_post.lua"])

    async def commit(self, step: StepCommit) -> tuple[CommitResult, Answer | None]:
        """As Commits.commit. What the agent is to have of the step it has then, if its shard is there."""
        part, args = self._keys.slice_of(step.episode.episode_id), commit_args(step, self._settings)
        agent_id = step.episode.agent_id
        async with translated():
            result, answer, *told = await self._commit(
                keys=[*episode_keys(step.episode.episode_id, self._keys), self._keys.outbox(part)],
                args=[*args, agent_id],
            )
        if told:
            posted, waiting = told
            fields, _, _, source, event = args
            entry = Entry(posted, b"step", agent_id, fields, source, event) if posted else None
            await asyncio.gather(self._relay.deliver(part, entry, waiting), self._keep_basis(step))
        return CommitResult(result.decode()), to_answer(answer)

    async def create(self, episode: EpisodeRecord, fields: Sequence[str | int | bytes], event: bytes) -> list[bytes]:
        """Fields and values of the episode that is there then. fields: the same of the one to be made."""
        part, ttl_s = self._keys.slice_of(episode.episode_id), self._settings.episode_ttl_s
        async with translated():
            posted, waiting, made = await self._create(
                keys=[*episode_keys(episode.episode_id, self._keys), self._keys.outbox(part)],
                args=[episode.episode_id, episode.request_id, ttl_s, event, *fields],
            )
        entry = Entry(posted, b"reset", "", b"", b"", event) if posted else None
        await self._relay.deliver(part, entry, waiting)
        return cast("list[bytes]", made)

    async def make_last(self, episode: EpisodeRecord) -> None:
        """Makes it the agent's last."""
        key = self._keys.last(episode.agent_id)
        async with translated():
            await self._redis.set(key, episode.episode_id, ex=self._settings.episode_ttl_s)

    async def last(self, agent_id: str) -> str | None:
        """Id of the agent's last."""
        async with translated():
            found = cast("bytes | None", await self._redis.get(self._keys.last(agent_id)))
        return None if found is None else found.decode()

    async def _keep_basis(self, step: StepCommit) -> None:
        """As long as the attempt, and longer than any that was graded by it before."""
        key, ttl_s = self._keys.basis(step.basis_revision), self._settings.episode_ttl_s
        async with translated():
            if not await self._redis.expire(key, ttl_s):  # once for every revision of a task
                await self._redis.set(key, step.basis, ex=ttl_s)
