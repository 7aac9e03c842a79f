"""What came of one message, as an outcome for the report. Pure, but for the kernel's count of kills for memory.

Whose word each part is: how a process ended is the kernel's, everything in an answer is the attempt's own.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from codearena import values
from executor_service.runner import worker
from executor_service.runner.probe import raw
from executor_service.runner.process import Answer, Exit
from executor_service.runner.report import (
    CallOutcome,
    CallStatus,
    RaisedException,
    SpawnedProcess,
    SyntaxProblem,
    Uncompiled,
    Usage,
)
from executor_service.runner.system import witness
from executor_service.runner.system.group import Waits

Transcribe = Callable[[bytes], str]
"""The tagged encoding of a raw value; raises what raw.transcribe does."""

_PROCESSES = 100  # of one call, and of all of them together:
_ARGUMENTS = 1000
_ARGUMENT_CHARACTERS = 64 * 1024
_INT32 = 2**31 - 1
_STATUS_OF_END = {
    "cpu": (CallStatus.TIME_LIMIT, "used up its CPU time"),
    "wall": (CallStatus.TIME_LIMIT, "took too long"),
    "group_cpu": (CallStatus.TIME_LIMIT, "the CPU time of the whole attempt was used up"),
    "flood": (CallStatus.OUTPUT_LIMIT, "wrote too much to stdout and stderr"),
    "oversize": (CallStatus.OUTPUT_LIMIT, "answered with too much"),
    "broken": (CallStatus.CRASHED, "broke the channel of its results"),
}


def _refuse(_: bytes) -> str:
    raise raw.MalformedRawError("nobody asked for a raw value")


def from_answer(
    answer: Answer,
    call_id: str,
    value_bytes: int,
    transcribe: Transcribe = _refuse,
    *,
    also: Sequence[CallStatus] = (),
    intercepted: bool = False,
) -> CallOutcome:
    """How the call ended. value_bytes: longest encoded value that is passed on; transcribe: reads a raw one;
    also: what its answer may be beside the statuses that a call has in a report; intercepted: its process records what
    it is asked to start, and only then is it believed that there is a record.
    """
    seen = CallOutcome(
        call_id,
        CallStatus.CRASHED,
        stdout=answer.stdout.output(),
        stderr=answer.stderr.output(),
        usage=usage(answer.cpu_s, answer.wall_s, answer.peak_memory_bytes, answer.waits),
    )
    if answer.body is not None:
        outcome = _answered(seen, answer.body, value_bytes, transcribe, (*worker.STATUSES, *also))
        return outcome if intercepted else replace(outcome, processes=())
    if answer.ended == "exited" and answer.exit:
        return _ended_by_itself(seen, answer.exit)
    status, detail = _STATUS_OF_END.get(answer.ended, (CallStatus.CRASHED, "ended without an answer"))
    return replace(seen, status=status, detail=detail)


def _ended_by_itself(seen: CallOutcome, end: Exit) -> CallOutcome:
    status, detail = CallStatus.CRASHED, "the process ended without an answer"
    if end.signal == 9:
        # Sent by the kernel's out-of-memory killer or by the attempt itself: the supervisor did not.
        detail = "killed by SIGKILL"
        if _oom_kills():
            status, detail = CallStatus.MEMORY_LIMIT, "killed for lack of memory"
    elif end.signal:
        detail = f"killed by signal {end.signal}"
    return replace(seen, status=status, detail=detail, signal=end.signal, exit_status=end.code)


def _oom_kills() -> bool:
    """True if the kernel has killed for memory in this cgroup (v2: memory.events, v1: memory.oom_control)."""
    for path in ("/sys/fs/cgroup/memory.events", "/sys/fs/cgroup/memory/memory.oom_control"):
        try:
            with open(path) as file:
                counters = dict(line.split() for line in file)
        except OSError:
            continue
        if int(counters.get("oom_kill", 0)) > 0:
            return True
    return False


def _answered(
    seen: CallOutcome, body: bytes, value_bytes: int, transcribe: Transcribe, allowed: Sequence[CallStatus]
) -> CallOutcome:
    """Reads an answer, all of which the attempt may have written itself."""
    try:
        status = worker.ALL_STATUSES[body[0]]
        if status not in allowed:
            raise ValueError(status)
        (meta_bytes,) = worker.META.unpack_from(body, 1)
        end = 1 + worker.META.size + meta_bytes
        meta = json.loads(body[1 + worker.META.size : end])
        if status is CallStatus.UNCOMPILED:
            return Uncompiled(**{**vars(seen), "status": status}, problem=_problem(meta["problem"]))
        has_value = status in (CallStatus.RETURNED, CallStatus.ASKS)
        return replace(
            seen,
            status=status,
            value=_value(body[end:], value_bytes, transcribe) if has_value else None,
            raised=_raised(meta["raised"]) if status is CallStatus.RAISED else None,
            detail=str(meta.get("detail", ""))[:500],
            processes=_processes(meta.get("processes", [])),
        )
    except values.ValueTooLargeError as error:
        return replace(seen, status=CallStatus.OUTPUT_LIMIT, detail=str(error))
    except values.UnencodableError as error:
        return replace(seen, status=CallStatus.UNENCODABLE, detail=str(error))
    except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError, worker.META_ERROR):
        return replace(seen, status=CallStatus.CRASHED, detail="broke the channel of its results")


def _value(data: bytes, value_bytes: int, transcribe: Transcribe) -> str:
    if len(data) > value_bytes:
        raise values.ValueTooLargeError(f"more than {value_bytes} bytes")
    if data.startswith(raw.MARK):
        return transcribe(data[len(raw.MARK) :])
    text = data.decode("ascii")
    if not text.isprintable():  # nothing of ours writes it, and a report would say each character in six
        raise ValueError("no JSON of ours")
    return text


def _raised(meta: dict[str, Any]) -> RaisedException:
    return RaisedException(
        str(meta["type"])[:200],
        tuple(str(name)[:200] for name in meta["builtin_bases"][:20]),
        str(meta["message"])[:2000],
        str(meta["traceback"])[:8000],
    )


def _problem(meta: dict[str, Any]) -> SyntaxProblem:
    line, column = (min(max(0, int(meta[name])), _INT32) for name in ("line", "column"))
    return SyntaxProblem(str(meta["type"])[:200], str(meta["message"])[:300], line, column, str(meta["text"])[:300])


def _processes(records: list[dict[str, Any]]) -> tuple[SpawnedProcess, ...]:
    """In the place of what is too much of it, that there was more."""
    known: list[SpawnedProcess] = []
    arguments, characters = _ARGUMENTS, _ARGUMENT_CHARACTERS
    for record in records:
        argv = tuple(str(part)[:4096] for part in record["argv"][:100])
        spawned = SpawnedProcess(argv, bool(record["shell"]), str(record["via"])[:100])
        arguments -= len(argv)
        characters -= sum(map(len, argv))
        if len(known) == _PROCESSES or arguments < 0 or characters < 0:
            return (*known, witness.MORE)
        known.append(spawned)
    return tuple(known)


def usage(cpu_s: float, wall_s: float, peak_memory_bytes: int, waits: Waits) -> Usage:
    """What a report says of used time and memory."""
    return Usage(cpu_s, wall_s, waits.starved_s, waits.blocked_s, peak_memory_bytes)


def not_run(call_id: str, why: str = "") -> CallOutcome:
    """Of a call that was never made."""
    return CallOutcome(call_id, CallStatus.NOT_RUN, detail=why)
