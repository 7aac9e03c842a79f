"""What is to be graded and on whose behalf: the one record that goes down the whole path."""

import functools
import hashlib
import uuid
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from codearena.tasks.task import Task
from codearena.v1 import executor_pb2
from gateway.access import caller as callers
from gateway.attempt.patience import Patience


@dataclass(frozen=True)
class Ticket:
    """On whose behalf something runs, where, and how long it may wait for that.

    attempt_id: names it to the services and in logs. owner: of the API key; empty: nobody's. caller: whom to be fair to
    among the owner's, any text. wait_s: see `Patience`. isolation: that it runs in; empty: the usual one.
    """

    attempt_id: str
    owner: str
    wait_s: float
    caller: str = ""
    isolation: str = ""

    @functools.cached_property
    def patience(self) -> Patience:
        """How much of the wait is left."""
        return Patience(self.wait_s)

    def anew(self) -> "Ticket":
        """With the whole wait left: what has run is not given up because it waited long before that."""
        return replace(self)

    def errand(self, purpose: str, isolation: str) -> "Ticket":
        """For what has to be known before this can run: for the same owner, and in the turn of nobody's attempts."""
        return Ticket(f"{purpose}-{uuid.uuid4().hex}", self.owner, self.wait_s, isolation=isolation)


def ticket_for(wait_s: float, caller: str = "", isolation: str = "", prefix: str = "") -> Ticket:
    """A ticket for the request that is being served. prefix: of the id, where it is no attempt's."""
    return Ticket(prefix + uuid.uuid4().hex, callers.current().owner, wait_s, caller, isolation)


@dataclass(frozen=True)
class Proposal:
    """A fix, and all that its verdict depends on beside the task's own settings.

    source: as it was sent. step: from 1; earlier: identities of the attempts that this one should differ from. draw:
    attempts of one draw and step get the same hidden inputs; empty: inputs of its own. probe_cpu_s: None: as usual.
    judged: by the judge; else every dimension is unscored.
    """

    ticket: Ticket
    task: Task
    source: bytes
    step: int = 1
    earlier: Collection[str] = ()
    draw: str = ""
    probe_cpu_s: float | None = None
    judged: bool = True
    started: datetime = field(default_factory=lambda: datetime.now(UTC))


def identity_of(source: bytes, analysis: executor_pb2.Analysis) -> str:
    """Equal for sources that do the same, as far as their syntax trees say so, whose hash is in the analysis.

    Of a source that does not compile, which nobody here parses: the hash of its text, without trailing space, blank
    lines, and lines that are a comment alone.
    """
    if analysis.ast_hash:
        return analysis.ast_hash
    lines = (line.rstrip() for line in source.splitlines())
    text = b"\n".join(line for line in lines if line and not line.lstrip().startswith(b"#"))
    return hashlib.sha256(text).hexdigest()
