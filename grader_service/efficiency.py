"""How fast an attempt is, as a ratio to the reference that ran in the same sandbox.

Only what passes every test is measured, by a workload of its own, where nothing of the attempt's calls is left.

A ratio taken in one run does not move with the machine's speed or load. With a probe it is taken at the largest size at
which both returned, on what the attempt is charged with (charges.py), and the growth class bounds the score; without
one it is taken over the tests' own calls, whose small inputs show less: their plateau is wider.
"""

import signal
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from codearena.errors import CallerError, ServiceError
from codearena.v1 import common_pb2, executor_pb2, grader_pb2
from grader_service import complexity, screening, timing
from grader_service.charges import Charged, beside_calls_s, best_of_rounds, charge, peaks, seconds
from grader_service.compare import DEFAULT_TOLERANCE, Tolerance
from grader_service.disturbance import cannot_be_told, own_wall_s, waited, was_disturbed
from grader_service.examine import UNCHECKED, Checked, meets, own_outcomes, same_value, tolerance_of
from grader_service.reading import Reader
from grader_service.reward import efficiency_score, optimal_class_score, worse_class_score
from grader_service.settings import Settings
from grader_service.standing import Size, Standing, standing

_RETURNED = common_pb2.CALL_STATUS_RETURNED
_TIME_LIMIT = common_pb2.CALL_STATUS_TIME_LIMIT
_ENDED_BY_ITSELF = (_RETURNED, common_pb2.CALL_STATUS_RAISED)
_BREAKS = {"RecursionError", "MemoryError"}
_SHOWN_SHARE = 0.5  # of the largest size: what breaks below is not known to be right, nor how it would grow
_EXPLAINED = 2.0
# On the probe's large inputs: summing floats in another order is right too.
_PROBE_TOLERANCE = {(mode, DEFAULT_TOLERANCE) for mode in (grader_pb2.COMPARE_EXACT, grader_pb2.COMPARE_APPROX)}
_Modes = set[tuple[grader_pb2.Compare.ValueType, Tolerance]]


@dataclass(frozen=True)
class Efficiency:
    """What was measured. score: in [0, 1]; ratio: CPU time over the reference's, None if none could be taken;
    sizes, times_s: where attempt and reference both returned, ascending, and what a call of the attempt takes there;
    reference_times_s: the reference's at each, None: not known; space: growth class of the peak memory, or empty.
    broke_at, limited_at: the smallest size at which the attempt broke, or came to its time limit; None: at no size.
    untold: nobody can tell whether the attempt or the host was slow, and the score is none.
    disturbed: without what the host did meanwhile the attempt may have been as fast as the reference.
    passes, probed: of each test and each point of the probe, whether its value was right when it was measured.
    """

    score: float = 0.0
    ratio: float | None = None
    sizes: tuple[int, ...] = ()
    times_s: tuple[float, ...] = ()
    fit: complexity.Fit = complexity.ABSTAINED
    reference_times_s: tuple[float | None, ...] = ()
    space: str = ""
    broke_at: int | None = None
    limited_at: int | None = None
    untold: bool = False
    disturbed: bool = False
    passes: tuple[bool, ...] = field(default=(), compare=False)
    probed: tuple[bool, ...] = field(default=(), compare=False)


NOT_MEASURED = Efficiency()
"""For an attempt that failed a test: its speed is worth nothing, and would tell how long hidden calls took.

And for one that could be measured as little as it could be loaded: it ran before, so that this is its own doing.
"""


def takes_measurement(report: executor_pb2.Report, expectations: grader_pb2.Expectations, settings: Settings) -> bool:
    """Whether an attempt that passes needs a measuring workload.

    Without a probe it does not, if all its calls together, and what was done beside them, took no more CPU time than
    is noise: whatever the reference takes for them, the ratio is then at most 1. Nor does a program that took no more
    than what is as good as the reference, if that took for each call no more than a start.
    """
    if report.status != executor_pb2.ATTEMPT_STATUS_RAN or report.probe or report.reference_calls:
        return False
    starts = sum(test.HasField("output") for test in expectations.tests)
    free_s = settings.tests_noise_s + starts * settings.tests_plateau_ratio * settings.program_start_s
    return expectations.probed or _cpu_s(report.calls) + beside_calls_s(report, settings) > free_s


def measure(
    request: grader_pb2.GradeRequest, settings: Settings, reader: Reader, checked: Checked = UNCHECKED
) -> Efficiency:
    """Efficiency of an attempt that passed every test, by the request's only measurement. checked: of its calls.

    Nothing is made up: if the request holds no measurement, there is no score.

    Raises:
        CallerError: the calls were made, and nothing was measured against: neither probe nor reference calls.
        ServiceError: the reference ran, but could not be measured; another run may succeed.
    """
    report = request.measurements[0] if request.measurements else request.report
    if report.status != executor_pb2.ATTEMPT_STATUS_RAN:
        return NOT_MEASURED  # it ran before: not to load again is the attempt's own doing
    if cannot_be_told(report) or (report.screening and not screening.finished(report)):
        return replace(NOT_MEASURED, untold=True)
    if report.probe:
        likely = (request.report.analysis.estimated_complexity, request.expectations.optimal_complexity)
        speed = _of_probe(report, likely, _probe_modes(request.expectations), settings, reader)
        clear = all(speed.probed) and screening.is_clear(speed.ratio, speed.fit, *likely, settings)
        if report.screening and not clear:
            return replace(NOT_MEASURED, untold=True)
        return replace(speed, disturbed=was_disturbed(report, speed, settings.probe_plateau_ratio))
    if request.measurements and _used_up_memory(report):
        return NOT_MEASURED
    if takes_measurement(report, request.expectations, settings):
        raise CallerError("nothing was measured: the attempt takes a measurement, with a probe or reference calls")
    if not report.reference_calls:
        return _of_ratio(1.0, settings)
    outcomes = own_outcomes(report.calls, request.expectations)
    tests = zip(outcomes, request.expectations.tests, strict=True)
    passes = tuple(meets(outcome, test, reader, checked) for outcome, test in tests)
    if not all(passes):
        return replace(NOT_MEASURED, passes=passes)  # fast and wrong earns nothing
    speed = replace(_of_ratio(_tests_ratio(report, settings), settings), passes=passes)
    return replace(speed, disturbed=was_disturbed(report, speed, settings.tests_plateau_ratio))


def _used_up_memory(measurement: executor_pb2.Report) -> bool:
    """Whether the attempt took all the memory of the sandbox, and with it whatever it had been measured against.

    The executor reports so much: that the calls, if there were any, did not get to an end. See its causes.py.
    """
    lost = (common_pb2.CALL_STATUS_MEMORY_LIMIT, common_pb2.CALL_STATUS_NOT_RUN)
    return not measurement.reference_calls and all(call.status in lost for call in measurement.calls)


def _of_ratio(ratio: float, settings: Settings) -> Efficiency:
    return Efficiency(efficiency_score(ratio, settings.tests_plateau_ratio, settings.zero_ratio), ratio)


def _tests_ratio(report: executor_pb2.Report, settings: Settings) -> float:
    """Over the calls that the reference ended by itself; the attempt passed, so it ended all of them."""
    reference = [call for call in report.reference_calls if call.status in _ENDED_BY_ITSELF]
    if not reference:
        raise ServiceError("the reference ended no call by itself: nothing to measure against")
    measured = {call.call_id for call in reference}
    attempt = [call for call in report.calls if call.call_id in measured]
    return _ratio(_cpu_s(attempt) + beside_calls_s(report, settings), _cpu_s(reference), settings.tests_noise_s)


def _of_probe(
    report: executor_pb2.Report, likely: tuple[str, str], modes: _Modes, settings: Settings, reader: Reader
) -> Efficiency:
    """likely: the growth classes estimated and optimal, or empty; modes: by which values are compared."""
    probed = tuple(point.reference.status == _RETURNED and _is_right(point, modes, reader) for point in report.probe)
    rights = list(zip(report.probe, probed, strict=True))
    measured = charge(_counted(rights), settings)
    usable = best_of_rounds(measured)
    if not usable:
        raise ServiceError("the reference returned for no size of the probe: nothing to measure against")
    idle_s = seconds(report.reference_probe_process.idle_cpu)
    attempt = timing.points(measured, timing.of_attempt, idle_s)
    reference = timing.points(measured, timing.of_reference, idle_s)
    broke_at = min((charged.size for charged in usable if _broke(charged.point.attempt)), default=None)
    tried = [charged for charged in usable if broke_at is None or charged.size < broke_at]
    common = [charged for charged in tried if charged.point.attempt.status == _RETURNED]
    fit = _class(attempt, reference, likely, settings)
    agrees = all(right or point.added for point, right in rights if point.reference.status == _RETURNED)
    beside_s = beside_calls_s(report, settings)
    # Fast and wrong earns nothing.
    ratio = _probe_ratio(report, tried, beside_s, settings) if agrees and tried else None
    stands = standing(_sizes(tried, attempt, reference, idle_s), fit, *likely)
    if not _is_explained(tried, common, beside_s, settings):
        stands = replace(stands, optimal=0.0)
    score = 0.0 if ratio is None else _score(ratio, stands, len(common) == len(tried), settings)
    if broke_at is not None and ratio is not None:
        shows = stands.optimal if common[-1].size >= _SHOWN_SHARE * usable[-1].size else 0.0
        score = shows * min(score, settings.optimal_class_floor)
    return Efficiency(
        score,
        ratio,
        tuple(point.size for point in attempt),
        tuple(point.time_s for point in attempt),
        fit,
        timing.beside(attempt, reference),
        _space(measured, settings),
        broke_at,
        min((charged.size for charged in tried if charged.point.attempt.status == _TIME_LIMIT), default=None),
        probed=probed,
    )


def _counted(rights: Sequence[tuple[executor_pb2.ProbeMeasurement, bool]]) -> list[executor_pb2.ProbeMeasurement]:
    """The points at which the reference returned, less the added ones that say nothing of the attempt.

    Nobody has promised that right code works at a size that the task does not have: what fails there, or differs from
    the reference, is left out. That it came to a limit counts where the task has a larger size. rights: each point, and
    whether it was right there.
    """
    largest = max((point.size for point, _ in rights if not point.added), default=0)

    def says_something(point: executor_pb2.ProbeMeasurement, right: bool) -> bool:
        if point.attempt.status == _TIME_LIMIT or _broke(point.attempt):
            return point.size < largest
        return right and point.attempt.status == _RETURNED

    returned = [(point, right) for point, right in rights if point.reference.status == _RETURNED]
    return [point for point, right in returned if not point.added or says_something(point, right)]


def _broke(attempt: common_pb2.CallOutcome) -> bool:
    """Whether it came to a limit of the interpreter or of the memory, as code that is right for smaller inputs may.

    A recursion that the interpreter does not count ends the process by a signal.
    """
    if attempt.status == common_pb2.CALL_STATUS_RAISED:
        return not _BREAKS.isdisjoint(attempt.raised.builtin_bases)
    overflowed = attempt.status == common_pb2.CALL_STATUS_CRASHED and attempt.signal == signal.SIGSEGV
    return overflowed or attempt.status == common_pb2.CALL_STATUS_MEMORY_LIMIT


def _score(ratio: float, stands: Standing, finished: bool, settings: Settings) -> float:
    """By the ratio and by the growth class, as far as that is sure; but as fast as the reference is as good as it.

    An attempt that a time limit ended has shown less than the others, and so has to show that it is not worse.
    """
    by_ratio = efficiency_score(ratio, settings.probe_plateau_ratio, settings.zero_ratio)
    if ratio <= settings.probe_plateau_ratio:
        return by_ratio
    worse = stands.worse if finished else 1 - stands.optimal
    return (
        stands.optimal * optimal_class_score(by_ratio, settings.optimal_class_floor)
        + worse * worse_class_score(ratio, stands.order, settings)
        + (1 - stands.optimal - worse) * by_ratio
    )


def _sizes(
    tried: Sequence[Charged], attempt: Sequence[complexity.Point], reference: Sequence[complexity.Point], idle_s: float
) -> list[Size]:
    """What the growth of the ratio is seen from; of an attempt that a time limit ended, the size where it did too."""
    ours, theirs = ({point.size: point.time_s for point in side} for side in (reference, attempt))
    returned = [charged.size for charged in tried if charged.point.attempt.status == _RETURNED]
    sizes = [Size(size, theirs[size], ours[size]) for size in returned if size in ours and size in theirs]
    ended = next((charged for charged in tried if charged.point.attempt.status == _TIME_LIMIT), None)
    if ended is not None:
        sizes.append(Size(ended.size, ended.attempt_s - idle_s, ended.reference_s - idle_s, finished=False))
    return sizes


def _is_explained(tried: list[Charged], common: list[Charged], beside_s: float, settings: Settings) -> bool:
    """Whether the calls that returned account for all that was spent. If not, how they grow tells little."""
    if not common or any(_waited_in(charged) for charged in tried):
        return False
    largest = _ratio(common[-1].attempt_s, common[-1].reference_s, settings.probe_noise_s)
    return _ratio_of_all(tried, beside_s, settings) <= _EXPLAINED * largest


def _waited_in(charged: Charged) -> bool:
    limited = charged.point.attempt.status == _TIME_LIMIT
    return limited and waited(own_wall_s(charged.point.attempt.usage), charged.attempt_s)


def _class(
    attempt: Sequence[complexity.Point],
    reference: Sequence[complexity.Point],
    likely: tuple[str, str],
    settings: Settings,
) -> complexity.Fit:
    """The attempt's growth class, unless the reference's own times contradict what is known of the reference.

    If so, something else than the algorithm dominates, and it does so for the attempt too: nothing is claimed then.
    """
    if optimal := likely[1]:
        shown = complexity.fit(reference, settings.fit_min_confidence, (optimal,))
        differs = complexity.excess_order(shown.measured, optimal) or complexity.excess_order(optimal, shown.measured)
        if differs and shown.power_confidence >= settings.fit_sure_confidence:
            return complexity.ABSTAINED
    return complexity.fit(attempt, settings.fit_min_confidence, likely)


def _space(measured: list[Charged], settings: Settings) -> str:
    """By the peak memory above that of the smallest size, inputs included; nothing is told by less than is noise."""
    by_size = peaks(measured)
    baseline = min(by_size.values(), default=0)
    grown = {size: peak - baseline for size, peak in by_size.items() if peak - baseline >= settings.space_noise_bytes}
    points = [complexity.Point(size, float(grown[size])) for size in sorted(grown)]
    return complexity.fit(points, settings.fit_min_confidence).measured


def _probe_ratio(
    report: executor_pb2.Report, usable: list[Charged], beside_calls_s: float, settings: Settings
) -> float | None:
    """The larger of the ratio at the largest common size and the lower bounds from sizes not finished.

    A time limit at one size is no failure of the whole: it says "at least so many times slower", and is why larger
    sizes were not run. Without one, a size that was not run is the attempt's own doing, since the reference returned
    there within the same limits: it slept its time away, or ended its process after an answer. Then there is no ratio.
    """
    common = [charged for charged in usable if charged.point.attempt.status == _RETURNED]
    timed_out = [charged for charged in usable if charged.point.attempt.status == _TIME_LIMIT]
    if len(common) < len(usable) and not timed_out:
        return None
    ratios = [_time_limit_ratio(charged, settings) for charged in timed_out]
    if timed_out:
        # To come to a limit early, at a small size, by work beside the calls or by waiting, must not pay.
        ratios.append(_ratio_of_all(usable, beside_calls_s, settings))
        idle = waited(own_wall_s(report.usage), seconds(report.usage.cpu))
        ratios.append(settings.zero_ratio if idle else 0.0)
    if common:
        largest = common[-1]
        ratios.append(_ratio(largest.attempt_s + beside_calls_s, largest.reference_s, settings.probe_noise_s))
    return max(ratios)


def _ratio_of_all(usable: list[Charged], beside_calls_s: float, settings: Settings) -> float:
    """Of all that an attempt did until a limit ended it, to what the reference took for the sizes that were tried."""
    tried = [charged for charged in usable if charged.point.attempt.status != common_pb2.CALL_STATUS_NOT_RUN]
    spent_s = sum(charged.attempt_s for charged in tried) + beside_calls_s
    return _ratio(spent_s, sum(charged.reference_s for charged in tried), settings.probe_noise_s)


def _time_limit_ratio(charged: Charged, settings: Settings) -> float:
    """At least this; by wall time too, since an attempt can sleep until its limit without using CPU time.

    One that hardly did anything else earns nothing: it must not pay to wait rather than to be seen working slowly.
    """
    by_cpu = _ratio(charged.attempt_s, charged.reference_s, settings.probe_noise_s)
    attempt, reference = charged.point.attempt.usage, charged.point.reference.usage
    by_wall = _ratio(own_wall_s(attempt), own_wall_s(reference), settings.wall_noise_s)
    return max(by_cpu, by_wall, settings.zero_ratio if _waited_in(charged) else settings.unfinished_ratio)


def _probe_modes(expectations: grader_pb2.Expectations) -> _Modes:
    """How the tests compare values decides how the probe's are; the type alone only if no test asks for more."""
    modes = {(test.compare, tolerance_of(test)) for test in expectations.tests if test.HasField("value")}
    strict = {(mode, tolerance) for mode, tolerance in modes if mode != grader_pb2.COMPARE_SAME_TYPE}
    return strict | _PROBE_TOLERANCE if strict or not modes else modes


def _is_right(point: executor_pb2.ProbeMeasurement, modes: _Modes, reader: Reader) -> bool:
    """Not finished is not wrong; anything but the reference's value is."""
    if point.HasField("same_value"):
        return point.same_value
    unfinished = (_TIME_LIMIT, common_pb2.CALL_STATUS_NOT_RUN)
    if point.attempt.status in unfinished or _broke(point.attempt):
        return True
    if point.attempt.status != _RETURNED:
        return False
    if point.attempt.left_out.HasField("right"):
        return point.attempt.left_out.right
    reference, attempt = point.reference.value, point.attempt.value
    return any(same_value(reference, attempt, mode, reader, near) for mode, near in sorted(modes))


def _ratio(attempt_s: float, reference_s: float, noise_s: float) -> float:
    return max(attempt_s, noise_s) / max(reference_s, noise_s)


def _cpu_s(outcomes: Iterable[common_pb2.CallOutcome]) -> float:
    return sum(seconds(outcome.usage.cpu) for outcome in outcomes)
