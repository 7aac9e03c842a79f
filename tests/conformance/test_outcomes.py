"""What every isolation makes of honest and broken attempts, call by call."""

import json

import pytest

from codearena.v1 import common_pb2, executor_pb2
from executor_service.codec import seconds
from tests.conformance.conftest import Arena
from tests.executor_service import workloads

pytestmark = pytest.mark.asyncio(loop_scope="module")

RETURNED = common_pb2.CALL_STATUS_RETURNED
RAISED = common_pb2.CALL_STATUS_RAISED
TIME_LIMIT = common_pb2.CALL_STATUS_TIME_LIMIT
MEMORY_LIMIT = common_pb2.CALL_STATUS_MEMORY_LIMIT
CRASHED = common_pb2.CALL_STATUS_CRASHED
UNDEFINED = common_pb2.CALL_STATUS_UNDEFINED
NOT_RUN = common_pb2.CALL_STATUS_NOT_RUN

BRISK = workloads.limits(call_cpu_s=0.5, call_wall_s=2.0)


async def test_a_value_returned_comes_back_encoded(arena: Arena) -> None:
    outcome = await arena.call("def f(a, b): return {'sum': a + b, 'pair': (a, b)}", 2, 3)
    assert outcome.status == RETURNED
    assert json.loads(outcome.value.json) == {"dict": [["sum", 5], ["pair", {"tuple": [2, 3]}]]}


async def test_an_exception_comes_back_as_text(arena: Arena) -> None:
    outcome = await arena.call("class Odd(ValueError): pass\ndef f():\n    raise Odd('because')")
    assert outcome.status == RAISED
    assert (outcome.raised.type, outcome.raised.message) == ("Odd", "because")
    assert outcome.raised.builtin_bases[0] == "ValueError"


@pytest.mark.parametrize(
    "source",
    [
        "",
        "f = None",
        "if False:\n    def f(): pass",
        "def g(): pass",
        "class g:\n    def f(self): pass",
        "from math import *",
        "def __getattr__(name): raise ValueError(name)",
        "import sys\nsys.modules[__name__] = None",
    ],
)
async def test_what_is_not_there_is_undefined_and_raises_nothing(arena: Arena, source: str) -> None:
    outcome = await arena.call(source)
    assert outcome.status == UNDEFINED
    assert "f" in outcome.detail
    assert not outcome.HasField("raised")


async def test_an_exception_of_the_function_itself_is_raised_whatever_it_is(arena: Arena) -> None:
    for name in ("NameError", "AttributeError"):
        outcome = await arena.call(f"def f(): raise {name}('no')")
        assert (outcome.status, outcome.raised.type) == (RAISED, name)


async def test_a_method_that_is_not_there_is_undefined(arena: Arena) -> None:
    steps = [workloads.function(name) for name in ("Stack", "push")]
    call = executor_pb2.Call(call_id="1", sequence=executor_pb2.CallSequence(calls=steps))
    for body in ("pass", "push = 1", "def __getattr__(self, name): 1 / 0"):
        report = await arena.execute(workloads.workload(f"class Stack:\n    {body}", [call]))
        assert [outcome.status for outcome in report.calls] == [UNDEFINED]


SOLUTION = """
class Solution:
    def __init__(self): self.seen = []
    def add(self, item):
        self.seen.append(item)
        return self.seen
    class Inner:
        @staticmethod
        def double(n): return 2 * n
"""


async def test_an_object_in_the_entry_point_is_made_anew_for_each_call(arena: Arena) -> None:
    names = ("Solution().add", "Solution().add", "Solution.Inner.double", "Solution().Inner().double")
    calls = [workloads.call(name, number, call_id=name + str(number)) for number, name in enumerate(names)]
    report = await arena.execute(workloads.workload(SOLUTION, calls))
    assert [json.loads(outcome.value.json) for outcome in report.calls] == [[0], [1], 4, 6]


@pytest.mark.parametrize(
    "source",
    [
        "",
        "def add(item): pass",
        "Solution = 1",
        "class Solution: pass",
        "class Solution:\n    add = 1",
        "def Solution(): pass",
    ],
)
async def test_a_method_of_an_entry_point_that_is_not_there_is_undefined(arena: Arena, source: str) -> None:
    report = await arena.execute(workloads.workload(source, [workloads.call("Solution().add", 1)]))
    assert [outcome.status for outcome in report.calls] == [UNDEFINED]


async def test_what_is_raised_while_the_object_is_made_is_told_with_its_line(arena: Arena) -> None:
    source = "class Solution:\n    def __init__(self):\n        {}['no']\n    def add(self, item): return item"
    report = await arena.execute(workloads.workload(source, [workloads.call("Solution().add", 1)]))
    raised = report.calls[0].raised
    assert (report.calls[0].status, raised.type) == (RAISED, "KeyError")
    assert "line 3, in __init__" in raised.traceback


async def test_text_that_is_no_unicode_is_still_an_outcome(arena: Arena) -> None:
    assert (await arena.call("def f(): raise ValueError('\\ud800')")).status == RAISED


async def test_big_integers_come_back_exactly(arena: Arena) -> None:
    outcome = await arena.call("def f(): return 7 ** 5000")
    assert int(json.loads(outcome.value.json)["int"], 16) == 7**5000


async def test_what_has_no_encoding_is_said_to_have_none(arena: Arena) -> None:
    assert (await arena.call("def f(): return object()")).status == common_pb2.CALL_STATUS_UNENCODABLE


async def test_a_value_beyond_the_limit_is_an_outcome(arena: Arena) -> None:
    assert (await arena.call("def f(): return 'x' * 10**6")).status == common_pb2.CALL_STATUS_OUTPUT_LIMIT


async def test_stdout_and_stderr_are_captured_apart(arena: Arena) -> None:
    outcome = await arena.call("import sys\ndef f():\n    print('out')\n    print('err', file=sys.stderr)")
    assert outcome.stdout.head == b"out\n"
    assert outcome.stderr.head == b"err\n"


async def test_a_flood_of_output_is_kept_to_its_head_and_tail(arena: Arena) -> None:
    outcome = await arena.call("def f():\n    print('first' + 'x' * 10**6 + 'last')")
    assert outcome.stdout.truncated
    assert outcome.stdout.total_bytes == 10**6 + 10
    assert outcome.stdout.head.startswith(b"first")
    assert outcome.stdout.tail.endswith(b"last\n")
    assert len(outcome.stdout.head) + len(outcome.stdout.tail) <= workloads.limits().output_bytes


async def test_one_call_that_hangs_does_not_erase_the_others(arena: Arena) -> None:
    source = "def f(x):\n    while x == 2: pass\n    return x"
    calls = [workloads.call("f", x, call_id=str(x)) for x in (1, 2, 3)]
    report = await arena.execute(workloads.workload(source, calls, bounds=BRISK))
    assert [call.status for call in report.calls] == [RETURNED, TIME_LIMIT, RETURNED]


async def test_sleeping_past_the_wall_limit_is_a_time_limit(arena: Arena) -> None:
    bounds = workloads.limits(call_wall_s=0.5)
    assert (await arena.call("import time\ndef f(): time.sleep(1000)", bounds=bounds)).status == TIME_LIMIT


async def test_after_a_few_calls_that_hang_no_more_are_made(arena: Arena) -> None:
    source = "def f(x):\n    while x % 2: pass\n    return x"
    calls = [workloads.call("f", x, call_id=str(x)) for x in range(6)]
    bounds = workloads.limits(call_cpu_s=0.25, call_wall_s=2.0, calls_at_limit=2)
    report = await arena.execute(workloads.workload(source, calls, bounds=bounds))
    assert [call.status for call in report.calls] == [RETURNED, TIME_LIMIT, RETURNED, TIME_LIMIT, NOT_RUN, NOT_RUN]
    assert "reached their limits" in report.calls[-1].detail


async def test_many_calls_of_some_work_end_when_the_attempts_cpu_time_is_used_up(arena: Arena) -> None:
    source = "import time\ndef f():\n    end = time.process_time() + 0.1\n    while time.process_time() < end: pass"
    calls = [workloads.call("f", call_id=str(number)) for number in range(10)]
    report = await arena.execute(
        workloads.workload(source, calls, bounds=workloads.limits(call_cpu_s=1.0, attempt_cpu_s=0.35))
    )
    statuses = [call.status for call in report.calls]
    assert statuses[:3] == [RETURNED] * 3
    assert statuses[-4:] == [NOT_RUN] * 4
    assert "CPU time of the whole attempt" in report.calls[-1].detail


CROWD = """
import os
def f():
    for _ in range(4):
        if os.fork() == 0:
            while True: pass
    os.wait()
"""


async def test_what_children_use_counts_while_their_parent_waits(arena: Arena) -> None:
    calls = [workloads.call("f", call_id=str(number)) for number in range(3)]
    bounds = workloads.limits(call_cpu_s=1.0, call_wall_s=10.0, attempt_cpu_s=0.5)
    report = await arena.execute(workloads.workload(CROWD, calls, bounds=bounds))
    assert [call.status for call in report.calls] == [TIME_LIMIT, NOT_RUN, NOT_RUN]
    assert seconds(report.usage.cpu) < 1.5


async def test_a_script_that_hangs_counts_as_a_call_that_does(arena: Arena) -> None:
    calls = [executor_pb2.Call(call_id=str(number), script=executor_pb2.Script(stdin=b"")) for number in range(3)]
    bounds = workloads.limits(call_cpu_s=0.25, call_wall_s=2.0, calls_at_limit=2)
    report = await arena.execute(workloads.workload("while True: pass", calls, bounds=bounds))
    assert [call.status for call in report.calls] == [TIME_LIMIT, TIME_LIMIT, NOT_RUN]


async def test_past_the_attempts_own_limit_the_rest_is_not_run(arena: Arena) -> None:
    source = "import time\ndef f(): time.sleep(1000)"
    calls = [workloads.call("f", call_id=str(number)) for number in range(5)]
    report = await arena.execute(
        workloads.workload(source, calls, bounds=workloads.limits(call_wall_s=0.5, attempt_wall_s=1.0))
    )
    assert report.calls[0].status == TIME_LIMIT
    assert report.calls[4].status == NOT_RUN


async def test_cpu_time_is_what_the_kernel_counted(arena: Arena) -> None:
    source = (
        "import time\ndef f():\n"
        "    end = time.process_time() + 0.3\n"
        "    while time.process_time() < end: pass\n"
        "    time.process_time = lambda: 0.0\n"
    )
    assert (await arena.call(source)).usage.cpu.ToTimedelta().total_seconds() >= 0.25


async def test_memory_beyond_the_limit_is_a_memory_limit(arena: Arena) -> None:
    assert (await arena.call("def f():\n    x = bytearray(10**9)\n    return len(x)")).status == MEMORY_LIMIT


async def test_exhausting_memory_piece_by_piece_is_a_memory_limit(arena: Arena) -> None:
    source = "def f():\n    hoard = []\n    while True: hoard.append(bytearray(10**6))"
    assert (await arena.call(source)).status == MEMORY_LIMIT


async def test_ending_the_process_is_a_crash_and_never_a_pass(arena: Arena) -> None:
    source = "import os\ndef f(): os._exit(0)\ndef g(): return 1"
    report = await arena.execute(
        workloads.workload(source, [workloads.call("f", call_id="f"), workloads.call("g", call_id="g")])
    )
    assert [call.status for call in report.calls] == [CRASHED, RETURNED]


async def test_a_segmentation_fault_is_a_crash_with_its_signal(arena: Arena) -> None:
    outcome = await arena.call("import ctypes\ndef f(): ctypes.string_at(0)")
    assert (outcome.status, outcome.signal) == (CRASHED, 11)


async def test_recursion_without_end_is_an_exception(arena: Arena) -> None:
    assert (await arena.call("def f(): return f()")).raised.type == "RecursionError"


async def test_environment_variables_hold_for_one_call_only(arena: Arena) -> None:
    source = "import os\ndef f(): return os.environ.get('TOKEN')"
    calls = [workloads.call("f", call_id="with", environment={"TOKEN": "abc"}), workloads.call("f", call_id="without")]
    report = await arena.execute(workloads.workload(source, calls))
    assert [call.value.json for call in report.calls] == [b'"abc"', b"null"]


async def test_intercepted_processes_are_recorded_and_not_started(arena: Arena) -> None:
    source = "import subprocess\ndef f(host): return subprocess.run(['ping', '-c', '1', host]).returncode"
    report = await arena.execute(workloads.workload(source, [workloads.call("f", "a; rm -rf /", intercept=True)]))
    (process,) = report.calls[0].processes
    assert list(process.argv) == ["ping", "-c", "1", "a; rm -rf /"]
    assert not process.shell


_CALLED_PING = {
    "executable": "subprocess.run(['ping', 'host'], executable='/bin/sh')",
    "exec": "os.execv('/bin/sh', ['ping', 'host'])",
    "exec of parts": "os.execl('/bin/sh', 'ping', 'host')",
    "spawn": "os.spawnv(os.P_WAIT, '/bin/sh', ['ping', 'host'])",
    "spawn of parts": "os.spawnl(os.P_WAIT, '/bin/sh', 'ping', 'host')",
    "posix_spawn": "os.posix_spawn('/bin/sh', ['ping', 'host'], {})",
}


@pytest.mark.parametrize("statement", _CALLED_PING.values(), ids=_CALLED_PING.keys())
async def test_the_program_is_recorded_and_not_what_it_is_called(arena: Arena, statement: str) -> None:
    source = f"import os, subprocess\ndef f():\n    {statement}"
    report = await arena.execute(workloads.workload(source, [workloads.call("f", intercept=True)]))
    assert [list(process.argv) for process in report.calls[0].processes] == [["/bin/sh", "host"]]


async def test_a_program_that_would_be_found_elsewhere_is_recorded_with_its_folder(arena: Arena) -> None:
    source = (
        "import os, subprocess\ndef f():\n    subprocess.run(['ping'], env={'PATH': '/usr/bin:/tmp/own:/bin'})\n"
        "    subprocess.run(['ping'], env={})\n    os.environ['PATH'] = '/tmp/own'\n    os.execvp('ping', ['ping'])"
    )
    report = await arena.execute(workloads.workload(source, [workloads.call("f", intercept=True)]))
    found = [list(process.argv) for process in report.calls[0].processes]
    assert found == [["/tmp/own/ping"], ["ping"], ["/tmp/own/ping"]]


async def test_what_a_child_would_start_before_its_program_is_recorded(arena: Arena) -> None:
    source = "import os, subprocess\ndef f(): subprocess.run(['ping'], preexec_fn=lambda: os.system('id'))"
    report = await arena.execute(workloads.workload(source, [workloads.call("f", intercept=True)]))
    assert [list(process.argv) for process in report.calls[0].processes] == [["id"], ["ping"]]


async def test_processes_beyond_those_recorded_are_not_passed_over(arena: Arena) -> None:
    source = (
        "import os, subprocess\ndef f():\n    for _ in range(100): subprocess.run(['true'])\n    os.system('rm -rf /')"
    )
    report = await arena.execute(workloads.workload(source, [workloads.call("f", intercept=True)]))
    argv = [list(process.argv) for process in report.calls[0].processes]
    assert argv == [*[["true"]] * 100, ["<more than are recorded>"]]


async def test_a_sequence_of_calls_is_made_on_one_object(arena: Arena) -> None:
    source = (
        "class Counter:\n"
        "    def __init__(self, start): self.n = start\n"
        "    def add(self, k):\n        self.n += k\n        return self.n\n"
    )
    functions = [workloads.function("Counter", 10), workloads.function("add", 1), workloads.function("add", 5)]
    call = executor_pb2.Call(call_id="s", sequence=executor_pb2.CallSequence(calls=functions))
    report = await arena.execute(workloads.workload(source, [call]))
    assert report.calls[0].value.json == b"[11,16]"


async def test_a_script_reads_stdin_and_has_an_exit_status(arena: Arena) -> None:
    source = "import sys\nprint(sys.stdin.read().upper())\nsys.exit(3)"
    call = executor_pb2.Call(call_id="s", script=executor_pb2.Script(stdin=b"hello"))
    report = await arena.execute(workloads.workload(source, [call]))
    assert report.calls[0].stdout.head == b"HELLO\n"
    assert report.calls[0].exit_status == 3


async def test_source_that_does_not_compile_is_a_compile_error(arena: Arena) -> None:
    report = await arena.execute(workloads.workload("def f(:\n    pass"))
    assert report.status == executor_pb2.ATTEMPT_STATUS_COMPILE_ERROR
    assert report.analysis.problem.line == 1
    assert [call.status for call in report.calls] == [NOT_RUN]


async def test_of_a_source_that_compiles_a_report_says_nothing(arena: Arena) -> None:
    """What it looks like is the judge's to say, of a source that nothing has run of."""
    workload = workloads.workload("def f(x):\n    return eval('x')\n", [workloads.call("f", 1)])
    workload.checks.add(rule="forbid_call", argument="eval")
    assert not (await arena.execute(workload)).HasField("analysis")


@pytest.mark.parametrize("with_reference", [False, True])
async def test_of_a_source_that_does_not_compile_no_rule_is_kept(arena: Arena, with_reference: bool) -> None:
    reference = "def f(x): return x" if with_reference else ""
    workload = workloads.workload("def f(:\n", [workloads.call("f", 1)], reference=reference)
    workload.checks.add(rule="forbid_call", argument="eval")
    report = await arena.execute(workload)
    assert report.status == executor_pb2.ATTEMPT_STATUS_COMPILE_ERROR
    assert [check.passed for check in report.analysis.checks] == [False]
    assert [call.status for call in report.calls] == [NOT_RUN]
    assert not report.reference_calls


SAYS_THAT_IT_DOES_NOT_COMPILE = """
import gc, json
from executor_service.runner import worker
session = next(each for each in gc.get_objects() if isinstance(each, worker._Session))
def f(x):
    problem = {"type": "SyntaxError", "message": "no", "line": 1, "column": 1, "text": ""}
    session._send(worker._answer(worker.CallStatus.UNCOMPILED, problem=problem))
"""


async def test_a_call_cannot_say_that_its_source_does_not_compile(arena: Arena) -> None:
    outcome = await arena.call(SAYS_THAT_IT_DOES_NOT_COMPILE, 1)
    assert (outcome.status, outcome.detail) == (CRASHED, "broke the channel of its results")


@pytest.mark.parametrize("source", [b"\xff\xfe", b"\0", b"", b"(" * 60_000, b"-" * 60_000 + b"1"])
async def test_no_source_is_too_odd_for_a_report(arena: Arena, source: bytes) -> None:
    report = await arena.execute(workloads.workload(source))
    assert [call.status for call in report.calls] != [RETURNED]


async def test_a_module_that_raises_is_a_load_error(arena: Arena) -> None:
    report = await arena.execute(workloads.workload("1 / 0\ndef f(): pass"))
    assert report.status == executor_pb2.ATTEMPT_STATUS_LOAD_ERROR
    assert report.load.raised.type == "ZeroDivisionError"
    assert [call.status for call in report.calls] == [NOT_RUN]


async def test_a_module_that_never_ends_loading_is_a_load_error(arena: Arena) -> None:
    report = await arena.execute(workloads.workload("while True: pass", bounds=BRISK))
    assert report.status == executor_pb2.ATTEMPT_STATUS_LOAD_ERROR
    assert report.load.status == TIME_LIMIT


async def test_the_reference_is_measured_on_the_same_calls(arena: Arena) -> None:
    source = "def f(x): return 'attempt'"
    report = await arena.execute(
        workloads.workload(source, [workloads.call("f", 1)], reference="def f(x): return 'reference'")
    )
    assert report.calls[0].value.json == b'"attempt"'
    assert report.reference_calls[0].value.json == b'"reference"'


async def test_a_report_says_where_it_was_made(arena: Arena) -> None:
    first, second = [await arena.execute(workloads.workload("def f(): pass")) for _ in range(2)]
    assert first.isolation.name == arena.name
    assert first.isolation.sandbox_id != second.isolation.sandbox_id
    assert first.isolation.runner_revision
    assert tuple(first.isolation.degradations) == arena.degradations
    assert first.timings.ran.ToTimedelta().total_seconds() > 0
