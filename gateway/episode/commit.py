"""A step is committed: the answer to it, and everything that it changes, in one atomic script.

The script checks that the episode still stands where it was read. Until then nothing has happened: whatever fails
before it costs no step.
"""

import logging
from dataclasses import dataclass

from codearena.errors import EpisodeBusyError, EpisodeFinishedError, InvalidRequestError, StoreError
from codearena.server import telemetry
from gateway import metrics
from gateway.access import caller as callers
from gateway.agents import memory
from gateway.attempt.graph import Attempt
from gateway.clock import now_ms
from gateway.episode import answers, episode_events, kept, stats
from gateway.episode.history import unknown
from gateway.series.tally import Tally
from gateway.settings import Settings
from gateway.store.records import Answer, CommitResult, EpisodeRecord, Partition, StepCommit
from gateway.store.redis import Store

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Sender:
    """What came with a step beside the source. request_id, method: empty: none; fingerprint: of the source."""

    request_id: str
    method: str
    fingerprint: str


class Commits:
    """Commits steps."""

    def __init__(self, settings: Settings, store: Store, tally: Tally) -> None:
        self._settings = settings
        self._store = store
        self._tally = tally

    async def commit(self, episode: EpisodeRecord, attempt: Attempt, sender: Sender) -> bytes:
        """Makes the attempt the next step of the episode as it was read; JSON of a StepResponse.

        Raises:
            EpisodeFinishedError, EpisodeBusyError, UnknownEpisodeError: another step came first, or it has expired.
            InvalidRequestError: the request id came with another source before.
            StoreError: it may be committed or not.
        """
        step, verdict = attempt.proposal.step, attempt.verdict
        done = verdict.solved or step >= episode.max_steps
        answered = answers.step(episode, attempt, done, self._settings.source_bytes)
        kept_answer = answers.to_keep(answered) if sender.request_id else b""
        commit = self._changes(episode, attempt, sender, done, kept_answer)
        with metrics.STAGES.labels("commit").time():
            result, answer = await self._store.steps.commit(commit)
        metrics.STEPS.labels(result).inc()
        source = telemetry.fingerprint(attempt.proposal.source)
        told = "step %d of task %s: %s, reward %.3f, source %s"
        log.info(told, step, attempt.task.id, result, verdict.reward, source)
        if result is CommitResult.ANSWERED and answer is not None:
            return await self._answered_before(episode.episode_id, answer, sender)
        _require_committed(result, episode.episode_id)
        evaluates = episode.partition is Partition.EVAL
        self._tally.step(episode.agent_id, sender.method, verdict, done=done, evaluates=evaluates)
        if done:
            await self._count_finished(episode, attempt)
        return answered.model_dump_json().encode()

    def _changes(
        self, episode: EpisodeRecord, attempt: Attempt, sender: Sender, done: bool, answer: bytes
    ) -> StepCommit:
        taken_ms = now_ms()
        failure, brief = memory.failure_of(attempt, taken_ms), attempt.prepared.brief
        return StepCommit(
            episode=episode,
            attempt_id=attempt.attempt_id,
            request_id=sender.request_id,
            answer=Answer(sender.fingerprint, answer),
            attempt=kept.stored(attempt, self._settings.stored_bytes).SerializeToString(),
            source=attempt.proposal.source[: self._settings.source_bytes],
            identity=attempt.identity,
            reward=attempt.verdict.reward,
            done=done,
            event=episode_events.step(episode, attempt, done, sender.method),
            now_ms=taken_ms,
            solved=attempt.verdict.solved,
            task_revision=attempt.task.revision,
            best=memory.best_of(episode, attempt, taken_ms),
            failure_id=failure.failure_id if failure else "",
            failure=failure.body if failure else "",
            basis_revision=brief.basis_revision,
            basis=brief.basis,
            method=sender.method,
            category=attempt.task.category,
            counts=stats.counts_of(attempt, done),
        )

    async def _answered_before(self, episode_id: str, answer: Answer, sender: Sender) -> bytes:
        """What another process has answered meanwhile; the sources that belong to it came with that step."""
        snapshot = await self._store.read(episode_id)
        if snapshot is None:
            raise unknown(episode_id)
        return first_answer(answer, snapshot.episode, sender)

    async def _count_finished(self, episode: EpisodeRecord, attempt: Attempt) -> None:
        """Counts an episode that has ended; the step is committed, whatever becomes of this."""
        metrics.EPISODES.labels(episode.level, "solved" if attempt.verdict.solved else "unsolved").inc()
        if episode.group:
            try:
                groups, varied = await self._store.note_group(episode, attempt.verdict.reward)
            except StoreError as error:
                log.warning("a group is not counted: %s", error.detail)
            else:
                metrics.GROUPS.inc(groups)
                metrics.VARIED_GROUPS.inc(varied)
                self._tally.groups(groups, varied)


def first_answer(answer: Answer, episode: EpisodeRecord, sender: Sender) -> bytes:
    """What the request id got before. Raises InvalidRequestError."""
    # An answer about one source is never given for another: that would be a made-up reward.
    if answer.fingerprint != sender.fingerprint:
        raise reused(sender.request_id)
    return answers.kept(answer.body, episode)


def reused(request_id: str) -> InvalidRequestError:
    return InvalidRequestError(f"request id {request_id} came with another source before")


def _require_committed(result: CommitResult, episode_id: str) -> None:
    if result is CommitResult.FINISHED:
        raise EpisodeFinishedError(f"episode {callers.shown(episode_id)} was finished by another step")
    if result is CommitResult.GONE:
        raise unknown(episode_id)
    if result is not CommitResult.COMMITTED:
        raise EpisodeBusyError(f"another step of episode {callers.shown(episode_id)} came first")
