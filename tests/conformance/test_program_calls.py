"""Several runs of a program in one workload: each has its own input, arguments and limits, and nothing of the rest."""

import hashlib

import pytest

from codearena.v1 import common_pb2, executor_pb2
from executor_service.codec import duration
from executor_service.settings import MIB
from tests.conformance.conftest import Arena
from tests.executor_service import workloads

pytestmark = pytest.mark.asyncio(loop_scope="module")

_LIMITS = workloads.limits(output_bytes=64 * 1024)
_STATUS = common_pb2.CallStatus
ECHO = "import sys\nprint(sys.argv[1:], sys.stdin.read(), sep='|')\n"


def _run(call_id: str, stdin: bytes = b"", *arguments: str, **limits: object) -> executor_pb2.Call:
    script = executor_pb2.Script(stdin=stdin, arguments=arguments)
    if limits:
        script.limits.CopyFrom(executor_pb2.ScriptLimits(**limits))  # type: ignore[arg-type]
    return executor_pb2.Call(call_id=call_id, script=script)


async def _outcomes(
    arena: Arena, source: str, *calls: executor_pb2.Call, reference: str = ""
) -> dict[str, common_pb2.CallOutcome]:
    report = await arena.execute(workloads.workload(source, calls, bounds=_LIMITS, reference=reference))
    assert report.status == executor_pb2.ATTEMPT_STATUS_RAN, report
    return {outcome.call_id: outcome for outcome in report.calls}


async def test_each_run_gets_its_own_input_and_arguments(arena: Arena) -> None:
    calls = [_run("1", b"one"), _run("2", b"two", "-n", "a b", "é"), _run("3")]
    outcomes = await _outcomes(arena, ECHO, *calls)
    assert [outcome.stdout.head.decode() for outcome in outcomes.values()] == [
        "[]|one\n",
        "['-n', 'a b', 'é']|two\n",
        "[]|\n",
    ]


async def test_an_input_of_megabytes_arrives_whole(arena: Arena) -> None:
    text = b"0123456789abcdef" * (5 * MIB // 16)
    source = "import hashlib, sys\nprint(hashlib.sha256(sys.stdin.buffer.read()).hexdigest(), end='')\n"
    outcomes = await _outcomes(arena, source, _run("1", text), _run("2", text[::-1]))
    assert outcomes["1"].stdout.head.decode() == hashlib.sha256(text).hexdigest()
    assert outcomes["2"].stdout.head.decode() == hashlib.sha256(text[::-1]).hexdigest()


async def test_a_program_that_reads_nothing_of_a_large_input_ends_all_the_same(arena: Arena) -> None:
    outcomes = await _outcomes(arena, "print(1)\n", _run("1", bytes(2 * MIB)), _run("2", b"x"))
    assert [(each.status, each.stdout.head) for each in outcomes.values()] == [
        (_STATUS.CALL_STATUS_RETURNED, b"1\n")
    ] * 2


async def test_a_run_may_have_limits_of_its_own(arena: Arena) -> None:
    source = (
        "import sys\n"
        "what = sys.stdin.read()\n"
        "if what == 'spin':\n"
        "    while True: pass\n"
        "if what == 'wait':\n"
        "    import time; time.sleep(60)\n"
        "if what == 'grow':\n"
        "    held = bytearray(96 << 20)\n"
    )
    outcomes = await _outcomes(
        arena,
        source,
        _run("spin", b"spin", call_cpu=duration(0.2)),
        _run("wait", b"wait", call_wall=duration(0.3)),
        _run("small", b"grow", memory_bytes=64 * MIB),
        _run("large", b"grow"),
    )
    limited = [outcomes[name].status for name in ("spin", "wait")]
    assert limited == [_STATUS.CALL_STATUS_TIME_LIMIT] * 2
    assert outcomes["spin"].usage.cpu.ToMilliseconds() < 1500
    assert (outcomes["small"].exit_status, outcomes["large"].exit_status) == (1, 0)
    assert b"MemoryError" in outcomes["small"].stderr.head


async def test_a_child_that_prints_later_prints_nothing(arena: Arena) -> None:
    source = (
        "import os, sys, time\n"
        "if sys.stdin.read() == 'fork' and os.fork() == 0:\n"
        "    os.setsid()\n"
        "    time.sleep(0.3)\n"
        "    os.write(1, b'late')\n"
        "    os._exit(0)\n"
        "os.write(1, b'now')\n"
    )
    outcomes = await _outcomes(arena, source, _run("1", b"fork"), *(_run(str(number)) for number in range(2, 8)))
    assert {outcome.stdout.head for outcome in outcomes.values()} == {b"now"}


async def test_no_run_writes_to_the_output_of_another(arena: Arena) -> None:
    source = (
        "import os, sys\n"
        "if sys.stdin.read() == 'first':\n"
        "    if os.fork() == 0:\n"
        "        os.setsid()\n"
        "        while True:\n"
        "            for pid in filter(str.isdigit, os.listdir('/proc')):\n"
        "                try:\n"
        "                    with open(f'/proc/{pid}/fd/1', 'wb', 0) as other:\n"
        "                        other.write(b'theirs') if int(pid) not in (os.getpid(), os.getppid()) else 0\n"
        "                except OSError: pass\n"
        "    sys.exit(0)\n"
        "print('mine')\n"
    )
    outcomes = await _outcomes(arena, source, _run("1", b"first"), _run("2"), _run("3"))
    assert [outcomes[name].stdout.head for name in ("2", "3")] == [b"mine\n"] * 2


async def test_how_it_exits_is_what_the_kernel_says(arena: Arena) -> None:
    source = (
        "import os, sys, threading\n"
        "how = sys.stdin.read()\n"
        "print('right', flush=True)\n"
        "if how == 'thread':\n"
        "    threading.Thread(target=lambda: threading.Event().wait(60), daemon=False).start()\n"
        "    os._exit(0)\n"
        "if how == 'raise':\n"
        "    raise ValueError(1)\n"
        "sys.exit(int(how))\n"
    )
    outcomes = await _outcomes(arena, source, _run("thread", b"thread"), _run("raise", b"raise"), _run("7", b"7"))
    assert [(each.exit_status, each.stdout.head) for each in outcomes.values()] == [
        (status, b"right\n") for status in (0, 1, 7)
    ]


async def test_of_what_the_reference_prints_the_report_has_the_size_alone(arena: Arena) -> None:
    workload = workloads.workload(ECHO, [_run("1", b"x")], bounds=_LIMITS, reference="print('secret' * 100)\n")
    report = await arena.execute(workload)
    assert report.reference_calls[0].stdout == common_pb2.Output(truncated=True, total_bytes=601)
    assert b"secret" not in report.SerializeToString()


async def test_a_source_that_does_not_compile_is_told_once(arena: Arena) -> None:
    report = await arena.execute(workloads.workload("print(", [_run("1"), _run("2")], bounds=_LIMITS))
    assert report.status == executor_pb2.ATTEMPT_STATUS_COMPILE_ERROR
    assert {call.status for call in report.calls} == {_STATUS.CALL_STATUS_NOT_RUN}
