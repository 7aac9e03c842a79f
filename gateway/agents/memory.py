"""What an agent is to remember: its best attempt at a task, and how it failed, by signature.

Only what the agent was shown goes in: a failure is told by the visible tests and the error log, never by hidden ones.
Agents in evaluation neither leave anything here nor are shown any of it.
"""

import fnmatch
import hashlib
import re
from dataclasses import dataclass

import orjson

from codearena import models
from codearena.errors import InvalidRequestError
from codearena.tasks.task import Task
from codearena.v1 import executor_pb2
from gateway.access import caller as callers
from gateway.attempt.graph import Attempt
from gateway.episode.answers import call_status, shown_source
from gateway.store.agents import Agents
from gateway.store.records import EpisodeRecord, MemoryRecord, Partition

_SIGNATURE_CHARS, _LOG_CHARS, _SHOWN_FAILURES = 160, 600, 5
_VARYING = (  # what differs between two failures of one kind
    (re.compile(r"'[^']*'|\"[^\"]*\""), "'...'"),
    (re.compile(r"0x[0-9a-fA-F]+|\d+"), "0"),
    (re.compile(r"\s+"), " "),
)


@dataclass(frozen=True)
class Failure:
    """failure_id: of its task and signature; body: JSON."""

    failure_id: str
    body: str


@dataclass(frozen=True)
class Reminder:
    """What an episode keeps of what its agent is reminded of. text: JSON, empty: nothing; source: of the best attempt.

    The source is beside the text, where it takes as many bytes as it has.
    """

    text: str = ""
    source: bytes = b""


NOTHING = Reminder()


def partition_of(agent_id: str, asked: str | None, pattern: str) -> Partition:
    """Whose episodes these are: in evaluation if the reset says so or the agent's id matches the pattern.

    Raises:
        InvalidRequestError: an id kept for evaluation is to train.
    """
    marked = fnmatch.fnmatchcase(agent_id, pattern)
    if marked and asked == Partition.TRAIN:
        raise InvalidRequestError(f"agents named {pattern} are in evaluation, and cannot train")
    return Partition.EVAL if marked or asked == Partition.EVAL else Partition.TRAIN


def best_of(episode: EpisodeRecord, attempt: Attempt, now_ms: int) -> str:
    """What is kept of an attempt that is the best, as JSON; its source is kept beside."""
    best = {
        "reward": attempt.verdict.reward,
        "solved": attempt.verdict.solved,
        "step": attempt.proposal.step,
        "episode_id": callers.shown(episode.episode_id),
        "attempt_id": attempt.attempt_id,
        "time_ms": now_ms,
    }
    return orjson.dumps(best).decode()


def failure_of(attempt: Attempt, now_ms: int) -> Failure | None:
    """How the attempt failed; None: it passed every test."""
    verdict = attempt.verdict
    if verdict.tests_passed == verdict.tests_total:
        return None
    signature = _signature(attempt)
    failure_id = hashlib.sha256(f"{attempt.task.id}\0{signature}".encode()).hexdigest()[:16]
    body = {
        "task_id": attempt.task.id,
        "signature": signature,
        "error_log": verdict.error_log[:_LOG_CHARS],
        "last_ms": now_ms,
    }
    return Failure(failure_id, orjson.dumps(body).decode())


def _signature(attempt: Attempt) -> str:
    failed = next((test for test in attempt.verdict.tests if not test.passed), None)
    if attempt.report.status == executor_pb2.ATTEMPT_STATUS_RAN:
        if failed is None:
            return "hidden tests only"
        # What was raised is told whole, what was returned by the test it is wrong for: values vary without end.
        raised = failed.got if call_status(failed.status) == "raised" else failed.name
        text = f"{call_status(failed.status)}: {raised}"
    else:
        lines = [line for line in attempt.verdict.error_log.splitlines() if line.strip()]
        text = lines[-1] if lines else "does not load"
    for pattern, stand_in in _VARYING:
        text = pattern.sub(stand_in, text)
    return text.strip()[:_SIGNATURE_CHARS]


class Reminders:
    """What agents that ask for it are shown of their memory outside of episodes."""

    def __init__(self, agents: Agents, evaluation_agents: str) -> None:
        self._agents = agents
        self._evaluation_agents = evaluation_agents

    async def for_fix(self, request: models.FixRequest, task: Task) -> models.EpisodeMemory:
        """Raises InvalidRequestError for an agent in evaluation, StoreError if the store fails."""
        agent_id = callers.shown(callers.owned(request.agent_id))
        if partition_of(agent_id, None, self._evaluation_agents) is Partition.EVAL:
            raise InvalidRequestError("an agent in evaluation has no memory to use")
        return for_episode(await self._agents.memory(callers.owned(request.agent_id), task.id), task)


def for_episode(record: MemoryRecord, task: Task) -> models.EpisodeMemory:
    """What an agent that asks for its memory is shown of the task when an episode of it begins."""
    found = of_task(of_agent("", record), task.id)
    current = next((best for best in found.best if best.task_revision == task.revision), None)
    return models.EpisodeMemory(best=current, failures=found.failures[:_SHOWN_FAILURES])


def reminder(record: MemoryRecord, task: Task) -> Reminder:
    """`for_episode`, to be kept with the episode; `answers.reminded` puts it together again."""
    found = for_episode(record, task)
    if found.best is None or found.best.source is None:
        return Reminder(found.model_dump_json())
    apart = found.model_copy(update={"best": found.best.model_copy(update={"source": None})})
    return Reminder(apart.model_dump_json(), record.sources[task.id])


def of_task(found: models.Memory, task_id: str) -> models.Memory:
    """What of it is about the task."""
    best = [best for best in found.best if best.task_id == task_id]
    failures = [failure for failure in found.failures if failure.task_id == task_id]
    return found.model_copy(update={"best": best, "failures": failures})


def of_agent(agent_id: str, record: MemoryRecord) -> models.Memory:
    """All that is remembered; sources where the record has them."""
    best = [
        models.BestAttempt(
            task_id=task_id,
            task_revision=kept.revision,
            source=shown_source(record.sources[task_id]) if task_id in record.sources else None,
            **orjson.loads(kept.body),
        )
        for task_id, kept in sorted(record.best.items())
    ]
    failures = [models.Failure(count=kept.count, **orjson.loads(kept.body)) for kept in record.failures]
    failures.sort(key=lambda failure: -failure.last_ms)
    return models.Memory(agent_id=callers.shown(agent_id), best=best, failures=failures)
