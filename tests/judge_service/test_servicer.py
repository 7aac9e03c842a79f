"""The judge's rpc, through a real server and channel."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator

import grpc
import pytest

from codearena.server import rpc
from codearena.v1 import common_pb2, executor_pb2, judge_pb2, judge_pb2_grpc
from judge_service.server import JudgeServer
from judge_service.settings import Settings
from tests.fakes import ScriptedLLM
from tests.judge_service.build import ENDLESS, SLOW, burning_child_of, children_of, dead, first_child_of, report
from tests.judge_service.verdicts import verdict


@pytest.fixture
async def server() -> AsyncIterator[JudgeServer]:
    made = JudgeServer(Settings(port=0, concurrency=1, queue_length=0, retry_after_s=1.5, drain_s=20))
    made.port = await made.start()  # type: ignore[attr-defined]
    yield made
    await made.drain()


@pytest.fixture
async def stub(server: JudgeServer) -> AsyncIterator["judge_pb2_grpc.JudgeServiceAsyncStub"]:
    async with rpc.channel(f"127.0.0.1:{server.port}") as channel:  # type: ignore[attr-defined]
        yield judge_pb2_grpc.JudgeServiceStub(channel)


@pytest.fixture
async def llm() -> AsyncIterator[ScriptedLLM]:
    async with ScriptedLLM(lambda _: (200, verdict())) as scripted:
        yield scripted


def _request(source: bytes, seen: executor_pb2.Report | None = None) -> judge_pb2.JudgeRequest:
    return judge_pb2.JudgeRequest(
        attempt_id="a", evidence=judge_pb2.Evidence(task_id="easy-1", source=source, report=seen or report())
    )


async def test_a_source_is_analysed_with_its_checks(stub: "judge_pb2_grpc.JudgeServiceAsyncStub") -> None:
    checks = [executor_pb2.Check(rule="forbid_call", argument=name) for name in ("eval", "exec")]
    request = judge_pb2.AnalyseRequest(source=b"def f(x):\n    return eval(x)\n", checks=checks)
    analysis = (await stub.Analyse(request)).analysis
    assert (analysis.compiles, [check.passed for check in analysis.checks]) == (True, [False, True])
    request.source = b"def f(x:\n"
    assert (await stub.Analyse(request)).analysis.problem.type == "SyntaxError"


@pytest.mark.parametrize(("model", "kind"), [(None, judge_pb2.JUDGE_KIND_STATIC), ("m", judge_pb2.JUDGE_KIND_LLM)])
async def test_it_says_which_judge_is_in_force(model: str | None, kind: judge_pb2.JudgeKind.ValueType) -> None:
    server = JudgeServer(Settings(port=0, concurrency=1, llm_model=model, llm_base_url="http://127.0.0.1:9/v1"))
    async with rpc.channel(f"127.0.0.1:{await server.start()}") as channel:
        found = await judge_pb2_grpc.JudgeServiceStub(channel).Describe(judge_pb2.DescribeRequest())
    await server.drain()
    assert (found.kind, found.model) == (kind, model or "")


async def test_what_compiles_is_analysed_for_its_judgement_before_that_is_asked_for(
    server: JudgeServer, stub: "judge_pb2_grpc.JudgeServiceAsyncStub"
) -> None:
    right, wrong = b"def prepared(x):\n    return eval(x)\n", b"def prepared(x):\n    return eval(x\n"
    for source in (right, wrong):
        await stub.Analyse(judge_pb2.AnalyseRequest(source=source))
    await asyncio.gather(*server.judge._preparing)
    launcher = server.judge.analyses.workers.launcher_pid
    assert launcher is not None
    os.kill(launcher, signal.SIGSTOP)  # whatever needs another worker now would wait for ever
    workers = children_of(launcher)
    for worker in workers:
        os.kill(worker, signal.SIGSTOP)
    try:
        assert (await stub.Judge(_request(right))).judgement.security.score == 0.45
        with pytest.raises(grpc.aio.AioRpcError) as late:
            await stub.Judge(_request(wrong), timeout=1)
        assert late.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    finally:
        for pid in (*workers, launcher):
            os.kill(pid, signal.SIGCONT)


async def test_a_source_that_is_too_large_to_be_judged_is_not_analysed_either(
    stub: "judge_pb2_grpc.JudgeServiceAsyncStub",
) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await stub.Analyse(judge_pb2.AnalyseRequest(source=b"#" * (64 * 1024 + 1)))
    assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT


async def test_beyond_its_queue_an_analysis_is_refused_too(
    server: JudgeServer, stub: "judge_pb2_grpc.JudgeServiceAsyncStub"
) -> None:
    slow = [
        asyncio.ensure_future(stub.Analyse(judge_pb2.AnalyseRequest(source=b"a=1\n" * 16_000 + b"# %d" % number)))
        for number in range(2)  # of four places one caller gets two
    ]
    launcher = server.judge.analyses.workers.launcher_pid
    assert launcher is not None
    await burning_child_of(launcher)
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await stub.Analyse(judge_pb2.AnalyseRequest(source=b"x = 1\n"))
    assert refused.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert dict(refused.value.trailing_metadata() or ())["retry-after-ms"] == "1500"
    assert all([(await call).analysis.compiles for call in slow])


async def test_an_attempt_is_judged_in_three_dimensions(stub: "judge_pb2_grpc.JudgeServiceAsyncStub") -> None:
    seen = report(common_pb2.CALL_STATUS_RETURNED, common_pb2.CALL_STATUS_CRASHED)
    judgement = (await stub.Judge(_request(b"def f(x):\n    return eval(x)\n", seen))).judgement
    assert judgement.kind == judge_pb2.JUDGE_KIND_STATIC
    assert judgement.model == ""
    assert len(judgement.revision) == 64
    assert (judgement.correctness.score, judgement.security.score, judgement.quality.score) == (0.5, 0.45, 1)
    (finding,) = judgement.security.findings
    assert (finding.rule, finding.line, finding.severity) == ("B307", 2, "medium")


async def test_whether_a_model_is_asked_may_depend_on_whether_all_tests_passed(llm: ScriptedLLM) -> None:
    asks = {"llm_model": "m", "llm_base_url": llm.url, "llm_when": "all_tests_pass"}
    server = JudgeServer(Settings(port=0).model_copy(update=asks))
    async with rpc.channel(f"127.0.0.1:{await server.start()}") as channel:
        stub = judge_pb2_grpc.JudgeServiceStub(channel)
        request = _request(b"x = 1\n")
        for passed, kind in ((False, judge_pb2.JUDGE_KIND_STATIC), (True, judge_pb2.JUDGE_KIND_LLM)):
            request.evidence.all_tests_passed = passed
            assert (await stub.Judge(request)).judgement.kind == kind
    await server.drain()


async def test_an_unscored_dimension_has_no_score_and_a_reason(stub: "judge_pb2_grpc.JudgeServiceAsyncStub") -> None:
    judgement = (await stub.Judge(_request(b"x = '\xff'\n"))).judgement
    assert not judgement.security.HasField("score")
    assert judgement.security.reason
    assert judgement.correctness.score == 1


@pytest.mark.parametrize(
    "request_",
    [
        judge_pb2.JudgeRequest(),
        _request(b"x = 1\n", executor_pb2.Report(status=executor_pb2.ATTEMPT_STATUS_COMPILE_ERROR)),
        _request(b"#" * (64 * 1024 + 1)),
    ],
    ids=["empty", "does_not_compile", "too_large"],
)
async def test_malformed_evidence_is_the_callers_mistake(
    stub: "judge_pb2_grpc.JudgeServiceAsyncStub", request_: judge_pb2.JudgeRequest
) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await stub.Judge(request_)
    assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT


async def test_beyond_the_queue_the_caller_is_told_when_to_retry(
    server: JudgeServer, stub: "judge_pb2_grpc.JudgeServiceAsyncStub"
) -> None:
    first = asyncio.ensure_future(stub.Judge(_request(SLOW)))
    launcher = server.judge.analyses.workers.launcher_pid
    assert launcher is not None
    await first_child_of(launcher)
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await stub.Judge(_request(b"x = 1\n"))
    assert refused.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert dict(refused.value.trailing_metadata() or ())["retry-after-ms"] == "1500"
    assert (await first).judgement.security.score == 1


async def test_a_caller_that_goes_away_leaves_nothing_running(
    server: JudgeServer, stub: "judge_pb2_grpc.JudgeServiceAsyncStub"
) -> None:
    call = stub.Judge(_request(ENDLESS))
    launcher = server.judge.analyses.workers.launcher_pid
    assert launcher is not None
    asking = asyncio.ensure_future(call)
    worker = await burning_child_of(launcher)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    await dead(worker)
    assert (await stub.Judge(_request(b"x = 1\n"))).judgement.security.score == 1
