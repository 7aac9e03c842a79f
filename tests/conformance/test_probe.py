"""What the probe measures, and that nothing an attempt does beside its calls goes unseen. No test asks for a speed."""

import json

import pytest

from codearena import values
from codearena.errors import SandboxError
from codearena.v1 import common_pb2, executor_pb2
from executor_service.codec import duration, seconds
from tests.conformance.conftest import Arena
from tests.executor_service import workloads

pytestmark = pytest.mark.asyncio(loop_scope="module")

RETURNED, TIME_LIMIT = common_pb2.CALL_STATUS_RETURNED, common_pb2.CALL_STATUS_TIME_LIMIT
NOT_RUN = common_pb2.CALL_STATUS_NOT_RUN
REFERENCE = "def f(x):\n    return x if isinstance(x, int) else sum(x)"
BURN = "import os\ndef burn():\n    for _ in range(3_000_000): pass\n"  # tens of milliseconds on any machine
SHARE = 10.0  # the burnt time is larger than what it is compared with by this factor on every machine


def probe_workload(source: str, *points: executor_pb2.ProbePoint, reference: str = REFERENCE) -> executor_pb2.Workload:
    workload = workloads.workload(source, [workloads.call("f", 1)], reference=reference)
    workload.probe.extend(points or [point(10, list(range(10))), point(20, list(range(20)))])
    workload.probe_cpu.CopyFrom(duration(1.0))
    return workload


def point(size: int, *args: object, vary: int | None = None, lend: int | None = None) -> executor_pb2.ProbePoint:
    made = executor_pb2.ProbePoint(size=size, call=workloads.call("f", *args, call_id=f"p{size}"), vary=vary, lend=lend)
    if packed := values.pack(list(args)):
        made.packed_args = packed
        made.call.function.ClearField("args")
    return made


def value(outcome: common_pb2.CallOutcome) -> object:
    assert outcome.status == RETURNED, outcome
    return json.loads(outcome.value.json)


async def test_both_sources_return_for_every_size(arena: Arena) -> None:
    report = await arena.execute(probe_workload("def f(x): return x if isinstance(x, int) else len(x)"))
    assert [value(measured.reference) for measured in report.probe] == [45, 190]
    assert [value(measured.attempt) for measured in report.probe] == [10, 20]
    assert seconds(report.attempt_probe_process.load_cpu) > 0


async def test_of_equal_values_none_is_sent_and_of_others_both(arena: Arena) -> None:
    source = "def f(x): return x if isinstance(x, int) else sum(x) if len(x) == 10 else (sum(x), {1})"
    equal, other = (await arena.execute(probe_workload(source))).probe
    assert equal.same_value and not (equal.attempt.HasField("value") or equal.reference.HasField("value"))
    assert not other.HasField("same_value")
    assert (value(other.reference), value(other.attempt)) == (190, {"tuple": [190, {"set": [1]}]})


@pytest.mark.parametrize(
    "forged",
    ["b''", "b'a value that was not read'", "raw.MARK", "raw.MARK + b'N'"],
    ids=["none", "text", "mark", "None"],
)
async def test_an_answer_is_equal_by_its_bytes_alone(arena: Arena, forged: str) -> None:
    source = (
        "from executor_service.runner.worker import _Session\nfrom executor_service.runner.probe import raw\n"
        f"_Session._written = lambda self, value: {forged}\ndef f(x): return x if isinstance(x, int) else sum(x)"
    )
    for measured in (await arena.execute(probe_workload(source))).probe:
        assert not measured.same_value
        assert measured.attempt.status != RETURNED or measured.attempt.value.json != measured.reference.value.json


async def test_a_value_that_has_no_encoding_is_equal_or_wrong(arena: Arena) -> None:
    nested = "def f(x):\n    if isinstance(x, int): return x\n    for _ in range(500): x = [x]\n    return {}"
    reference, changed = nested.format("x"), nested.format("[x]")
    assert [
        measured.same_value for measured in (await arena.execute(probe_workload(reference, reference=reference))).probe
    ]
    for measured in (await arena.execute(probe_workload("def f(x): return x", reference=reference))).probe:
        assert measured.reference.status == RETURNED
        assert measured.HasField("same_value") and not measured.same_value
    for measured in (await arena.execute(probe_workload(changed, reference=reference))).probe:
        assert not measured.same_value


async def test_a_varied_argument_makes_one_call_for_each_item(arena: Arena) -> None:
    source = "def f(values, x=0):\n    return values if isinstance(values, int) else [len(values), x]"
    varied = point(3, [5, 5, 5], [7, 8], vary=1)
    report = await arena.execute(probe_workload(source, varied, reference=NONE))
    assert value(report.probe[0].attempt) == [[3, 7], [3, 8]]
    assert value(report.probe[0].reference) == [None, None]


NONE = "def f(values, x=0):\n    return values if isinstance(values, int) else None"
READS = "def f(values, x=0):\n    return values if isinstance(values, int) else [len(values), values[x], values[-1]]"


async def test_a_lent_list_is_read_item_by_item(arena: Arena) -> None:
    lent = point(3, [0.5, "b", {"bytes": "AA=="}], [0, 1], vary=1, lend=0)
    last = {"dict": [["bytes", "AA=="]]}
    for attempt, reference in ((READS, NONE), (NONE, READS)):
        (measured,) = (await arena.execute(probe_workload(attempt, lent, reference=reference))).probe
        read = measured.attempt if attempt == READS else measured.reference
        assert value(read) == [[3, 0.5, last], [3, "b", last]]


async def test_each_item_of_a_lent_list_is_on_the_clock(arena: Arena) -> None:
    source = "def f(values, x=0):\n    return values if isinstance(values, int) else len([values[i] for i in range(x)])"
    few, all_of_them = point(1, list(range(3000)), 3, lend=0), point(2, list(range(3000)), 3000, lend=0)
    report = await arena.execute(probe_workload(source, few, all_of_them, reference=READS))
    read_few, read_all = (measured.attempt for measured in report.probe)
    assert seconds(read_all.usage.cpu) > SHARE * seconds(read_few.usage.cpu)
    assert seconds(read_all.overhead_cpu) < seconds(read_all.usage.cpu) / SHARE


async def test_an_item_costs_the_attempt_no_less_than_the_reference(arena: Arena) -> None:
    quick = "def f(values, x=0):\n    return values if isinstance(values, int) else [values[i] for i in range(x)]"
    slow = quick.replace("values[i]", "(values[i], burn())[0]")
    report = await arena.execute(probe_workload(quick, point(1, [7, 8, 9], 3, lend=0), reference=BURN + slow))
    (measured,) = report.probe
    assert measured.same_value
    assert measured.attempt.usage.cpu.ToNanoseconds() == measured.reference.usage.cpu.ToNanoseconds()


async def test_who_ends_by_the_signal_of_the_cpu_limit_has_not_reached_it(arena: Arena) -> None:
    source = "import os\ndef f(x):\n    if isinstance(x, list): os.kill(os.getpid(), 24)\n    return x"
    report = await arena.execute(probe_workload(source))
    assert report.probe[0].attempt.status == common_pb2.CALL_STATUS_CRASHED


async def test_what_a_call_read_of_a_lent_list_is_not_read_for_the_next(arena: Arena) -> None:
    source = "def f(values, x=0):\n    return values if isinstance(values, int) else len(values._read)"
    report = await arena.execute(probe_workload(source, point(3, [7, 8, 9], [0, 1], vary=1, lend=0), reference=READS))
    assert value(report.probe[0].attempt) == [0, 0]


async def test_reading_a_lent_list_to_no_end_ends_as_a_time_limit(arena: Arena) -> None:
    source = (
        "def f(values, x=0):\n    if isinstance(values, int): return values\n"
        "    while True:\n        values._borrow(0)\n"
    )
    report = await arena.execute(probe_workload(source, point(3, [7, 8, 9], 1, lend=0), reference=READS))
    assert report.probe[0].attempt.status == TIME_LIMIT


_BEFORE = """
prepare = Phases.prepare
def patched(self, function, call, made):
    prepare(self, function, call, made)
    made.borrow(0)
Phases.prepare = patched
"""
_AFTER = """
collect = Phases.collect
def patched(self):
    self._args[0][0]._borrow(0)
    return collect(self)
Phases.collect = patched
"""


@pytest.mark.parametrize("patch", [_BEFORE, _AFTER], ids=["before the call", "after the call"])
async def test_nothing_is_lent_while_nobody_times_the_call(arena: Arena, patch: str) -> None:
    source = f"from executor_service.runner.probe.phases import Phases\n{patch}{READS}"
    report = await arena.execute(probe_workload(source, point(3, [7, 8, 9], 1, lend=0), reference=READS))
    assert report.probe[0].reference.status == RETURNED
    assert report.probe[0].attempt.status in (common_pb2.CALL_STATUS_CRASHED, common_pb2.CALL_STATUS_RAISED)


@pytest.mark.parametrize("index", [3, 2**63])
async def test_an_item_that_there_is_not_breaks_the_channel(arena: Arena, index: int) -> None:
    source = f"def f(values, x=0):\n    return values if isinstance(values, int) else values._borrow({index})"
    report = await arena.execute(probe_workload(source, point(3, [7, 8, 9], 1, lend=0), reference=READS))
    assert report.probe[0].attempt.status == common_pb2.CALL_STATUS_CRASHED


@pytest.mark.parametrize("lend", [1, 5])
async def test_what_is_no_list_is_not_lent_and_fails_for_everyone(arena: Arena, lend: int) -> None:
    with pytest.raises(SandboxError, match="the reference gave nothing"):
        await arena.execute(probe_workload(READS, point(3, [7, 8, 9], "ab", lend=lend), reference=READS))


async def test_garbage_collection_is_off_during_the_call(arena: Arena) -> None:
    source = "import gc\ndef f(x): return x if isinstance(x, int) else gc.isenabled()"
    report = await arena.execute(probe_workload(source))
    assert value(report.probe[0].attempt) is False


async def test_decoding_and_encoding_are_not_the_calls_time(arena: Arena) -> None:
    source = "def f(x): return x"
    report = await arena.execute(probe_workload(source, point(9000, list(range(9000))), reference=source))
    outcome = report.probe[0].attempt
    assert outcome.status == RETURNED
    assert seconds(outcome.overhead_cpu) > seconds(outcome.usage.cpu)


async def test_hardly_anything_is_usual_beside_a_call(arena: Arena) -> None:
    """Else that much could be hidden there: to encode takes a microsecond for each item, in Python."""
    source = "def f(x): return x"
    encoding = "from codearena import values\ndef f(x): return x if x == 1 else len(values.encode(x))"
    records = point(1000, [{"dict": [["name", f"user{number}"], ["score", number]]} for number in range(1000)])
    handed_over = await arena.execute(probe_workload(source, records, reference=source))
    encoded = await arena.execute(probe_workload(encoding, records, reference=encoding))
    assert handed_over.probe[0].attempt.status == RETURNED
    assert seconds(handed_over.probe[0].attempt.overhead_cpu) < seconds(encoded.probe[0].attempt.usage.cpu)


async def test_values_of_every_kind_come_back_as_from_any_other_call(arena: Arena) -> None:
    source = (
        "from collections import Counter, namedtuple\nfrom decimal import Decimal\nPair = namedtuple('Pair', 'a b')\n"
        "def f(x):\n    if isinstance(x, int) and x == 1: return x\n"
        "    return [x, Counter('aab'), Pair(1, 2), Decimal('1.5'), (1, {2}, None), 2**70, 'é', iter([1])][x % 8:]"
    )
    for index in range(8):
        workload = probe_workload(source, point(index + 8, index + 8), reference="def f(x): return x")
        workload.calls.append(workloads.call("f", index + 8, call_id="same"))
        report = await arena.execute(workload)
        assert report.probe[0].attempt.value.json == report.calls[1].value.json
        assert report.probe[0].attempt.status == RETURNED


async def test_the_work_of_an_iterator_is_the_calls(arena: Arena) -> None:
    source = f"{BURN}def g():\n    burn()\n    yield 1\ndef f(x): return x if isinstance(x, int) else g()"
    report = await arena.execute(probe_workload(source, reference=f"{BURN}def f(x):\n    burn()\n    return x"))
    for measured in report.probe:
        assert value(measured.attempt) == {"iterator": [1]}
        assert seconds(measured.attempt.usage.cpu) > SHARE * seconds(measured.attempt.overhead_cpu)


async def test_an_iterator_without_end_is_cut_off(arena: Arena) -> None:
    source = "import itertools\ndef f(x): return x if isinstance(x, int) else map(str, itertools.count())"
    report = await arena.execute(probe_workload(source))
    assert report.probe[0].attempt.status == common_pb2.CALL_STATUS_OUTPUT_LIMIT


async def test_only_the_value_of_a_call_may_be_long(arena: Arena) -> None:
    source = (
        "from executor_service.runner.probe.phases import Phases\n"
        "Phases.{step} = lambda *_: [0] * 1000\ndef f(x): return x if isinstance(x, int) else sum(x)"
    )
    for measured in (await arena.execute(probe_workload(source.format(step="prepare")))).probe:
        assert measured.attempt.status in (common_pb2.CALL_STATUS_OUTPUT_LIMIT, NOT_RUN)
    for measured in (await arena.execute(probe_workload(source.format(step="repeat")))).probe:
        assert (measured.attempt.status, measured.attempt.repeated_calls) == (RETURNED, 0)


@pytest.mark.parametrize("cache", ["", "@lru_cache(None)\n"])
async def test_a_recursion_may_go_as_deep_as_the_inputs_are_long(arena: Arena, cache: str) -> None:
    source = (
        f"from functools import lru_cache\n{cache}def deep(n): return 0 if n == 0 else 1 + deep(n - 1)\n"
        "def f(x): return x if isinstance(x, int) else deep(len(x))"
    )
    workload = probe_workload(source, point(16_000, [0] * 16_000), reference="def f(x): return len(x) if x != 1 else x")
    report = await arena.execute(workload)
    if cache and report.isolation.python.startswith(("3.12.", "3.13.")):
        # These end it after some thousand calls from C code to Python, whatever the limit and the stack.
        assert report.probe[0].attempt.raised.type == "RecursionError"
    else:
        assert report.probe[0].same_value


async def test_what_is_hopelessly_slow_at_two_sizes_is_not_measured_on(arena: Arena) -> None:
    source = f"{BURN}def f(x):\n    if isinstance(x, int): return x\n    burn()\n    return sum(x)"
    workload = probe_workload(source, *(point(size, list(range(size))) for size in range(1, 8)))
    workload.probe_cpu.CopyFrom(duration(60))
    report = await arena.execute(workload)
    assert [measured.attempt.status for measured in report.probe] == [RETURNED] * 7
    workload.probe_stop_ratio = 2
    report = await arena.execute(workload)
    assert [measured.attempt.status for measured in report.probe] == [*[RETURNED] * 5, TIME_LIMIT, NOT_RUN]
    assert [measured.reference.status for measured in report.probe] == [RETURNED] * 7


async def test_further_rounds_leave_out_what_was_too_slow(arena: Arena) -> None:
    source = f"{BURN}def f(x):\n    if isinstance(x, int): return x\n    burn()\n    return sum(x)"
    workload = probe_workload(source, *(point(size, list(range(size))) for size in range(1, 7)))
    for again in list(workload.probe):
        workload.probe.add().CopyFrom(again)
        workload.probe[-1].call.call_id += "again"
    workload.probe_cpu.CopyFrom(duration(60))
    workload.probe_stop_ratio = 2
    report = await arena.execute(workload)
    assert [measured.attempt.status for measured in report.probe] == [
        *[RETURNED] * 5,
        TIME_LIMIT,
        *[RETURNED] * 5,
        NOT_RUN,
    ]


@pytest.mark.parametrize("moment", ["decoding", "encoding"])
async def test_work_moved_beside_the_call_is_overhead(arena: Arena, moment: str) -> None:
    name = "unpacked" if moment == "decoding" else "dumps"
    source = (
        f"{BURN}from executor_service.runner.probe import raw\noriginal = raw.{name}\n"
        f"def patched(*args):\n    burn()\n    return original(*args)\nraw.{name} = patched\n"
        "def f(x): return x if isinstance(x, int) else sum(x)"
    )
    workload = probe_workload(source)
    workload.probe_cpu.CopyFrom(duration(60))  # or a machine on which it burns for long has none left for the last size
    report = await arena.execute(workload)
    for measured in report.probe:
        assert seconds(measured.attempt.overhead_cpu) > SHARE * seconds(measured.reference.overhead_cpu)


async def test_work_moved_into_the_import_is_loading(arena: Arena) -> None:
    report = await arena.execute(probe_workload(f"{BURN}burn()\n{REFERENCE}"))
    load_s = seconds(report.attempt_probe_process.load_cpu)
    assert load_s > seconds(report.reference_probe_process.load_cpu)
    assert load_s > SHARE * seconds(report.probe[-1].attempt.usage.cpu)


@pytest.mark.parametrize("waited_for", [True, False])
async def test_work_of_a_child_is_counted(arena: Arena, waited_for: bool) -> None:
    source = (
        f"{BURN}def f(x):\n    if isinstance(x, int): return x\n    r, w = os.pipe()\n    pid = os.fork()\n"
        "    if pid == 0:\n        burn()\n        os.write(w, b'%d' % sum(x))\n        os._exit(0)\n"
        "    os.close(w)\n    answer = int(os.read(r, 20))\n"
        f"    {'os.waitpid(pid, 0)' if waited_for else ''}\n    os.close(r)\n    return answer\n"
    )
    report = await arena.execute(probe_workload(source))
    assert all(measured.same_value for measured in report.probe)
    other_s = seconds(report.attempt_probe_process.other_cpu)
    assert other_s > SHARE * sum(seconds(measured.reference.usage.cpu) for measured in report.probe)


async def test_what_the_first_call_does_beside_all_others_is_counted(arena: Arena) -> None:
    once = "burnt = []\ndef f(x):\n    burnt or burnt.append(burn())\n    return x if isinstance(x, int) else sum(x)"
    report = await arena.execute(probe_workload(BURN + once))
    other_s = seconds(report.attempt_probe_process.other_cpu)
    assert other_s > SHARE * max(seconds(measured.attempt.usage.cpu) for measured in report.probe)


_IN_A_CHILD = """
def f(x):
    pid = os.fork()
    if pid == 0:
        for _ in range(2): burn()
        os._exit(0)
    os.waitpid(pid, 0)
    return x
"""


@pytest.mark.parametrize(
    ("source", "where"),
    [("for _ in range(2): burn()\ndef f(x): return x", "load_cpu"), (_IN_A_CHILD, "other_cpu")],
    ids=["load", "child"],
)
async def test_without_a_probe_work_beside_the_tests_calls_is_counted(arena: Arena, source: str, where: str) -> None:
    for reference in ("", "def f(x): return x"):
        report = await arena.execute(workloads.workload(BURN + source, [workloads.call("f", 1)], reference=reference))
        hidden_s = seconds(getattr(report.attempt_probe_process, where))
        assert hidden_s > SHARE * seconds(report.calls[0].usage.cpu)
        assert hidden_s > SHARE * seconds(getattr(report.reference_probe_process, where))


async def test_work_of_a_child_that_the_kernel_reaps_is_counted_in_containers(arena: Arena) -> None:
    if arena.name == "local":
        pytest.skip("no control group counts")
    ignoring = f"import signal\nsignal.signal(signal.SIGCHLD, signal.SIG_IGN)\n{_IN_A_CHILD}"
    alone = "def g(x):\n    try:\n        return f(x)\n    except ChildProcessError:\n        return x\n"
    report = await arena.execute(workloads.workload(BURN + ignoring + alone, [workloads.call("g", 1)]))
    assert value(report.calls[0]) == 1
    assert seconds(report.attempt_probe_process.other_cpu) > SHARE * seconds(report.calls[0].usage.cpu)


async def test_what_a_call_spends_beyond_the_budget_ends_it_and_the_larger_sizes(arena: Arena) -> None:
    source = "def f(x):\n    while not isinstance(x, int): pass\n    return x"
    report = await arena.execute(probe_workload(source))
    assert [measured.attempt.status for measured in report.probe] == [TIME_LIMIT, NOT_RUN]
    assert seconds(report.probe[0].attempt.usage.cpu) < seconds(report.usage.cpu) < 2.0  # of call_cpu alone


async def test_an_attempt_that_ends_a_call_in_another_way_is_not_measured(arena: Arena) -> None:
    report = await arena.execute(probe_workload("def f(x): raise ValueError(x)"))
    assert [measured.attempt.status for measured in report.probe] == [NOT_RUN, NOT_RUN]
    assert [measured.reference.status for measured in report.probe] == [RETURNED, RETURNED]


async def test_an_input_that_the_attempt_cannot_take_is_its_own_failure(arena: Arena) -> None:
    report = await arena.execute(probe_workload("def f(x): return x + 0"))
    assert report.probe[0].attempt.status == common_pb2.CALL_STATUS_RAISED
    assert report.probe[0].attempt.raised.type == "TypeError"


def repeated_s(outcome: common_pb2.CallOutcome) -> float:
    return seconds(outcome.repeated_cpu) / outcome.repeated_calls


async def test_a_call_too_quick_to_be_timed_is_repeated(arena: Arena) -> None:
    report = await arena.execute(probe_workload(REFERENCE, reference=REFERENCE))
    for measured in report.probe:
        for outcome in (measured.reference, measured.attempt):
            assert outcome.repeated_calls > 1
            assert repeated_s(outcome) < seconds(outcome.usage.cpu)
    assert 0 < seconds(report.reference_probe_process.idle_cpu) < 0.01


async def test_a_long_call_is_not_repeated(arena: Arena) -> None:
    source = f"{BURN}def f(x):\n    if not isinstance(x, int): burn()\n    return x if isinstance(x, int) else sum(x)"
    report = await arena.execute(probe_workload(source))
    assert {measured.attempt.repeated_calls for measured in report.probe} == {0}


async def test_a_lent_list_is_read_once(arena: Arena) -> None:
    report = await arena.execute(probe_workload(READS, point(3, [5, 6, 7], [0, 1], vary=1, lend=0), reference=READS))
    assert report.probe[0].attempt.repeated_calls == report.probe[0].reference.repeated_calls == 0


async def test_repeated_calls_get_the_argument_as_it_was(arena: Arena) -> None:
    source = (
        "def f(x):\n"
        "    if isinstance(x, int): return x\n"
        "    if len(x) != 9: raise ValueError('seen before')\n"
        "    total = 0\n"
        "    while x: total += x.pop()\n"
        "    return total\n"
    )
    report = await arena.execute(probe_workload(source, point(9, list(range(9)))))
    assert report.probe[0].same_value
    assert report.probe[0].attempt.repeated_calls > 1


async def test_an_attempt_that_fails_when_it_is_repeated_keeps_its_first_reading(arena: Arena) -> None:
    source = (
        "seen = set()\n"
        "def f(x):\n"
        "    if isinstance(x, int): return x\n"
        "    if len(x) == 20 and len(x) in seen: raise ValueError('once only')\n"
        "    seen.add(len(x))\n"
        "    return sum(x)\n"
    )
    report = await arena.execute(probe_workload(source))
    assert all(measured.same_value for measured in report.probe)
    assert [measured.attempt.repeated_calls > 0 for measured in report.probe] == [True, False]


async def test_a_process_that_ends_when_a_call_is_repeated_ends_as_if_at_the_next_size(arena: Arena) -> None:
    source = (
        "import os\n"
        "calls = {}\n"
        "def f(x):\n"
        "    if isinstance(x, int): return x\n"
        "    calls[len(x)] = calls.get(len(x), 0) + 1\n"
        "    if calls[len(x)] == 3: os.abort()\n"  # at the first size after a warm-up, which is a call as well
        "    return sum(x)\n"
    )
    # A first call that a busy host disturbs is not repeated: then it happens at one of the following sizes.
    report = await arena.execute(probe_workload(source, *(point(size, list(range(size))) for size in range(10, 17))))
    statuses = [measured.attempt.status for measured in report.probe]
    ended = statuses.index(common_pb2.CALL_STATUS_CRASHED)
    assert ended > 0
    assert statuses[:ended] == [RETURNED] * ended
    assert set(statuses[ended + 1 :]) == {common_pb2.CALL_STATUS_NOT_RUN}


async def test_what_was_added_is_told_in_the_report(arena: Arena) -> None:
    workload = probe_workload(REFERENCE)
    workload.probe[1].added = True
    report = await arena.execute(workload)
    assert [measured.added for measured in report.probe] == [False, True]
