"""The task's own code around the attempt's, in every isolation: it is there, and it is no part of the attempt."""

import pytest

from codearena.v1 import common_pb2, executor_pb2
from tests.conformance.conftest import Arena
from tests.executor_service import workloads

pytestmark = pytest.mark.asyncio(loop_scope="module")

PRELUDE = "from __future__ import annotations\nfrom typing import *\nimport math as m\ndef helper(n): return n + 100\n"
DRIVER = "\n\n\ndef g(n):\n    return ['driven', f(n)]\n"
F = "def f(n: Unknown) -> List[int]:\n    return [helper(n), m.floor(1.5)]\n"


def around(
    source: str, *calls: executor_pb2.Call, prelude: str = PRELUDE, driver: str = DRIVER
) -> executor_pb2.Workload:
    made = workloads.workload(source, list(calls), reference=F)
    made.prelude, made.driver = prelude.encode(), driver.encode()
    return made


async def test_the_prelude_runs_before_and_the_driver_after_the_source_of_attempt_and_reference(arena: Arena) -> None:
    report = await arena.execute(around(F, workloads.call("g", 1)))
    assert [call.value.json for call in report.calls] == [b'["driven",[101,1]]']
    assert [call.status for call in report.reference_calls] == [common_pb2.CALL_STATUS_RETURNED]


async def test_a_traceback_and_a_problem_have_the_lines_of_the_source_alone(arena: Arena) -> None:
    report = await arena.execute(around("\ndef f(n):\n    return 1 // (n - 1)\n", workloads.call("g", 1)))
    assert report.calls[0].raised.traceback == '  File "fix.py", line 3, in f\n    return 1 // (n - 1)\n'
    uncompiled = await arena.execute(around("x = 1\ndef f(:\n", workloads.call("g", 1)))
    assert uncompiled.status == executor_pb2.ATTEMPT_STATUS_COMPILE_ERROR
    assert (uncompiled.analysis.problem.line, uncompiled.analysis.problem.text) == (2, "def f(:")


async def test_a_rule_that_is_kept_at_run_time_lets_the_driver_run_and_nothing_else(arena: Arena) -> None:
    workload = around(F, workloads.call("g", 1))
    workload.checks.add(rule="forbid_call", argument="exec")
    assert not (await arena.execute(workload)).broken_checks
    workload.source = b"exec('def f(n): return [n]')\n"
    assert list((await arena.execute(workload)).broken_checks) == [0]
    workload.source = F.encode() + b"exec((lambda: 0).__code__)\n"
    assert list((await arena.execute(workload)).broken_checks) == [0]


async def test_a_program_has_both_too_and_its_own_lines(arena: Arena) -> None:
    call = executor_pb2.Call(call_id="p", script=executor_pb2.Script(stdin=b"3\n"))
    driver = "import sys\nprint(__name__, sys.argv, f(int(input())))\n"
    report = await arena.execute(around(F, call, driver=driver))
    assert report.calls[0].stdout.head == b"__main__ ['fix.py'] [103, 1]\n"
    failing = await arena.execute(around("\ndef f(n):\n    return 1 // (n - 3)\n", call, driver=driver))
    assert b'fix.py", line 3, in f\n    return 1 // (n - 3)\n' in failing.calls[0].stderr.head


async def test_a_program_with_a_prelude_can_spawn_processes(arena: Arena) -> None:
    source = (
        "import multiprocessing\ndef f(n): return helper(n)\n"
        "if __name__ == '__main__':\n"
        "    with multiprocessing.get_context('spawn').Pool(1) as pool:\n"
        "        print(pool.map(f, [1]))\n"
    )
    call = executor_pb2.Call(call_id="p", script=executor_pb2.Script(stdin=b""))
    bounds = workloads.limits(call_wall_s=15)
    workload = around(source, call, driver="")
    workload.limits.CopyFrom(bounds)
    report = await arena.execute(workload)
    assert (report.calls[0].stdout.head, report.calls[0].stderr.head[-300:]) == (b"[101]\n", b"")


async def test_what_a_call_changes_can_be_its_value(arena: Arena) -> None:
    call = workloads.call("f", [3, 1, 2])
    call.function.result_argument = 0
    report = await arena.execute(workloads.workload("def f(x): x.sort()\n", [call]))
    assert report.calls[0].value.json == b"[1,2,3]"
    call.function.result_argument = 1
    report = await arena.execute(workloads.workload("def f(x): x.sort()\n", [call]))
    assert report.calls[0].raised.type == "IndexError"


async def test_a_name_withheld_is_not_taken_from_the_attempt(arena: Arena) -> None:
    script = "def test_f():\n    assert helper(f(1)) == 2\n"
    cheat = "def f(n): return n\ndef helper(n): return 2\n"
    call = workloads.script_call(script)
    assert workloads.script_verdicts(await arena.execute(workloads.workload(cheat, [call]))) == {"test_f": "passed"}
    call.test_script.withheld.append("helper")
    report = await arena.execute(workloads.workload(cheat, [call]))
    assert workloads.script_verdicts(report) == {"test_f": "failed"}
    assert "NameError" in report.calls[0].script_tests[0].detail


async def test_a_script_reaches_what_the_prelude_brings_and_reads_files_that_the_attempt_wrote(arena: Arena) -> None:
    script = (
        "def test_helper():\n    assert helper(1) == 101\n"
        "def test_file(tmp_path):\n    f(str(tmp_path / 'out'))\n    assert (tmp_path / 'out').read_text() == 'x'\n"
        "def test_here():\n    open('in', 'w').write('y')\n    assert read('in') == 'y'\n"
    )
    source = (
        "def f(path):\n    with open(path, 'w') as file: file.write('x')\ndef read(path): return open(path).read()\n"
    )
    report = await arena.execute(around(source, workloads.script_call(script), driver=""))
    assert workloads.script_verdicts(report) == {"test_helper": "passed", "test_file": "passed", "test_here": "passed"}
