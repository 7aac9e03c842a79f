"""Which workloads one attempt is: its calls, and a measuring one only if it passes and something is to be measured."""

import httpx
import pytest

from codearena import models
from codearena.errors import SandboxError
from codearena.v1 import executor_pb2
from gateway.attempt.stages import Stopwatch
from gateway.settings import Settings
from tests.fakes import BROKEN, RIGHT, SLOW, WRONG, FakeExecutor, FakeJudge
from tests.gateway.conftest import SOLUTION, Serve


async def grade(api: httpx.AsyncClient, source: str) -> httpx.Response:
    return await api.post("/grade", json={"task_id": "easy-1", "source": source})


@pytest.mark.parametrize("source", [RIGHT, WRONG])
async def test_what_fails_or_is_quick_is_run_once_and_without_the_reference(
    api: httpx.AsyncClient, executor: FakeExecutor, source: str
) -> None:
    assert (await grade(api, source)).status_code == 200
    (request,) = executor.attempts
    assert request.workload.reference_source == b""


async def test_what_passes_slowly_is_measured_against_the_reference(
    api: httpx.AsyncClient, executor: FakeExecutor
) -> None:
    verdict = (await grade(api, SLOW)).json()
    assert [request.workload.reference_source for request in executor.attempts] == [b"", SOLUTION.encode()]
    assert (
        verdict["complexity"]["ratio"] == 320
    )  # three calls of a second, where 10 ms are noise, in tenths of a decade
    assert verdict["reward_components"]["efficiency_score"] == 0.0
    assert verdict["timings"]["measure_s"] > 0


async def compile_statuses(
    api: httpx.AsyncClient, executor: FakeExecutor, judge: FakeJudge, sandbox: str
) -> list[tuple[str, int]]:
    """Of three sources that a judge of Python 3.11 cannot compile: status and how many were run until then."""

    def read_by(analysis: executor_pb2.Analysis) -> None:
        if not analysis.compiles:
            analysis.python = "3.11"

    def run_by(report: executor_pb2.Report) -> None:
        report.isolation.python = sandbox

    judge.change, executor.change = read_by, run_by
    found = []
    for number in range(3):
        verdict = (await grade(api, f"{BROKEN} # {number}")).json()
        found.append((verdict["execution_metadata"]["status"], len(executor.attempts)))
    return found


async def test_what_only_a_newer_interpreter_of_the_sandbox_may_compile_is_run(
    api: httpx.AsyncClient, executor: FakeExecutor, judge: FakeJudge
) -> None:
    assert await compile_statuses(api, executor, judge, "3.13.5") == [("ran", 1), ("ran", 2), ("ran", 3)]


async def test_what_the_judge_cannot_compile_is_not_run_by_the_same_interpreter(
    api: httpx.AsyncClient, executor: FakeExecutor, judge: FakeJudge
) -> None:
    assert await compile_statuses(api, executor, judge, "3.11.9") == [("ran", 1), *[("compile_error", 1)] * 2]


async def test_of_a_source_that_the_judge_could_not_read_no_check_is_kept(
    serve: Serve, settings: Settings, executor: FakeExecutor, judge: FakeJudge
) -> None:
    with (settings.tasks_dir / "easy" / "easy-1" / "task.yaml").open("a") as file:
        file.write("checks: [{rule: forbid_call, argument: eval, name: no eval, visible: true}]\n")
    api = await serve(settings)
    assert await compile_statuses(api, executor, judge, "3.13.5") == [("ran", 1), ("ran", 2), ("ran", 3)]
    verdict = (await grade(api, f"{BROKEN} # 3")).json()
    (check,) = [test for test in verdict["tests"] if test["name"] == "no eval"]
    assert not check["passed"]
    assert "not read: it is newer than the judge's Python 3.11" in check["got"]


def add_probe(settings: Settings, task_id: str) -> None:
    folder = settings.tasks_dir / "easy" / task_id
    (folder / "probe.py").write_text("def make_input(n, rng):\n    return [n]\n")
    with (folder / "task.yaml").open("a") as file:
        file.write("probe: {sizes: [100, 200, 400, 800]}\n")


def ran_in(executor: FakeExecutor, source: str) -> list[tuple[str, int]]:
    """What was run of an attempt, and in which of its sandboxes."""
    found: list[tuple[str, int]] = []
    sandboxes: list[int] = []
    for request, sandbox in zip(executor.requests, executor.sandboxes, strict=True):
        if request.workload.source == source.encode():
            sandboxes += [] if sandbox in sandboxes else [sandbox]
            workload = request.workload
            kind = ("screening" if workload.screening else "sizes") if workload.probe else "calls"
            found.append((kind, sandboxes.index(sandbox)))
    return found


async def test_the_calls_of_a_run_are_measured_in_another_sandbox(
    api: httpx.AsyncClient, executor: FakeExecutor
) -> None:
    await grade(api, SLOW)
    assert ran_in(executor, SLOW) == [("calls", 0), ("calls", 1)]


async def test_what_was_drawn_apart_is_measured_in_the_same_sandbox_and_what_repeats_it_in_others(
    serve: Serve, settings: Settings, executor: FakeExecutor
) -> None:
    add_probe(settings, "easy-1")
    api = await serve(settings.model_copy(update={"attempt_wait_s": 500.0}))  # a sandbox is kept for so long
    first, later = f"{SLOW} # first", f"{SLOW} # later"
    for source in (first, later):
        assert (await grade(api, source)).status_code == 200
    sizes = ("sizes", 0), ("sizes", 1), ("sizes", 2), ("sizes", 3)
    assert ran_in(executor, first) == [("calls", 0), *sizes]
    assert ran_in(executor, later) == [("calls", 0), ("screening", 0), *sizes[:3]]


async def test_a_measurement_that_fails_is_an_error_and_no_step(
    serve: Serve, settings: Settings, executor: FakeExecutor, judge: FakeJudge
) -> None:
    api = await serve(settings.model_copy(update={"attempt_wait_s": 1.0}))
    await api.post("/reset", json={"task_id": "easy-1"})
    executor.fail_measurements = True
    answer = await api.post("/step", json={"proposed_fix": SLOW})
    assert (answer.status_code, "reward" in answer.json()) == (503, False)
    assert (await api.get("/state")).json()["step_count"] == 0
    executor.fail_measurements = False
    assert (await api.post("/step", json={"proposed_fix": SLOW})).json()["observation"]["step"] == 1


async def test_a_judge_that_fails_while_the_attempt_is_measured_is_an_error(
    serve: Serve, settings: Settings, judge: FakeJudge
) -> None:
    api = await serve(settings.model_copy(update={"attempt_wait_s": 1.0}))
    await api.post("/reset", json={"task_id": "easy-1"})
    judge.fail.extend(SandboxError("lost") for _ in range(100))
    assert (await api.post("/step", json={"proposed_fix": SLOW})).status_code == 503


def test_a_stage_that_is_begun_again_takes_the_time_of_both() -> None:
    watch = Stopwatch()
    with watch.stage("grade"):
        pass
    first = watch.seconds["grade"]
    with watch.stage("grade"):
        pass
    assert watch.seconds["grade"] > first


def test_the_total_is_what_passed_from_the_first_stage_on_not_a_sum() -> None:
    watch = Stopwatch()
    with watch.stage("judge"), watch.stage("measure"):
        pass
    watch.seconds["judge"] = watch.seconds["measure"] = 3600
    assert watch.total_s() < 3600


def test_every_timing_is_defined_in_the_schema() -> None:
    schema = models.Timings.model_json_schema()
    assert "overlap" in schema["description"]
    assert all(field["description"] for field in schema["properties"].values())
