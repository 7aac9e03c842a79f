"""The interface of an isolation, and the whole of its contract. Implementations repeat none of it.

An `Isolation` makes sandboxes. A `Sandbox` is one ready runner: it takes one workload, gives one report, and is
destroyed. Nothing that an attempt can reach in a sandbox is ever there for a second one.

Whose failure an end without a report is, is not decided here: a sandbox hands out what it knows as `Evidence`, and
`executor_service.causes` rules on it.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from codearena.errors import SandboxError


class IsolationName(StrEnum):
    """How attempts are kept apart, as named in every report."""

    CONTAINER = "container"
    CELL = "cell"
    LOCAL = "local"


@dataclass(frozen=True)
class IsolationInfo:
    """What is in force. runtime: Docker's, empty for local; degradations: what is missing, in words."""

    name: IsolationName
    runtime: str = ""
    degradations: tuple[str, ...] = ()


@dataclass(frozen=True)
class Hello:
    """What a ready runner says.

    revision: content hash of its files; degradations: what it had to do without; packages: NAME==VERSION of what its
    image has beside the standard library.
    """

    revision: str
    degradations: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()


class StreamEnd(StrEnum):
    """How the runner's stream stood when we stopped reading it."""

    OPEN = "open"
    """Still there: it was we who stopped."""
    ENDED = "ended"
    """The other side closed it, or the connection broke: these cannot be told apart."""
    CORRUPT = "corrupt"
    """Bytes came that are no frame."""


@dataclass(frozen=True)
class Evidence:
    """All that is known of a sandbox that ended without a report.

    timed_out: our own timer ran out; exit_status: of the runner by the kernel or engine, 128 + signal if killed, None
    if unknown; oom_killed: the kernel killed something in it for memory; engine_error: what the engine said.
    """

    stream: StreamEnd
    timed_out: bool = False
    exit_status: int | None = None
    oom_killed: bool = False
    engine_error: str = ""


class SandboxLostError(SandboxError):
    """A sandbox ended without a report. `evidence` tells what is known of it."""

    def __init__(self, evidence: Evidence) -> None:
        super().__init__("the sandbox ended without a report")
        self.evidence = evidence


class Sandbox(ABC):
    """One ready runner, for one attempt.

    sandbox_id: never seen before; the engine's id for a container; hello: what the runner said when it became ready.
    """

    sandbox_id: str
    hello: Hello

    @property
    @abstractmethod
    def alive(self) -> bool:
        """False once the runner is known to be gone."""

    @abstractmethod
    def on_lost(self, callback: Callable[[], None]) -> None:
        """Calls `callback` once when the runner goes, soon if it has gone already. The last one set counts."""

    @abstractmethod
    async def run(self, workload: bytes, timeout_s: float) -> bytes:
        """Hands over the workload and returns the report, both as JSON text. At most once, and once after each `renew`.

        timeout_s: longest wait for the whole report. The runner keeps the workload's own limits; this timer is for a
        runner that does not answer at all.

        Cancelling it is allowed at any point; the sandbox must then be destroyed like any other.

        Raises:
            SandboxLostError: there is no report; its evidence tells what is known.
        """

    @abstractmethod
    async def renew(self) -> None:
        """Makes a sandbox that has reported ready for another workload of the same attempt; `hello` is a new one.

        Raises:
            SandboxError: it is not certain that nothing of what ran is left, or it took too long. Destroy it.
        """

    @abstractmethod
    async def destroy(self) -> None:
        """Kills whatever runs and gives everything back. Never raises for a sandbox that is gone already; idempotent.

        The attempt's processes are told to die at once; freeing what the engine holds may take longer, and this
        returns when that is done. Must be awaited to its end exactly where nobody waits for an answer.

        Raises:
            SandboxError: it may still exist. It is then left to the reaper.
        """


class Isolation(ABC):
    """Makes sandboxes. All methods belong to one event loop."""

    @abstractmethod
    async def start(self) -> None:
        """Checks that sandboxes can be made here, and clears away what dead owners left.

        Raises:
            SandboxError: they cannot; the detail says why in one sentence that names the remedy.
        """

    @abstractmethod
    async def create(self) -> Sandbox:
        """A new sandbox whose runner has said that it is ready.

        If it fails or is cancelled, nothing is left behind for longer than one pass of the reaper.

        Raises:
            SandboxError: the engine refused, or the runner did not become ready in time.
        """

    @abstractmethod
    async def close(self) -> None:
        """Releases what the isolation itself holds. Its sandboxes must have been destroyed before."""

    @abstractmethod
    def describe(self) -> IsolationInfo:
        """What is in force. Complete once `start` has returned."""
