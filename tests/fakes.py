"""Stand-ins for services: real gRPC servers on loopback that answer from a script instead of running anything."""

import asyncio
import contextlib
import hashlib
import json
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import grpc

from codearena.errors import CodeArenaError, SandboxError
from codearena.server import rpc, telemetry
from codearena.v1 import (
    common_pb2,
    executor_pb2,
    executor_pb2_grpc,
    judge_pb2,
    judge_pb2_grpc,
)

RIGHT, WRONG, BROKEN, SLOW = "right", "wrong", "broken", "slow"
"""First words of sources that the FakeExecutor knows: returns its argument, returns None, does not compile, takes a
second to return its argument, and in a probe so long that it is measured as often as can be."""
_SLOW_RATIO = 2.7


_OURS = ("baseline-", "timing-")  # how the ids of workloads begin that are not attempts


class _Fake:
    """Serves one gRPC service on a free loopback port while entered."""

    def __init__(
        self, service: str, register: Callable[[grpc.aio.Server], None], tls_folder: Path | None = None
    ) -> None:
        self._server = rpc.Server([service], register)
        self._tls_folder = tls_folder
        self.port = 0

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    async def __aenter__(self) -> Self:
        self.port = await self._server.start("127.0.0.1:0", self._tls_folder)
        await self._server.set_serving(True)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.kill()

    async def set_serving(self, serving: bool) -> None:
        """What it says by its health; calls are answered all the same."""
        await self._server.set_serving(serving)

    async def kill(self) -> None:
        """Ends at once; calls in flight are cut."""
        await self._server.drain(0)


class FakeExecutor(_Fake, executor_pb2_grpc.ExecutorServiceServicer):
    """Answers by the first word of the source: see RIGHT, WRONG, BROKEN, SLOW.

    fail: errors to answer calls with that source's first word, in turn, before anything else.
    fail_measurements: no workload with a reference succeeds.
    isolation, runner_revision, packages: what it says that attempts run in, and have.
    gate: closed, every attempt waits; `arrived` returns when so many have come.
    request_ids, time_left_s: what came with each request, in the order of `requests`; sandboxes: where it ran.
    leased_s: how long it says that each attempt has waited for a sandbox.
    change: what is done to the report on each attempt.
    gives_up_between: keeps no sandbox for a second workload. calls: each of one attempt; ended: by their callers.
    given_up: closed, nobody has cancelled an attempt that waits.
    capacity, leased, queued: what it says of its load, many times a second, until it is silent.
    """

    def __init__(self, isolation: str = "local", tls_folder: Path | None = None) -> None:
        def register(server: grpc.aio.Server) -> None:
            executor_pb2_grpc.add_ExecutorServiceServicer_to_server(self, server)

        super().__init__("codearena.v1.ExecutorService", register, tls_folder)
        self.requests: list[executor_pb2.AttemptRequest] = []
        self.request_ids: list[str] = []
        self.time_left_s: list[float] = []
        self.sandboxes: list[int] = []
        self.fail: dict[str, deque[CodeArenaError]] = defaultdict(deque)
        self.fail_measurements = False
        self.gives_up_between = False
        self.calls = self.ended = 0
        self.isolation = isolation
        self.runner_revision = "runner-1"
        self.packages: tuple[str, ...] = ()
        self.leased_s = 0.0
        self.change: Callable[[executor_pb2.Report], None] = lambda report: None
        self.gate = asyncio.Event()
        self.gate.set()
        self.given_up = asyncio.Event()
        self.capacity, self.leased, self.queued = 4, 1, 3
        self.silent = False
        self._arrivals = asyncio.Condition()

    @property
    def attempts(self) -> list[executor_pb2.AttemptRequest]:
        """Requests for attempts; not those made to see what the buggy code does, or how long the reference takes."""
        return [request for request in self.requests if not request.attempt_id.startswith(_OURS)]

    async def asked(self, count: int) -> None:
        """Returns when so many requests of any kind have come."""
        async with self._arrivals:
            await self._arrivals.wait_for(lambda: len(self.requests) >= count)

    async def arrived(self, count: int) -> None:
        """Returns when so many attempts have come."""
        async with self._arrivals:
            await self._arrivals.wait_for(lambda: len(self.attempts) >= count)

    async def Attempt(  # type: ignore[override]  # noqa: N802
        self, requests: AsyncIterator[executor_pb2.AttemptRequest], context: Any
    ) -> None:
        self.calls += 1
        sandbox = self.calls
        async for request in requests:
            self.sandboxes.append(sandbox)
            await context.write(executor_pb2.AttemptResponse(report=await self._answered(request, context)))
            if self.gives_up_between:
                return
        self.ended += 1

    async def _answered(self, request: executor_pb2.AttemptRequest, context: Any) -> executor_pb2.Report:
        async with self._arrivals:
            self.requests.append(request)
            self.request_ids.append(telemetry.request_id.get())
            self.time_left_s.append(context.time_remaining())
            self._arrivals.notify_all()
        word = _first_word(request.workload.source)
        if self.fail_measurements and request.workload.reference_source:
            raise SandboxError("lost")
        if self.fail[word]:
            raise self.fail[word].popleft()
        if not request.attempt_id.startswith(_OURS):
            await self._pass_gate()
        report = _report(request.workload, word)
        if not request.attempt_id.startswith(_OURS):
            self.change(report)
        report.isolation.name, report.isolation.runner_revision = self.isolation, self.runner_revision
        report.isolation.packages.extend(self.packages)
        report.timings.leased.FromMilliseconds(round(1000 * self.leased_s))
        return report

    async def _pass_gate(self) -> None:
        try:
            await self.gate.wait()
        except asyncio.CancelledError:
            self.given_up.set()
            raise

    async def GetStatus(  # noqa: N802
        self, request: executor_pb2.GetStatusRequest, context: Any
    ) -> executor_pb2.GetStatusResponse:
        isolation = executor_pb2.Isolation(name=self.isolation, degradations=["no user namespaces"])
        return executor_pb2.GetStatusResponse(isolation=isolation, ready=2, leased=1, capacity=4, queued=3)

    async def WatchLoad(  # noqa: N802
        self, request: executor_pb2.WatchLoadRequest, context: Any
    ) -> AsyncIterator[executor_pb2.WatchLoadResponse]:
        while await self._server.serving():
            if not self.silent:
                yield executor_pb2.WatchLoadResponse(leased=self.leased, queued=self.queued, capacity=self.capacity)
            await asyncio.sleep(0.01)


def _report(workload: executor_pb2.Workload, word: str) -> executor_pb2.Report:
    isolation = executor_pb2.Isolation(name="local", runner_revision="runner-1")
    return executor_pb2.Report(
        status=executor_pb2.ATTEMPT_STATUS_RAN,
        calls=[_outcome(call, word) for call in workload.calls],
        reference_calls=[_outcome(call, RIGHT) for call in workload.calls] if workload.reference_source else [],
        probe=[_measured(point.size, _SLOW_RATIO if word == SLOW else 1.0) for point in workload.probe],
        screening=workload.screening,
        isolation=isolation,
    )


def _measured(size: int, ratio: float) -> executor_pb2.ProbeMeasurement:
    """Of a reference that takes a millisecond for each unit of size."""
    measured = executor_pb2.ProbeMeasurement(size=size, same_value=True)
    for outcome, cpu_ms in ((measured.reference, size), (measured.attempt, ratio * size)):
        outcome.status = common_pb2.CALL_STATUS_RETURNED
        outcome.usage.cpu.FromMicroseconds(round(1000 * cpu_ms))
        outcome.usage.wall.CopyFrom(outcome.usage.cpu)
    return measured


def _analysis(request: judge_pb2.AnalyseRequest) -> executor_pb2.Analysis:
    if _first_word(request.source) == BROKEN:
        problem = executor_pb2.SyntaxProblem(type="SyntaxError", message="invalid syntax", line=1)
        return executor_pb2.Analysis(compiles=False, problem=problem)
    # Comments are not part of a syntax tree: what stands after a # makes no other fix.
    code = b"\n".join(line.partition(b"#")[0].strip() for line in request.source.splitlines())
    checks = [executor_pb2.CheckOutcome(passed=True) for _ in request.checks]
    return executor_pb2.Analysis(compiles=True, ast_hash=hashlib.sha256(code).hexdigest(), checks=checks)


def _first_word(source: bytes) -> str:
    return (source.decode("utf-8", "replace").split() or [""])[0]


def _outcome(call: executor_pb2.Call, word: str) -> common_pb2.CallOutcome:
    outcome = common_pb2.CallOutcome(call_id=call.call_id, status=common_pb2.CALL_STATUS_RETURNED)
    outcome.usage.cpu.FromMilliseconds(1000 if word == SLOW else 1)
    outcome.usage.wall.FromMilliseconds(1)
    if call.HasField("script"):
        outcome.stdout.head = b"read " + call.script.stdin
        outcome.stdout.total_bytes = len(outcome.stdout.head)
    elif word in (RIGHT, SLOW):
        outcome.value.json = call.function.args.json[1:-1]  # the only element of a list
    else:
        outcome.value.json = b"null"
    return outcome


class FakeJudge(_Fake, judge_pb2_grpc.JudgeServiceServicer):
    """Reads a source as the FakeExecutor runs it, and scores everything alike.

    fail, fail_analyses: errors to answer with first when asked for a judgement, or an analysis, in turn. analysed:
    sources that it read. change: what is done to each analysis. reader_revision: what it says that read a source.
    """

    def __init__(self) -> None:
        def register(server: grpc.aio.Server) -> None:
            judge_pb2_grpc.add_JudgeServiceServicer_to_server(self, server)

        super().__init__("codearena.v1.JudgeService", register)
        self.requests: list[judge_pb2.JudgeRequest] = []
        self.analysed: list[bytes] = []
        self.fail: deque[CodeArenaError] = deque()
        self.fail_analyses: deque[CodeArenaError] = deque()
        self.change: Callable[[executor_pb2.Analysis], None] = lambda analysis: None
        self.reader_revision = "reader-1"

    async def Analyse(self, request: judge_pb2.AnalyseRequest, context: Any) -> judge_pb2.AnalyseResponse:  # noqa: N802
        self.analysed.append(request.source)
        if self.fail_analyses:
            raise self.fail_analyses.popleft()
        analysis = _analysis(request)
        self.change(analysis)
        return judge_pb2.AnalyseResponse(analysis=analysis, revision=self.reader_revision)

    async def Judge(self, request: judge_pb2.JudgeRequest, context: Any) -> judge_pb2.JudgeResponse:  # noqa: N802
        self.requests.append(request)
        if self.fail:
            raise self.fail.popleft()
        score = judge_pb2.Dimension(score=0.8)
        judgement = judge_pb2.Judgement(
            kind=judge_pb2.JUDGE_KIND_STATIC, revision="judge-1", correctness=score, security=score, quality=score
        )
        return judge_pb2.JudgeResponse(judgement=judgement)

    async def Describe(self, request: judge_pb2.DescribeRequest, context: Any) -> judge_pb2.DescribeResponse:  # noqa: N802
        return judge_pb2.DescribeResponse(kind=judge_pb2.JUDGE_KIND_LLM, model="model-1")


class ScriptedLLM:
    """An OpenAI-compatible endpoint on loopback. reply: (status, body) for each request.

    requests: what was asked, in order. free: while it is not set, replies wait. arrived: set by the first.
    """

    def __init__(self, reply: Callable[[dict[str, Any]], tuple[int, str]]) -> None:
        self.reply = reply
        self.requests: list[dict[str, Any]] = []
        self.free = asyncio.Event()
        self.free.set()
        self.arrived = asyncio.Event()
        self._server: asyncio.Server | None = None
        self.url = ""

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/v1"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.free.set()
        assert self._server is not None
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
            length = int(head.partition("content-length:")[2].split()[0])
            self.requests.append(json.loads(await reader.readexactly(length)))
            self.arrived.set()
            await self.free.wait()
            status, content = self.reply(self.requests[-1])
            body = json.dumps(_completion(content) if status == 200 else {"error": {"message": content}}).encode()
            headers = f"HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n"
            writer.write(f"{headers}connection: close\r\n\r\n".encode() + body)
            await writer.drain()
        writer.close()


def _completion(content: str) -> dict[str, object]:
    message = {"role": "assistant", "content": content}
    usage = {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    return {"id": "c", "object": "chat.completion", "created": 0, "model": "m", "choices": [choice], "usage": usage}
