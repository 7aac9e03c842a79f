"""The same answer in the same group has the same reward, wherever and however often it is asked for.

The ranks of a trainer ask for it at different times, and at different gateways. Its hidden inputs are the group's, but
what is measured of it differs a little from one time to the next. So it is graded once, and what came of it is kept for
the others, long enough for the slowest of them.
"""

import hashlib
import zlib
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass

from pydantic import ValidationError

from codearena import models
from codearena.server.flights import Flights
from gateway.attempt.graph import Attempt
from gateway.episode import answers
from gateway.store.verdicts import VerdictRecords

_ID_CHARS = 32  # of an attempt: a UUID, hex


@dataclass(frozen=True)
class GroupVerdict:
    """What callers are told of an attempt."""

    attempt_id: str
    verdict: models.Verdict

    @classmethod
    def of(cls, attempt: Attempt) -> "GroupVerdict":
        return cls(attempt.attempt_id, answers.attempt_verdict(attempt))


class GroupVerdicts:
    """kept: whether verdicts are given again after their attempts, and not only while those are graded."""

    def __init__(self, records: VerdictRecords, *, kept: bool) -> None:
        self._records = records
        self._kept = kept
        self._flights: Flights[GroupVerdict] = Flights(0.0)

    async def verdict(self, key: Hashable, grade: Callable[[], Awaitable[Attempt]]) -> tuple[GroupVerdict, bool]:
        """The verdict, and whether another's attempt had it. key: all that it depends on, with the owner and the group.

        Raises whatever `grade` raises, and StoreError if it cannot be told whether there is one already.
        """
        graded_here = False

        async def agreed() -> GroupVerdict:
            nonlocal graded_here
            digest = hashlib.sha256(repr(key).encode("utf-8", "surrogatepass")).hexdigest()
            noted = _parsed(await self._records.read(digest)) if self._kept else None
            if noted is not None:
                return noted
            graded_here = True
            own = GroupVerdict.of(await grade())
            if not self._kept:
                return own
            # Another gateway may have been at the same: all give the verdict of the one that was faster.
            record = _record(own)
            kept = await self._records.note(digest, record)
            return own if kept == record else _parsed(kept) or own

        found, _ = await self._flights.result(key, agreed, keep=False)
        return found, not graded_here


def _record(verdict: GroupVerdict) -> bytes:
    return verdict.attempt_id.encode("ascii") + zlib.compress(verdict.verdict.model_dump_json().encode(), 1)


def _parsed(record: bytes | None) -> GroupVerdict | None:
    """None: there is none, or it is of a gateway of another version."""
    if record is None:
        return None
    attempt_id, text = record[:_ID_CHARS].decode("ascii"), zlib.decompress(record[_ID_CHARS:])
    try:
        return GroupVerdict(attempt_id, models.Verdict.model_validate_json(text))
    except ValidationError:
        return None
