"""Metrics of the gateway. Labels come from closed sets: never an id, never a task.

Most series are there from the start, at zero; gauges say how those of several worker processes add up.
"""

import functools
import itertools
from collections.abc import Iterable, Mapping

from prometheus_client import Counter, Gauge, Histogram
from prometheus_client.metrics import MetricWrapperBase

from codearena.errors import (
    ERRORS,
    CodeArenaError,
    ForbiddenError,
    RateLimitedError,
    ServiceError,
    UnauthenticatedError,
)
from codearena.server.enums import names
from codearena.tasks.task import COMPLEXITIES, Level
from codearena.v1 import executor_pb2, grader_pb2, judge_pb2
from gateway.store.records import CommitResult

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
_SHARES = tuple(tenth / 10 for tenth in range(1, 11))
COMPONENTS = grader_pb2.Components.DESCRIPTOR.fields_by_name
UNKNOWN = "unknown"
"""Stands for a growth class that nobody knows."""
VERDICTS = ("compile_error", "load_error", "tests_failed", "tests_passed", "solved")
JOB_CHUNK_ENDS = ("finished", "given_back", "no_longer_wanted", "failed")
STAGE_NAMES = ("queued", "analyse", "execute", "lease", "run", "examine", "measure", "judge", "grade", "commit")

REQUESTS = Histogram(
    "codearena_gateway_request_seconds",
    "Time of HTTP requests, by route template.",
    ["route", "method", "status"],
    buckets=_SECONDS,
)
STAGES = Histogram(
    "codearena_gateway_attempt_stage_seconds",
    "Time of one attempt in each stage: queued, analyse, execute (of which lease and run, in the executor), examine, "
    "measure, judge, grade, commit.",
    ["stage"],
    buckets=_SECONDS,
)
ATTEMPTS = Counter(
    "codearena_gateway_attempts", "Attempts graded, by how far they got and the task's level.", ["verdict", "level"]
)
REWARD = Histogram("codearena_gateway_reward", "Rewards of attempts, by the task's level.", ["level"], buckets=_SHARES)
COMPONENT = Histogram(
    "codearena_gateway_reward_component",
    "Components of rewards, by the task's level.",
    ["component", "level"],
    buckets=(0, *_SHARES),
)
IDENTICAL = Counter("codearena_gateway_identical_attempts", "Attempts identical to an earlier one of their episode.")
BASELINES = Counter(
    "codearena_gateway_baselines",
    "What resets show of code as given, found (certificate, store) or made (run) for a task that was not in memory.",
    ["source"],
)
SHARED = Counter(
    "codearena_gateway_shared_attempts", "Sources whose verdict came from an attempt of the same source, sent before."
)
GROUPS = Counter(
    "codearena_gateway_groups",
    "Groups with at least two rewards: attempts at one task in a batch, episodes of a group.",
)
VARIED_GROUPS = Counter(
    "codearena_gateway_groups_varied", "Groups of which two rewards differ; from the others nothing can be learned."
)
RUNNING = Gauge(
    "codearena_gateway_attempts_running", "Attempts that are in the services now.", multiprocess_mode="livesum"
)
WAITING = Gauge(
    "codearena_gateway_queued_attempts", "Attempts that wait for a place in the services.", multiprocess_mode="livesum"
)
OLDEST = Gauge(
    "codearena_gateway_queue_oldest_timestamp_seconds",
    "Since when the attempt that waits for a place the longest has waited; +Inf: none waits.",
    multiprocess_mode="livemin",
)
SESSIONS = Gauge("codearena_gateway_sessions", "WebSocket sessions that are open now.", multiprocess_mode="livesum")
MESSAGES = Counter(
    "codearena_gateway_session_messages",
    "Messages in sessions, by kind and by the code of the answer.",
    ["kind", "code"],
)
STEPS = Counter("codearena_gateway_steps", "Steps by how their commit ended.", ["result"])
EPISODES = Counter("codearena_gateway_episodes", "Episodes finished, by level and by whether solved.", ["level", "end"])
CHOICES = Counter(
    "codearena_gateway_curriculum_choices", "Tasks chosen for an agent by the curriculum, by their level.", ["level"]
)
MOVES = Counter("codearena_gateway_curriculum_moves", "Changes of an agent's level.", ["direction"])
RETRIES = Counter("codearena_gateway_retries", "Calls to services sent again.", ["service", "problem"])
FAILURES = Counter(
    "codearena_gateway_failures", "Requests, and items of batches, that we failed to serve.", ["problem"]
)
JOB_CHUNKS = Counter(
    "codearena_gateway_job_chunks", "Chunks of jobs that this gateway took, by how its work on them ended.", ["end"]
)
JOB_ITEMS = Counter("codearena_gateway_job_items", "Items of jobs that got their answer.", ["answer"])
FIXES = Counter("codearena_gateway_fixes", "Answers of /fix by the kind of link that gave them, or none.", ["link"])
FIX_SECONDS = Histogram("codearena_gateway_fix_seconds", "Time of one /fix.", buckets=_SECONDS)
REFUSALS = Counter("codearena_gateway_refusals", "Requests refused before they were read, by problem.", ["problem"])
REDIS_SECONDS = Histogram(
    "codearena_gateway_redis_seconds",
    "Time of one use of Redis, by how it ended; not of readers that wait for events.",
    ["end"],
    buckets=(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
REDIS_UP = Gauge("codearena_gateway_redis_up", "1: Redis answered when last looked at.", multiprocess_mode="livemin")
REDIS_PERSISTING = Gauge(
    "codearena_gateway_redis_persisting",
    "1: Redis writes to its disk what it is given, and its last write did not fail.",
    multiprocess_mode="livemin",
)
TASKS = Gauge(
    "codearena_gateway_tasks",
    "Tasks of the sources by state: served, or faulty, which the log names.",
    ["state"],
    multiprocess_mode="livemax",
)
REDIS_MEMORY = Gauge("codearena_gateway_redis_memory_bytes", "Memory that Redis uses.", multiprocess_mode="livemax")
REDIS_UNDELIVERED = Gauge(
    "codearena_gateway_redis_undelivered",
    "Steps and resets that the events, the statistics or agents do not have yet; of a Redis Cluster.",
    multiprocess_mode="livemax",
)

# Of each attempt some twenty series are wanted: to look one up checks its labels anew, and takes longer than to count.
_attempts, _reward = functools.cache(ATTEMPTS.labels), functools.cache(REWARD.labels)
_component, _stage = functools.cache(COMPONENT.labels), functools.cache(STAGES.labels)


def verdict_of(report: executor_pb2.Report, verdict: grader_pb2.Verdict) -> str:
    """How far an attempt got: one of VERDICTS."""
    if report.status == executor_pb2.ATTEMPT_STATUS_COMPILE_ERROR:
        return "compile_error"
    if report.status == executor_pb2.ATTEMPT_STATUS_LOAD_ERROR:
        return "load_error"
    if verdict.solved:
        return "solved"
    return "tests_passed" if verdict.tests_passed == verdict.tests_total else "tests_failed"


def outcome_of(report: executor_pb2.Report, verdict: grader_pb2.Verdict) -> str:
    """The same in the words of /stats."""
    return verdict_of(report, verdict).removeprefix("tests_")


def components_of(verdict: grader_pb2.Verdict) -> dict[str, float | None]:
    """By name. What could not be scored is None, and no zero."""
    scored = {field.name for field, _ in verdict.components.ListFields()}
    return {
        name: getattr(verdict.components, name) if not field.has_presence or name in scored else None
        for name, field in COMPONENTS.items()
    }


def growth_of(complexity: grader_pb2.Complexity) -> str:
    """The growth class measured, else the one estimated, else UNKNOWN."""
    growth = complexity.measured or complexity.estimated
    return growth if growth in COMPLEXITIES else UNKNOWN


def judge_name(kind: judge_pb2.JudgeKind.ValueType) -> str:
    """Which judge it was; "none": nobody was asked."""
    return names(judge_pb2.JudgeKind.DESCRIPTOR)[kind] if kind else "none"


def count_attempt(
    level: Level, report: executor_pb2.Report, verdict: grader_pb2.Verdict, seconds: Mapping[str, float]
) -> None:
    """Counts an attempt that was graded. seconds: of each stage."""
    _attempts(verdict_of(report, verdict), level).inc()
    _reward(level).observe(verdict.reward)
    for component, score in components_of(verdict).items():
        if score is not None:
            _component(component, level).observe(score)
    for stage, taken_s in seconds.items():
        _stage(stage).observe(taken_s)
    if "execute" in seconds:
        for stage, duration in (("lease", report.timings.leased), ("run", report.timings.ran)):
            _stage(stage).observe(duration.ToTimedelta().total_seconds())


def _of_kind(*kinds: type[CodeArenaError]) -> list[str]:
    return [slug for slug, error in ERRORS.items() if issubclass(error, kinds)]


_SERVICE_PROBLEMS = _of_kind(ServiceError)
_AT_ZERO: tuple[tuple[MetricWrapperBase, tuple[Iterable[str], ...]], ...] = (
    (STEPS, (CommitResult,)),
    (STAGES, (STAGE_NAMES,)),
    (MOVES, (("up", "down"),)),
    (FAILURES, ([CodeArenaError.slug, *_SERVICE_PROBLEMS],)),
    (RETRIES, (("executor", "judge", "grader"), _SERVICE_PROBLEMS)),
    (REFUSALS, (_of_kind(UnauthenticatedError, ForbiddenError, RateLimitedError),)),
    (JOB_CHUNKS, (JOB_CHUNK_ENDS,)),
    (JOB_ITEMS, (("verdict", "problem"),)),
    (BASELINES, (("certificate", "store", "run"),)),
    (FIXES, (("builtin", "model", "none"),)),
    (REDIS_SECONDS, (("ok", "failed"),)),
    (REWARD, (Level,)),
    (CHOICES, (Level,)),
    (ATTEMPTS, (VERDICTS, Level)),
    (COMPONENT, (COMPONENTS, Level)),
    (EPISODES, (Level, ("solved", "unsolved"))),
)
"""Metrics with the values of each of their labels."""


def _show_at_zero() -> None:
    for metric, values in _AT_ZERO:
        for labels in itertools.product(*values):
            metric.labels(*labels)


_show_at_zero()
