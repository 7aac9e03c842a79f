"""Opens Redis, reads and makes episodes; other modules of this package do what they are named after.

A step costs one round trip to read and one to commit. Every script may be sent again by the client when a connection
breaks, so each one is idempotent: a commit knows its own attempt id, and a creation makes what it finds.
"""

import asyncio
import dataclasses
from collections.abc import Mapping, Sequence
from importlib import resources
from typing import Self, cast

import redis.asyncio as aioredis
from pydantic import TypeAdapter
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialWithJitterBackoff
from redis.commands.core import AsyncScript

from codearena.v1 import store_pb2
from gateway.settings import Settings
from gateway.store.agents import Agents
from gateway.store.api_keys import ApiKeys
from gateway.store.baselines import BaselineRecords
from gateway.store.bulk import BulkStore
from gateway.store.commit import SCRIPTS, Commits, StepCommits, episode_keys, to_answer
from gateway.store.connection import connected
from gateway.store.events import EventLog
from gateway.store.keys import Keys
from gateway.store.listing import Listing
from gateway.store.records import EpisodeRecord, Snapshot
from gateway.store.relay import Relay
from gateway.store.sent_tasks import SentTasks
from gateway.store.series import SeriesStore
from gateway.store.sessions import SessionRecords
from gateway.store.spread import SpreadCommits
from gateway.store.together import Together, Word, flat_pairs
from gateway.store.translated import pairs, translated
from gateway.store.verdicts import VerdictRecords

_RETRIES, _RETRY_BASE_S, _RETRY_CAP_S = 2, 0.05, 0.5


class Store:
    """Episodes, their attempts, and what is kept of agents.

    Every method raises StoreError if Redis does not answer in time or refuses; what it was to change may then have
    changed or not, and sending the same again is safe.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._keys = Keys.of(settings)
        retry = Retry(ExponentialWithJitterBackoff(base=_RETRY_BASE_S, cap=_RETRY_CAP_S), _RETRIES)
        self._redis = connected(settings, settings.redis_connections, retry=retry)
        self._together = Together(self._script)
        self.sessions = SessionRecords(self._redis, self._keys, self._together, settings.session_idle_s)
        self.api_keys = ApiKeys(self._redis, self._keys)
        self.verdicts = VerdictRecords(self._redis, self._keys, settings.group_verdicts_kept_s)
        self.baselines = BaselineRecords(self._redis, self._keys)
        self.sent_tasks = SentTasks(settings, self._redis, self._keys, self._together, self._script)
        self.events = EventLog(settings)
        self.listing = Listing(self._redis, self._keys)
        self.series = SeriesStore(settings, self._redis, self._keys, self._script(["add_counts.lua"]))
        self.bulk = BulkStore(settings, self._redis, self._keys, self._script)
        self.agents = Agents(settings, self._redis, self._keys, self._together, self._script)
        self._relay = Relay(settings, self._redis, self._keys, self._script)
        self._spread = (
            SpreadCommits(settings, self._redis, self._keys, self._relay, self._script) if self._keys.spread else None
        )
        whole = StepCommits(settings, self._redis, self._keys, self._script(SCRIPTS))
        self.steps: Commits = self._spread or whole
        self._create_episode = self._script(["make_episode.lua", "create_episode.lua"])
        self._read_last = self._script(["read_last.lua"])
        self._note_group = self._script(["note_group.lua"])

    def _script(self, names: Sequence[str]) -> AsyncScript:
        folder = resources.files("gateway.store").joinpath("scripts")
        return self._redis.register_script("\n".join(folder.joinpath(name).read_text("utf-8") for name in names))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._relay.settled()
        await self.events.close()
        await self._redis.aclose()

    @property
    def client(self) -> aioredis.Redis:
        """For the other modules of this package."""
        return self._redis

    async def ping(self) -> None:
        """Raises StoreError if Redis does not answer."""
        async with translated():
            await self._redis.ping()

    async def create(self, episode: EpisodeRecord, event: bytes, *, private: bool = False) -> EpisodeRecord:
        """Makes the episode, and, unless it is private, its agent's last one of it.

        Returns the one that is there, after a retry the one as it stands.
        """
        fields = _to_fields(episode)
        if self._spread is not None:
            made = await self._spread.create(episode, fields, event)
            if not private:
                await self._spread.make_last(episode)
            return _to_episode(episode.episode_id, pairs(made))
        kept: list[str | int | bytes] = [self._settings.episode_ttl_s, event, self._settings.events_kept]
        others = [self._keys.events, self._keys.last(episode.agent_id)]
        async with translated():
            there = await self._create_episode(
                keys=[*episode_keys(episode.episode_id, self._keys), *others],
                args=[episode.episode_id, episode.request_id, *kept, int(private), *fields],
            )
        return _to_episode(episode.episode_id, pairs(there))

    async def read(self, episode_id: str, request_id: str = "") -> Snapshot | None:
        """The episode, and what the request id has been answered already; None: no such episode."""
        keys = self._keys.episode(episode_id)
        async with translated(), self._redis.pipeline(transaction=False) as pipe:
            pipe.hgetall(keys.record)
            if request_id:
                pipe.hget(keys.answers, request_id)
            fields, answer = [*await pipe.execute(), None][:2]
        return _snapshot(episode_id, fields, answer)

    async def read_last(self, agent_id: str, request_id: str = "") -> Snapshot | None:
        """As `read`, of the episode that the agent's latest reset started."""
        if self._spread is not None:
            last = await self._spread.last(agent_id)
            return None if last is None else await self.read(last, request_id)
        async with translated():
            found, fields, answer = await self._read_last(
                keys=[self._keys.last(agent_id)], args=[*self._keys.episode_prefixes, request_id]
            )
        return _snapshot(found.decode(), pairs(fields), answer)

    async def note_group(self, episode: EpisodeRecord, reward: float) -> tuple[int, int]:
        """1 if it is the second final reward of its group, else 0; the same of the first one that differs.

        Of no consequence for the episode, hence beside its commit.
        """
        key = self._keys.group_rewards(episode.agent_id, episode.group)
        async with translated():
            second, differs = await self._note_group(keys=[key], args=[repr(reward), self._settings.episode_ttl_s])
        return int(second), int(differs)

    async def attempts(self, episode_id: str) -> tuple[EpisodeRecord | None, list[bytes]]:
        """The episode with its StoredAttempt messages, oldest first."""
        keys = self._keys.episode(episode_id)
        # Together, so that the record's step and the number of attempts belong together.
        async with translated():
            record, attempts = await self._together.run(("HGETALL", keys.record), ("LRANGE", keys.attempts, 0, -1))
        if not record:
            return None, []
        episode = _to_episode(episode_id, flat_pairs(record))
        pairs = zip(cast("list[bytes]", attempts), episode.sources, strict=True)
        return episode, [_with_source(attempt, source) for attempt, source in pairs]

    async def stored(self, wanted: Sequence[tuple[str, int]]) -> list[bytes | None]:
        """StoredAttempt messages of those episodes and steps, in order; None: forgotten."""
        by_slice: dict[int, list[tuple[str, int]]] = {}
        for each in wanted:
            by_slice.setdefault(self._keys.slice_of(each[0]), []).append(each)
        parts = await asyncio.gather(*(self._stored_in_one(each) for each in by_slice.values()))
        found = {name: attempt for part in parts for name, attempt in part.items()}
        return [found[each] for each in wanted]

    async def _stored_in_one(self, wanted: Sequence[tuple[str, int]]) -> dict[tuple[str, int], bytes | None]:
        asked: list[Sequence[Word]] = []
        for episode_id, step in wanted:
            keys = self._keys.episode(episode_id)
            asked += [("LINDEX", keys.attempts, step - 1), ("HGET", keys.record, f"source:{step}")]
        # Together, so that an attempt and its source are of the same episode.
        async with translated():
            found = cast("list[bytes | None]", await self._together.run(*asked))
        pairs = zip(found[::2], found[1::2], strict=True)
        kept = [None if attempt is None else _with_source(attempt, source or b"") for attempt, source in pairs]
        return dict(zip(wanted, kept, strict=True))

    async def deliver_left(self) -> int:
        """Delivers what a gateway or a shard has left undelivered; how much still waits. Nothing, but in a cluster."""
        return await self._relay.deliver_left() if self._keys.spread else 0

    async def basis(self, revision: str) -> bytes | None:
        """The Basis message of that revision; None: forgotten."""
        async with translated():
            return cast("bytes | None", await self._redis.get(self._keys.basis(revision)))

    async def stats(self) -> tuple[dict[str, int], int | None]:
        """The counters of all steps, and when the first was counted, in ms since the epoch; None: none yet."""
        async with translated():
            fields = cast("Mapping[bytes, bytes]", await self._redis.hgetall(self._keys.stats))
        counts = {name.decode(): int(count) for name, count in fields.items() if b"/" in name}
        return counts, int(fields[b"since_ms"]) if fields else None


def _with_source(attempt: bytes, source: bytes) -> bytes:
    """The StoredAttempt with its source, which is kept with the episode: messages one after the other are merged."""
    return attempt + store_pb2.StoredAttempt(source=source).SerializeToString()


def _snapshot(episode_id: str, fields: Mapping[bytes, bytes], answer: bytes | None) -> Snapshot | None:
    if not fields:
        return None
    return Snapshot(_to_episode(episode_id, fields), to_answer(answer))


_BY_COMMITS = ("step", "done", "reward", "best_reward", "identities", "sources")
_MADE = [each.name for each in dataclasses.fields(EpisodeRecord) if each.name not in ("episode_id", *_BY_COMMITS)]
"""What a new episode has for good; the commit script writes the others."""
_EPISODE = TypeAdapter(EpisodeRecord)


def _to_fields(episode: EpisodeRecord) -> list[str | int | bytes]:
    """Names and values of a new episode."""
    return [part for name in _MADE for part in (name, getattr(episode, name))] + ["step", 0, "done", 0]


def _to_episode(episode_id: str, fields: Mapping[bytes, bytes]) -> EpisodeRecord:
    steps = range(1, int(fields[b"step"]) + 1)
    sources = {b"memory_source", b"task", *(b"source:%d" % number for number in steps)}
    texts = {name.decode(): value.decode() for name, value in fields.items() if name not in sources}
    whole = {
        "episode_id": episode_id,
        "memory_source": fields.get(b"memory_source", b""),
        "task": fields.get(b"task", b""),
        "identities": [texts[f"identity:{number}"] for number in steps],
        "sources": [fields[b"source:%d" % number] for number in steps],
    }
    return _EPISODE.validate_python(texts | whole)
