"""The gRPC clients of the executor, the judge and the grader.

Every rpc of the three is safe to send again on any status, since none of them keeps anything. A call is repeated, over
a channel that spreads calls over all replicas, for as long as the attempt's patience lasts; what is left then is
raised as a ServiceError, so that a failure on our side can never become a number.
"""

import asyncio
import itertools
import logging
import math
import random
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Protocol, Self, TypeVar

import grpc
from opentelemetry.trace import SpanKind

from codearena.errors import (
    CallerError,
    CodeArenaError,
    OverloadedError,
    SandboxError,
    ServiceError,
)
from codearena.server import budgets, rpc, telemetry, tracing
from codearena.v1 import (
    executor_pb2,
    executor_pb2_grpc,
    grader_pb2,
    grader_pb2_grpc,
    judge_pb2,
    judge_pb2_grpc,
)
from gateway import metrics
from gateway.access import caller as callers
from gateway.attempt.patience import Patience
from gateway.settings import Settings

log = logging.getLogger(__name__)

_FIRST_WAIT_S = 0.05
_LONGEST_WAIT_S = 2.0
_STATUS_TIMEOUT_S = 2.0

Response = TypeVar("Response", covariant=True)


class _Method(Protocol[Response]):
    """A unary rpc of a stub."""

    def __call__(self, request: Any, *, timeout: float, metadata: Any) -> Awaitable[Response]: ...


class Clients:
    """Channels to the three services, opened when entered and closed when left.

    Every method raises ServiceError, or one of its kinds, once the patience leaves no time to try again.
    """

    def __init__(self, settings: Settings) -> None:
        self._addresses = {
            "executor": settings.executor_address,
            "judge": settings.judge_address,
            "grader": settings.grader_address,
        }
        self._isolation_addresses = {str(name): address for name, address in settings.isolation_executors.items()}
        self._tls_folder = settings.tls_folder
        self._channels: dict[str, grpc.aio.Channel] = {}

    async def __aenter__(self) -> Self:
        self._channels = {name: rpc.channel(address, self._tls_folder) for name, address in self._addresses.items()}
        self._executor = executor_pb2_grpc.ExecutorServiceStub(self._channels["executor"])
        self._executors = {"": self._executor}
        for isolation, address in self._isolation_addresses.items():
            opened = self._channels[f"executor/{isolation}"] = rpc.channel(address, self._tls_folder)
            self._executors[isolation] = executor_pb2_grpc.ExecutorServiceStub(opened)
        self._judge = judge_pb2_grpc.JudgeServiceStub(self._channels["judge"])
        self._grader = grader_pb2_grpc.GraderServiceStub(self._channels["grader"])
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.gather(*(channel.close() for channel in self._channels.values()))

    async def execute(
        self, attempt_id: str, workload: executor_pb2.Workload, patience: Patience, isolation: str = ""
    ) -> executor_pb2.Report:
        """Runs the workload; SandboxError if no executor could.

        isolation: by those executors, and no others; empty: by the usual ones.
        """
        executor = self._executors.get(isolation)
        if executor is None:  # it was named when there were some
            raise SandboxError(f"there are no executors of the isolation {isolation} any more", retry_after_s=None)
        request = executor_pb2.ExecuteRequest(attempt_id=attempt_id, workload=workload)
        with_reference = bool(workload.reference_source)
        longest_s = budgets.longest_call_s(workload.limits, len(workload.source), with_reference=with_reference)

        async def execute(request: Any, *, timeout: float, metadata: Any) -> executor_pb2.ExecuteResponse:  # noqa: ASYNC109
            request.wait.FromMilliseconds(math.ceil(1000 * patience.left_s()))
            response: executor_pb2.ExecuteResponse = await executor.Execute(request, timeout=timeout, metadata=metadata)
            patience.spend(response.report.timings.leased.ToMilliseconds() / 1000)
            return response

        response = await _call("executor", execute, request, patience, longest_s, partial(_check_report, isolation))
        return response.report

    async def judge(
        self, attempt_id: str, evidence: judge_pb2.Evidence, patience: Patience
    ) -> judge_pb2.Judgement | None:
        """None: the judge wants to be told whether all tests passed, which the evidence does not say."""
        request = judge_pb2.JudgeRequest(attempt_id=attempt_id, evidence=evidence)
        told = evidence.HasField("all_tests_passed")
        check = partial(_check_judgement, told)
        response = await _call("judge", self._judge.Judge, request, patience, budgets.JUDGE_S, check)
        return None if response.wants_results else response.judgement

    async def prepare(self, source: bytes) -> None:
        """Tells the judge of a source that it will probably be asked about. Not repeated: it can do without."""
        request = judge_pb2.PrepareRequest(source=source)
        await _once("judge", self._judge.Prepare, request, _STATUS_TIMEOUT_S, lambda _: None)

    async def grade(self, request: grader_pb2.GradeRequest, patience: Patience) -> grader_pb2.GradeResponse:
        """A verdict, or none, if the attempt takes a measurement, or another one than the request has."""
        check = partial(_check_verdict, request.last_measurement)
        return await _call("grader", self._grader.Grade, request, patience, budgets.GRADER_S, check)

    async def examine(self, request: grader_pb2.ExamineRequest, patience: Patience) -> grader_pb2.ExamineResponse:
        """Whether the attempt passed, and is to be measured before it is graded."""
        return await _call("grader", self._grader.Examine, request, patience, budgets.GRADER_S, lambda _: None)

    async def serving(self, service: str) -> bool:
        """Whether any replica of the judge or the grader says that it is serving."""
        return await rpc.check_health(self._addresses[service], _STATUS_TIMEOUT_S, self._tls_folder)


async def _call(
    service: str,
    method: _Method[Response],
    request: Any,
    patience: Patience,
    longest_s: float,
    check: Callable[[Response], None],
) -> Response:
    """longest_s: what an answer may take once the service is at work on it. A try that failed counts as waiting."""
    # A loop of our own: a retrying library's machinery costs more than a call to a service does.
    for tries in itertools.count(1):
        started = time.monotonic()
        try:
            return await _once(service, method, request, patience.remaining_s + longest_s, check)
        except ServiceError as error:
            patience.spend(time.monotonic() - started)
            wait_s = _wait_s(error, tries)
            if isinstance(error, _RefusedError) or not patience.allows(wait_s):
                raise
            _count_retry(service, error)
        with patience.waiting():
            await asyncio.sleep(wait_s)
    raise AssertionError("a count has no end")


async def _once(
    service: str,
    method: _Method[Response],
    request: Any,
    timeout_s: float,
    check: Callable[[Response], None],
) -> Response:
    try:
        with tracing.span(f"call {service}", telemetry.ids(), SpanKind.CLIENT):
            response = await method(request, timeout=timeout_s, metadata=rpc.call_metadata(callers.current().owner))
    except grpc.aio.AioRpcError as error:
        raise _ours(service, rpc.error_from_status(error)) from error
    check(response)
    return response


class _RefusedError(ServiceError):
    """A service called our own request wrong: a defect of ours, which the same request again would only repeat."""


def _ours(service: str, error: CodeArenaError) -> ServiceError:
    """The error as a failure of ours: whatever a service refuses, it was the gateway that asked."""
    if isinstance(error, ServiceError):
        return error
    if isinstance(error, CallerError):
        log.error("%s refused a request: %s", service, error.detail)
        return _RefusedError(f"the {service} refused what the gateway asked: {error.detail}", retry_after_s=None)
    kind = SandboxError if service == "executor" else ServiceError
    return kind(f"the {service} failed: {error.detail}")


def _wait_s(error: ServiceError, tries: int) -> float:
    """Seconds until the next try: what the service asks for if it is full, else growing from almost none."""
    if isinstance(error, OverloadedError) and error.retry_after_s is not None:
        base = error.retry_after_s
    else:
        base = min(_LONGEST_WAIT_S, _FIRST_WAIT_S * 2 ** (tries - 1))
    return base * random.uniform(0.5, 1.0)  # spread, so that those refused together do not come back together


def _count_retry(service: str, error: ServiceError) -> None:
    metrics.RETRIES.labels(service, error.slug).inc()
    log.warning("%s failed (%s), trying again: %s", service, error.slug, error)


def _check_report(isolation: str, response: executor_pb2.ExecuteResponse) -> None:
    """isolation: that was asked for; empty: any."""
    ran_in = response.report.isolation.name
    if isolation and ran_in != isolation:
        raise _RefusedError(f"an executor of the isolation {isolation} has {ran_in}", retry_after_s=None)
    if response.report.status == executor_pb2.ATTEMPT_STATUS_UNSPECIFIED:
        raise SandboxError("the executor answered without a report")


def _check_judgement(told: bool, response: judge_pb2.JudgeResponse) -> None:
    """told: whether all tests passed."""
    if response.wants_results and not told:
        return
    if response.judgement.kind == judge_pb2.JUDGE_KIND_UNSPECIFIED:
        raise ServiceError("the judge answered without a judgement")


def _check_verdict(last_measurement: bool, response: grader_pb2.GradeResponse) -> None:
    if response.takes_measurement and not response.HasField("verdict") and not last_measurement:
        return
    verdict = response.verdict
    # Without components a reward of 0 would be the default of a message that nobody filled in.
    if not verdict.HasField("components") or not math.isfinite(verdict.reward) or not 0 <= verdict.reward <= 1:
        raise ServiceError("the grader answered without a reward")
