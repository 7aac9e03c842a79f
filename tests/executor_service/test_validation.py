from collections.abc import Callable

import pytest

from codearena.errors import CallerError
from codearena.v1 import executor_pb2
from executor_service.codec import duration
from executor_service.settings import Settings
from executor_service.validation import validate
from tests.executor_service import workloads

SETTINGS = Settings()


def test_an_ordinary_workload_is_valid() -> None:
    validate(workloads.workload("def f(): pass"), SETTINGS)


def test_a_run_of_a_program_may_have_limits_of_its_own_or_none() -> None:
    calls = [_run("a", memory_bytes=1 << 27), executor_pb2.Call(call_id="q", script=executor_pb2.Script())]
    validate(workloads.workload("1", calls), SETTINGS)


def broken(change: Callable[[executor_pb2.Workload], object]) -> executor_pb2.Workload:
    workload = workloads.workload("def f(): pass")
    change(workload)
    return workload


def _script(*ids: str, source: bytes = b"", body: str = "") -> executor_pb2.Call:
    tests = [executor_pb2.ScriptTest(test_id=test_id, name="test_a") for test_id in ids]
    return executor_pb2.Call(call_id="s", test_script=executor_pb2.TestScript(source=source, body=body, tests=tests))


def _run(*arguments: str, **limits: object) -> executor_pb2.Call:
    script = executor_pb2.Script(arguments=arguments, limits=executor_pb2.ScriptLimits(**limits))  # type: ignore[arg-type]
    return executor_pb2.Call(call_id="p", script=script)


REFUSED: dict[str, Callable[[executor_pb2.Workload], object]] = {
    "source": lambda workload: setattr(workload, "source", b"x" * (SETTINGS.source_bytes + 1)),
    "prelude": lambda workload: setattr(workload, "prelude", b"x" * (SETTINGS.source_bytes + 1)),
    "driver": lambda workload: setattr(workload, "driver", b"x" * (SETTINGS.source_bytes + 1)),
    "reference_source": lambda workload: setattr(workload, "reference_source", b"x" * (SETTINGS.source_bytes + 1)),
    "workload is larger": lambda workload: workload.calls.add(
        call_id="x", script=executor_pb2.Script(stdin=bytes(17 << 20))
    ),
    "calls is empty": lambda workload: workload.ClearField("calls"),
    "share a call_id": lambda workload: workload.calls.append(workload.calls[0]),
    "call_id must": lambda workload: setattr(workload.calls[0], "call_id", ""),
    "no kind": lambda workload: workload.calls[0].ClearField("function"),
    "entry_point": lambda workload: setattr(workload.calls[0].function, "entry_point", ""),
    "args or kwargs": lambda workload: workload.calls[0].function.ClearField("args"),
    "ASCII": lambda workload: setattr(workload.calls[0].function.args, "json", b'["\xc3\xa9"]'),
    "environment": lambda workload: workload.calls[0].environment.update({"A=B": "c"}),
    "sequence": lambda workload: workload.calls[0].sequence.SetInParent(),
    "limits.memory_bytes must be at most": lambda workload: setattr(workload.limits, "memory_bytes", 1 << 50),
    "limits.memory_bytes must be positive": lambda workload: setattr(workload.limits, "memory_bytes", 0),
    "limits.call_cpu must be positive": lambda workload: workload.limits.ClearField("call_cpu"),
    "limits.attempt_wall": lambda workload: workload.limits.attempt_wall.CopyFrom(duration(1e6)),
    "1 to 1024 tests": lambda workload: workload.calls[0].test_script.SetInParent(),
    "tests of a script share an id": lambda workload: workload.calls.append(_script("1", "1")),
    "script is larger": lambda workload: workload.calls.append(_script("1", source=bytes(2 << 20))),
    "has no line": lambda workload: workload.calls.append(_script("1", body="check")),
    "argument of a program has a NUL": lambda workload: workload.calls.append(_run("a\0b")),
    "arguments of a program are more": lambda workload: workload.calls.append(_run(*["é" * 1000] * 40)),
    "script's limits.call_cpu": lambda workload: workload.calls.append(_run(call_cpu=duration(0))),
    "script's limits.call_wall": lambda workload: workload.calls.append(_run(call_wall=duration(1e6))),
    "script's limits.memory_bytes": lambda workload: workload.calls.append(_run(memory_bytes=1 << 50)),
    "limits.processes": lambda workload: setattr(workload.limits, "processes", -1),
}


@pytest.mark.parametrize(("problem", "change"), REFUSED.items(), ids=REFUSED.keys())
def test_what_cannot_be_run_is_refused_by_name(problem: str, change: Callable[[executor_pb2.Workload], object]) -> None:
    with pytest.raises(CallerError, match=problem):
        validate(broken(change), SETTINGS)
