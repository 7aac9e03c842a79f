"""The gRPC clients of the executor, the judge and the grader.

Every rpc of the three is safe to send again on any status, since none of them keeps anything. A call is repeated, by
another replica if there is one, for as long as the ticket's patience lasts; what is left then is raised
as a ServiceError, so that a failure on our side can never become a number.
"""

import asyncio
import contextlib
import itertools
import logging
import math
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from typing import Any, Self, TypeVar

import grpc
from opentelemetry.trace import SpanKind

from codearena.errors import CallerError, CodeArenaError, OverloadedError, SandboxError, ServiceError
from codearena.retry import RetryPolicy
from codearena.server import budgets, rpc, tracing
from codearena.v1 import (
    executor_pb2,
    grader_pb2,
    grader_pb2_grpc,
    judge_pb2,
    judge_pb2_grpc,
)
from gateway import metrics
from gateway.attempt.parts import run_in_parts
from gateway.attempt.proposal import Ticket
from gateway.executors.balancing import Executors
from gateway.executors.replica import Replica
from gateway.settings import Settings

log = logging.getLogger(__name__)

_RETRY = RetryPolicy(first_wait_s=0.05, max_wait_s=2.0)
_STATUS_TIMEOUT_S = 2.0
_RELEASE_S = 1.0

Metadata = tuple[tuple[str, str], ...]
Answer = TypeVar("Answer")
Ask = Callable[[float, Metadata], Awaitable[Answer]]
"""Asks once, within so many seconds. Raises ServiceError if the answer is not one."""


class Clients:
    """Channels to the three services, opened when entered and closed when left.

    Every method raises ServiceError, or one of its kinds, once the ticket's patience leaves no time to try again.
    """

    def __init__(self, settings: Settings) -> None:
        self._addresses = {"judge": settings.judge_address, "grader": settings.grader_address}
        named = {str(name): address for name, address in settings.isolation_executors.items()}
        self._executors = {
            isolation: Executors(address, settings.tls_folder)
            for isolation, address in {"": settings.executor_address, **named}.items()
        }
        self._tls_folder = settings.tls_folder
        self._open = contextlib.AsyncExitStack()

    async def __aenter__(self) -> Self:
        for executors in self._executors.values():
            await self._open.enter_async_context(executors)
        self._judge = judge_pb2_grpc.JudgeServiceStub(await self._opened("judge"))
        self._grader = grader_pb2_grpc.GraderServiceStub(await self._opened("grader"))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._open.aclose()

    async def _opened(self, service: str) -> grpc.aio.Channel:
        """To all replicas, in turns: their calls take about the same time each."""
        return await self._open.enter_async_context(rpc.channel(self._addresses[service], self._tls_folder))

    async def analyse(
        self, ticket: Ticket, source: bytes, checks: Iterable[executor_pb2.Check]
    ) -> judge_pb2.AnalyseResponse:
        """What the judge reads of a source that nothing has run of, and which judge that is."""
        request = judge_pb2.AnalyseRequest(source=source, checks=checks)

        async def ask(timeout_s: float, metadata: Metadata) -> judge_pb2.AnalyseResponse:
            read = await self._judge.Analyse(request, timeout=timeout_s, metadata=metadata)
            # Without either, that it does not compile would be the default of a message that nobody filled in.
            if read.analysis.compiles is read.analysis.HasField("problem"):
                raise ServiceError("the judge answered without an analysis")
            return read

        return await _answer("judge", ticket, budgets.JUDGE_S, ask)

    @contextlib.asynccontextmanager
    async def sandbox(self, ticket: Ticket) -> "AsyncIterator[Sandbox]":
        """Where the workloads of one attempt run. Raises SandboxError if there are no executors of its isolation."""
        executors = self._executors.get(ticket.isolation)
        if executors is None:  # it was named when there were some
            raise SandboxError(
                f"there are no executors of the isolation {ticket.isolation} any more", retry_after_s=None
            )
        sandbox = Sandbox(executors)
        try:
            yield sandbox
            await sandbox.release()
        finally:
            sandbox.leave()

    async def examine(
        self, ticket: Ticket, report: executor_pb2.Report, expectations: grader_pb2.Expectations
    ) -> grader_pb2.ExamineResponse:
        """Whether an attempt passed, and is to be measured."""
        request = grader_pb2.ExamineRequest(attempt_id=ticket.attempt_id, report=report, expectations=expectations)

        async def ask(timeout_s: float, metadata: Metadata) -> grader_pb2.ExamineResponse:
            return await self._grader.Examine(request, timeout=timeout_s, metadata=metadata)

        return await _answer("grader", ticket, budgets.GRADER_S, ask)

    async def judge(self, ticket: Ticket, request: judge_pb2.JudgeRequest) -> judge_pb2.Judgement:
        """Of an attempt that compiles."""

        async def ask(timeout_s: float, metadata: Metadata) -> judge_pb2.Judgement:
            judgement = (await self._judge.Judge(request, timeout=timeout_s, metadata=metadata)).judgement
            if judgement.kind == judge_pb2.JUDGE_KIND_UNSPECIFIED:
                raise ServiceError("the judge answered without a judgement")
            return judgement

        return await _answer("judge", ticket, budgets.JUDGE_S, ask)

    async def grade(self, ticket: Ticket, request: grader_pb2.GradeRequest) -> grader_pb2.GradeResponse:
        """The best verdict that the request's measurements give, and whether another one may give a better."""

        async def ask(timeout_s: float, metadata: Metadata) -> grader_pb2.GradeResponse:
            graded = await self._grader.Grade(request, timeout=timeout_s, metadata=metadata)
            verdict = graded.verdict
            # Without components a reward of 0 would be the default of a message that nobody filled in.
            if not verdict.HasField("components") or not 0 <= verdict.reward <= 1:  # nan is neither
                raise ServiceError("the grader answered without a reward")
            return graded

        return await _answer("grader", ticket, budgets.GRADER_S, ask)

    async def judge_in_force(self) -> judge_pb2.DescribeResponse:
        """Which judge scores attempts now; of replicas one is asked, once. Raises ServiceError if it does not say."""
        with _as_ours("judge"):
            return await self._judge.Describe(
                judge_pb2.DescribeRequest(), timeout=_STATUS_TIMEOUT_S, metadata=rpc.call_metadata()
            )

    async def serving(self, service: str) -> bool:
        """Whether any replica of the judge or the grader says that it is serving."""
        return await rpc.check_health(self._addresses[service], _STATUS_TIMEOUT_S, self._tls_folder)


class Sandbox:
    """Where the workloads of one attempt run: in one sandbox, as long as the executor keeps it for the attempt.

    What comes after the last one had to be given up gets another. Of one workload nothing is there for the next.
    """

    def __init__(self, executors: Executors) -> None:
        self._executors = executors
        self._used: Replica | None = None  # the last one
        self._failed: Replica | None = None
        self._kept: Any = None  # the call by which the executor keeps a sandbox
        self._until_s = 0.0

    async def run(self, ticket: Ticket, workload: executor_pb2.Workload) -> executor_pb2.Report:
        """What was seen of it. Raises SandboxError if no executor could run it."""
        return await run_in_parts(workload, lambda part: self._run(ticket, part))

    async def _run(self, ticket: Ticket, workload: executor_pb2.Workload) -> executor_pb2.Report:
        request = executor_pb2.AttemptRequest(attempt_id=ticket.attempt_id, workload=workload)
        with_reference = bool(workload.reference_source)
        longest_s = budgets.longest_call_s(workload.limits, with_reference=with_reference)

        async def ask(timeout_s: float, metadata: Metadata) -> executor_pb2.Report:
            request.wait.FromMilliseconds(math.ceil(1000 * ticket.patience.left_s()))
            report = await self._in_kept(request, longest_s) or await self._in_another(request, timeout_s, metadata)
            ticket.patience.spend(report.timings.leased.ToMilliseconds() / 1000)
            if ticket.isolation and report.isolation.name != ticket.isolation:
                found = f"an executor of the isolation {ticket.isolation} has {report.isolation.name}"
                raise _RefusedError(found, retry_after_s=None)
            if report.status == executor_pb2.ATTEMPT_STATUS_UNSPECIFIED:
                raise SandboxError("the executor answered without a report")
            return report

        return await _answer("executor", ticket, longest_s, ask)

    async def release(self) -> None:
        """Gives it back, because no other workload is expected; one that comes all the same runs in another."""
        if self._kept is not None:
            kept, self._kept = self._kept, None
            try:
                async with asyncio.timeout(_RELEASE_S):
                    await kept.done_writing()
                    await kept.read()
            except (TimeoutError, grpc.aio.AioRpcError, asyncio.InvalidStateError):
                kept.cancel()

    def leave(self) -> None:
        """Gives it up at once, whatever it does."""
        if self._kept is not None:
            self._kept.cancel()
            self._kept = None

    async def _in_kept(self, request: executor_pb2.AttemptRequest, longest_s: float) -> executor_pb2.Report | None:
        """None: there is none, or not for so long, or no more."""
        if self._kept is None:
            return None
        if time.monotonic() + longest_s > self._until_s:
            await self.release()
            return None
        return await self._exchange(request)

    async def _in_another(
        self, request: executor_pb2.AttemptRequest, timeout_s: float, metadata: Metadata
    ) -> executor_pb2.Report:
        self._until_s = time.monotonic() + timeout_s
        self._used = await self._executors.pick(avoid=self._failed)
        self._kept = self._used.attempt(timeout_s, metadata)
        return await self._exchange(request) or executor_pb2.Report()

    async def _exchange(self, request: executor_pb2.AttemptRequest) -> executor_pb2.Report | None:
        """None: the executor has ended the call."""
        kept, self._kept = self._kept, None
        try:
            with contextlib.suppress(asyncio.InvalidStateError):  # it has ended: reading tells how
                await kept.write(request)
            response = await kept.read()
        except BaseException:
            kept.cancel()
            self._failed = self._used
            raise
        if response is grpc.aio.EOF:
            return None
        self._kept = kept
        report: executor_pb2.Report = response.report
        return report


async def _answer(service: str, ticket: Ticket, longest_s: float, ask: Ask[Answer]) -> Answer:
    """longest_s: what an answer may take once the service is at work on it. A try that failed counts as waiting."""
    # A loop of our own: a retrying library's machinery costs more than a call to a service does.
    for tries in itertools.count(1):
        started = time.monotonic()
        try:
            with tracing.span(f"call {service}", SpanKind.CLIENT), _as_ours(service):
                return await ask(ticket.patience.remaining_s + longest_s, rpc.call_metadata(ticket.owner))
        except ServiceError as error:
            ticket.patience.spend(time.monotonic() - started)
            wait_s = _wait_s(error, tries)
            if isinstance(error, _RefusedError) or not ticket.patience.allows(wait_s):
                raise
            metrics.RETRIES.labels(service, error.slug).inc()
            log.warning("%s failed (%s), trying again: %s", service, error.slug, error)
        with ticket.patience.waiting():
            await asyncio.sleep(wait_s)
    raise AssertionError("a count has no end")


class _RefusedError(ServiceError):
    """A service called our own request wrong: a defect of ours, which the same request again would only repeat."""


@contextlib.contextmanager
def _as_ours(service: str) -> Iterator[None]:
    """Raises what a call fails with as a failure of ours: whatever a service refuses, it was the gateway that asked."""
    try:
        yield
    except grpc.aio.AioRpcError as failed:
        raise _ours(service, rpc.error_from_status(failed)) from failed


def _ours(service: str, error: CodeArenaError) -> ServiceError:
    if isinstance(error, ServiceError):
        return error
    if isinstance(error, CallerError):
        log.error("%s refused a request: %s", service, error.detail)
        return _RefusedError(f"the {service} refused what the gateway asked: {error.detail}", retry_after_s=None)
    kind = SandboxError if service == "executor" else ServiceError
    return kind(f"the {service} failed: {error.detail}")


def _wait_s(error: ServiceError, tries: int) -> float:
    """Seconds until the next try: what the service asks for if it is full, else growing from almost none."""
    return _RETRY.wait_s(tries, error.retry_after_s or 0.0 if isinstance(error, OverloadedError) else 0.0)
