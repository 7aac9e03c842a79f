"""What the store gives and takes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from codearena.task import Level


@dataclass(frozen=True)
class EpisodeRecord:
    """One episode as it stands.

    nonce: new with each reset, so that a step begun before a reset of the same id cannot count after it.
    request_id: of the reset; empty: none. created_ms: since the epoch.
    identities, sources: of the attempts so far, oldest first. reward, best_reward: None before the first step.
    """

    episode_id: str
    nonce: str
    task_id: str
    task_revision: str
    agent_id: str
    level: Level
    max_steps: int
    created_ms: int
    request_id: str = ""
    step: int = 0
    done: bool = False
    reward: float | None = None
    best_reward: float | None = None
    identities: tuple[str, ...] = ()
    sources: tuple[bytes, ...] = ()


@dataclass(frozen=True)
class Answer:
    """What a request id got. fingerprint: SHA-256 of the source it came with, hex; body: the JSON answered."""

    fingerprint: str
    body: bytes


@dataclass(frozen=True)
class Snapshot:
    """One read: the episode, and the answer that the request id has already got, if any."""

    episode: EpisodeRecord
    answer: Answer | None


@dataclass(frozen=True)
class StepCommit:
    """Everything one step changes.

    attempt: a StoredAttempt, serialized; event: JSON; request_id: empty: none. method: what made the fix, empty: not
    said. counts: what it adds to which counter of the statistics. now_ms: since the epoch.
    """

    episode: EpisodeRecord
    attempt_id: str
    request_id: str
    answer: Answer
    attempt: bytes
    source: bytes
    identity: str
    reward: float
    done: bool
    event: bytes
    now_ms: int
    method: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)


class CommitResult(StrEnum):
    """How a commit ended. Only COMMITTED changed anything."""

    COMMITTED = "committed"
    ANSWERED = "answered"  # the request id has its answer already
    FINISHED = "finished"
    CONFLICT = "conflict"  # another step, or a reset, came first
    GONE = "gone"  # expired


@dataclass(frozen=True)
class CurriculumRecord:
    """Where an agent stands. window: final rewards of the last finished episodes of the level, oldest first."""

    level: Level
    window: tuple[float, ...]
