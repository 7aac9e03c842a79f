"""Sessions: one caller's private environment, with at most one episode at a time.

A session holds no more than the id of its episode, which is in the store like any other. So it costs a few kilobytes,
any number of gateways may serve sessions, and one whose gateway is killed loses its connection but no step.
"""

import asyncio
import contextlib
import hashlib
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import TypeVar

from codearena import models
from codearena.errors import DeadlineError, OverloadedError, ServiceError, UnknownEpisodeError
from gateway import metrics
from gateway.episode.history import History
from gateway.episode.reset import Resets
from gateway.episode.step import Steps
from gateway.settings import Settings

T = TypeVar("T")


class Session:
    """What one caller does with episodes. Calls come one after the other.

    episode_id: of the session's episode, None before the first reset. reply_s: longest time for one answer.
    """

    def __init__(self, sessions: "Sessions", reply_s: float, episode_id: str | None = None) -> None:
        self._sessions = sessions
        self._reply_s = reply_s
        self.episode_id = episode_id
        self._unanswered: tuple[str, str] | None = None  # source's hash and request id of a step that failed

    async def reset(self, request: models.ResetRequest) -> models.StepResponse:
        """Begins an episode in place of the one before. Raises as Resets.reset does, or DeadlineError."""
        async with self._in_time():
            answer = await self._sessions.resets.reset(request, request.request_id or "", private=True)
        self.episode_id, self._unanswered = answer.episode_id, None
        return answer

    async def step(self, source: str) -> bytes:
        """Takes a step of the episode; JSON of a StepResponse.

        After a failure of ours the same source is sent as the same request: if that step was committed and only its
        answer was lost, this is its answer and no second step.

        Raises:
            UnknownEpisodeError: nothing was reset yet, or the episode has expired.
            EpisodeFinishedError: reset first.
            ServiceError: we failed; try again.
        """
        if self.episode_id is None:
            raise UnknownEpisodeError("no episode yet; reset begins one")
        fingerprint = hashlib.sha256(source.encode("utf-8", "surrogatepass")).hexdigest()
        if self._unanswered is None or self._unanswered[0] != fingerprint:
            self._unanswered = fingerprint, uuid.uuid4().hex
        request = models.StepRequest(proposed_fix=source, episode_id=self.episode_id)
        try:
            async with self._in_time():
                answer = await self._sessions.steps.step(request, self._unanswered[1])
        except ServiceError:
            raise
        except Exception:
            self._unanswered = None
            raise
        self._unanswered = None
        return answer

    async def state(self) -> models.State:
        """Where the episode stands; an empty state before the first reset. Raises UnknownEpisodeError, StoreError."""
        if self.episode_id is None:
            return models.State()
        return await self._sessions.history.state(models.DEFAULT_AGENT, self.episode_id)

    async def hint(self) -> str:
        """Of the episode's last step, or of the buggy code. Raises UnknownEpisodeError, ServiceError."""
        if self.episode_id is None:
            raise UnknownEpisodeError("no episode yet; reset begins one")
        async with self._in_time():
            return await self._sessions.history.hint(self.episode_id)

    @contextlib.asynccontextmanager
    async def _in_time(self) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(self._reply_s):
                yield
        except TimeoutError as error:
            raise DeadlineError("not done within the time that clients wait; send the same again") from error


class SessionsFullError(OverloadedError):
    """No place for another session. active, limit: numbers of sessions."""

    def __init__(self, active: int, limit: int) -> None:
        super().__init__(f"{active} of {limit} sessions are open")
        self.active = active
        self.limit = limit


class SessionEnded(Exception):  # noqa: N818
    """The server ends the session. reason: in words, for the caller; restarting: another gateway may be tried."""

    def __init__(self, reason: str, *, restarting: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.restarting = restarting


class Place:
    """One open session's place among all."""

    def __init__(self, sessions: "Sessions", idle_s: float) -> None:
        self._sessions = sessions
        self._idle_s = idle_s
        self._waiting: asyncio.Timeout | None = None

    async def next(self, receive: Callable[[], Awaitable[T]]) -> T:
        """What the caller sends next. Raises SessionEnded if nothing comes for too long or the gateway drains."""
        try:
            self._sessions.check()
            async with asyncio.timeout(self._idle_s) as self._waiting:
                return await receive()
        except TimeoutError as error:
            self._sessions.check()
            raise SessionEnded(f"nothing came for {self._idle_s:g} s", restarting=False) from error
        finally:
            self._waiting = None

    def end(self) -> None:
        """Wakes `next`, if the session is waiting there; else it ends once it comes there."""
        if self._waiting is not None and not self._waiting.expired():
            self._waiting.reschedule(asyncio.get_running_loop().time())


class Sessions:
    """The open sessions of this process."""

    def __init__(self, settings: Settings, resets: Resets, steps: Steps, history: History) -> None:
        self._settings = settings
        self.resets = resets
        self.steps = steps
        self.history = history
        self._open: set[Place] = set()
        self._draining = False
        self._empty = asyncio.Event()
        self._empty.set()

    @contextlib.contextmanager
    def place(self) -> Iterator[Place]:
        """A place for a connection while it lasts. Raises SessionsFullError."""
        if len(self._open) >= self._settings.sessions_max:
            raise SessionsFullError(len(self._open), self._settings.sessions_max)
        place = Place(self, self._settings.session_idle_s)
        self._open.add(place)
        self._empty.clear()
        try:
            with metrics.SESSIONS.track_inprogress():
                yield place
        finally:
            self._open.discard(place)
            if not self._open:
                self._empty.set()

    def session(self, episode_id: str | None = None) -> Session:
        """A session whose episode is the one named, or none yet."""
        return Session(self, self._settings.session_reply_s, episode_id)

    def check(self) -> None:
        """Raises SessionEnded once the gateway drains."""
        if self._draining:
            raise SessionEnded("the gateway is restarting", restarting=True)

    async def drain(self) -> None:
        """Ends every session: those that wait at once, the others after their answer. Returns when all are gone."""
        self._draining = True
        for place in self._open:
            place.end()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._settings.drain_s):
                await self._empty.wait()
