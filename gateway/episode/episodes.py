"""The episode state machine: reset, step, done.

    reset --> open --step--> open ... --step--> done        done: solved, or the last step taken

A step is read, graded, and committed by one atomic script that checks that the episode still stands where it was read.
Until the commit nothing has happened: whatever fails before it costs no step. Within this process a second step of an
episode is refused at once, rather than graded for nothing.
"""

import asyncio
import hashlib
import logging
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from codearena import models
from codearena.errors import (
    EpisodeBusyError,
    EpisodeFinishedError,
    InvalidRequestError,
    StoreError,
    UnknownEpisodeError,
)
from codearena.server import telemetry
from codearena.tasks.task import Task
from codearena.v1 import store_pb2
from gateway import answered_about, metrics
from gateway.access import caller as callers
from gateway.access.isolations import Isolations
from gateway.agents import curriculum, memory
from gateway.agents.choice import Choice
from gateway.attempt.baselines import Baselines
from gateway.attempt.pipeline import Attempt, Pipeline
from gateway.episode import answers, episode_events, kept, stats
from gateway.settings import Settings
from gateway.store.records import Answer, CommitResult, EpisodeRecord, Partition, Snapshot, StepCommit
from gateway.store.redis import Store

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Proposal:
    """What came with a step. request_id, method: empty: none."""

    source: bytes
    request_id: str
    method: str
    fingerprint: str


@dataclass(frozen=True)
class _InFlight:
    """A step being taken in this process."""

    proposal: _Proposal
    answer: asyncio.Task[bytes]


class Episodes:
    """All episodes, whichever process began them."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        pipeline: Pipeline,
        baselines: Baselines,
        tasks: Mapping[str, Task],
        choice: Choice,
    ) -> None:
        self._settings = settings
        self._store = store
        self._pipeline = pipeline
        self._baselines = baselines
        self._tasks = tasks
        self._choice = choice
        self._isolations = Isolations(settings)
        self._in_flight: dict[str, _InFlight] = {}

    async def reset(
        self, request: models.ResetRequest, request_id: str, *, private: bool = False
    ) -> models.StepResponse:
        """Starts an episode. A retry (same request id) gets the first answer, and the episode stays as it is.

        private: it does not become the agent's last, which is the one that steps without an episode's id go to.

        Raises:
            UnknownTaskError: no such task, category or level.
            InvalidRequestError: an episode in evaluation is to use memory, or an agent kept for evaluation to train,
                or no executors have the isolation.
            ForbiddenError: an isolation, from a caller who may not choose it.
            ServiceError: the buggy code could not be run, or the store failed; an episode may then exist or not.
        """
        partition = memory.partition_of(
            callers.shown(request.agent_id), request.partition, self._settings.evaluation_agents
        )
        isolation = self._isolations.admit(request.isolation)
        request = _owned(request)
        task = await self._choice.choose(request, partition)
        reminder = await self._reminder(request, partition, task)
        baseline = await self._baselines.of(task)
        # A retry without an id of its own must find the episode that the first try made.
        derived = callers.owned(_derived_id("reset", request.agent_id, request_id) if request_id else uuid.uuid4().hex)
        episode_id = request.episode_id or derived
        episode = await self._create(
            task,
            request.agent_id,
            episode_id,
            request_id,
            partition=partition,
            reminder=reminder,
            private=private,
            group=request.group_id or "",
            isolation=isolation,
            step_reward=request.step_reward,
        )
        if episode.isolation != isolation:
            raise InvalidRequestError(f"request id {request_id} came with another isolation before")
        if episode.step_reward != request.step_reward:
            raise InvalidRequestError(f"request id {request_id} came with another step_reward before")
        if episode.task_id != task.id:  # a retry, for which chance chose another task than for the first try
            task = self._task(episode)
            baseline = await self._baselines.of(task)
        answered_about.episode(episode.episode_id)
        return answers.reset(episode, task, baseline)

    async def step(self, request: models.StepRequest, request_id: str) -> bytes:
        """Takes a step and returns the JSON of a StepResponse; a retry gets the first answer, byte for byte.

        Without an episode id the step is of the agent's last reset; if that episode is finished, a fresh one of the
        same task begins, since callers who name no episode expect each step to be graded.

        Raises:
            UnknownEpisodeError, EpisodeFinishedError, EpisodeBusyError: as they say; nothing was counted.
            ForbiddenError: the episode has an isolation that the caller may not name.
            InvalidRequestError: the request id came with another source before.
            ServiceError: we failed; no step was counted, unless the store failed to say that it was.
        """
        source = request.proposed_fix.encode("utf-8", "surrogatepass")
        proposal = _Proposal(source, request_id, request.method or "", hashlib.sha256(source).hexdigest())
        request = _owned(request)
        if request.episode_id is not None:
            return await self._shared(request.episode_id, proposal, None)
        snapshot = await self._store.read_last(request.agent_id, request_id)
        if snapshot is None:
            raise UnknownEpisodeError(f"agent {callers.shown(request.agent_id)} has no episode; reset starts one")
        if snapshot.episode.done and snapshot.answer is None:
            return await self._shared(await self._successor(snapshot.episode, request_id), proposal, None)
        return await self._shared(snapshot.episode.episode_id, proposal, snapshot)

    async def state(self, agent_id: str, episode_id: str | None) -> models.State:
        """Of the episode named, else of the agent's last one, else an empty state. Raises UnknownEpisodeError."""
        if episode_id is None:
            last = await self._store.read_last(callers.owned(agent_id))
            return answers.state(last.episode) if last else models.State()
        named = await self._store.read(callers.owned(episode_id))
        if named is None:
            raise _unknown(episode_id)
        return answers.state(named.episode)

    async def history(self, episode_id: str) -> models.Episode:
        """The episode with its attempts, as its agent saw them. Raises UnknownEpisodeError."""
        episode, attempts = await self._store.attempts(callers.owned(episode_id))
        if episode is None:
            raise _unknown(episode_id)
        return answers.episode(episode, [store_pb2.StoredAttempt.FromString(attempt) for attempt in attempts])

    async def hint(self, episode_id: str) -> str:
        """The hint that came with the last step, or with the reset. Raises UnknownEpisodeError, ServiceError."""
        history = await self.history(episode_id)
        if history.attempts:
            return history.attempts[-1].verdict.hint
        return (await self._baselines.of(curriculum.find_task(self._tasks, history.task_id or ""))).hint

    async def drain(self) -> None:
        """Returns when every step begun has ended, whether its caller still waits or not."""
        await asyncio.gather(*(step.answer for step in self._in_flight.values()), return_exceptions=True)

    async def _reminder(self, request: models.ResetRequest, partition: Partition, task: Task) -> memory.Reminder:
        """What the agent is reminded of; nothing if it did not ask."""
        if not request.use_memory:
            return memory.NOTHING
        if partition is Partition.EVAL:
            raise InvalidRequestError("an episode in evaluation has no memory to use")
        record = await self._store.agents.memory(request.agent_id, task.id)
        return memory.reminder(record, task)

    async def _create(
        self,
        task: Task,
        agent_id: str,
        episode_id: str,
        request_id: str,
        *,
        partition: Partition,
        reminder: memory.Reminder,
        private: bool = False,
        group: str = "",
        isolation: str = "",
        step_reward: models.StepReward = "absolute",
    ) -> EpisodeRecord:
        episode = EpisodeRecord(
            episode_id=episode_id,
            nonce=uuid.uuid4().hex,
            task_id=task.id,
            task_revision=task.revision,
            agent_id=agent_id,
            level=task.level,
            max_steps=self._settings.max_steps,
            created_ms=time.time_ns() // 1_000_000,
            request_id=request_id,
            partition=partition,
            memory=reminder.text,
            memory_source=reminder.source,
            group=group,
            isolation=isolation,
            step_reward=step_reward,
        )
        return await self._store.create(episode, episode_events.reset(episode), private=private)

    async def _successor(self, finished: EpisodeRecord, request_id: str) -> str:
        """Id of a fresh episode after a finished one; the same for every retry of the request that needs it."""
        derived = callers.owned(_derived_id("next", finished.nonce, request_id) if request_id else uuid.uuid4().hex)
        self._isolations.permit(finished.isolation)
        task, agent_id = self._task(finished), finished.agent_id
        reminder = memory.Reminder(finished.memory, finished.memory_source)
        episode = await self._create(
            task,
            agent_id,
            derived,
            request_id,
            partition=finished.partition,
            reminder=reminder,
            group=finished.group,
            isolation=finished.isolation,
            step_reward=finished.step_reward,
        )
        return episode.episode_id

    def _task(self, episode: EpisodeRecord) -> Task:
        return curriculum.find_task(self._tasks, episode.task_id)

    async def _shared(self, episode_id: str, proposal: _Proposal, snapshot: Snapshot | None) -> bytes:
        """The answer of the step, taken by a task of its own: a caller who hangs up does not undo half of it."""
        running = self._in_flight.get(episode_id)
        if running is None:
            answer = asyncio.create_task(self._take(episode_id, proposal, snapshot))
            running = self._in_flight[episode_id] = _InFlight(proposal, answer)
            answer.add_done_callback(lambda _: self._in_flight.pop(episode_id))
        elif not proposal.request_id or running.proposal.request_id != proposal.request_id:
            raise EpisodeBusyError("another step of this episode is being graded")
        elif running.proposal.fingerprint != proposal.fingerprint:
            raise _reused(proposal.request_id)
        return await asyncio.shield(running.answer)

    async def _take(self, episode_id: str, proposal: _Proposal, snapshot: Snapshot | None) -> bytes:
        answered_about.episode(episode_id)
        snapshot = snapshot or await self._store.read(episode_id, proposal.request_id)
        if snapshot is None:
            raise _unknown(episode_id)
        if snapshot.answer is not None:
            metrics.STEPS.labels(CommitResult.ANSWERED).inc()
            return _first_answer(snapshot.answer, snapshot.episode, proposal)
        episode = snapshot.episode
        if episode.done:
            raise EpisodeFinishedError(f"episode {callers.shown(episode_id)} is finished; reset starts another")
        self._isolations.permit(episode.isolation)  # it may have been begun by another key of the owner
        task = self._task(episode)
        draw = f"group:{callers.owned(episode.group)}" if episode.group else f"episode:{episode.nonce}"
        attempt = await self._pipeline.attempt(
            task, proposal.source, episode.step + 1, episode.identities, draw=draw, isolation=episode.isolation
        )
        answered_about.attempt(attempt.attempt_id)
        return await self._commit(episode, attempt, proposal)

    async def _commit(self, episode: EpisodeRecord, attempt: Attempt, proposal: _Proposal) -> bytes:
        done = attempt.verdict.solved or attempt.step >= episode.max_steps
        kept_bytes, now_ms = self._settings.source_bytes, time.time_ns() // 1_000_000
        failure = memory.failure_of(attempt, now_ms)
        answered = answers.step(episode, attempt, done, kept_bytes)
        commit = StepCommit(
            episode=episode,
            attempt_id=attempt.attempt_id,
            request_id=proposal.request_id,
            answer=Answer(proposal.fingerprint, answers.to_keep(answered)),
            attempt=kept.stored(attempt, self._settings.stored_bytes).SerializeToString(),
            source=attempt.source[:kept_bytes],
            identity=attempt.graded.identity,
            reward=attempt.verdict.reward,
            done=done,
            event=episode_events.step(episode, attempt, done, proposal.method),
            now_ms=now_ms,
            solved=attempt.verdict.solved,
            task_revision=attempt.task.revision,
            best=memory.best_of(episode, attempt, now_ms),
            failure_id=failure.failure_id if failure else "",
            failure=failure.body if failure else "",
            basis_revision=attempt.graded.brief.basis_revision,
            basis=attempt.graded.brief.basis,
            method=proposal.method,
            counts=stats.counts_of(attempt, done),
        )
        with metrics.STAGES.labels("commit").time():
            result, answer = await self._store.commit(commit)
        metrics.STEPS.labels(result).inc()
        if result is CommitResult.COMMITTED and done:
            await self._finished(episode, attempt)
        log.info(
            "step %d of task %s: %s, reward %.3f, source %s",
            attempt.step,
            attempt.task.id,
            result,
            attempt.verdict.reward,
            telemetry.fingerprint(attempt.source),
        )
        if result is CommitResult.ANSWERED and answer is not None:
            return await self._answered_before(episode.episode_id, answer, proposal)
        return _committed(result, commit, answered)

    async def _answered_before(self, episode_id: str, answer: Answer, proposal: _Proposal) -> bytes:
        """What another process has answered meanwhile; the sources that belong to it came with that step."""
        snapshot = await self._store.read(episode_id)
        if snapshot is None:
            raise _unknown(episode_id)
        return _first_answer(answer, snapshot.episode, proposal)

    async def _finished(self, episode: EpisodeRecord, attempt: Attempt) -> None:
        """Counts an episode that has ended; the step is committed, whatever becomes of this."""
        metrics.EPISODES.labels(episode.level, "solved" if attempt.verdict.solved else "unsolved").inc()
        if episode.group:
            try:
                await self._store.note_group(episode, attempt.verdict.reward)
            except StoreError as error:
                log.warning("a group is not counted: %s", error.detail)


_Request = TypeVar("_Request", models.ResetRequest, models.StepRequest)


def _owned(request: _Request) -> _Request:
    """The request with its ids as the store knows them; from here on they are the only ones."""
    episode_id = callers.owned(request.episode_id) if request.episode_id is not None else None
    return request.model_copy(update={"agent_id": callers.owned(request.agent_id), "episode_id": episode_id})


def _committed(result: CommitResult, commit: StepCommit, answered: models.StepResponse) -> bytes:
    """What the caller gets once the store has decided."""
    episode_id = callers.shown(commit.episode.episode_id)
    if result is CommitResult.COMMITTED:
        return answered.model_dump_json().encode()
    if result is CommitResult.FINISHED:
        raise EpisodeFinishedError(f"episode {episode_id} was finished by another step")
    if result is CommitResult.GONE:
        raise _unknown(episode_id)
    raise EpisodeBusyError(f"another step of episode {episode_id} came first")


def _first_answer(answer: Answer, episode: EpisodeRecord, proposal: _Proposal) -> bytes:
    # An answer about one source is never given for another: that would be a made-up reward.
    if answer.fingerprint != proposal.fingerprint:
        raise _reused(proposal.request_id)
    return answers.kept(answer.body, episode)


def _reused(request_id: str) -> InvalidRequestError:
    return InvalidRequestError(f"request id {request_id} came with another source before")


def _unknown(episode_id: str) -> UnknownEpisodeError:
    return UnknownEpisodeError(f"there is no episode {callers.shown(episode_id)}, or it has expired")


def _derived_id(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]
