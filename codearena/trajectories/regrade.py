"""Verdicts again, from stored reports: the real grader on what it was given the first time."""

from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import grpc
from google.protobuf.json_format import ParseDict, ParseError
from google.protobuf.message import Message

from codearena.errors import InvalidRequestError, ServiceError
from codearena.server import rpc
from codearena.trajectories.lines import Line
from codearena.v1 import grader_pb2, grader_pb2_grpc, store_pb2

_TIMEOUT_S = 30.0
_ALWAYS = ("compile_score", "test_pass_ratio")
_COMPONENTS = ("compile_score", "test_pass_ratio", "efficiency_score", "llm_correctness", "llm_security", "llm_quality")

M = TypeVar("M", bound=Message)


@dataclass(frozen=True)
class Regraded:
    """One attempt. before, after: what its verdict says, by name; problem: why there is no verdict, else empty."""

    attempt_id: str
    task_id: str
    before: Mapping[str, float]
    after: Mapping[str, float]
    problem: str = ""

    @property
    def changed(self) -> list[str]:
        """Names of what differs."""
        return [] if self.problem else [name for name in self.before if self.before[name] != self.after[name]]


async def regrade(lines: Iterable[Line], address: str) -> AsyncIterator[Regraded]:
    """Every attempt in the lines, in their order. address: of a grader that serves.

    Raises:
        InvalidRequestError: what a line holds is not of this version's messages; the message names the line.
        ServiceError: the grader failed, and not because of the attempt.
    """
    bases: dict[str, store_pb2.Basis] = {}
    async with rpc.channel(address) as channel:
        grader = grader_pb2_grpc.GraderServiceStub(channel)
        for line in lines:
            if line["kind"] == "basis":
                bases[line["revision"]] = _message(line["basis"], store_pb2.Basis(), f"the basis {line['revision']}")
            elif line["kind"] == "attempt":
                named = f"the attempt of event {line['event_id']}"
                attempt = _message(line["attempt"], store_pb2.StoredAttempt(), named)
                yield await _regraded(grader, line["task_id"], attempt, bases)


def _message(found: dict[str, object], empty: M, named: str) -> M:
    try:
        return ParseDict(found, empty)
    except ParseError as error:
        raise InvalidRequestError(f"{named} cannot be read: {str(error).partition(chr(10))[0]}") from error


async def _regraded(
    grader: "grader_pb2_grpc.GraderServiceAsyncStub",
    task_id: str,
    attempt: store_pb2.StoredAttempt,
    bases: Mapping[str, store_pb2.Basis],
) -> Regraded:
    before, basis = _told(attempt.verdict), bases.get(attempt.revisions.basis)
    if basis is None:
        return Regraded(attempt.attempt_id, task_id, before, {}, "its basis is not among the lines")
    request = grader_pb2.GradeRequest(
        attempt_id=attempt.attempt_id,
        report=attempt.report,
        measurements=[attempt.measurement] if attempt.HasField("measurement") else [],
        judgement=attempt.judgement if attempt.HasField("judgement") else None,
        expectations=_expectations(basis, attempt),
        step=attempt.step,
        identical=attempt.identical,
    )
    try:
        response = await grader.Grade(request, timeout=_TIMEOUT_S, wait_for_ready=True)
    except grpc.aio.AioRpcError as failed:
        error = rpc.error_from_status(failed)
        if isinstance(error, ServiceError):  # of the grader, not of this attempt: the next ones would wait for it, too
            raise ServiceError(f"the grader failed at attempt {attempt.attempt_id}: {error.detail}") from failed
        return Regraded(attempt.attempt_id, task_id, before, {}, error.detail)
    # Of a grader with other settings, which would have measured it, or by all sizes.
    if response.measure_again and all(measurement.screening for measurement in request.measurements):
        return Regraded(attempt.attempt_id, task_id, before, {}, "it takes a measurement, and was not measured")
    return Regraded(attempt.attempt_id, task_id, before, _told(response.verdict))


def _expectations(basis: store_pb2.Basis, attempt: store_pb2.StoredAttempt) -> grader_pb2.Expectations:
    """What the attempt was graded by: the task's, but for the tests that were drawn for it."""
    expectations, drawn = grader_pb2.Expectations(), {test.call_id: test for test in attempt.drawn_tests}
    expectations.CopyFrom(basis.expectations)
    for test in expectations.tests:
        test.CopyFrom(drawn.get(test.call_id, test))
    return expectations


def _told(verdict: grader_pb2.Verdict) -> dict[str, float]:
    """What two verdicts are compared by. A score that is absent is -1, which equals itself and no score."""
    components = verdict.components
    told = {
        name: getattr(components, name) if name in _ALWAYS or components.HasField(name) else -1.0  # type: ignore[arg-type]
        for name in _COMPONENTS
    }
    penalties = {"penalty_step": verdict.penalties.step, "penalty_identical": verdict.penalties.identical}
    return told | penalties | {"solved": float(verdict.solved), "reward": verdict.reward}
