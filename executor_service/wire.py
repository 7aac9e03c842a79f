"""The shape of a report as the runner writes it. Anything that does not fit is a failure of ours, never the attempt's.

The runner (executor_service/runner/) is standard library only, so the two sides share this shape and no code.
"""

import base64
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

_INT32 = 2**31 - 1
_INT64 = 2**63 - 1
_Seconds = Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)]
_Size = Annotated[int, Field(ge=0, le=_INT64)]
_Small = Annotated[int, Field(ge=0, le=_INT32)]


def _decode_base64(text: Any) -> Any:
    """Strictly: pydantic's own Base64Bytes skips characters that are none of base64's."""
    return base64.b64decode(text, validate=True) if isinstance(text, str) else text


_Base64 = Annotated[bytes, BeforeValidator(_decode_base64)]

CallStatusName = Literal[
    "returned",
    "raised",
    "time_limit",
    "memory_limit",
    "output_limit",
    "process_limit",
    "crashed",
    "unencodable",
    "not_run",
    "undefined",
]
AttemptStatusName = Literal["compile_error", "load_error", "ran"]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class HelloWire(_Record):
    """The ready frame."""

    ready: Literal[True]
    revision: Annotated[str, Field(max_length=128)]
    degradations: tuple[str, ...]


class UsageWire(_Record):
    """What the kernel counted."""

    cpu_s: _Seconds
    wall_s: _Seconds
    starved_s: _Seconds
    blocked_s: _Seconds
    peak_memory_bytes: _Size


class OutputWire(_Record):
    """What was written to one stream."""

    head: _Base64
    tail: _Base64
    truncated: bool
    total_bytes: _Size


class RaisedWire(_Record):
    """An exception as text."""

    type: str
    builtin_bases: tuple[str, ...]
    message: str
    traceback: str


class ProcessWire(_Record):
    """A process that was intercepted."""

    argv: tuple[str, ...]
    shell: bool
    via: str


class ScriptTestWire(_Record):
    """What one test of a test script came to."""

    test_id: str
    status: Literal["passed", "failed", "not_run"]
    detail: str
    stdout: OutputWire
    stderr: OutputWire


class OutcomeWire(_Record):
    """What one call did."""

    call_id: str
    status: CallStatusName
    value: str | None
    raised: RaisedWire | None
    signal: _Small
    exit_status: _Small
    detail: str
    stdout: OutputWire
    stderr: OutputWire
    usage: UsageWire
    overhead_cpu_s: _Seconds
    repeated_calls: _Size = 0
    repeated_cpu_s: _Seconds = 0.0
    processes: tuple[ProcessWire, ...]
    tests: tuple[ScriptTestWire, ...] = ()
    precedent: str = ""


class ProblemWire(_Record):
    """Why the source does not compile."""

    type: str
    message: str
    line: _Small
    column: _Small
    text: str


class CheckWire(_Record):
    """One rule, evaluated."""

    passed: bool
    line: _Small
    detail: str


class AnalysisWire(_Record):
    """What was read from the source before it ran."""

    compiles: bool
    problem: ProblemWire | None
    ast_hash: Annotated[str, Field(max_length=128)]
    estimated_complexity: Annotated[str, Field(max_length=64)]
    dominant_lines: Annotated[tuple[_Small, ...], Field(max_length=16)]
    problem_type: Annotated[str, Field(max_length=64)]
    checks: tuple[CheckWire, ...]


class ProbeWire(_Record):
    """One size, measured on both."""

    size: _Size
    reference: OutcomeWire
    attempt: OutcomeWire


class ProbeProcessWire(_Record):
    """What the processes that made the calls did beside them."""

    load_cpu_s: _Seconds
    other_cpu_s: _Seconds
    idle_cpu_s: _Seconds = 0.0


class ProbeProcessesWire(_Record):
    """Both of them."""

    reference: ProbeProcessWire
    attempt: ProbeProcessWire


class ReportWire(_Record):
    """The whole report."""

    status: AttemptStatusName
    analysis: AnalysisWire | None
    load: OutcomeWire | None
    calls: tuple[OutcomeWire, ...]
    reference_calls: tuple[OutcomeWire, ...]
    probe: tuple[ProbeWire, ...]
    probe_processes: ProbeProcessesWire | None
    broken_checks: tuple[_Small, ...] = ()
    usage: UsageWire
