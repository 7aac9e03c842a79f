"""What came of one message, as an outcome for the report. Pure, but for the kernel's count of kills for memory.

Whose word each part is: how a process ended is the kernel's, everything in an answer is the attempt's own.
"""

import json
from collections.abc import Callable, Sequence
from typing import Any

from codearena import values
from executor_service.runner import worker
from executor_service.runner.probe import raw
from executor_service.runner.process import Answer, Exit
from executor_service.runner.system import witness
from executor_service.runner.system.group import Waits
from executor_service.runner.system.output import HeadTail

Outcome = dict[str, Any]  # the OUTCOME object of a report

Transcribe = Callable[[bytes], str]
"""The tagged encoding of a raw value; raises what raw.transcribe does."""

_PROCESSES = 100  # of one call
_STATUS_OF_END = {
    "cpu": ("time_limit", "used up its CPU time"),
    "wall": ("time_limit", "took too long"),
    "group_cpu": ("time_limit", "the CPU time of the whole attempt was used up"),
    "flood": ("output_limit", "wrote too much to stdout and stderr"),
    "oversize": ("output_limit", "answered with too much"),
    "broken": ("crashed", "broke the channel of its results"),
}


def _refuse(_: bytes) -> str:
    raise raw.MalformedRawError("nobody asked for a raw value")


def from_answer(
    answer: Answer,
    call_id: str,
    value_bytes: int,
    transcribe: Transcribe = _refuse,
    *,
    of_request: bool = False,
) -> Outcome:
    """How the call ended. value_bytes: longest encoded value that is passed on; transcribe: reads a raw one;
    of_request: of a test script's, whose answer may be a question of the attempt's: the status is "asks" then.
    """
    outcome = not_run(call_id)
    outcome.update(
        stdout=answer.stdout.to_json(),
        stderr=answer.stderr.to_json(),
        usage=usage(answer.cpu_s, answer.wall_s, answer.peak_memory_bytes, answer.waits),
    )
    if answer.body is not None:
        statuses = worker.STATUSES + (worker.STATUSES_OF_REQUESTS if of_request else ())
        outcome.update(_parse_answer(answer.body, value_bytes, transcribe, statuses))
    elif answer.ended == "exited" and answer.exit:
        outcome.update(_ended_by_itself(answer.exit))
    else:
        status, detail = _STATUS_OF_END.get(answer.ended, ("crashed", "ended without an answer"))
        outcome.update(status=status, detail=detail)
    return outcome


def _ended_by_itself(end: Exit) -> dict[str, Any]:
    status, detail = "crashed", "the process ended without an answer"
    if end.signal == 9:
        # Sent by the kernel's out-of-memory killer or by the attempt itself: the supervisor did not.
        status, detail = (
            ("memory_limit", "killed for lack of memory") if _oom_kills() else (status, "killed by SIGKILL")
        )
    elif end.signal:
        detail = f"killed by signal {end.signal}"
    return {"status": status, "detail": detail, "signal": end.signal, "exit_status": end.code}


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


def _parse_answer(body: bytes, value_bytes: int, transcribe: Transcribe, statuses: Sequence[str]) -> dict[str, Any]:
    """Reads an answer, all of which the attempt may have written itself."""
    try:
        status = statuses[body[0]]
        (meta_bytes,) = worker.META.unpack_from(body, 1)
        end = 1 + worker.META.size + meta_bytes
        meta = json.loads(body[1 + worker.META.size : end])
        value = _value(body[end:], value_bytes, transcribe) if status in ("returned", "asks") else None
        return {
            "status": status,
            "value": value,
            "raised": _raised(meta["raised"]) if status == "raised" else None,
            "detail": str(meta.get("detail", ""))[:500],
            "processes": _processes(meta.get("processes", [])),
        }
    except values.ValueTooLargeError as error:
        return {"status": "output_limit", "detail": str(error)}
    except values.UnencodableError as error:
        return {"status": "unencodable", "detail": str(error)}
    except (ValueError, IndexError, KeyError, TypeError, AttributeError, RecursionError, worker.META_ERROR):
        return {"status": "crashed", "detail": "broke the channel of its results"}


def _value(data: bytes, value_bytes: int, transcribe: Transcribe) -> str:
    if len(data) > value_bytes:
        raise values.ValueTooLargeError(f"more than {value_bytes} bytes")
    return transcribe(data[len(raw.MARK) :]) if data.startswith(raw.MARK) else data.decode("ascii")


def _raised(meta: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": str(meta["type"])[:200],
        "builtin_bases": [str(name)[:200] for name in meta["builtin_bases"][:20]],
        "message": str(meta["message"])[:2000],
        "traceback": str(meta["traceback"])[:8000],
    }


def _processes(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    known = [_spawned(record) for record in records[:_PROCESSES]]
    return [*known, witness.MORE] if len(records) > _PROCESSES else known


def _spawned(record: dict[str, Any]) -> dict[str, Any]:
    argv = [str(part)[:4096] for part in record["argv"][:100]]
    return {"argv": argv, "shell": bool(record["shell"]), "via": str(record["via"])[:100]}


def usage(cpu_s: float, wall_s: float, peak_memory_bytes: int, waits: Waits) -> dict[str, Any]:
    """The USAGE object of a report."""
    return {
        "cpu_s": cpu_s,
        "wall_s": wall_s,
        "starved_s": waits.starved_s,
        "blocked_s": waits.blocked_s,
        "peak_memory_bytes": peak_memory_bytes,
    }


def not_run(call_id: str, why: str = "") -> Outcome:
    """Of a call that was never made; every field there is."""
    nothing = HeadTail(0).to_json()
    return {
        "call_id": call_id,
        "status": "not_run",
        "value": None,
        "raised": None,
        "signal": 0,
        "exit_status": 0,
        "detail": why,
        "stdout": nothing,
        "stderr": nothing,
        "usage": usage(0.0, 0.0, 0, Waits()),
        "overhead_cpu_s": 0.0,
        "processes": [],
        "tests": [],
        "precedent": "",
    }
