"""What a step leaves in Redis is bounded, whatever the attempt returned, and it is graded again without the rest."""

import hashlib
import os
from collections.abc import Iterator

import httpx
import pytest
import redis

from codearena.v1 import common_pb2, executor_pb2, grader_pb2, judge_pb2, store_pb2
from gateway.episode import kept
from gateway.settings import Settings
from gateway.store.events import BEFORE_ALL
from gateway.store.redis import Store
from gateway.trajectories import lines
from grader_service.grader import Grader
from tests.fakes import RIGHT, WRONG, FakeExecutor
from tests.gateway.conftest import Serve
from tests.grader_service import build
from tests.redis_servers import connect

STEP_BYTES = 256 * 1024
"""What a step may take of Redis, all keys together."""
NOISE_BYTES = 250_000


@pytest.fixture
def client(redis_url: str) -> Iterator["redis.Redis"]:
    with connect(redis_url) as client:
        yield client


def noise(size: int) -> bytes:
    return os.urandom(size // 2).hex().encode("ascii")


def make_hostile(report: executor_pb2.Report) -> None:
    """Every outcome as long as the runner passes on."""
    for number, call in enumerate(report.calls):
        call.value.json = b'"' + noise(NOISE_BYTES) + b'"'
        call.detail = noise(500).decode()
        call.stdout.head = call.stdout.tail = call.stderr.head = call.stderr.tail = noise(4096)
        if number % 2:
            call.ClearField("value")
            call.status = common_pb2.CALL_STATUS_RAISED
            call.raised.type = "ValueError"
            call.raised.message = "\N{SNAKE}" * 2000
            call.raised.traceback = noise(8000).decode()


def used_bytes(client: "redis.Redis") -> int:
    return sum(client.memory_usage(key, samples=0) or 0 for key in client.scan_iter())


def largest_source(number: int) -> str:
    """One that is as long as any that is compiled, hardly compresses, and is longer still in JSON."""
    start = f"hostile {number} # "
    return start + ("\x01\\" + os.urandom(3).hex()) * ((64 * 1024 - len(start)) // 8)


async def test_a_hostile_step_takes_at_most_256_kib_of_redis_in_all_keys_together(
    api: httpx.AsyncClient, executor: FakeExecutor, client: "redis.Redis"
) -> None:
    executor.change = make_hostile
    reset = {"task_id": "easy-1", "use_memory": True, "agent_id": "a", "group_id": "g"}
    for number in range(2):  # the second episode is reminded of the first one's source
        before = used_bytes(client)
        episode_id = (await api.post("/reset", json=reset)).json()["episode_id"]
        for step in range(5):
            body = {
                "episode_id": episode_id,
                "proposed_fix": largest_source(5 * number + step),
                "request_id": f"{number}-{step}",
            }
            answer = await api.post("/step", json=body)
            assert answer.status_code == 200, answer.text
            after = used_bytes(client)
            assert after - before <= STEP_BYTES
            before = after
            assert (await api.post("/step", json=body)).content == answer.content


async def test_verdicts_of_groups_and_of_jobs_are_bounded_too(
    api: httpx.AsyncClient, executor: FakeExecutor, client: "redis.Redis"
) -> None:
    executor.change = make_hostile
    before = used_bytes(client)
    body = {"task_id": "easy-1", "source": largest_source(1), "group_id": "g"}
    assert (await api.post("/grade", json=body)).status_code == 200
    assert used_bytes(client) - before < 64 * 1024


async def test_whoever_reads_a_hostile_step_is_told_what_was_left_out(
    serve: Serve, settings: Settings, executor: FakeExecutor
) -> None:
    api = await serve(settings)
    executor.change = make_hostile
    episode_id = (await api.post("/reset", json={"task_id": "easy-1"})).json()["episode_id"]
    source = largest_source(1)
    await api.post("/step", json={"episode_id": episode_id, "proposed_fix": source})
    (attempt,) = (await api.get(f"/episodes/{episode_id}")).json()["attempts"]
    assert attempt["left_out_bytes"] > NOISE_BYTES
    assert attempt["proposed_fix"] == source
    async with Store(settings) as store:
        (line,) = [line async for line in lines(store, BEFORE_ALL) if line["kind"] == "attempt"]
    assert line["source"] == source
    stored = line["attempt"]
    assert isinstance(stored, dict)
    assert int(stored["left_out_bytes"]) == attempt["left_out_bytes"]


async def test_nothing_is_left_out_of_an_ordinary_step(serve: Serve, settings: Settings) -> None:
    api = await serve(settings)
    for source in (WRONG, RIGHT):
        await api.post("/reset", json={"task_id": "easy-1"})
        await api.post("/step", json={"proposed_fix": source})
    async with Store(settings) as store:
        found = [line["attempt"] async for line in lines(store, BEFORE_ALL) if line["kind"] == "attempt"]
    assert len(found) == 2
    assert not any("left_out_bytes" in attempt for attempt in found if isinstance(attempt, dict))


def stored_of(request: grader_pb2.GradeRequest) -> tuple[store_pb2.StoredAttempt, grader_pb2.Readings]:
    graded = Grader(build.SETTINGS).grade(request)
    stored = store_pb2.StoredAttempt(
        report=request.report,
        measurement=request.measurements[0] if request.measurements else None,
        judgement=request.judgement,
        verdict=graded.verdict,
    )
    stored.verdict.ClearField("judgement")
    return stored, graded.readings


def graded_again(stored: store_pb2.StoredAttempt, request: grader_pb2.GradeRequest) -> grader_pb2.Verdict:
    again = grader_pb2.GradeRequest()
    again.CopyFrom(request)
    again.report.CopyFrom(stored.report)
    if stored.HasField("measurement"):
        del again.measurements[:]
        again.measurements.append(stored.measurement)
    return Grader(build.SETTINGS).grade(again).verdict


def told(verdict: grader_pb2.Verdict) -> tuple[object, ...]:
    return verdict.reward, verdict.components, verdict.tests_passed, verdict.solved, verdict.unearned


def mixed_request() -> grader_pb2.GradeRequest:
    """Tests of every kind, passed and failed, in outcomes large and small."""
    large = list(range(20_000))
    near = [number + 0.0 for number in large]
    outcomes = [
        build.returned(large, "0"),
        build.returned([*large, 1], "1"),
        build.returned(near, "2"),
        build.raised(ValueError("x" * 2000), "3", traceback="y" * 8000),
        build.raised(ValueError("z" * 2000), "4", traceback="y" * 8000),
        build.started(["/bin/ls", "a" * 4000], call_id="5"),
        build.returned("small", "6"),
    ]
    tests = [
        build.expects(large, "0"),
        build.expects(large, "1"),
        build.expects(large, "2", compare=grader_pb2.COMPARE_NUMERIC),
        build.expects_raise("ValueError", "xxx", "3"),
        build.expects_raise("ValueError", "xxx", "4"),
        build.expects_process(grader_pb2.ExpectedProcess(program="ls"), "5"),
        build.expects("small", "6"),
    ]
    return build.request(build.ran(outcomes), tests)


@pytest.mark.parametrize("most_bytes", [500, 2_000, 20_000, 200_000])
def test_an_attempt_gets_the_same_verdict_again_from_what_is_kept_of_it(most_bytes: int) -> None:
    request = mixed_request()
    stored, readings = stored_of(request)
    kept.leave_out(stored, readings, request.expectations, most_bytes)
    assert stored.left_out_bytes > 0
    assert told(graded_again(stored, request)) == told(stored.verdict)


def test_a_measured_attempt_gets_the_same_efficiency_again_from_what_is_kept_of_it() -> None:
    request = build.passing_request()
    points = build.probe({size: (size * 1e-5, size * 1.2e-5) for size in (100, 1_000, 10_000)})
    for point in points:
        for outcome in (point.reference, point.attempt):
            outcome.value.CopyFrom(build.encoded(list(range(10_000))))
    request.report.probe.extend(points)
    stored, readings = stored_of(request)
    kept.leave_out(stored, readings, request.expectations, 1_000)
    assert not any(point.attempt.value.json for point in stored.report.probe)
    assert stored.verdict.components.efficiency_score > 0
    assert told(graded_again(stored, request)) == told(stored.verdict)


def test_size_and_hash_of_what_is_left_out_stay_and_small_outcomes_stay_whole() -> None:
    request = mixed_request()
    stored, readings = stored_of(request)
    kept.leave_out(stored, readings, request.expectations, 30_000)
    large, small = stored.report.calls[0], stored.report.calls[6]
    json = request.report.calls[0].value.json
    assert (large.left_out.value_bytes, large.left_out.value_sha256) == (len(json), hashlib.sha256(json).digest())
    assert large.left_out.right
    assert not stored.report.calls[1].left_out.right
    assert small == request.report.calls[6]
    assert large.usage == request.report.calls[0].usage


def test_the_scores_of_a_judgement_stay_when_its_findings_do_not() -> None:
    request = mixed_request()
    for dimension in (request.judgement.security, request.judgement.quality):
        dimension.findings.extend(judge_pb2.Finding(rule="X", message="m" * 300) for _ in range(500))
    stored, readings = stored_of(request)
    kept.leave_out(stored, readings, request.expectations, 40_000)
    assert stored.ByteSize() <= 40_000
    assert stored.judgement.security.score == request.judgement.security.score
    assert stored.judgement.security.findings


def test_outcomes_of_a_script_stay_when_its_output_does_not() -> None:
    outcome = build.script(build.PASSED, build.FAILED)
    for test in outcome.script_tests:
        test.stdout.head = noise(50_000)
    request = build.request(build.ran([outcome]), build.expects_script_tests(2))
    stored, readings = stored_of(request)
    kept.leave_out(stored, readings, request.expectations, 2_000)
    assert [test.status for test in stored.report.calls[0].script_tests] == [build.PASSED, build.FAILED]
    assert stored.ByteSize() < 10_000
    assert told(graded_again(stored, request)) == told(stored.verdict)
