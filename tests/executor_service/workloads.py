"""Small workloads for the tests of the executor."""

import json
import re
from collections.abc import Sequence

from codearena.tasks.scripts import read_script
from codearena.v1 import common_pb2, executor_pb2
from executor_service.codec import duration
from executor_service.settings import MIB

NO_KWARGS = b'{"dict":[]}'


def limits(
    *,
    call_cpu_s: float = 2.0,
    call_wall_s: float = 5.0,
    attempt_wall_s: float = 20.0,
    attempt_cpu_s: float = 20.0,
    calls_at_limit: int = 100,
    memory_bytes: int = 128 * MIB,
    processes: int = 16,
    output_bytes: int = 4096,
    value_bytes: int = 64 * 1024,
) -> common_pb2.Limits:
    """Limits with room for a slow machine."""
    return common_pb2.Limits(
        call_cpu=duration(call_cpu_s),
        call_wall=duration(call_wall_s),
        attempt_wall=duration(attempt_wall_s),
        attempt_cpu=duration(attempt_cpu_s),
        calls_at_limit=calls_at_limit,
        memory_bytes=memory_bytes,
        processes=processes,
        output_bytes=output_bytes,
        value_bytes=value_bytes,
    )


def call(
    entry_point: str = "f",
    *args: object,
    call_id: str = "c1",
    environment: dict[str, str] | None = None,
    intercept: bool = False,
) -> executor_pb2.Call:
    """A function call whose arguments are plain JSON values that encode as themselves."""
    return executor_pb2.Call(
        call_id=call_id,
        function=function(entry_point, *args),
        environment=environment or {},
        intercept_processes=intercept,
    )


def function(entry_point: str, *args: object) -> executor_pb2.FunctionCall:
    return executor_pb2.FunctionCall(
        entry_point=entry_point,
        args=common_pb2.EncodedValue(json=json.dumps(args).encode()),
        kwargs=common_pb2.EncodedValue(json=NO_KWARGS),
    )


def workload(
    source: str | bytes,
    calls: Sequence[executor_pb2.Call] | None = None,
    *,
    bounds: common_pb2.Limits | None = None,
    reference: str = "",
) -> executor_pb2.Workload:
    """A workload with one call of f() if none are given."""
    return executor_pb2.Workload(
        source=source if isinstance(source, bytes) else source.encode(),
        calls=[call()] if calls is None else calls,
        limits=bounds or limits(),
        reference_source=reference.encode(),
    )


def script_call(source: str, *, entry_point: str | None = None, call_id: str = "s1") -> executor_pb2.Call:
    """All tests of a script, told as a task's are; their ids are their names.

    entry_point: None: "f", if that or the argument of a check is what the script is about.
    """
    if entry_point is None:
        entry_point = "f" if re.search(r"\b(f|candidate)\(", source) else ""
    script = read_script(source, [])
    tests = [
        executor_pb2.ScriptTest(test_id=test.name, name=None if test.line else test.name, line=test.line)
        for test in script.tests
    ]
    wanted = executor_pb2.TestScript(source=source.encode(), entry_point=entry_point, body=script.body, tests=tests)
    return executor_pb2.Call(call_id=call_id, test_script=wanted)


def script_verdicts(report: executor_pb2.Report, call: int = 0) -> dict[str, str]:
    """Test id -> "passed", "failed" or "not_run", of one script call of a report."""
    return {
        test.test_id: common_pb2.ScriptTestStatus.Name(test.status).removeprefix("SCRIPT_TEST_STATUS_").lower()
        for test in report.calls[call].script_tests
    }
