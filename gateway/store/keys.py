"""Every Redis key there is. No key is spelled anywhere else.

Redis Cluster runs a script only on keys of one slot, which those have that share a hash tag. There are two layouts:

- One Redis: every key has the tag `{namespace}`. A step is one atomic script over the episode, its agent, the events
  and the statistics.
- A cluster: what grows with the load is spread over SLICES tags, `{namespace:<number>}`, whose slots are evenly apart:
  each episode, agent, owner of sent tasks, group, basis, baseline and verdict is where the hash of its name says.
  What all have in common stays at `{namespace}`. docs/redis.md tells what is atomic then, and what
  comes later, but once.

The kind comes before the id, so that no id a caller may choose can make the key of another kind.
"""

import functools
import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Self

from redis.crc import REDIS_CLUSTER_HASH_SLOTS as SLOTS
from redis.crc import key_slot

from gateway.settings import Settings
from gateway.store.connection import is_cluster

SLICES = 64
"""Over which a cluster's keys are spread: each has its share while there are fewer shards. Never another number: data
would not be found."""


@dataclass(frozen=True)
class EpisodeKeys:
    """The keys of one episode."""

    record: str
    """Hash: the fields of EpisodeRecord, and `source:<step>` for each step taken."""
    attempts: str
    """List of StoredAttempt messages without their sources, one a step, oldest first."""
    answers: str
    """Hash: request id -> the answer it got, without what the record holds."""


@dataclass(frozen=True)
class MemoryKeys:
    """The keys of one agent's memory."""

    best: str
    """Hash: reward:, revision: and best:<task>, of the best attempt; best is JSON."""
    sources: str
    """Hash: task -> source of the best attempt."""
    failures: str
    """Hash: count: and last:<failure>; last is JSON."""
    failure_order: str
    """Sorted set: failure -> when it was last seen."""


@dataclass(frozen=True)
class JobKeys:
    """The keys of one job of many items."""

    record: str
    """Hash: what a JobStatus tells; cursor: items before it were leased; chunk: items of one lease; losses:<index>."""
    items: str
    """Hash: index -> item (JSON), of those that have no answer yet."""
    lines: str
    """Stream of answers: <n>-0 is the n-th that came; fields kind (item, or end at the job's end) and data (JSON)."""
    leases: str
    """Sorted set: index of a chunk's first item -> when its lease runs out, in ms since the epoch by Redis' clock."""


@dataclass(frozen=True)
class SentTaskKeys:
    """The keys of one task that came with a request, and of its owner's."""

    prefix: str
    record: str
    """String: the record, compressed; the prefix and its reference."""
    order: str
    """Sorted set: reference -> when it is forgotten, in ms since the epoch."""
    about: str
    """Hash: about:<reference>, what is told of it (JSON); size:<reference>, in bytes; bytes, their sum."""


class Keys:
    """The keys of one namespace. spread: over a cluster."""

    def __init__(self, namespace: str, *, spread: bool = False) -> None:
        self.spread = spread
        self._common = f"{{{namespace}}}"
        self._tags = _tags(namespace) if spread else (self._common,)
        self.events = f"{self._common}:events"
        """Stream of what happened, capped; each entry has the fields kind and data (JSON)."""
        self.stats = f"{self._common}:stats"
        """Hash: counter -> its count, as named in episode/stats.py; since_ms, of the first step; methods, tasks and
        categories, how many."""
        self.delivered = f"{self._common}:delivered"
        """Hash: number of an outbox -> id of its last entry that the events and the statistics have."""
        self.sessions = f"{self._common}:sessions"
        """Sorted set: session id -> when it is forgotten, in ms since the epoch."""
        self.api_keys = f"{self._common}:api-keys"
        """Hash: id of an API key -> what is kept of it (JSON)."""
        self.jobs_open = f"{self._common}:jobs-open"
        """Sorted set: id of a job that is not over -> when it was opened, in ms since the epoch."""
        self.job_prefixes = [f"{self._common}:{kind}:" for kind in ("job", "job-items", "job-lines", "job-leases")]
        """Of JobKeys, in their order."""

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Those that a gateway with such settings uses."""
        return cls(settings.redis_namespace, spread=is_cluster(settings.redis_url.get_secret_value()))

    def here(self, key: str) -> str | None:
        """Where this layout has what a layout of any namespace has at that key; None: nowhere, it is of that layout."""
        tail = key[key.index("}:") + 2 :]
        kind, _, name = tail.partition(":")
        if kind in _OF_LAYOUT:
            return None
        if kind in _SPREAD:
            return f"{self._at(_SPREAD[kind](name))}:{tail}"
        return f"{self._common}:{tail}"

    def slice_of(self, name: str) -> int:
        """Number of the slice that everything of that name is in."""
        return key_slot(name.encode()) % len(self._tags)

    def _at(self, name: str) -> str:
        return self._tags[self.slice_of(name)]

    def outbox(self, part: int) -> str:
        """Stream of what was committed in the slice and is to be delivered; see relay.py."""
        return f"{self._tags[part]}:outbox"

    def series(self, window: str, number: int) -> str:
        """Hash: counter -> its count in a bucket of the history. number: of the bucket, since the epoch."""
        return f"{self._common}:series:{window}:{number}"

    def series_note(self, sender: str) -> str:
        """String: number of what a gateway has added to the history last."""
        return f"{self._common}:series-note:{sender}"

    def agent(self, agent_id: str) -> str:
        """Hash: counter -> its count, of the agent's steps."""
        return f"{self._common}:agent:{agent_id}"

    def agents_of(self, owner: str) -> str:
        """Sorted set: id of an agent -> when it took its last step, in ms since the epoch."""
        return f"{self._common}:agents-of:{owner}"

    def session(self, session_id: str) -> str:
        """String: id of the session's episode; empty: none yet."""
        return f"{self._common}:session:{session_id}"

    def jobs_of(self, owner: str) -> str:
        """Sorted set: as jobs_open, of the owner's jobs that are kept."""
        return f"{self._common}:jobs-of:{owner}"

    def job_upload(self, nonce: str) -> str:
        """Hash: items of a job that is being opened."""
        return f"{self._common}:job-upload:{nonce}"

    def job(self, job_id: str) -> JobKeys:
        return JobKeys(*(prefix + job_id for prefix in self.job_prefixes))

    def sent_task(self, owner: str, reference: str) -> SentTaskKeys:
        tag = self._at(owner)
        prefix = f"{tag}:sent-task:{owner}/"
        order, about = (f"{tag}:{kind}:{owner}" for kind in ("sent-tasks", "sent-about"))
        return SentTaskKeys(prefix, prefix + reference, order, about)

    def basis(self, revision: str) -> str:
        """String: a Basis message, serialized."""
        return f"{self._at(revision)}:basis:{revision}"

    def verdict(self, digest: str) -> str:
        """String: the verdict on an attempt of a group, as gateway/bulk/group_verdicts.py writes it."""
        return f"{self._at(digest)}:verdict:{digest}"

    def baseline(self, digest: str) -> str:
        """String: the verdict on a task's code as given, as gateway/attempt/baselines.py writes it."""
        return f"{self._at(digest)}:baseline:{digest}"

    def episode(self, episode_id: str) -> EpisodeKeys:
        tag = self._at(episode_id)
        return EpisodeKeys(*(f"{tag}:{kind}:{episode_id}" for kind in ("episode", "attempts", "answers")))

    @property
    def episode_prefixes(self) -> list[str]:
        """Of the records and the answers of all episodes, where all keys are in one slot."""
        return [f"{self._common}:episode:", f"{self._common}:answers:"]

    def last(self, agent_id: str) -> str:
        """String: id of the episode that the agent's latest reset started."""
        return f"{self._at(agent_id)}:last:{agent_id}"

    def curriculum(self, agent_id: str) -> str:
        """Hash: level; window: final rewards separated by spaces, oldest first; moves; counts; task:<task>; drawn:."""
        return f"{self._at(agent_id)}:curriculum:{agent_id}"

    def group(self, agent_id: str, group_id: str) -> str:
        """String: the task that the agent's group of episodes is about. No agent's id has a slash."""
        return f"{self._at(agent_id)}:group:{agent_id}/{group_id}"

    def group_rewards(self, agent_id: str, group_id: str) -> str:
        """Hash: first, the final reward that came first in the group; others, how many came since; differs, if so."""
        name = f"{agent_id}/{group_id}"
        return f"{self._at(name)}:group-rewards:{name}"

    def memory(self, agent_id: str) -> MemoryKeys:
        tag = self._at(agent_id)
        kinds = ("best", "best-sources", "failures", "failure-order")
        return MemoryKeys(*(f"{tag}:{kind}:{agent_id}" for kind in kinds))

    def delivered_to(self, agent_id: str) -> str:
        """Hash: number of an outbox -> id of its last entry that the agent has."""
        return f"{self._at(agent_id)}:delivered:{agent_id}"


def _whole(name: str) -> str:
    return name


_KINDS = "episode attempts answers last curriculum best best-sources failures failure-order sent-tasks sent-about"
_SPREAD: Mapping[str, Callable[[str], str]] = {
    **dict.fromkeys([*_KINDS.split(), "basis", "verdict", "baseline", "group-rewards"], _whole),
    "group": lambda name: name.rpartition("/")[0],
    "sent-task": lambda name: name.partition("/")[0],
}
"""Kinds that a cluster spreads -> the part of what comes after the kind by which it does."""
_OF_LAYOUT = ("outbox", "delivered")


@functools.cache
def _tags(namespace: str) -> tuple[str, ...]:
    """Hash tags of the slices, in slots evenly apart, so that shards with as many slots have as many slices."""
    found: dict[int, str] = {}
    for number in itertools.count():
        tag = f"{{{namespace}:{number}}}"
        found.setdefault(key_slot(tag.encode()) * SLICES // SLOTS, tag)
        if len(found) == SLICES:
            return tuple(found[part] for part in range(SLICES))
    raise AssertionError("there are tags without end")
