"""What is kept of an attempt in Redis: outcomes always, values and text as far as a budget goes.

An attempt decides how much it returns and prints, and an episode is kept for a day. So a step has a budget. What is
within it is kept whole. Else the largest outcomes lose what they returned, raised and wrote, one after the other, until
the rest fits. Of each stay how it ended and what it used, size and hash of the value, and whether it was right: the
grader gives the same verdict again without the rest. The source is not here: it is kept once, with the episode.
"""

import hashlib
import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from codearena.v1 import common_pb2, executor_pb2, grader_pb2, judge_pb2, store_pb2
from gateway.attempt.graph import Attempt
from gateway.episode import answers

_CUT_BYTES = 128
"""Of an outcome without the rest, in a message."""
_FINDINGS_BYTES, _REASON_CHARS = 2048, 500
"""Kept of one dimension of a judgement that does not fit."""


@dataclass(frozen=True)
class _Outcome:
    """An outcome of which the rest may be left out. right: whether it was; None: nobody asks."""

    outcome: common_pb2.CallOutcome
    right: bool | None = None


def stored(attempt: Attempt, most_bytes: int) -> store_pb2.StoredAttempt:
    """The attempt without its source. most_bytes: of it, but for what every outcome has and the drawn inputs."""
    brief = attempt.prepared.brief
    message = store_pb2.StoredAttempt(
        attempt_id=attempt.attempt_id,
        step=attempt.proposal.step,
        identity=attempt.identity,
        identical=attempt.identical,
        report=attempt.report,
        measurement=attempt.measurement,
        judgement=attempt.judgement,
        verdict=attempt.verdict,
        revisions=answers.revisions_of(attempt),
        draw=attempt.prepared.draw,
        drawn_calls=[each.call for each in brief.drawn],
        drawn_tests=[each.expectation for each in brief.drawn],
    )
    message.verdict.ClearField("judgement")
    message.started.FromDatetime(attempt.proposal.started)
    leave_out(message, attempt.readings, brief.expectations, most_bytes)
    return message


def leave_out(
    message: store_pb2.StoredAttempt,
    readings: grader_pb2.Readings,
    expectations: grader_pb2.Expectations,
    most_bytes: int,
) -> None:
    """Brings the message within the bytes, as far as leaving out does."""
    size = message.ByteSize() - sum(each.ByteSize() for each in (*message.drawn_calls, *message.drawn_tests))
    if size <= most_bytes:
        return
    before = message.ByteSize()
    _leave_out_findings(message.judgement)
    outcomes = sorted(_outcomes(message, readings, expectations), key=lambda each: each.outcome.ByteSize())
    sizes = [each.outcome.ByteSize() for each in outcomes]
    room = most_bytes - (size - before + message.ByteSize()) + sum(sizes) - _CUT_BYTES * len(sizes)
    for each, outcome_bytes in zip(outcomes, sizes, strict=True):
        room -= max(0, outcome_bytes - _CUT_BYTES)
        if room < 0:
            _cut(each)
    message.left_out_bytes = max(0, before - message.ByteSize())


def _outcomes(
    message: store_pb2.StoredAttempt, readings: grader_pb2.Readings, expectations: grader_pb2.Expectations
) -> Iterator[_Outcome]:
    """Every outcome in the message, with whether it was right where a verdict depends on what it returned."""
    for report, passes in ((message.report, readings.passes), (message.measurement, readings.measured_passes)):
        right = _by_call(expectations, passes)
        yield from (_Outcome(call, right.get(call.call_id)) for call in report.calls)
        yield from (_Outcome(call) for call in report.reference_calls)
        yield from _probed(report, readings)
        if report.HasField("load"):
            yield _Outcome(report.load)


def _by_call(expectations: grader_pb2.Expectations, passes: Iterable[bool]) -> dict[str, bool]:
    """Whether the test of each call passed; of scripts nothing is said, whose tests say it themselves."""
    return {
        test.call_id: passed
        for test, passed in zip(expectations.tests, passes, strict=False)
        if not test.HasField("script_test")
    }


def _probed(report: executor_pb2.Report, readings: grader_pb2.Readings) -> Iterator[_Outcome]:
    known = len(readings.probed) == len(report.probe)
    for number, point in enumerate(report.probe):
        # Where nobody has read them, equal bytes are what is known.
        same = point.attempt.value.json == point.reference.value.json
        yield _Outcome(point.attempt, readings.probed[number] if known else same)
        yield _Outcome(point.reference)


def _cut(each: _Outcome) -> None:
    """Leaves out all that an attempt could make long."""
    outcome, before = each.outcome, each.outcome.ByteSize()
    left_out = common_pb2.LeftOut(right=each.right)
    if outcome.HasField("value"):
        left_out.value_bytes = len(outcome.value.json)
        left_out.value_sha256 = hashlib.sha256(outcome.value.json).digest()
        outcome.ClearField("value")
    for field in ("stdout", "stderr"):
        if outcome.HasField(field):
            stream: common_pb2.Output = getattr(outcome, field)
            stream.ClearField("head")
            stream.ClearField("tail")
    if outcome.HasField("raised"):
        outcome.raised.CopyFrom(common_pb2.RaisedException(type=outcome.raised.type))
    outcome.ClearField("detail")
    outcome.ClearField("processes")
    for test in outcome.script_tests:
        test.CopyFrom(common_pb2.ScriptTestOutcome(test_id=test.test_id, status=test.status))
    left_out.text_bytes = max(0, before - outcome.ByteSize() - left_out.value_bytes)
    outcome.left_out.CopyFrom(left_out)


def _leave_out_findings(judgement: judge_pb2.Judgement) -> None:
    """The scores are what a verdict takes of a judgement."""
    for dimension in (judgement.correctness, judgement.security, judgement.quality):
        sizes = itertools.accumulate(finding.ByteSize() for finding in dimension.findings)
        del dimension.findings[sum(size <= _FINDINGS_BYTES for size in sizes) :]
        dimension.reason = dimension.reason[:_REASON_CHARS]
