import pytest

from codearena.errors import CallerError, ServiceError
from codearena.v1 import common_pb2, executor_pb2, grader_pb2
from grader_service import efficiency
from grader_service.efficiency import Efficiency, takes_measurement
from grader_service.settings import Settings
from tests.grader_service import build

TIME_LIMIT = common_pb2.CALL_STATUS_TIME_LIMIT
NOT_RUN = common_pb2.CALL_STATUS_NOT_RUN


def measure(request: grader_pb2.GradeRequest, settings: Settings) -> Efficiency:
    return efficiency.measure(request, settings, build.reader())


def speed_of(report: executor_pb2.Report, expectations: grader_pb2.Expectations) -> Efficiency:
    return measure(grader_pb2.GradeRequest(report=report, expectations=expectations), build.SETTINGS)


def by_probe(
    points: list[executor_pb2.ProbeMeasurement], compare: grader_pb2.Compare.ValueType = grader_pb2.COMPARE_EXACT
) -> Efficiency:
    report = build.ran([build.returned(1)], probe=points)
    return measure(
        grader_pb2.GradeRequest(
            report=report, expectations=grader_pb2.Expectations(tests=[build.expects(1, compare=compare)])
        ),
        build.SETTINGS,
    )


def by_tests(attempt_cpu_s: float, reference_cpu_s: float, count: int = 4) -> Efficiency:
    calls = [build.returned(1, str(number), attempt_cpu_s) for number in range(count)]
    tests = [build.expects(1, str(number)) for number in range(count)]
    report = build.ran(calls, reference_cpu_s=reference_cpu_s)
    return measure(
        grader_pb2.GradeRequest(report=report, expectations=grader_pb2.Expectations(tests=tests)), build.SETTINGS
    )


def not_finished(status: common_pb2.CallStatus.ValueType, cpu_s: float, wall_s: float) -> executor_pb2.ProbeMeasurement:
    reference = build.returned(1000, cpu_s=0.02)
    return build.probe_point(1000, reference, build.ended(status, cpu_s=cpu_s, wall_s=wall_s))


def test_an_attempt_as_fast_as_the_reference_scores_one() -> None:
    speed = by_probe(build.probe({100: (0.01, 0.011), 1000: (0.1, 0.12)}))
    assert speed.score == 1.0
    assert speed.ratio == pytest.approx(1.2)


def test_the_ratio_is_taken_at_the_largest_size() -> None:
    speed = by_probe(build.probe({100: (0.01, 0.01), 1000: (0.01, 0.1), 10_000: (0.01, 1.0)}))
    assert speed.ratio == pytest.approx(100)
    assert speed.score == 0.0


LINEAR = {n: (1e-6 * n, 1e-6 * n) for n in (1_000, 2_000, 4_000, 8_000, 16_000)}


@pytest.mark.parametrize("times", [3, 8, 100])
def test_what_is_slow_at_the_largest_size_alone_was_disturbed(times: int) -> None:
    reference_s = LINEAR[16_000][0]
    speed = by_probe(build.probe(LINEAR | {16_000: (reference_s, times * reference_s)}))
    assert speed.score < 1
    assert speed.disturbed


@pytest.mark.parametrize(
    "slow", [{n: (1e-6 * n, 8e-6 * n) for n in LINEAR}, {n: (1e-6 * n, 1e-9 * n**2) for n in LINEAR}]
)
def test_what_is_slow_at_the_sizes_before_is_slow_by_itself(slow: dict[int, tuple[float, float]]) -> None:
    speed = by_probe(build.probe(slow))
    assert speed.score < 1
    assert not speed.disturbed


def test_what_ends_at_the_largest_size_was_not_disturbed() -> None:
    ended = build.probe(LINEAR)
    ended[-1].attempt.CopyFrom(build.ended(TIME_LIMIT, cpu_s=0.3, wall_s=0.3))
    speed = by_probe(ended)
    assert speed.score < 1
    assert not speed.disturbed


def test_times_within_the_noise_make_no_difference() -> None:
    speed = by_probe(build.probe({100: (0.000_01, 0.000_4)}))
    assert (speed.ratio, speed.score) == (1.0, 1.0)


def test_the_class_is_fitted_and_the_times_are_told() -> None:
    speed = by_probe(build.probe({n: (1e-5 * n, 1e-6 * n**2) for n in (100, 200, 400, 800)}))
    assert speed.fit.measured == "O(n^2)"
    assert speed.sizes == (100, 200, 400, 800)
    assert speed.times_s == pytest.approx((0.01, 0.04, 0.16, 0.64))
    assert speed.reference_times_s == pytest.approx((0.001, 0.002, 0.004, 0.008))


def with_peaks(peaks_kib: dict[int, int]) -> list[executor_pb2.ProbeMeasurement]:
    points = build.probe(dict.fromkeys(peaks_kib, (0.01, 0.01)))
    for point, peak_kib in zip(points, peaks_kib.values(), strict=True):
        point.attempt.usage.peak_memory_bytes = peak_kib * 1024
    return points


def test_space_is_fitted_to_the_growth_of_the_peak_memory() -> None:
    sizes = (10, 500, 1_000, 2_000, 4_000)
    assert by_probe(with_peaks({n: 10_000 + 2 * n for n in sizes})).space == "O(n)"
    assert by_probe(with_peaks({n: 10_000 + n**2 // 100 for n in sizes})).space == "O(n^2)"
    assert by_probe(with_peaks({n: 10_000 + n // 40 for n in sizes})).space == ""


def test_space_is_that_of_the_first_round() -> None:
    rounds = with_peaks({n: 10_000 + 2 * n for n in (10, 500, 1_000, 2_000, 4_000)})
    again = with_peaks(dict.fromkeys((10, 500, 1_000, 2_000, 4_000), 18_000))
    assert by_probe([*rounds, *again]).space == "O(n)"


def test_no_class_is_claimed_if_the_reference_does_not_show_its_own() -> None:
    points = build.probe({n: (1e-5 * n, 1e-5 * n) for n in (1_000, 2_000, 4_000, 8_000)})
    report = build.ran([build.returned(1)], probe=points)

    def measured(optimal: str) -> str:
        expectations = grader_pb2.Expectations(tests=[build.expects(1)], optimal_complexity=optimal)
        return speed_of(report, expectations).fit.measured

    assert measured("O(n)") == "O(n)"
    assert measured("O(log n)") == ""


def test_one_wrong_value_in_the_probe_earns_nothing_however_fast() -> None:
    points = build.probe({100: (0.1, 0.001), 1000: (1.0, 0.001)})
    points[0].attempt.value.CopyFrom(build.encoded("wrong"))
    speed = by_probe(points)
    assert (speed.score, speed.ratio) == (0.0, None)


@pytest.mark.parametrize(
    "status",
    [
        common_pb2.CALL_STATUS_RAISED,
        common_pb2.CALL_STATUS_CRASHED,
        common_pb2.CALL_STATUS_MEMORY_LIMIT,
        common_pb2.CALL_STATUS_OUTPUT_LIMIT,
        common_pb2.CALL_STATUS_UNENCODABLE,
    ],
)
def test_failing_in_the_probe_where_the_reference_returned_earns_nothing(
    status: common_pb2.CallStatus.ValueType,
) -> None:
    points = [*build.probe({100: (0.01, 0.01)}), not_finished(status, 0.01, 0.01)]
    assert by_probe(points).score == 0.0


def test_rounding_of_floats_in_the_probe_is_not_wrong() -> None:
    point = build.probe_point(10, build.returned(0.3), build.returned(0.1 + 0.2))
    assert by_probe([point]).score == 1.0


def test_the_probe_frees_the_order_only_if_a_test_does() -> None:
    point = build.probe_point(10, build.returned([1, 2]), build.returned([2, 1]))
    assert by_probe([point], grader_pb2.COMPARE_UNORDERED).score == 1.0
    assert by_probe([point], grader_pb2.COMPARE_EXACT).score == 0.0


def test_the_type_alone_is_enough_only_if_no_test_asks_for_more() -> None:
    point = build.probe_point(10, build.returned("a"), build.returned("b"))
    assert by_probe([point], grader_pb2.COMPARE_SAME_TYPE).score == 1.0
    tests = [build.expects("a", "1", compare=grader_pb2.COMPARE_SAME_TYPE), build.expects("a", "2")]
    report = build.ran([build.returned("a", "1"), build.returned("a", "2")], probe=[point])
    assert (
        measure(
            grader_pb2.GradeRequest(report=report, expectations=grader_pb2.Expectations(tests=tests)), build.SETTINGS
        ).score
        == 0.0
    )


def test_a_time_limit_in_the_probe_is_a_lower_bound_that_scores_low() -> None:
    points = [*build.probe({100: (0.01, 0.01)}), not_finished(TIME_LIMIT, cpu_s=0.1, wall_s=0.1)]
    speed = by_probe(points)
    assert speed.ratio == build.SETTINGS.unfinished_ratio
    assert 0.0 < speed.score < 0.5
    slower = by_probe([*build.probe({100: (0.01, 0.01)}), not_finished(TIME_LIMIT, cpu_s=2.0, wall_s=2.0)])
    assert slower.score == 0.0


def test_sleeping_until_the_time_limit_counts_as_slow() -> None:
    assert by_probe([not_finished(TIME_LIMIT, cpu_s=0.0, wall_s=10.0)]).score == 0.0


def test_it_does_not_pay_to_wait_rather_than_to_be_seen_working_slowly() -> None:
    quick_below = build.probe({100: (0.01, 0.01)})
    waited = by_probe([*quick_below, not_finished(TIME_LIMIT, cpu_s=0.01, wall_s=1.5)])
    worked = by_probe([*quick_below, not_finished(TIME_LIMIT, cpu_s=1.0, wall_s=1.0)])
    assert waited.score == 0.0 <= worked.score


def starving(waited: common_pb2.Usage, starved_s: float = 0.0, blocked_s: float = 0.0) -> common_pb2.Usage:
    """The same usage, so much of whose wall time was without a core or in an uninterruptible wait."""
    waited.starved.CopyFrom(build.duration(starved_s))
    waited.blocked.CopyFrom(build.duration(blocked_s))
    return waited


def test_a_wait_for_a_core_is_no_wait_of_the_attempts() -> None:
    points = [*build.probe(dict.fromkeys((10, 100), (0.01, 0.01))), not_finished(TIME_LIMIT, cpu_s=0.04, wall_s=5.0)]
    slept = by_probe(points)
    starving(points[-1].attempt.usage, starved_s=4.9)
    starved = by_probe(points)
    assert slept.score == 0.0 < starved.score
    assert starved.score == by_probe([*points[:2], not_finished(TIME_LIMIT, cpu_s=0.04, wall_s=0.1)]).score


def test_of_a_wait_that_nobody_can_explain_nothing_is_said() -> None:
    points = [*build.probe({10: (0.01, 0.01)}), not_finished(TIME_LIMIT, cpu_s=0.01, wall_s=5.0)]
    assert not by_probe(points).untold
    starving(points[-1].attempt.usage, blocked_s=4.9)
    starving(points[0].reference.usage, starved_s=0.5)
    assert by_probe(points).untold


def test_where_the_reference_waited_for_nothing_the_host_was_not_the_cause() -> None:
    points = [*build.probe({10: (0.01, 0.01)}), not_finished(TIME_LIMIT, cpu_s=0.01, wall_s=5.0)]
    starving(points[-1].attempt.usage, blocked_s=4.9)
    speed = by_probe(points)
    assert (speed.untold, speed.score) == (False, 0.0)


def test_what_returned_in_time_is_told_however_long_it_was_blocked() -> None:
    points = build.probe({10: (0.01, 0.01)})
    starving(points[0].attempt.usage, blocked_s=4.9)
    assert by_probe(points).score == 1.0


def stopped_at_once(beside_s: float, cpu_s: float, wall_s: float) -> Efficiency:
    """A limit ended it at its first size, quickly. beside_s: burnt beside the calls; cpu_s, wall_s: in all."""
    report = build.ran([build.returned(1)], probe=[not_finished(TIME_LIMIT, cpu_s=0.002, wall_s=0.002)])
    report.attempt_probe_process.other_cpu.CopyFrom(build.duration(beside_s))
    report.usage.cpu.CopyFrom(build.duration(cpu_s))
    report.usage.wall.CopyFrom(build.duration(wall_s))
    return speed_of(report, grader_pb2.Expectations(tests=[build.expects(1)]))


def test_it_does_not_pay_to_come_to_the_time_limit_early() -> None:
    assert stopped_at_once(beside_s=0.0, cpu_s=0.3, wall_s=0.3).score > 0.0
    assert stopped_at_once(beside_s=1.5, cpu_s=1.5, wall_s=1.5).score == 0.0
    assert stopped_at_once(beside_s=0.0, cpu_s=0.1, wall_s=4.0).score == 0.0


def test_sizes_after_a_time_limit_are_not_held_against_the_attempt_again() -> None:
    points = [not_finished(TIME_LIMIT, cpu_s=0.1, wall_s=0.1)]
    later = build.probe_point(2000, build.returned(1), build.ended(NOT_RUN))
    assert by_probe([*points, later]) == by_probe(points)


def test_an_attempt_that_keeps_the_probe_from_running_earns_nothing() -> None:
    skipped = not_finished(NOT_RUN, 0.0, 0.0)
    assert by_probe([skipped]).score == 0.0
    assert by_probe([*build.probe({100: (0.01, 0.01)}), skipped]).score == 0.0


def test_a_size_that_the_reference_could_not_do_is_left_out() -> None:
    points = build.probe({100: (0.01, 0.01), 1000: (0.1, 100.0)})
    points[1].reference.status = common_pb2.CALL_STATUS_OUTPUT_LIMIT
    assert by_probe(points).score == 1.0


def test_a_probe_that_the_reference_never_did_is_our_failure_not_a_score() -> None:
    points = build.probe({100: (0.01, 0.01)})
    points[0].reference.status = TIME_LIMIT
    with pytest.raises(ServiceError):
        by_probe(points)


def test_without_a_probe_the_tests_own_calls_are_measured_with_a_wider_plateau() -> None:
    assert by_tests(0.035, 0.01).score == 1.0
    assert by_tests(0.035, 0.01).ratio == pytest.approx(3.5)
    assert 0.0 < by_tests(0.2, 0.01).score < 1.0
    assert by_tests(1.0, 0.01).score == 0.0


def test_short_calls_of_the_tests_are_noise() -> None:
    assert by_tests(0.002, 0.000_01).score == 1.0


def test_a_call_that_the_reference_did_not_end_by_itself_is_left_out() -> None:
    calls = [build.returned(1, "1", 0.1), build.returned(1, "2", 9.0)]
    report = build.ran(calls, reference_cpu_s=0.1)
    report.reference_calls[1].status = TIME_LIMIT
    expectations = grader_pb2.Expectations(tests=[build.expects(1, "1"), build.expects(1, "2")])
    assert measure(
        grader_pb2.GradeRequest(report=report, expectations=expectations), build.SETTINGS
    ).ratio == pytest.approx(1.0)


def test_a_reference_that_ended_no_call_is_our_failure_not_a_score() -> None:
    report = build.ran([build.returned(1)])
    report.reference_calls[0].status = TIME_LIMIT
    with pytest.raises(ServiceError):
        measure(
            grader_pb2.GradeRequest(report=report, expectations=grader_pb2.Expectations(tests=[build.expects(1)])),
            build.SETTINGS,
        )


def test_with_nothing_to_measure_against_nothing_is_made_up() -> None:
    report = build.ran([build.returned(1, cpu_s=1.0)])
    del report.reference_calls[:]
    with pytest.raises(CallerError):
        measure(
            grader_pb2.GradeRequest(report=report, expectations=grader_pb2.Expectations(tests=[build.expects(1)])),
            build.SETTINGS,
        )


def score_of(growth: float, optimal: str = "O(n)") -> Efficiency:
    """An attempt that takes 3 times the reference's time at the largest size, growing like n**growth."""
    sizes = (1_000, 2_000, 4_000, 8_000)
    points = build.probe({n: (1e-5 * n, 0.24 * (n / sizes[-1]) ** growth) for n in sizes})
    report = build.ran([build.returned(1)], probe=points)
    expectations = grader_pb2.Expectations(tests=[build.expects(1)], optimal_complexity=optimal)
    return speed_of(report, expectations)


def test_a_worse_class_is_worth_less_at_the_same_ratio() -> None:
    same, worse = score_of(1), score_of(2)
    assert same.ratio == pytest.approx(3.0)
    assert worse.ratio == pytest.approx(3.0)
    assert same.score > 0.9
    assert worse.score == build.SETTINGS.worse_class_cap


def test_a_worse_class_that_is_as_fast_as_the_reference_is_as_good() -> None:
    points = build.probe({n: (1e-5 * n, 0.08 * (n / 8_000) ** 2) for n in (1_000, 2_000, 4_000, 8_000)})
    assert by_probe(points).score == 1.0


SIZES = (125, 250, 500, 1_000, 2_000, 4_000, 8_000, 16_000)


def of_linear_task(
    points: list[executor_pb2.ProbeMeasurement], looks: str = "O(n)", beside_s: float = 0.0
) -> Efficiency:
    """At a task whose optimum is O(n). looks: what the code looks like; beside_s: of children."""
    report = build.ran([build.returned(1)], probe=points)
    report.analysis.estimated_complexity = looks
    report.attempt_probe_process.other_cpu.CopyFrom(build.duration(beside_s))
    return speed_of(report, grader_pb2.Expectations(tests=[build.expects(1)], optimal_complexity="O(n)"))


def times(ratio: float, growth: float = 0.0) -> list[executor_pb2.ProbeMeasurement]:
    """`ratio` times the reference's time at the largest size, and less below by the power `growth`."""
    return build.probe({n: (1e-6 * n, 1e-6 * n * ratio * (n / SIZES[-1]) ** growth) for n in SIZES})


def ends(point: executor_pb2.ProbeMeasurement, outcome: common_pb2.CallOutcome) -> None:
    point.attempt.CopyFrom(outcome)


@pytest.mark.parametrize("ratio", [4, 13, 20, 50])
def test_the_optimal_class_earns_its_floor_whatever_its_constant(ratio: float) -> None:
    floor = build.SETTINGS.optimal_class_floor
    assert floor <= of_linear_task(times(ratio)).score < 1.0
    assert of_linear_task(times(ratio, growth=1)).score < 0.5 * floor


def test_a_slower_attempt_of_the_optimal_class_earns_less() -> None:
    scores = [of_linear_task(times(ratio)).score for ratio in (2, 4, 13, 20, 50)]
    assert scores == sorted(scores, reverse=True)


def test_the_score_of_a_slow_attempt_hardly_moves_with_its_ratio() -> None:
    # One run differs from the next by a tenth.
    for ratio, growth in ((15, 0), (40, 0), (20, 1), (40, 1), (55, 1)):
        low, high = (of_linear_task(times(ratio * by, growth)).score for by in (1.1, 1.0))
        assert 0 <= high - low < 0.02


def test_work_that_the_calls_do_not_explain_shows_no_class() -> None:
    assert of_linear_task(times(4), beside_s=0.001).score > build.SETTINGS.optimal_class_floor
    assert of_linear_task(times(4), beside_s=0.5).score < 0.5


BREAKS = [
    build.raised(RecursionError("too deep")),
    build.raised(MemoryError()),
    build.ended(common_pb2.CALL_STATUS_MEMORY_LIMIT),
    common_pb2.CallOutcome(status=common_pb2.CALL_STATUS_CRASHED, signal=11),
]


@pytest.mark.parametrize("end", BREAKS)
def test_what_breaks_at_the_largest_size_is_measured_on_those_below(end: common_pb2.CallOutcome) -> None:
    points = times(1)
    ends(points[-1], end)
    speed = of_linear_task(points)
    assert speed.score == build.SETTINGS.optimal_class_floor
    assert (speed.broke_at, speed.sizes) == (SIZES[-1], SIZES[:-1])


@pytest.mark.parametrize("end", BREAKS)
def test_it_does_not_pay_to_break_before_a_slow_growth_shows(end: common_pb2.CallOutcome) -> None:
    slow = of_linear_task(times(13, growth=1), looks="O(n^2)").score
    for index in range(len(SIZES)):
        points = times(13, growth=1)
        ends(points[index], end)
        for later in points[index + 1 :]:
            ends(later, build.ended(NOT_RUN))
        assert of_linear_task(points, looks="O(n^2)").score <= slow
        assert index > len(SIZES) - 2 or of_linear_task(points).score <= slow


def test_another_exception_at_a_large_size_is_wrong() -> None:
    points = times(1)
    ends(points[-1], build.raised(ValueError("too large")))
    assert of_linear_task(points).score == 0.0


def test_the_optimal_class_is_seen_below_a_time_limit() -> None:
    points = times(15)
    ends(points[-1], build.ended(TIME_LIMIT, cpu_s=0.1))
    speed = of_linear_task(points)
    assert speed.score >= build.SETTINGS.optimal_class_floor
    assert speed.limited_at == SIZES[-1]


@pytest.mark.parametrize("worked_s", [0.002, 0.02, 0.2])
def test_what_a_time_limit_ended_early_earns_by_its_lower_bound_and_not_by_a_blank(worked_s: float) -> None:
    points = times(15)
    for point in points[2:]:
        ends(point, build.ended(NOT_RUN))
    ends(points[1], build.ended(TIME_LIMIT, cpu_s=worked_s))
    assert of_linear_task(points).score <= 0.5 * build.SETTINGS.worse_class_cap


def test_to_loop_or_to_sleep_at_large_sizes_hides_no_class() -> None:
    for end in (build.ended(TIME_LIMIT, cpu_s=0.25), build.ended(TIME_LIMIT, cpu_s=0.0, wall_s=3.0)):
        points = times(2)
        ends(points[5], end)
        for later in points[6:]:
            ends(later, build.ended(NOT_RUN))
        assert of_linear_task(points).score <= build.SETTINGS.worse_class_cap


@pytest.mark.parametrize("ratio", [4, 13, 40])
def test_it_does_not_pay_to_pad_what_looks_worse(ratio: float) -> None:
    slow = of_linear_task(times(ratio, growth=1), looks="O(n^2)").score
    padded = of_linear_task(times(ratio), looks="O(n^2)").score
    assert padded - slow < 0.25


def test_work_beside_the_calls_is_part_of_the_ratio() -> None:
    points = build.probe({100: (0.01, 0.01), 1000: (0.1, 0.1)})
    report = build.ran([build.returned(1)], probe=points)
    report.attempt_probe_process.other_cpu.CopyFrom(build.duration(3.0))
    points_hidden = build.probe({100: (0.01, 0.01), 1000: (0.1, 0.1)})
    points_hidden[-1].attempt.overhead_cpu.CopyFrom(build.duration(3.0))
    expectations = grader_pb2.Expectations(tests=[build.expects(1)])
    for measured in (report, build.ran([build.returned(1)], probe=points_hidden)):
        speed = measure(grader_pb2.GradeRequest(report=measured, expectations=expectations), build.SETTINGS)
        assert speed.ratio == pytest.approx(31, rel=0.01)
        assert speed.score < 0.5


def alone(cpu_s: float) -> executor_pb2.Report:
    """The report of the first workload: the attempt without a reference."""
    report = build.ran([build.returned(1, cpu_s=cpu_s)])
    del report.reference_calls[:]
    return report


def measured_anew(measurement: executor_pb2.Report, cpu_s: float = 1.0) -> Efficiency:
    expectations = grader_pb2.Expectations(tests=[build.expects(1)])
    request = grader_pb2.GradeRequest(report=alone(cpu_s), measurements=[measurement], expectations=expectations)
    return measure(request, build.SETTINGS)


def test_calls_within_the_noise_are_as_good_as_any_reference_could_be() -> None:
    expectations = grader_pb2.Expectations(tests=[build.expects(1)])
    assert not takes_measurement(alone(0.001), expectations, build.SETTINGS)
    for beside in ({"load_cpu": build.duration(1.0)}, {"other_cpu": build.duration(1.0)}):
        hidden = alone(0.001)
        hidden.attempt_probe_process.CopyFrom(executor_pb2.ProbeProcess(**beside))
        assert takes_measurement(hidden, expectations, build.SETTINGS)
    request = grader_pb2.GradeRequest(report=alone(0.001), expectations=expectations)
    assert measure(request, build.SETTINGS).score == 1.0


def test_longer_calls_and_every_probe_take_a_measurement() -> None:
    tests = [build.expects(1)]
    assert takes_measurement(alone(1.0), grader_pb2.Expectations(tests=tests), build.SETTINGS)
    assert takes_measurement(alone(0.001), grader_pb2.Expectations(tests=tests, probed=True), build.SETTINGS)


def test_the_ratio_is_that_of_the_measuring_workload_alone() -> None:
    measurement = build.ran([build.returned(1, cpu_s=0.2)], reference_cpu_s=0.1)
    assert measured_anew(measurement, cpu_s=30.0).ratio == pytest.approx(2.0)


def test_an_attempt_that_is_fast_and_wrong_when_it_is_measured_earns_nothing() -> None:
    assert measured_anew(build.ran([build.returned(2, cpu_s=0.001)], reference_cpu_s=1.0)).score == 0.0


def test_an_attempt_that_does_not_load_when_it_is_measured_earns_nothing() -> None:
    assert measured_anew(build.does_not_load(build.ended(TIME_LIMIT))).score == 0.0


def test_an_attempt_of_a_task_with_a_probe_that_was_not_probed_is_not_scored() -> None:
    expectations = grader_pb2.Expectations(tests=[build.expects(1)], probed=True)
    with pytest.raises(CallerError):
        measure(grader_pb2.GradeRequest(report=alone(0.001), expectations=expectations), build.SETTINGS)


def test_of_several_rounds_the_least_time_counts() -> None:
    rounds = [*build.probe({100: (0.01, 0.3), 1000: (0.1, 0.12)}), *build.probe({100: (0.02, 0.01), 1000: (0.3, 3.0)})]
    speed = by_probe(rounds)
    assert (speed.sizes, speed.times_s) == ((100, 1000), (0.01, 0.12))
    assert speed.ratio == pytest.approx(1.2)


def test_a_wrong_value_in_any_round_earns_nothing() -> None:
    wrong = build.probe_point(1000, build.returned(1, cpu_s=0.1), build.returned(2, cpu_s=0.001))
    rounds = [*build.probe({100: (0.01, 0.01), 1000: (0.1, 0.1)}), *build.probe({100: (0.01, 0.01)}), wrong]
    assert by_probe(rounds).score == 0.0


def test_a_size_that_was_returned_in_one_round_is_not_a_time_limit() -> None:
    rounds = [*build.probe({100: (0.01, 0.01), 1000: (0.02, 0.02)}), *build.probe({100: (0.01, 0.01)})]
    assert by_probe([*rounds, not_finished(TIME_LIMIT, cpu_s=0.5, wall_s=0.5)]).score == 1.0


@pytest.mark.parametrize("beside", ["load_cpu", "other_cpu"])
def test_work_beside_the_tests_calls_is_charged_beyond_the_references(beside: str) -> None:
    report = build.ran([build.returned(1, cpu_s=0.01)], reference_cpu_s=0.01)
    expectations = grader_pb2.Expectations(tests=[build.expects(1)])
    getattr(report.attempt_probe_process, beside).CopyFrom(build.duration(2.0))
    assert speed_of(report, expectations).score == 0.0
    getattr(report.reference_probe_process, beside).CopyFrom(build.duration(2.0))
    assert speed_of(report, expectations).score == 1.0
