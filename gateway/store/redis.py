"""Opens Redis, reads and makes episodes; other modules of this package do what they are named after.

A step costs one round trip to read and one to commit. Every script may be sent again by the client when a connection
breaks, so each one is idempotent: a commit knows its own attempt id, and a creation makes what it finds.
"""

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
from gateway.store.commit import SCRIPTS, StepCommits, to_answer
from gateway.store.events import EventLog
from gateway.store.keys import Keys
from gateway.store.listing import Listing
from gateway.store.records import EpisodeRecord, Snapshot
from gateway.store.sent_tasks import SentTasks
from gateway.store.series import SeriesStore
from gateway.store.sessions import SessionRecords
from gateway.store.translated import connected, pairs, translated
from gateway.store.verdicts import VerdictRecords

_RETRIES, _RETRY_BASE_S, _RETRY_CAP_S = 2, 0.05, 0.5


class Store:
    """Episodes, their attempts, and what is kept of agents.

    Every method raises StoreError if Redis does not answer in time or refuses; what it was to change may then have
    changed or not, and sending the same again is safe.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._keys = Keys(settings.redis_namespace)
        retry = Retry(ExponentialWithJitterBackoff(base=_RETRY_BASE_S, cap=_RETRY_CAP_S), _RETRIES)
        self._redis = connected(settings, settings.redis_connections, retry=retry)
        self.sessions = SessionRecords(self._redis, self._keys, settings.session_idle_s)
        self.api_keys = ApiKeys(self._redis, self._keys)
        self.verdicts = VerdictRecords(self._redis, self._keys, settings.group_verdicts_kept_s)
        self.baselines = BaselineRecords(self._redis, self._keys)
        self.sent_tasks = SentTasks(settings, self._redis, self._keys, self._script)
        self.events = EventLog(settings)
        self.listing = Listing(self._redis, self._keys)
        self.series = SeriesStore(settings, self._redis, self._keys, self._script(["add_counts.lua"]))
        self.bulk = BulkStore(settings, self._redis, self._keys, self._script)
        number = self._script(["number_choice.lua"])
        issue = self._script(["curriculum.lua", "issue_task.lua"])
        self.agents = Agents(settings, self._redis, self._keys, number, issue)
        self.steps = StepCommits(settings, self._redis, self._keys, self._script(SCRIPTS))
        self._create_episode = self._script(["create_episode.lua"])
        self._read_last = self._script(["read_last.lua"])
        self._note_group = self._script(["note_group.lua"])

    def _script(self, names: Sequence[str]) -> AsyncScript:
        folder = resources.files("gateway.store").joinpath("scripts")
        return self._redis.register_script("\n".join(folder.joinpath(name).read_text("utf-8") for name in names))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
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
        keys = self._keys.episode(episode.episode_id)
        limits = [self._settings.episode_ttl_s, self._settings.events_kept]
        async with translated():
            fields = await self._create_episode(
                keys=[keys.record, keys.attempts, keys.answers, self._keys.events, self._keys.last(episode.agent_id)],
                args=[episode.episode_id, episode.request_id, *limits, event, int(private), *_to_fields(episode)],
            )
        return _to_episode(episode.episode_id, pairs(fields))

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
        args = [self._keys.episode_prefix, self._keys.answers_prefix, request_id]
        async with translated():
            found, fields, answer = await self._read_last(keys=[self._keys.last(agent_id)], args=args)
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
        # A transaction, so that the record's step and the number of attempts belong together.
        async with translated(), self._redis.pipeline(transaction=True) as pipe:
            pipe.hgetall(keys.record)
            pipe.lrange(keys.attempts, 0, -1)
            fields, attempts = await pipe.execute()
        if not fields:
            return None, []
        episode = _to_episode(episode_id, fields)
        pairs = zip(attempts, episode.sources, strict=True)
        return episode, [_with_source(attempt, source) for attempt, source in pairs]

    async def stored(self, wanted: Sequence[tuple[str, int]]) -> list[bytes | None]:
        """StoredAttempt messages of those episodes and steps, in order; None: forgotten."""
        # A transaction, so that an attempt and its source are of the same episode.
        async with translated(), self._redis.pipeline(transaction=True) as pipe:
            for episode_id, step in wanted:
                keys = self._keys.episode(episode_id)
                pipe.lindex(keys.attempts, step - 1)
                pipe.hget(keys.record, f"source:{step}")
            found = cast("list[bytes | None]", await pipe.execute())
        pairs = zip(found[::2], found[1::2], strict=True)
        return [None if attempt is None else _with_source(attempt, source or b"") for attempt, source in pairs]

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
