"""What the store gives and takes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from codearena.sdk.requests import StepReward
from codearena.tasks.task import Level


class Partition(StrEnum):
    """What an episode is for. Those in evaluation neither read nor write what is kept of their agent."""

    TRAIN = "train"
    EVAL = "eval"


@dataclass(frozen=True)
class EpisodeRecord:
    """One episode as it stands.

    nonce: new with each reset, so that a step begun before a reset of the same id cannot count after it.
    request_id: of the reset; empty: none. created_ms: since the epoch.
    group: of episodes with the same hidden inputs; empty: none. isolation: that its attempts get; empty: the usual one.
    step_reward: what its answers have for a reward. task: record of the one that came with the reset, compressed;
    empty: it is one that is served.
    identities, sources: of the attempts so far, oldest first. reward, best_reward: None before the first step.
    memory: what the agent is reminded of in it, JSON; empty: nothing. memory_source: the source that belongs to it.
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
    partition: Partition = Partition.TRAIN
    memory: str = ""
    memory_source: bytes = b""
    group: str = ""
    isolation: str = ""
    step_reward: StepReward = "absolute"
    task: bytes = b""
    step: int = 0
    done: bool = False
    reward: float | None = None
    best_reward: float | None = None
    identities: tuple[str, ...] = ()
    sources: tuple[bytes, ...] = ()


@dataclass(frozen=True)
class Answer:
    """What a request id got. fingerprint: SHA-256 of the source it came with, hex; body: see `answers.to_keep`."""

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

    attempt: a StoredAttempt, serialized, without its source; event: JSON; request_id: empty: none. method: what made
    the fix, empty: not said. category: of the task. counts: what it adds to which counter of the statistics. now_ms:
    since the epoch.
    task_revision: that it was graded by. best: what is remembered of the attempt if it is the best, JSON. failure_id,
    failure: of its kind of failure, and what is remembered of it, JSON; empty: it did not fail. basis: a Basis message,
    which is sent only where the store lacks it.
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
    solved: bool = False
    task_revision: str = ""
    best: str = "{}"
    failure_id: str = ""
    failure: str = ""
    basis_revision: str = ""
    basis: bytes = b""
    method: str = ""
    category: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)


class CommitResult(StrEnum):
    """How a commit ended. Only COMMITTED changed anything."""

    COMMITTED = "committed"
    ANSWERED = "answered"  # the request id has its answer already
    FINISHED = "finished"
    CONFLICT = "conflict"  # another step, or a reset, came first
    GONE = "gone"  # expired


@dataclass(frozen=True)
class TaskRecord:
    """What is known of an agent at a task. solved, unsolved: weights of finished episodes, older ones count less.

    episodes: finished. fast, slow: means of final rewards. chosen: number of its last choice, 0: none.
    """

    episodes: int = 0
    solved: float = 0.0
    unsolved: float = 0.0
    fast: float = 0.0
    slow: float = 0.0
    chosen: int = 0

    @property
    def success(self) -> float:
        """How likely it is solved: the mean of a Beta distribution whose prior is uniform."""
        return (self.solved + 1) / (self.solved + self.unsolved + 2)

    @property
    def progress(self) -> float:
        """How far the mean reward moved lately, up or down."""
        return abs(self.fast - self.slow)


@dataclass(frozen=True)
class MoveRecord:
    """A change of level. time_ms: since the epoch; mean: of the window that made it."""

    time_ms: int
    before: Level
    after: Level
    mean: float


@dataclass(frozen=True)
class CurriculumRecord:
    """Where an agent stands. window: final rewards of the last finished episodes of the level, oldest first.

    moves: the last ones, oldest first. episodes, rewards: number and sum of final rewards of all that ever finished.
    choices: tasks chosen by what is known of them. tasks: by id, of those that were tried or chosen.
    """

    level: Level
    window: tuple[float, ...]
    moves: tuple[MoveRecord, ...] = ()
    episodes: int = 0
    rewards: float = 0.0
    choices: int = 0
    tasks: Mapping[str, TaskRecord] = field(default_factory=dict)


@dataclass(frozen=True)
class BestRecord:
    """An agent's best attempt at a task. revision: of the task; body: JSON, as in gateway/agents/memory.py."""

    revision: str
    body: bytes


@dataclass(frozen=True)
class FailureRecord:
    """One kind of failure. count: how often it came; body: JSON, as in gateway/agents/memory.py."""

    count: int
    body: bytes


@dataclass(frozen=True)
class MemoryRecord:
    """What an agent remembers. best, sources: by task; the sources are those that were asked for."""

    best: Mapping[str, BestRecord]
    failures: tuple[FailureRecord, ...]
    sources: Mapping[str, bytes]


Counts = Mapping[str, int]
"""Counter -> its count; a name is dimension/value/counter."""


@dataclass(frozen=True)
class Counted:
    """What a gateway counted. slots: by their start, in ms since the epoch; agents: by id, as the store knows it.

    seen: of each agent when it took its last step, in ms since the epoch.
    """

    slots: Mapping[int, Counts] = field(default_factory=dict)
    agents: Mapping[str, Counts] = field(default_factory=dict)
    seen: Mapping[str, int] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.slots or self.agents)


@dataclass(frozen=True)
class EpisodeHead:
    """Where an episode stands. attempt_id: of its last step, empty: none yet."""

    attempt_id: str
    step: int
    max_steps: int
    done: bool
    created_ms: int
    best_reward: float | None


@dataclass(frozen=True)
class AgentRecord:
    """An agent. counts: of its steps; last_ms: of the last one, since the epoch; level: it stands at."""

    agent_id: str
    last_ms: int
    level: Level
    counts: Counts
