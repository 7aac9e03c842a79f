"""Large reports are graded by confined workers: with the same verdicts, beside the others, and within limits."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import grpc
import psutil
import pytest
from prometheus_client import REGISTRY

from codearena.v1 import grader_pb2, grader_pb2_grpc
from grader_service.grader import Grader
from grader_service.server import GraderServer
from grader_service.settings import Settings
from tests.grader_service import build
from tests.grader_service.hostile import SHAPES
from tests.grader_service.test_reading import report_of

Stub = "grader_pb2_grpc.GraderServiceAsyncStub"
BOUNDLESS = {"report_nodes": 10**9, "report_bytes": 10**9}
LARGE = report_of(SHAPES["chains of lists"], grader_pb2.COMPARE_EXACT)


@contextlib.asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[Stub]:
    server = GraderServer(settings)
    port = await server.start()
    try:
        async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
            yield grader_pb2_grpc.GraderServiceStub(channel)
    finally:
        await server.drain()


@pytest.fixture
async def stub() -> AsyncIterator[Stub]:
    async with serving(Settings(port=0, drain_s=5.0, confined_processes=1)) as serves:
        yield serves


def workers() -> list[psutil.Process]:
    """Of every launcher that this process has started."""
    launchers = [each for each in psutil.Process().children() if _is_launcher(each)]
    return [worker for launcher in launchers for worker in launcher.children()]


def _is_launcher(process: psutil.Process) -> bool:
    try:
        return "grader_service.work" in process.cmdline()
    except psutil.NoSuchProcess:  # it has ended, perhaps without its parent, another test, having asked how
        return False


def ends(reason: str) -> float:
    return REGISTRY.get_sample_value("codearena_grader_confined_ends_total", {"reason": reason}) or 0.0


async def test_a_large_report_gets_the_verdict_that_it_gets_anywhere(stub: Stub) -> None:
    inline = Grader(Settings()).grade(LARGE)
    response = await stub.Grade(LARGE, timeout=60)
    response.verdict.grader_revision = inline.verdict.grader_revision
    assert response == inline
    request = grader_pb2.ExamineRequest(report=LARGE.report, expectations=LARGE.expectations)
    assert await stub.Examine(request, timeout=60) == Grader(Settings()).examine(request)


async def test_a_large_report_that_contradicts_its_expectations_is_an_invalid_argument(stub: Stub) -> None:
    request = grader_pb2.GradeRequest()
    request.CopyFrom(LARGE)
    request.step = 0
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await stub.Grade(request, timeout=60)
    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert (await stub.Grade(LARGE, timeout=60)).verdict.tests_total  # and the process goes on


async def test_small_reports_are_graded_while_the_workers_for_large_ones_are_busy(stub: Stub) -> None:
    await stub.Grade(LARGE, timeout=60)
    (child,) = workers()
    child.suspend()
    held = [asyncio.ensure_future(stub.Grade(LARGE, timeout=60)) for _ in range(16)]
    for _ in range(20):
        assert (await stub.Grade(build.passing_request(), timeout=60)).verdict.solved
    assert not any(each.done() for each in held)
    child.resume()
    assert {response.verdict.tests_passed for response in await asyncio.gather(*held)} == {0}


async def test_a_worker_that_is_lost_is_replaced_and_the_report_graded(stub: Stub) -> None:
    before = await stub.Grade(LARGE, timeout=60)
    (child,) = workers()
    child.kill()
    assert await stub.Grade(LARGE, timeout=60) == before


async def test_a_report_that_takes_all_the_cpu_time_is_wrong_and_no_failure_of_ours() -> None:
    unlimited = Settings(port=0, confined_cpu_s=1, **BOUNDLESS, confined_memory_bytes=8 * 10**9)
    request, limits = report_of(SHAPES["chains of lists"], grader_pb2.COMPARE_EXACT, calls=180), ends("limit")
    request.expectations.tests[7].value.json = request.report.calls[7].value.json
    async with serving(unlimited) as stub:
        verdict = (await stub.Grade(request, timeout=120)).verdict
        assert verdict.tests_passed == 1
        assert ends("limit") == limits + 1


async def test_a_report_that_takes_all_the_memory_is_wrong_and_no_failure_of_ours() -> None:
    small = Settings(port=0, **BOUNDLESS, confined_memory_bytes=256 * 1024 * 1024)
    limits = ends("limit")
    async with serving(small) as stub:
        assert (await stub.Grade(LARGE, timeout=120)).verdict.tests_passed == 0
        assert ends("limit") == limits + 1


async def test_no_worker_is_left_when_the_grader_has_drained() -> None:
    async with serving(Settings(port=0, drain_s=5.0)) as stub:
        await stub.Grade(LARGE, timeout=60)
        assert len(workers()) == 1
    assert workers() == []
