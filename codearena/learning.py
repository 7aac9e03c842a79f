"""What the gateway tells of many episodes: statistics, events, memory, levels. Public through `codearena.models`."""

from typing import Any

from codearena.sdk.requests import Lenient


class Move(Lenient):
    """A change of level. time_ms: since the epoch; mean: of the window that made it."""

    time_ms: int
    from_level: str
    to_level: str
    mean: float


class NextTask(Lenient):
    """A task that "auto" may choose next, and why. success: how likely the agent solves it; episodes: finished.

    progress: how far the mean of its final rewards moved lately.
    """

    probability: float
    success: float
    progress: float
    episodes: int


class CurriculumState(Lenient):
    """Where an agent stands. window: final rewards of the last finished episodes of the level, oldest first.

    episodes, mean_reward: of all that ever finished, whatever chose their tasks. moves: the last 50, oldest first.
    next_tasks: by id; one with no chance is not in it. next_tasks_others: tasks beside the 256 likeliest ones.
    """

    agent_id: str
    level: str
    window: list[float]
    mean: float | None
    window_size: int
    up_above: float
    down_below: float
    strategy: str = "threshold"
    episodes: int = 0
    mean_reward: float | None = None
    moves: list[Move] = []
    next_tasks: dict[str, NextTask] = {}
    next_tasks_others: int = 0


class BestAttempt(Lenient):
    """An agent's best attempt at a task, by reward. source: null where no task was asked for."""

    task_id: str
    task_revision: str
    reward: float
    solved: bool
    step: int
    episode_id: str
    attempt_id: str
    time_ms: int
    source: str | None = None


class Failure(Lenient):
    """One kind of failure at a task: what it looked like last, and how often it came."""

    task_id: str
    signature: str
    count: int
    error_log: str
    last_ms: int


class EpisodeMemory(Lenient):
    """What an agent is reminded of when it meets a task again: the best attempt ever, and the last failures."""

    best: BestAttempt | None
    failures: list[Failure]


class Memory(Lenient):
    """All that an agent remembers. failures: the latest first."""

    agent_id: str
    best: list[BestAttempt]
    failures: list[Failure]


class RewardStats(Lenient):
    """Rewards of all steps of one kind. mean_final_reward: of the last step of each finished episode; null: none yet.

    episodes: finished ones. solved: of them.
    """

    steps: int
    mean_reward: float | None
    episodes: int
    solved: int
    mean_final_reward: float | None


class TimingStats(Lenient):
    """Seconds of one stage. The percentiles come from buckets and are at most 9 % off."""

    count: int
    mean_s: float
    p50_s: float
    p90_s: float
    p99_s: float


class Stats(Lenient):
    """What all steps ever committed came to.

    since_ms: of the first step, since the epoch; null: none yet. by_complexity: by the growth class measured, else the
    one estimated, else "unknown". by_method: by what the step said made its fix, "" if it did not; beyond a bound
    "other". outcomes: attempts that did not compile, did not load, failed a test, passed all, or were solved.
    call_outcomes: single calls by how they ended, as CallStatus in common.proto. timings: by stage.
    """

    since_ms: int | None
    total: RewardStats
    by_task: dict[str, RewardStats]
    by_category: dict[str, RewardStats]
    by_level: dict[str, RewardStats]
    by_complexity: dict[str, RewardStats]
    by_method: dict[str, RewardStats]
    by_judge: dict[str, RewardStats]
    outcomes: dict[str, int]
    call_outcomes: dict[str, int]
    timings: dict[str, TimingStats]


class Event(Lenient):
    """Something that happened. id: its place in the stream; kind: "reset" or "step"; data: as in docs/statistics.md."""

    id: str
    kind: str
    data: dict[str, Any]
