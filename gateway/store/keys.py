"""Every Redis key there is. No key is spelled anywhere else.

All keys share one hash tag, `{namespace}`. A step is one atomic script over the episode, the curriculum of its caller
and the event stream, and Redis Cluster runs a script only on keys of one slot: the stream is one for all episodes, so
all episodes must be in its slot. One namespace lives on one shard; more throughput than that takes more namespaces.

The kind comes before the id, so that no id a caller may choose can make the key of another kind.
"""

from dataclasses import dataclass


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
    """The keys of one namespace."""

    def __init__(self, namespace: str) -> None:
        self._prefix = f"{{{namespace}}}"
        self.episode_prefix = f"{self._prefix}:episode:"
        self.answers_prefix = f"{self._prefix}:answers:"
        self.events = f"{self._prefix}:events"
        """Stream of what happened, capped; each entry has the fields kind and data (JSON)."""
        self.stats = f"{self._prefix}:stats"
        """Hash: counter -> its count, as named in episode/stats.py; since_ms, of the first step; methods, tasks and
        categories, how many."""
        self.sessions = f"{self._prefix}:sessions"
        """Sorted set: session id -> when it is forgotten, in ms since the epoch."""
        self.api_keys = f"{self._prefix}:api-keys"
        """Hash: id of an API key -> what is kept of it (JSON)."""
        self.jobs_open = f"{self._prefix}:jobs-open"
        """Sorted set: id of a job that is not over -> when it was opened, in ms since the epoch."""
        self.job_prefixes = [f"{self._prefix}:{kind}:" for kind in ("job", "job-items", "job-lines", "job-leases")]
        """Of JobKeys, in their order."""

    def series(self, window: str, number: int) -> str:
        """Hash: counter -> its count in a bucket of the history. number: of the bucket, since the epoch."""
        return f"{self._prefix}:series:{window}:{number}"

    def series_note(self, sender: str) -> str:
        """String: number of what a gateway has added to the history last."""
        return f"{self._prefix}:series-note:{sender}"

    def agent(self, agent_id: str) -> str:
        """Hash: counter -> its count, of the agent's steps."""
        return f"{self._prefix}:agent:{agent_id}"

    def agents_of(self, owner: str) -> str:
        """Sorted set: id of an agent -> when it took its last step, in ms since the epoch."""
        return f"{self._prefix}:agents-of:{owner}"

    def session(self, session_id: str) -> str:
        """String: id of the session's episode; empty: none yet."""
        return f"{self._prefix}:session:{session_id}"

    def jobs_of(self, owner: str) -> str:
        """Sorted set: as jobs_open, of the owner's jobs that are kept."""
        return f"{self._prefix}:jobs-of:{owner}"

    def job_upload(self, nonce: str) -> str:
        """Hash: items of a job that is being opened."""
        return f"{self._prefix}:job-upload:{nonce}"

    def job(self, job_id: str) -> JobKeys:
        return JobKeys(*(prefix + job_id for prefix in self.job_prefixes))

    def sent_task(self, owner: str, reference: str) -> SentTaskKeys:
        prefix = f"{self._prefix}:sent-task:{owner}/"
        order, about = (f"{self._prefix}:{kind}:{owner}" for kind in ("sent-tasks", "sent-about"))
        return SentTaskKeys(prefix, prefix + reference, order, about)

    def basis(self, revision: str) -> str:
        """String: a Basis message, serialized."""
        return f"{self._prefix}:basis:{revision}"

    def verdict(self, digest: str) -> str:
        """String: the verdict on an attempt of a group, as gateway/bulk/group_verdicts.py writes it."""
        return f"{self._prefix}:verdict:{digest}"

    def baseline(self, digest: str) -> str:
        """String: the verdict on a task's code as given, as gateway/attempt/baselines.py writes it."""
        return f"{self._prefix}:baseline:{digest}"

    def episode(self, episode_id: str) -> EpisodeKeys:
        return EpisodeKeys(
            record=self.episode_prefix + episode_id,
            attempts=f"{self._prefix}:attempts:{episode_id}",
            answers=self.answers_prefix + episode_id,
        )

    def last(self, agent_id: str) -> str:
        """String: id of the episode that the agent's latest reset started."""
        return f"{self._prefix}:last:{agent_id}"

    def curriculum(self, agent_id: str) -> str:
        """Hash: level; window: final rewards separated by spaces, oldest first; moves; counts; task:<task>; drawn:."""
        return f"{self._prefix}:curriculum:{agent_id}"

    def group(self, agent_id: str, group_id: str) -> str:
        """String: the task that the agent's group of episodes is about. No agent's id has a slash."""
        return f"{self._prefix}:group:{agent_id}/{group_id}"

    def group_rewards(self, agent_id: str, group_id: str) -> str:
        """Hash: first, the final reward that came first in the group; others, how many came since; differs, if so."""
        return f"{self._prefix}:group-rewards:{agent_id}/{group_id}"

    def memory(self, agent_id: str) -> MemoryKeys:
        return MemoryKeys(
            best=f"{self._prefix}:best:{agent_id}",
            sources=f"{self._prefix}:best-sources:{agent_id}",
            failures=f"{self._prefix}:failures:{agent_id}",
            failure_order=f"{self._prefix}:failure-order:{agent_id}",
        )
