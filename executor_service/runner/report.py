"""What a report says, as records: the messages of proto/codearena/v1 that the runner fills in, under the same names.

The runner is standard library only, so `to_json` writes them as executor_service/codec.py reads them. Durations are in
seconds; a status is the name of an enumeration's value without its prefix; what is left at its default is left out.
"""

import base64
import json
from dataclasses import MISSING, dataclass
from enum import StrEnum, auto


class AttemptStatus(StrEnum):
    """AttemptStatus in executor.proto."""

    COMPILE_ERROR = auto()
    LOAD_ERROR = auto()
    RAN = auto()


class CallStatus(StrEnum):
    """CallStatus in common.proto."""

    RETURNED = auto()
    RAISED = auto()
    TIME_LIMIT = auto()
    MEMORY_LIMIT = auto()
    OUTPUT_LIMIT = auto()
    PROCESS_LIMIT = auto()
    CRASHED = auto()
    UNENCODABLE = auto()
    NOT_RUN = auto()
    UNDEFINED = auto()
    ASKS = auto()
    """In no report: a request of a test script's has not ended yet, and `value` is a question of the attempt's."""
    UNCOMPILED = auto()
    """In no report: the source that was to be loaded does not compile, see Uncompiled."""


class ScriptTestStatus(StrEnum):
    """ScriptTestStatus in common.proto."""

    PASSED = auto()
    FAILED = auto()
    NOT_RUN = auto()


@dataclass(frozen=True)
class Usage:
    """starved_s, blocked_s: parts of wall_s."""

    cpu_s: float = 0.0
    wall_s: float = 0.0
    starved_s: float = 0.0
    blocked_s: float = 0.0
    peak_memory_bytes: int = 0


@dataclass(frozen=True)
class Output:
    """What is kept of a stream."""

    head: bytes = b""
    tail: bytes = b""
    truncated: bool = False
    total_bytes: int = 0


@dataclass(frozen=True)
class RaisedException:
    """All of it in the attempt's words."""

    type: str
    builtin_bases: tuple[str, ...]
    message: str
    traceback: str


@dataclass(frozen=True)
class SpawnedProcess:
    """A process that was asked for and not started."""

    argv: tuple[str, ...]
    shell: bool = False
    via: str = ""


@dataclass(frozen=True)
class ScriptTestOutcome:
    """What one test of a script came to."""

    test_id: str
    status: ScriptTestStatus
    detail: str = ""
    stdout: Output = Output()
    stderr: Output = Output()

    @property
    def passed(self) -> bool:
        return self.status is ScriptTestStatus.PASSED


@dataclass(frozen=True)
class SyntaxProblem:
    """Why the source does not compile, in its process's words."""

    type: str
    message: str
    line: int
    column: int
    text: str


@dataclass(frozen=True)
class Analysis:
    """All that a sandbox says of a source, and only if it does not compile there."""

    problem: SyntaxProblem


@dataclass(frozen=True)
class CallOutcome:
    """What one message to a process came to.

    call_id: empty for a message that is no call of the workload; value: its tagged JSON, in ASCII.
    """

    call_id: str
    status: CallStatus
    value: str | None = None
    raised: RaisedException | None = None
    signal: int = 0
    exit_status: int = 0
    detail: str = ""
    stdout: Output = Output()
    stderr: Output = Output()
    usage: Usage = Usage()
    processes: tuple[SpawnedProcess, ...] = ()
    overhead_cpu_s: float = 0.0
    script_tests: tuple[ScriptTestOutcome, ...] = ()
    precedent: bytes = b""
    repeated_calls: int = 0
    repeated_cpu_s: float = 0.0

    @property
    def returned(self) -> bool:
        return self.status is CallStatus.RETURNED


@dataclass(frozen=True, kw_only=True)
class Uncompiled(CallOutcome):
    """Of a message with a source that does not compile: it ends the run."""

    problem: SyntaxProblem


@dataclass(frozen=True)
class ProbeMeasurement:
    """One size, measured on both. same_value: neither has its value then; None: the values say it."""

    size: int
    reference: CallOutcome
    attempt: CallOutcome
    added: bool
    same_value: bool | None = None


@dataclass(frozen=True)
class ProbeProcess:
    """What a process did beside the calls that it made."""

    load_cpu_s: float = 0.0
    other_cpu_s: float = 0.0
    idle_cpu_s: float = 0.0


@dataclass(frozen=True)
class Report:
    """All that was seen of one workload."""

    status: AttemptStatus
    usage: Usage
    analysis: Analysis | None = None
    load: CallOutcome | None = None
    calls: tuple[CallOutcome, ...] = ()
    reference_calls: tuple[CallOutcome, ...] = ()
    probe: tuple[ProbeMeasurement, ...] = ()
    reference_probe_process: ProbeProcess | None = None
    attempt_probe_process: ProbeProcess | None = None
    broken_checks: tuple[int, ...] = ()

    def to_json(self) -> bytes:
        """As it is sent, in one line of ASCII."""
        return written(self).encode("ascii")


def written(part: object) -> str:
    """A record, or a part of one, as JSON in ASCII."""
    return json.dumps(part, default=_plain, separators=(",", ":"))


def _plain(part: object) -> object:
    if isinstance(part, bytes):
        return base64.b64encode(part).decode("ascii")
    defaults = type(part)  # a class has the defaults of its fields as attributes
    return {name: value for name, value in vars(part).items() if value != getattr(defaults, name, MISSING)}
