"""How fast an attempt is, as a ratio to the reference that ran in the same sandbox.

A ratio taken in one run does not move with the machine's speed or load. With a probe it is taken at the largest size at
which both returned; without one, over the tests' own calls, whose small inputs show less: their plateau is wider.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from google.protobuf.duration_pb2 import Duration

from codearena import values
from codearena.errors import CallerError, ServiceError
from codearena.v1 import common_pb2, executor_pb2, grader_pb2
from grader_service import complexity
from grader_service.examine import same_value
from grader_service.reward import efficiency_score
from grader_service.settings import Settings

_ENDED_BY_ITSELF = (common_pb2.CALL_STATUS_RETURNED, common_pb2.CALL_STATUS_RAISED)
# On the probe's large inputs: summing floats in another order is right too.
_PROBE_TOLERANCE = {grader_pb2.COMPARE_EXACT, grader_pb2.COMPARE_APPROX}


@dataclass(frozen=True)
class Efficiency:
    """What was measured. score: in [0, 1]; ratio: CPU time over the reference's, None if none could be taken;
    sizes, times_s: where attempt and reference both returned, ascending, and the attempt's CPU time there.
    """

    score: float = 0.0
    ratio: float | None = None
    sizes: tuple[int, ...] = ()
    times_s: tuple[float, ...] = ()
    fit: complexity.Fit = complexity.ABSTAINED


NOT_MEASURED = Efficiency()
"""For an attempt that failed a test: its speed is worth nothing, and would tell how long hidden calls took."""


def measure(report: executor_pb2.Report, expectations: grader_pb2.Expectations, settings: Settings) -> Efficiency:
    """Efficiency of an attempt that passed every test.

    Nothing is made up: if the report holds no measurement, there is no score.

    Raises:
        CallerError: nothing was measured against: neither probe nor reference calls.
        ServiceError: the reference ran, but could not be measured; another run may succeed.
    """
    if report.probe:
        return _of_probe(report, expectations, settings)
    if not report.reference_calls:
        raise CallerError("the report has neither a probe nor reference calls to measure against")
    ratio = _tests_ratio(report, settings)
    return Efficiency(efficiency_score(ratio, settings.tests_plateau_ratio, settings.zero_ratio), ratio)


def seconds(duration: Duration) -> float:
    """A duration as seconds; a negative one is 0."""
    return max(0.0, duration.seconds + duration.nanos / 1e9)


def _tests_ratio(report: executor_pb2.Report, settings: Settings) -> float:
    """Over the calls that the reference ended by itself; the attempt passed, so it ended all of them."""
    reference = [call for call in report.reference_calls if call.status in _ENDED_BY_ITSELF]
    if not reference:
        raise ServiceError("the reference ended no call by itself: nothing to measure against")
    measured = {call.call_id for call in reference}
    attempt = [call for call in report.calls if call.call_id in measured]
    return _ratio(_cpu_s(attempt), _cpu_s(reference), settings.tests_noise_s)


def _of_probe(report: executor_pb2.Report, expectations: grader_pb2.Expectations, settings: Settings) -> Efficiency:
    usable = [point for point in report.probe if point.reference.status == common_pb2.CALL_STATUS_RETURNED]
    if not usable:
        raise ServiceError("the reference returned for no size of the probe: nothing to measure against")
    common = [point for point in usable if point.attempt.status == common_pb2.CALL_STATUS_RETURNED]
    sizes = tuple(point.size for point in common)
    times_s = tuple(seconds(point.attempt.usage.cpu) for point in common)
    fit = _calibrated_fit(usable, common, expectations.optimal_complexity, settings)
    modes = _probe_modes(expectations)
    agrees = all(_is_right(point, modes, settings) for point in usable)
    ratio = _probe_ratio(usable, common, settings) if agrees else None  # fast and wrong earns nothing
    score = 0.0 if ratio is None else efficiency_score(ratio, settings.probe_plateau_ratio, settings.zero_ratio)
    return Efficiency(score, ratio, sizes, times_s, fit)


def _calibrated_fit(
    usable: list[executor_pb2.ProbeMeasurement],
    common: list[executor_pb2.ProbeMeasurement],
    optimal_complexity: str,
    settings: Settings,
) -> complexity.Fit:
    """The attempt's growth class, unless the reference's own times contradict what is known of the reference.

    If so, something else than the algorithm dominates (to read a large input takes O(n) before an O(log n) search),
    and it does so for the attempt too: nothing is claimed then.
    """
    known = _fit([(point.size, point.reference) for point in usable], settings)
    if optimal_complexity and known.measured not in ("", optimal_complexity):
        return complexity.ABSTAINED
    return _fit([(point.size, point.attempt) for point in common], settings)


def _fit(outcomes: list[tuple[int, common_pb2.CallOutcome]], settings: Settings) -> complexity.Fit:
    return complexity.fit(
        [size for size, _ in outcomes],
        [seconds(outcome.usage.cpu) for _, outcome in outcomes],
        noise_s=settings.probe_noise_s,
        relative_noise=settings.fit_relative_noise,
        min_confidence=settings.fit_min_confidence,
    )


def _probe_ratio(
    usable: list[executor_pb2.ProbeMeasurement], common: list[executor_pb2.ProbeMeasurement], settings: Settings
) -> float | None:
    """The larger of the ratio at the largest common size and the lower bounds from sizes not finished.

    A time limit at one size is no failure of the whole: it says "at least so many times slower", and is why larger
    sizes were not run. Without one, a size that was not run is the attempt's own doing, since the reference returned
    there within the same limits: it slept its time away, or ended its process after an answer. Then there is no ratio.
    """
    timed_out = [point for point in usable if point.attempt.status == common_pb2.CALL_STATUS_TIME_LIMIT]
    if len(common) < len(usable) and not timed_out:
        return None
    ratios = [_time_limit_ratio(point, settings) for point in timed_out]
    if common:
        ratios.append(_ratio(_cpu_s([common[-1].attempt]), _cpu_s([common[-1].reference]), settings.probe_noise_s))
    return max(ratios)


def _time_limit_ratio(point: executor_pb2.ProbeMeasurement, settings: Settings) -> float:
    """At least this; by wall time too, since an attempt can sleep until its limit without using CPU time."""
    by_cpu = _ratio(_cpu_s([point.attempt]), _cpu_s([point.reference]), settings.probe_noise_s)
    by_wall = _ratio(_wall_s([point.attempt]), _wall_s([point.reference]), settings.wall_noise_s)
    return max(by_cpu, by_wall, settings.unfinished_ratio)


def _probe_modes(expectations: grader_pb2.Expectations) -> set[grader_pb2.Compare.ValueType]:
    """How the tests compare values decides how the probe's are; the type alone only if no test asks for more."""
    modes = {test.compare for test in expectations.tests if test.HasField("value")}
    strict = modes - {grader_pb2.COMPARE_SAME_TYPE}
    return strict | _PROBE_TOLERANCE if strict or not modes else modes


def _is_right(
    point: executor_pb2.ProbeMeasurement, modes: set[grader_pb2.Compare.ValueType], settings: Settings
) -> bool:
    """Not finished is not wrong; anything but the reference's value is."""
    if point.attempt.status in (common_pb2.CALL_STATUS_TIME_LIMIT, common_pb2.CALL_STATUS_NOT_RUN):
        return True
    if point.attempt.status != common_pb2.CALL_STATUS_RETURNED:
        return False
    limits = values.ValueLimits(size_bytes=settings.value_bytes)
    return any(same_value(point.reference.value, point.attempt.value, mode, limits) for mode in sorted(modes))


def _ratio(attempt_s: float, reference_s: float, noise_s: float) -> float:
    return max(attempt_s, noise_s) / max(reference_s, noise_s)


def _cpu_s(outcomes: Iterable[common_pb2.CallOutcome]) -> float:
    return sum(seconds(outcome.usage.cpu) for outcome in outcomes)


def _wall_s(outcomes: Iterable[common_pb2.CallOutcome]) -> float:
    return sum(seconds(outcome.usage.wall) for outcome in outcomes)
