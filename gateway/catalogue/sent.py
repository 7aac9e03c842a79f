"""The tasks that callers send: read once in each gateway, kept for all of them, and named by their content."""

import time
import zlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from codearena import models
from codearena.errors import (
    CodeArenaError,
    ForbiddenError,
    InvalidRequestError,
    OverQuotaError,
    UnknownSentTaskError,
)
from codearena.sdk import references
from codearena.server.flights import Flights
from codearena.server.recent import Recent
from gateway.access import caller as callers
from gateway.catalogue.reading import Reading
from gateway.catalogue.sent_task import SentTask
from gateway.settings import Settings
from gateway.store.api_keys import Scope
from gateway.store.sent_tasks import SentTasks

_RETRY_AFTER_S = 10.0
_TOUCHED_SHARE, _TOUCHED_S = 0.1, 60.0
"""Of the time that a task is kept, and at most: so long it is used without the store being asked for it."""
_SLOT_BYTES = 256 * 1024
_MOST_UNPACKED = 2  # times the largest record: what was packed by a gateway with other settings


@dataclass(frozen=True)
class Packed:
    """A task as it was sent. reference: of its record; record: its text, compressed; record_bytes: before that."""

    task: SentTask
    reference: str
    record: bytes
    record_bytes: int

    @property
    def told(self) -> models.SentTask:
        """What its owner is told of it."""
        return models.SentTask(
            task_ref=self.reference,
            id=self.task.id,
            title=self.task.title,
            category=self.task.category,
            difficulty=self.task.level.value,
            split=self.task.split.value,
            source=self.task.source,
            revision=self.task.revision,
            record_bytes=self.record_bytes,
        )


@dataclass
class _Known:
    """A task in memory. touched_s: when the store was last told that it is in use, by the monotonic clock."""

    packed: Packed
    touched_s: float


class Sent:
    """The sent tasks of whoever calls. Every method that finds a task raises

    ForbiddenError: the caller's key is not for that.
    InvalidRequestError: the record says no task, or one that may not be sent.
    UnknownSentTaskError: no task of this reference is kept: it has to be sent whole.
    ServiceError: we failed.
    """

    def __init__(self, settings: Settings, records: SentTasks, reading: Reading) -> None:
        self._settings = settings
        self._records = records
        self._reading = reading
        self._touch_s = min(_TOUCHED_S, _TOUCHED_SHARE * settings.sent_tasks_ttl_s)
        self._known: Recent[tuple[str, str], _Known] = Recent(
            settings.tasks_kept, lambda known: 1 + len(known.packed.record) // _SLOT_BYTES
        )
        self._flights: Flights[_Known] = Flights(0.0)

    async def send(self, record: Mapping[str, object], *, hold_s: int = 0) -> Packed:
        """The task that a whole record says, kept from now on. hold_s: at least so long.

        Raises OverQuotaError if there is no room for it.
        """
        self._permit()
        try:
            text = references.text_of(record)
        except (ValueError, TypeError, RecursionError) as error:
            raise InvalidRequestError(f"the task is no JSON: {error}") from error
        reference = references.reference_of_text(text)
        known = self._recently_used(reference, hold_s)
        if known is None:
            known = await self._shared("keep", reference, lambda: self._kept(reference, text, hold_s))
        return self._allowed(known.packed)

    async def find(self, reference: str, *, hold_s: int = 0) -> Packed:
        """The task of the record that this refers to."""
        self._permit()
        known = self._recently_used(reference, hold_s)
        if known is None:
            known = await self._shared("find", reference, lambda: self._found(reference, hold_s))
        return self._allowed(known.packed)

    async def unpacked(self, record: bytes) -> SentTask:
        """The task of a record that an episode has kept, whatever became of it elsewhere."""
        text = _unpacked(record, _MOST_UNPACKED * self._settings.sent_task_bytes)
        reference = references.reference_of_text(text)
        known = self._known.get((callers.current().owner, reference))
        if known is None:
            known = await self._shared("read", reference, lambda: self._read(reference, text))
        return known.packed.task

    async def forget(self, reference: str) -> None:
        """Episodes that have begun go on."""
        self._permit()
        if not await self._records.forget(callers.current().owner, reference):
            raise _unknown(reference)
        self._known.drop((callers.current().owner, reference))

    async def listed(self, offset: int, limit: int) -> tuple[list[models.SentTask], int]:
        """Those of the caller, and how many there are."""
        self._permit()
        found, total = await self._records.listed(callers.current().owner, offset, limit)
        told = [
            models.SentTask.model_validate_json(about).model_copy(update={"task_ref": name, "kept_until_ms": until_ms})
            for name, until_ms, about in found
        ]
        return told, total

    def _permit(self) -> None:
        if not callers.current().scope.includes(Scope.TASKS):
            raise ForbiddenError(f"a task with the request takes a key of the scope {Scope.TASKS}")

    def _allowed(self, packed: Packed) -> Packed:
        """The grader runs a checker in a worker that is limited, and not in a sandbox."""
        if packed.task.checker and not self._settings.sent_checkers and callers.current().scope is not Scope.ADMIN:
            raise ForbiddenError(f"task.checker: one that comes with a request takes a key of the scope {Scope.ADMIN}")
        return packed

    def _recently_used(self, reference: str, hold_s: int) -> _Known | None:
        """What is known, if the store need not be told that it is used."""
        known = self._known.get((callers.current().owner, reference))
        fresh = known is not None and time.monotonic() - known.touched_s < self._touch_s
        return known if fresh and not hold_s else None

    async def _shared(self, purpose: str, reference: str, make: Callable[[], Awaitable[_Known]]) -> _Known:
        """Of those who ask at once, one does it."""
        key = (callers.current().owner, reference)
        known, _ = await self._flights.result((*key, purpose), make, keep=False)
        self._known.put(key, known)
        return known

    async def _kept(self, reference: str, text: bytes, hold_s: int) -> _Known:
        known = await self._read(reference, text)
        packed, owner = known.packed, callers.current().owner
        about = packed.told.model_dump_json().encode()
        if not await self._records.keep(owner, reference, packed.record, about, hold_s=hold_s):
            detail = "as many tasks as may be kept of one owner are in use by jobs"
            raise OverQuotaError(detail, retry_after_s=_RETRY_AFTER_S)
        known.touched_s = time.monotonic()
        return known

    async def _found(self, reference: str, hold_s: int) -> _Known:
        record = await self._records.read(callers.current().owner, reference, hold_s=hold_s)
        if record is None:
            raise _unknown(reference)
        known = await self._read(reference, _unpacked(record, _MOST_UNPACKED * self._settings.sent_task_bytes))
        known.touched_s = time.monotonic()
        return known

    async def _read(self, reference: str, text: bytes) -> _Known:
        known = self._known.get((callers.current().owner, reference))
        if known is not None:
            return known
        task = await self._reading.task(text)
        return _Known(Packed(task, reference, zlib.compress(text, 1), len(text)), touched_s=float("-inf"))


def _unknown(reference: str) -> UnknownSentTaskError:
    return UnknownSentTaskError(f"no task {reference} is kept; send the whole record as `task`")


def _unpacked(record: bytes, most_bytes: int) -> bytes:
    try:
        text = zlib.decompressobj().decompress(record, most_bytes)
    except zlib.error as error:
        raise CodeArenaError("a task that was kept cannot be read") from error
    return text
