"""Which workloads one attempt is: its calls, and a measuring one only if it passes and something is to be measured."""

import httpx
import pytest

from codearena import models
from codearena.errors import SandboxError
from gateway.attempt.stages import Stopwatch
from gateway.settings import Settings
from tests.fakes import RIGHT, SLOW, WRONG, FakeExecutor, FakeJudge
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
