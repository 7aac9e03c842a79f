"""The limits of an attempt follow from what the reference takes."""

import asyncio

import pytest

from codearena.errors import SandboxError
from codearena.tasks.task import Task, TaskLimits
from codearena.v1 import common_pb2, executor_pb2
from executor_service.settings import Settings as ExecutorSettings
from gateway.attempt.limits import AttemptLimits, ceilings, for_every_call, for_measuring, for_probing
from gateway.settings import Settings

SETTINGS = Settings(
    limit_reference_ratio=20,
    limit_call_cpu_s=0.25,
    limit_call_wall_s=0.7,
    limit_attempt_cpu_s=0.5,
    limit_calls=2,
    limit_measuring_share=0.7,
)
CALLS = [executor_pb2.Call(call_id=str(number)) for number in range(3)]


def task(**limits: float) -> Task:
    return Task.model_construct(id="t", solution="reference", limits=TaskLimits(**limits))


def report(
    *cpu_s: float, waited_s: float = 0.0, starved_s: float = 0.0, host_class: str = "fast"
) -> executor_pb2.Report:
    """Of calls that took so much CPU time, and waited for so long each."""
    made = executor_pb2.Report(isolation=executor_pb2.Isolation(host_class=host_class))
    for taken_s in cpu_s:
        usage = made.calls.add().usage
        usage.cpu.FromMilliseconds(round(1000 * taken_s))
        usage.wall.FromMilliseconds(round(1000 * (taken_s + waited_s + starved_s)))
        usage.starved.FromMilliseconds(round(1000 * starved_s))
    made.usage.cpu.FromMilliseconds(round(1000 * sum(cpu_s)))
    return made


class Hosts:
    """Runs the reference. reports: what it gives, in turn; the last one for good."""

    def __init__(self, *reports: executor_pb2.Report | SandboxError) -> None:
        self.workloads: list[executor_pb2.Workload] = []
        self._reports = list(reports)

    async def run(self, workload: executor_pb2.Workload) -> executor_pb2.Report:
        self.workloads.append(workload)
        found = self._reports.pop(0) if len(self._reports) > 1 else self._reports[0]
        if isinstance(found, SandboxError):
            raise found
        return found


def of(made: common_pb2.Limits) -> tuple[float, float, float, float, int]:
    """CPU seconds of a call and in all, wall seconds of a call and in all, calls at a limit."""
    times = [made.call_cpu, made.attempt_cpu, made.call_wall, made.attempt_wall]
    seconds = [each.ToMilliseconds() / 1000 for each in times]
    return (*seconds, made.calls_at_limit)  # type: ignore[return-value]


async def limits_for(found: executor_pb2.Report, **limits: float) -> tuple[float, float, float, float, int]:
    return of(await AttemptLimits(task(**limits), CALLS, SETTINGS).get("", Hosts(found).run))


async def test_a_quick_reference_leaves_every_attempt_the_floor() -> None:
    assert await limits_for(report(0.001, 0.002, 0.001)) == (0.25, 0.5, 0.7, 1.4, 2)


async def test_a_slow_reference_leaves_attempts_many_times_its_own_time() -> None:
    call_cpu_s, attempt_cpu_s, call_wall_s, attempt_wall_s, _ = await limits_for(report(0.05, 0.1, 0.05))
    assert (call_cpu_s, attempt_cpu_s) == (2.0, 4.0)
    assert call_wall_s >= call_cpu_s and attempt_wall_s >= attempt_cpu_s


async def test_the_tasks_own_limits_are_never_exceeded() -> None:
    most = {"call_cpu_s": 0.1, "call_wall_s": 0.3, "attempt_cpu_s": 0.2, "attempt_wall_s": 0.6}
    assert await limits_for(report(1.0, 1.0, 1.0), **most) == (0.1, 0.2, 0.3, 0.6, 2)


async def test_a_reference_that_sleeps_leaves_attempts_time_to_sleep() -> None:
    _, _, call_wall_s, attempt_wall_s, _ = await limits_for(report(0.001, 0.001, waited_s=0.25))
    assert call_wall_s >= 20 * 0.2
    assert attempt_wall_s >= 20 * 0.4


async def test_a_busy_host_makes_no_limit_longer() -> None:
    assert await limits_for(report(0.001, starved_s=5.0)) == await limits_for(report(0.001))


async def test_it_is_measured_once_with_the_tasks_own_limits() -> None:
    hosts, made = Hosts(report(0.001)), AttemptLimits(task(), CALLS, SETTINGS)
    await asyncio.gather(*(made.get("", hosts.run) for _ in range(5)))
    (workload,) = hosts.workloads
    assert (workload.source, list(workload.calls)) == (b"reference", CALLS)
    assert workload.limits == ceilings(TaskLimits(), len(CALLS))


async def test_what_could_not_be_measured_is_measured_by_the_next() -> None:
    hosts, made = Hosts(SandboxError("lost"), report(0.001)), AttemptLimits(task(), CALLS, SETTINGS)
    with pytest.raises(SandboxError):
        await made.get("", hosts.run)
    assert of(await made.get("", hosts.run)) == (0.25, 0.5, 0.7, 1.4, 2)


async def test_an_isolation_whose_executors_are_down_holds_up_no_other() -> None:
    made = AttemptLimits(task(), CALLS, SETTINGS)

    async def never(workload: executor_pb2.Workload) -> executor_pb2.Report:
        return await asyncio.Future()

    waiting = asyncio.create_task(made.get("cell", never))
    await asyncio.sleep(0)
    assert of(await made.get("", Hosts(report(0.001)).run))[0] == 0.25
    waiting.cancel()


async def test_a_slower_class_of_hosts_is_measured_when_it_is_seen() -> None:
    made, slow = AttemptLimits(task(), CALLS, SETTINGS), report(0.1, host_class="slow")
    hosts = Hosts(report(0.001), report(0.001), slow)
    assert of(await made.get("", hosts.run))[0] == 0.25
    for limit_s in (0.25, 2.0):  # at first it happens to run on a fast one again
        again = made.ran(slow, hosts.run)
        assert again is not None
        await again
        assert of(await made.get("", hosts.run))[0] == limit_s
    assert made.ran(slow, hosts.run) is None


async def test_the_code_as_given_is_run_to_the_end_of_every_call() -> None:
    limits = await AttemptLimits(task(), CALLS, SETTINGS).get("", Hosts(report(0.001)).run)
    assert of(for_every_call(limits, 4)) == (0.25, 1.0, 0.7, 2.8, 4)


async def test_the_code_as_given_of_a_thousand_tests_asks_for_no_more_than_an_executor_takes() -> None:
    limits = await AttemptLimits(task(), CALLS, SETTINGS).get("", Hosts(report(0.001)).run)
    most_s = ExecutorSettings().attempt_wall_s
    assert of(for_every_call(limits, 1024)) == (0.25, 256.0, 0.7, most_s, 1024)


async def test_measuring_costs_less_than_the_attempt_did() -> None:
    limits = await AttemptLimits(task(), CALLS, SETTINGS).get("", Hosts(report(0.001)).run)
    assert of(for_measuring(limits, SETTINGS)) == (0.25, 0.35, 0.7, 0.98, 2)


async def test_a_probe_is_bounded_by_its_own_budget() -> None:
    limits = await AttemptLimits(task(), CALLS, SETTINGS).get("", Hosts(report(0.001)).run)
    call_cpu_s, attempt_cpu_s, call_wall_s, attempt_wall_s, _ = of(for_probing(limits, 3.0))
    assert min(call_cpu_s, attempt_cpu_s) >= 3.0
    assert min(call_wall_s, attempt_wall_s) >= 6.0


def of_a_script(*statuses: "common_pb2.ScriptTestStatus.ValueType") -> executor_pb2.Report:
    made = report(0.001)
    for status in statuses:
        made.calls[0].script_tests.add(status=status)
    return made


async def test_a_reference_that_fails_its_script_once_sets_no_precedent_by_that() -> None:
    failed = of_a_script(common_pb2.SCRIPT_TEST_STATUS_PASSED, common_pb2.SCRIPT_TEST_STATUS_FAILED)
    passed = of_a_script(common_pb2.SCRIPT_TEST_STATUS_PASSED, common_pb2.SCRIPT_TEST_STATUS_PASSED)
    hosts, learnt = Hosts(failed, passed), list[executor_pb2.Report]()
    await AttemptLimits(task(), CALLS, SETTINGS, learnt.append).get("", hosts.run)
    assert (learnt, len(hosts.workloads)) == ([passed], 2)


async def test_a_reference_that_always_fails_its_script_is_served_all_the_same() -> None:
    failed, learnt = of_a_script(common_pb2.SCRIPT_TEST_STATUS_NOT_RUN), list[executor_pb2.Report]()
    await AttemptLimits(task(), CALLS, SETTINGS, learnt.append).get("", Hosts(failed).run)
    assert learnt == [failed]
