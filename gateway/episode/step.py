"""A step is taken: the episode is read, the fix is graded, and the step is committed.

Within this process a second step of an episode is refused at once, rather than graded for nothing.
"""

import asyncio
import hashlib
from dataclasses import dataclass

from codearena import models
from codearena.errors import EpisodeBusyError, EpisodeFinishedError, UnknownEpisodeError
from gateway import metrics, response_ids
from gateway.access import caller as callers
from gateway.access.isolations import Isolations
from gateway.attempt.graph import Graph
from gateway.attempt.proposal import Proposal, ticket_for
from gateway.catalogue.wanted import Wants
from gateway.episode.commit import Commits, Sender, first_answer, reused
from gateway.episode.history import unknown
from gateway.episode.reset import Resets
from gateway.series.tally import Tally
from gateway.settings import Settings
from gateway.store.records import CommitResult, EpisodeRecord, Snapshot
from gateway.store.redis import Store


@dataclass(frozen=True)
class _InFlight:
    """A step being taken in this process."""

    sender: Sender
    answer: asyncio.Task[bytes]


class Steps:
    """Takes steps of episodes, whichever process began them."""

    def __init__(
        self, settings: Settings, store: Store, graph: Graph, resets: Resets, wants: Wants, tally: Tally
    ) -> None:
        self._settings = settings
        self._store = store
        self._graph = graph
        self._resets = resets
        self._wants = wants
        self._commits = Commits(settings, store, tally)
        self._isolations = Isolations(settings)
        self._in_flight: dict[str, _InFlight] = {}

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
        sender = Sender(request_id, request.method or "", hashlib.sha256(source).hexdigest())
        if request.episode_id is not None:
            return await self._shared(callers.owned(request.episode_id), source, sender, None)
        last = await self._store.read_last(callers.owned(request.agent_id), request_id)
        if last is None:
            raise UnknownEpisodeError(f"agent {callers.shown(request.agent_id)} has no episode; reset starts one")
        if last.episode.done and last.answer is None:
            return await self._shared(await self._resets.after(last.episode, request_id), source, sender, None)
        return await self._shared(last.episode.episode_id, source, sender, last)

    async def drain(self) -> None:
        """Returns when every step begun has ended, whether its caller still waits or not."""
        await asyncio.gather(*(step.answer for step in self._in_flight.values()), return_exceptions=True)

    async def _shared(self, episode_id: str, source: bytes, sender: Sender, snapshot: Snapshot | None) -> bytes:
        """The answer of the step, taken by a task of its own: a caller who hangs up does not undo half of it."""
        running = self._in_flight.get(episode_id)
        if running is None:
            answer = asyncio.create_task(self._take(episode_id, source, sender, snapshot))
            running = self._in_flight[episode_id] = _InFlight(sender, answer)
            answer.add_done_callback(lambda _: self._in_flight.pop(episode_id))
        elif not sender.request_id or running.sender.request_id != sender.request_id:
            raise EpisodeBusyError("another step of this episode is being graded")
        elif running.sender.fingerprint != sender.fingerprint:
            raise reused(sender.request_id)
        return await asyncio.shield(running.answer)

    async def _take(self, episode_id: str, source: bytes, sender: Sender, snapshot: Snapshot | None) -> bytes:
        """snapshot: of the episode, if it has been read already."""
        response_ids.note_episode(episode_id)
        snapshot = snapshot or await self._store.read(episode_id, sender.request_id)
        if snapshot is None:
            raise unknown(episode_id)
        episode = snapshot.episode
        if snapshot.answer is not None:
            metrics.STEPS.labels(CommitResult.ANSWERED).inc()
            return first_answer(snapshot.answer, episode, sender)
        if episode.done:
            raise EpisodeFinishedError(f"episode {callers.shown(episode_id)} is finished; reset starts another")
        attempt = await self._graph.attempt(await self._proposal(episode, source))
        response_ids.note_attempt(attempt.attempt_id)
        return await self._commits.commit(episode, attempt, sender)

    async def _proposal(self, episode: EpisodeRecord, source: bytes) -> Proposal:
        """As the next step of the episode. Raises ForbiddenError, or UnknownTaskError if it is no longer served."""
        self._isolations.permit(episode.isolation)  # it may have been begun by another key of the owner
        return Proposal(
            ticket_for(self._settings.attempt_wait_s, isolation=episode.isolation),
            await self._wants.of_episode(episode),
            source,
            episode.step + 1,
            episode.identities,
            draw=f"group:{callers.owned(episode.group)}" if episode.group else f"episode:{episode.nonce}",
        )
