"""Test scripts in every isolation: they work, nothing that an attempt does makes them pass, and it cannot read them."""

import asyncio
import json
from typing import Any

import docker
import pytest

from codearena.v1 import common_pb2, executor_pb2
from executor_service import codec, reports
from executor_service.isolation.container import ContainerIsolation
from executor_service.settings import Settings
from tests.conformance import searcher
from tests.conformance.conftest import Arena
from tests.executor_service import workloads
from tests.executor_service.images import require_engine, runner_image

pytestmark = pytest.mark.asyncio(loop_scope="module")

BRISK = workloads.limits(call_cpu_s=0.5, call_wall_s=2.0)
PATIENT = workloads.limits(call_cpu_s=30, call_wall_s=60, attempt_wall_s=60)

SCRIPT = """
import unittest
from fix import Account, OverdrawnError
class TestAccount(unittest.TestCase):
    def setUp(self):
        self.account = Account(10)
    def test_balance(self):
        self.account.withdraw(4)
        self.assertEqual(self.account.balance, 6)
    def test_overdrawn(self):
        with self.assertRaisesRegex(OverdrawnError, '10 < 11'):
            self.account.withdraw(11)
    def test_history(self):
        self.account.withdraw(1)
        self.assertEqual([entry for entry in self.account], [-1])
"""
ACCOUNT = """
class OverdrawnError(ValueError): pass
class Account:
    def __init__(self, balance):
        self.balance, self._history = balance, []
    def withdraw(self, amount):
        if amount > self.balance:
            raise OverdrawnError(f'{self.balance} < {amount}')
        self.balance -= amount
        self._history.append(-amount)
    def __iter__(self): return iter(self._history)
"""

PLANTED = """
# planted-secret-1 in a comment
planted_secret_2 = 'planted' + ' secret 3'
def test_planted_secret_4():
    for x in range(2):
        assert f(x) == x, 'planted-secret-5'
    assert f(2) in (2, 'planted-secret-6')
"""


async def verdicts(arena: Arena, attempt: str, script: str) -> dict[str, str]:
    return workloads.script_verdicts(
        await arena.execute(workloads.workload(attempt, [workloads.script_call(script)], bounds=BRISK))
    )


NEVER_FAILS = "from pytest import raises\ndef test_it():\n    with raises(Exception): f(1)\n"


@pytest.mark.parametrize(
    "attempt", ["", "f = None", "def g(x): raise ValueError", "def __getattr__(name): raise ValueError"]
)
async def test_without_an_entry_point_no_test_of_a_script_is_run(arena: Arena, attempt: str) -> None:
    report = await arena.execute(workloads.workload(attempt, [workloads.script_call(NEVER_FAILS)], bounds=BRISK))
    assert report.calls[0].status == common_pb2.CALL_STATUS_UNDEFINED
    assert not report.calls[0].script_tests
    assert set((await verdicts(arena, "def f(x): raise ValueError", NEVER_FAILS)).values()) == {"passed"}


LEETCODE = """
class Solution:
    def __init__(self): self.calls = 0
    def twoSum(self, nums, target):
        self.calls += 1
        if self.calls > 1: return None
        if target == 13: exec('while True: pass')
        return [[i, j] for i in range(len(nums)) for j in range(i + 1, len(nums)) if nums[i] + nums[j] == target][0]
"""
CHECK = """
def check(candidate):
    assert candidate(nums = [2, 7, 11, 15], target = 9) == [0, 1]
    assert candidate(nums = [5, 8], target = 13) == [0, 1]
    assert candidate(nums = [3, 3], target = 6) == [0, 1]
"""


async def check(arena: Arena, attempt: str, entry_point: str) -> executor_pb2.Report:
    call = workloads.script_call(CHECK, entry_point=entry_point)
    return await arena.execute(workloads.workload(attempt, [call], bounds=BRISK))


async def test_a_candidate_is_a_method_of_an_object_of_each_call_also_after_a_call_that_hung(arena: Arena) -> None:
    found = workloads.script_verdicts(await check(arena, LEETCODE, "Solution().twoSum"))
    assert found == {"assert-1": "passed", "assert-2": "failed", "assert-3": "passed"}
    static = LEETCODE.replace("    def twoSum(self", "    @classmethod\n    def twoSum(cls").replace(
        "self.calls", "calls"
    )
    static = static.replace("calls += 1", "calls = 1").replace("    def __init__(self): calls = 0\n", "")
    found = workloads.script_verdicts(await check(arena, static, "Solution.twoSum"))
    assert found == {"assert-1": "passed", "assert-2": "failed", "assert-3": "passed"}


@pytest.mark.parametrize(
    ("attempt", "status"),
    [
        ("class Solution: pass", common_pb2.CALL_STATUS_UNDEFINED),
        ("def Solution(): return 1", common_pb2.CALL_STATUS_UNDEFINED),
        ("def twoSum(nums, target): return [0, 1]", common_pb2.CALL_STATUS_UNDEFINED),
        ("class Solution:\n    twoSum = []", common_pb2.CALL_STATUS_UNDEFINED),
        (LEETCODE.replace("self.calls = 0", "1 / 0"), common_pb2.CALL_STATUS_RAISED),
        (LEETCODE.replace("self.calls = 0", "exec('while True: pass')"), common_pb2.CALL_STATUS_TIME_LIMIT),
    ],
)
async def test_without_the_candidates_object_no_test_is_run(arena: Arena, attempt: str, status: int) -> None:
    report = await check(arena, attempt, "Solution().twoSum")
    assert report.calls[0].status == status
    assert not report.calls[0].script_tests


async def test_a_script_judges_right_and_wrong(arena: Arena) -> None:
    assert set((await verdicts(arena, ACCOUNT, SCRIPT)).values()) == {"passed"}
    found = await verdicts(arena, ACCOUNT.replace("-= amount", "-= amount + 1"), SCRIPT)
    assert found == {
        "TestAccount.test_balance": "failed",
        "TestAccount.test_overdrawn": "passed",
        "TestAccount.test_history": "passed",
    }


@pytest.mark.parametrize(
    "deed",
    [
        "os._exit(0)",
        "sys.exit(0)",
        "os.kill(os.getpid(), 9)",
        "os.kill(-1, 9) or os._exit(0)",
        "[os.kill(pid, 9) for pid in others()]",
        "os.closerange(0, 100)",
        "[os.write(fd, b'x' * 1000) for fd in (3, 4)]",
        "exec('while True: pass')",
        "exec('while True: os.write(1, b\"x\" * 65536)')",
    ],
)
async def test_no_deed_of_an_attempt_passes_a_test(arena: Arena, deed: str) -> None:
    arena.require_namespaces()
    attempt = f"""
import os, sys
def others():
    for name in os.listdir('/proc'):
        if name.isdigit() and int(name) != os.getpid():
            try:
                os.kill(int(name), 0)
            except OSError:
                continue
            yield int(name)
def f(x):
    if x == 2:
        {deed}
    return 0
"""
    found = await verdicts(arena, attempt, "assert f(1) == 0\nassert f(2) == 4\nassert f(3) == 0")
    assert found == {"assert-1": "passed", "assert-2": "failed", "assert-3": "passed"}


async def test_an_answer_given_twice_passes_no_test(arena: Arena) -> None:
    attempt = "import os\ndef f(x):\n    if x == 1: os.fork()\n    return x"
    found = await verdicts(arena, attempt, "assert f(1) == 2\nassert f(2) == 3")
    assert "passed" not in found.values()


async def test_the_referee_is_another_user_whose_process_cannot_be_traced(arena: Arena) -> None:
    arena.require_namespaces()
    attempt = """
import ctypes, os
def f(pid):
    libc = ctypes.CDLL(None, use_errno=True)
    refused = libc.ptrace(16, pid, None, None) == -1
    try:
        os.kill(pid, 0)
    except OSError:
        return [refused, 'may not signal']
    return [refused, 'may signal']
"""
    report = await arena.execute(
        workloads.workload(attempt, [workloads.script_call("import os\nassert f(os.getpid()) == 0")])
    )
    (test,) = report.calls[0].script_tests
    assert "left:  [True, 'may not signal']" in test.detail


async def test_nothing_of_a_script_is_found_by_an_attempt_that_searches_everything(arena: Arena) -> None:
    arena.require_namespaces()
    calls = [workloads.call("f", 1, call_id="1"), workloads.script_call(PLANTED), workloads.call("f", 2, call_id="2")]
    bounds = workloads.limits(call_cpu_s=30, call_wall_s=60, attempt_wall_s=60)
    bounds.output_bytes = 1 << 20
    report = await arena.execute(workloads.workload(searcher.AS_ATTEMPT, calls, bounds=bounds))
    (test,) = report.calls[1].script_tests
    assert workloads.script_verdicts(report, 1) == {"test_planted_secret_4": "passed"}, test.detail
    searches = test.stdout.head.splitlines() + report.calls[2].stdout.head.splitlines()
    assert len(searches) == 4
    for search in map(json.loads, searches):
        assert search["found"] == []
        assert search["foreign"] == []
        # Had it been there, it would have been found.
        assert search["control"]
        assert search["memory_bytes"] > 1 << 20
        assert search["processes"] >= 2  # itself and the first process: a cell shows no conductor


@pytest.mark.docker
async def test_nor_by_root_inside_of_the_container_while_the_script_runs() -> None:
    client = require_engine()
    isolation = ContainerIsolation(Settings(image=runner_image()))
    await isolation.start()
    sandbox = await isolation.create()
    try:
        script = PLANTED + "    import os, time\n    while not os.path.exists('/tmp/searched'): time.sleep(0.02)\n"
        workload = workloads.workload("def f(x): return x", [workloads.script_call(script)], bounds=PATIENT)
        running = asyncio.create_task(sandbox.run(codec.encode_workload(workload), 60))
        await asyncio.to_thread(_until_the_referee_runs, client, sandbox.sandbox_id)
        found = await asyncio.to_thread(_search_as_root, client, sandbox.sandbox_id)
        report = reports.decode_report(await running, workload)
    finally:
        await sandbox.destroy()
        await isolation.close()
    assert set(workloads.script_verdicts(report).values()) == {"passed"}
    assert [search["found"] for search in found] == [[]] * 4
    assert found[0]["control"]
    assert all(search["processes"] >= 4 for search in found)


def _exec(client: docker.APIClient, container_id: str, program: str) -> bytes:
    made = client.exec_create(container_id, ["python3", "-c", program], user="0")
    output: bytes = client.exec_start(made["Id"])
    return output


def _until_the_referee_runs(client: docker.APIClient, container_id: str) -> None:
    program = "import os, time\nwhile not any(n.startswith('referee') for n in os.listdir('/tmp')): time.sleep(0.02)"
    _exec(client, container_id, program)


def _search_as_root(client: docker.APIClient, container_id: str) -> list[dict[str, Any]]:
    output = _exec(client, container_id, searcher.AS_ROOT + "\nopen('/tmp/searched', 'w').close()")
    found: list[dict[str, Any]] = json.loads(output.splitlines()[-1])
    return found


async def test_many_short_requests_are_bounded_together(arena: Arena) -> None:
    bounds = workloads.limits(call_cpu_s=1.0, call_wall_s=30.0, attempt_wall_s=30.0, attempt_cpu_s=0.3)
    script = "def test_it():\n    for item in f(1): pass\n\ndef test_after():\n    assert f(1)\n"
    endless = "def f(x):\n    while True: yield x"
    report = await arena.execute(workloads.workload(endless, [workloads.script_call(script)], bounds=bounds))
    assert report.calls[0].script_tests[0].detail == "the CPU time of the whole attempt was used up"
    assert workloads.script_verdicts(report) == {"test_it": "failed", "test_after": "not_run"}
