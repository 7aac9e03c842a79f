"""Report + Expectations + Judgement -> Verdict."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from google.protobuf.duration_pb2 import Duration

from codearena import steps, values
from codearena.server import rpc
from codearena.tasks.task import COMPLEXITIES
from codearena.v1 import executor_pb2, grader_pb2, judge_pb2
from grader_service import consistency, earning, examine, feedback, hints, reward
from grader_service.efficiency import NOT_MEASURED, Efficiency, measure, takes_measurement
from grader_service.examine import UNCHECKED, Checked, ExaminedTest
from grader_service.metrics import VerdictKind
from grader_service.reading import Reader
from grader_service.revision import grader_revision
from grader_service.settings import Settings

MEASUREMENTS = 4
"""Of one attempt, at most, where the first ones do not tell how fast it is."""
_ROOM_BYTES = rpc.MESSAGE_BYTES // 2  # with another measurement a request is at most twice as large
_NOTHING = grader_pb2.Components(efficiency_score=0.0, llm_correctness=0.0, llm_security=0.0, llm_quality=0.0)


@dataclass(frozen=True)
class _Graded:
    """The verdict by one measurement, and how far that one can be relied on."""

    verdict: grader_pb2.Verdict
    readings: grader_pb2.Readings
    speed: Efficiency

    @property
    def rank(self) -> tuple[float, bool]:
        """The greater, the better for the attempt. Of equal rewards a score of 0 says more than none."""
        return self.verdict.reward, not self.speed.untold


class Grader:
    """Grades attempts. Keeps nothing between them: equal requests get equal verdicts."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._limits = values.ValueLimits(size_bytes=settings.value_bytes)
        self._revision = grader_revision(settings)

    def grade(
        self, request: grader_pb2.GradeRequest, checked: Sequence[Checked] = (), *, read: bool = True
    ) -> grader_pb2.GradeResponse:
        """The best verdict that the measurements give, which of them gives it, and whether one more may give a better.

        checked: by the task's checker, of the report and of each measurement; empty: there is none. read: False: of
        what was returned only what is, byte by byte, what was expected counts as right.

        Raises:
            CallerError: the parts of the request do not belong together, see `consistency`, or a measurement has
                nothing to measure by.
            ServiceError: the reference could not be measured.
        """
        of_report, *of_each = checked or (UNCHECKED,)
        of_each = of_each or [UNCHECKED] * max(1, len(request.measurements))
        graded = {
            position: self._graded(alone, self._reader(read), of_report, of_each[position])
            for position, alone in _by_measurement(request).items()
        }
        position, best = max(graded.items(), key=lambda item: item[1].rank)
        last = graded[max(graded)].speed
        room = len(request.measurements) < MEASUREMENTS and request.ByteSize() < _ROOM_BYTES
        return grader_pb2.GradeResponse(
            verdict=best.verdict,
            readings=best.readings,
            measurement=position if request.measurements else None,
            measure_again=(last.untold or last.disturbed) and room,
        )

    def _graded(self, request: grader_pb2.GradeRequest, reader: Reader, checked: Checked, measured: Checked) -> _Graded:
        """request: with one measurement, or none. measured: what the checker says of that."""
        consistency.require_consistent(request, reader)
        _add_broken_checks(request)
        examined = examine.examine(request.report, request.expectations, reader, checked)
        all_passed = all(test.passed for test in examined)
        by = measured if request.measurements else checked
        speed = self._measured(request, reader, by) if all_passed else NOT_MEASURED
        score = None if speed.untold else speed.score
        unearned = earning.unearned(request.report, request.expectations, examined)
        components = _NOTHING if unearned else _components(request, earning.support(examined), score)
        verdict = self._scored(request, components)
        verdict.unearned = unearned
        verdict.solved = all_passed and speed.score >= self._settings.solved_efficiency
        verdict.complexity.CopyFrom(_complexity(request, speed))
        self._describe(verdict, request, examined, speed, reader)
        readings = grader_pb2.Readings(
            passes=[test.passed for test in examined if test.expectation is not None],
            measured_passes=speed.passes,
            probed=speed.probed,
        )
        return _Graded(verdict, readings, speed)

    def examine(
        self, request: grader_pb2.ExamineRequest, checked: Sequence[Checked] = (), *, read: bool = True
    ) -> grader_pb2.ExamineResponse:
        """Whether the attempt passed every test, and, if so, whether its report does not tell its speed.

        checked, read: as of `grade`.

        Raises:
            CallerError: the parts of the request do not belong together, see `consistency`.
        """
        reader = self._reader(read)
        consistency.require_report(request.report, request.expectations, reader)
        of_report = checked[0] if checked else UNCHECKED
        examined = examine.examine(request.report, request.expectations, reader, of_report)
        passes = [test.passed for test in examined]
        measure = all(passes) and takes_measurement(request.report, request.expectations, self._settings)
        return grader_pb2.ExamineResponse(passed=all(passes), measure=measure, passes=passes)

    def _reader(self, read: bool) -> Reader:
        if not read:
            return Reader.of_nothing(self._limits)
        return Reader(self._limits, self._settings.report_nodes, self._settings.report_bytes)

    def _measured(self, request: grader_pb2.GradeRequest, reader: Reader, checked: Checked) -> Efficiency:
        if not request.measurements and takes_measurement(request.report, request.expectations, self._settings):
            return replace(NOT_MEASURED, untold=True)
        speed = measure(request, self._settings, reader, checked)
        return replace(speed, score=steps.score(speed.score))

    def _scored(self, request: grader_pb2.GradeRequest, components: grader_pb2.Components) -> grader_pb2.Verdict:
        base = reward.base(components, self._settings)
        penalties = reward.penalties(request.step, request.identical, self._settings)
        return grader_pb2.Verdict(
            components=components,
            penalties=penalties,
            base=base,
            contributions=reward.contributions(components, self._settings),
            reward=reward.reward(base, penalties, self._settings),
            judge=request.judgement.kind,
            judgement=request.judgement if request.HasField("judgement") else None,
            grader_revision=self._revision,
        )

    def _describe(
        self,
        verdict: grader_pb2.Verdict,
        request: grader_pb2.GradeRequest,
        examined: list[ExaminedTest],
        speed: Efficiency,
        reader: Reader,
    ) -> None:
        hidden = [test for test in examined if not test.visible]
        verdict.tests_passed, verdict.tests_total = sum(test.passed for test in examined), len(examined)
        verdict.hidden_passed, verdict.hidden_total = sum(test.passed for test in hidden), len(hidden)
        showing = feedback.Showing(self._settings, reader)
        verdict.shown_usage.CopyFrom(examine.shown_usage(request.report, request.expectations))
        verdict.tests.extend(feedback.visible_outcomes(examined, showing))
        remark = earning.said(verdict.unearned, request.expectations, examined)
        verdict.error_log = feedback.error_log(request.report, examined, speed, showing, remark)
        verdict.hint = hints.hint(
            request.report,
            examined,
            request.expectations.hints,
            request.step,
            speed,
            request.expectations.optimal_complexity,
            self._settings.solved_efficiency,
        )


def _by_measurement(request: grader_pb2.GradeRequest) -> dict[int, grader_pb2.GradeRequest]:
    """The request with each of its measurements alone, by its position; as it is if it has one or none.

    A screening is not one of several: the others are there because it told too little.
    """
    if len(request.measurements) <= 1:
        return {0: request}
    last, found = len(request.measurements) - 1, {}
    for position in [at for at, each in enumerate(request.measurements) if not each.screening] or [last]:
        alone = found[position] = grader_pb2.GradeRequest()
        alone.CopyFrom(request)
        del alone.measurements[:]
        alone.measurements.append(request.measurements[position])
    return found


def _add_broken_checks(request: grader_pb2.GradeRequest) -> None:
    """To the report those of the measurement: an attempt could keep a rule for the inputs of tests alone."""
    known = set(request.report.broken_checks)
    found = [each for measurement in request.measurements for each in measurement.broken_checks]
    request.report.broken_checks.extend(each for each in found if each not in known)


def _components(
    request: grader_pb2.GradeRequest, test_pass_ratio: float, efficiency_score: float | None
) -> grader_pb2.Components:
    """Of an attempt that has earned them; a dimension that the judge did not score stays absent."""
    components = grader_pb2.Components(
        compile_score=1.0, test_pass_ratio=test_pass_ratio, efficiency_score=efficiency_score
    )
    judgement: judge_pb2.Judgement = request.judgement
    # A judge can be talked into anything, and code that does little has little to find fault with: the tests decide.
    if judgement.correctness.HasField("score"):
        components.llm_correctness = min(judgement.correctness.score, test_pass_ratio)
    if judgement.security.HasField("score"):
        # Nobody who reads a source can vouch for the security of what it hides.
        hidden = examine.hides_a_breach(request.report)
        components.llm_security = 0.0 if hidden else min(judgement.security.score, test_pass_ratio)
    if judgement.quality.HasField("score"):
        components.llm_quality = min(judgement.quality.score, test_pass_ratio)
    return components


def _complexity(request: grader_pb2.GradeRequest, speed: Efficiency) -> grader_pb2.Complexity:
    estimated = request.report.analysis.estimated_complexity
    beside_s = [time_s for time_s in speed.reference_times_s if time_s is not None]
    return grader_pb2.Complexity(
        measured=speed.fit.measured,
        confidence=speed.fit.confidence,
        estimated=estimated if estimated in COMPLEXITIES else "",
        optimal=request.expectations.optimal_complexity,
        ratio=speed.ratio,
        sizes=speed.sizes,
        times=[_duration(time_s) for time_s in speed.times_s],
        space=speed.space,
        reference_times=[_duration(time_s) for time_s in beside_s] if len(beside_s) == len(speed.sizes) else [],
    )


def _duration(time_s: float) -> Duration:
    duration = Duration()
    duration.FromNanoseconds(round(time_s * 1e9))
    return duration


def kind_of(report: executor_pb2.Report, verdict: grader_pb2.Verdict) -> VerdictKind:
    """How far the attempt got, for the metrics."""
    if report.status == executor_pb2.ATTEMPT_STATUS_COMPILE_ERROR:
        return VerdictKind.COMPILE_ERROR
    if report.status == executor_pb2.ATTEMPT_STATUS_LOAD_ERROR:
        return VerdictKind.LOAD_ERROR
    if verdict.solved:
        return VerdictKind.SOLVED
    all_passed = verdict.tests_passed == verdict.tests_total
    return VerdictKind.TESTS_PASSED if all_passed else VerdictKind.TESTS_FAILED
