from collections.abc import Callable

import pytest

from codearena.errors import CallerError
from codearena.v1 import executor_pb2
from executor_service.admission import admit
from executor_service.codec import duration
from executor_service.settings import Settings
from tests.executor_service import jobs

SETTINGS = Settings()


def test_an_ordinary_job_is_admitted() -> None:
    admit(jobs.job("def f(): pass"), SETTINGS)


def broken(change: Callable[[executor_pb2.Job], object]) -> executor_pb2.Job:
    job = jobs.job("def f(): pass")
    change(job)
    return job


def _script(*ids: str, source: bytes = b"", body: str = "") -> executor_pb2.Call:
    tests = [executor_pb2.ScriptTest(test_id=test_id, name="test_a") for test_id in ids]
    return executor_pb2.Call(call_id="s", test_script=executor_pb2.TestScript(source=source, body=body, tests=tests))


REFUSED: dict[str, Callable[[executor_pb2.Job], object]] = {
    "source": lambda job: setattr(job, "source", b"x" * (SETTINGS.source_bytes + 1)),
    "reference_source": lambda job: setattr(job, "reference_source", b"x" * (SETTINGS.source_bytes + 1)),
    "job is larger": lambda job: job.calls.add(call_id="x", script=executor_pb2.Script(stdin=bytes(17 << 20))),
    "calls is empty": lambda job: job.ClearField("calls"),
    "share a call_id": lambda job: job.calls.append(job.calls[0]),
    "call_id must": lambda job: setattr(job.calls[0], "call_id", ""),
    "no kind": lambda job: job.calls[0].ClearField("function"),
    "entry_point": lambda job: setattr(job.calls[0].function, "entry_point", ""),
    "args or kwargs": lambda job: job.calls[0].function.ClearField("args"),
    "ASCII": lambda job: setattr(job.calls[0].function.args, "json", b'["\xc3\xa9"]'),
    "environment": lambda job: job.calls[0].environment.update({"A=B": "c"}),
    "sequence": lambda job: job.calls[0].sequence.SetInParent(),
    "limits.memory_bytes must be at most": lambda job: setattr(job.limits, "memory_bytes", 1 << 50),
    "limits.memory_bytes must be positive": lambda job: setattr(job.limits, "memory_bytes", 0),
    "limits.call_cpu must be positive": lambda job: job.limits.ClearField("call_cpu"),
    "limits.attempt_wall": lambda job: job.limits.attempt_wall.CopyFrom(duration(1e6)),
    "1 to 1024 tests": lambda job: job.calls[0].test_script.SetInParent(),
    "tests of a script share an id": lambda job: job.calls.append(_script("1", "1")),
    "script is larger": lambda job: job.calls.append(_script("1", source=bytes(2 << 20))),
    "has no line": lambda job: job.calls.append(_script("1", body="check")),
    "limits.processes": lambda job: setattr(job.limits, "processes", -1),
}


@pytest.mark.parametrize(("problem", "change"), REFUSED.items(), ids=REFUSED.keys())
def test_what_cannot_be_run_is_refused_by_name(problem: str, change: Callable[[executor_pb2.Job], object]) -> None:
    with pytest.raises(CallerError, match=problem):
        admit(broken(change), SETTINGS)
