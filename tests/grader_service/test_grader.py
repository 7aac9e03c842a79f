import pytest

from codearena.errors import CallerError
from codearena.v1 import common_pb2, executor_pb2, grader_pb2, judge_pb2
from executor_service import causes
from grader_service.grader import Grader, kind_of
from grader_service.metrics import VerdictKind
from tests.grader_service import build

GRADER = Grader(build.SETTINGS)
TIME_LIMIT = common_pb2.CALL_STATUS_TIME_LIMIT


def grade(request: grader_pb2.GradeRequest) -> grader_pb2.Verdict:
    return GRADER.grade(request).verdict


def attempt(
    passed: int, total: int, *, slow: bool = False, step: int = 1, quality: float = 0.9
) -> grader_pb2.GradeRequest:
    """Passes some of its tests; slow: O(n) where the reference is O(1)."""
    calls = [build.returned(number < passed, str(number)) for number in range(total)]
    tests = [build.expects(True, str(number), visible=number % 3 == 0) for number in range(total)]
    sizes = (1_000, 10_000, 100_000, 1_000_000)
    points = build.probe({n: (0.0001, 2e-7 * n if slow else 0.0001) for n in sizes})
    judged = build.judgement(quality, 1.0, quality)
    return build.request(build.ran(calls, probe=points), tests, judged=judged, optimal="O(1)", step=step)


def test_the_walk_through_comes_out_as_published() -> None:
    syntax_fixed = grade(attempt(1, 3, step=1))
    too_slow = grade(attempt(9, 9, slow=True, step=2))
    optimal = grade(attempt(9, 9, step=3))
    rewards = [verdict.reward for verdict in (syntax_fixed, too_slow, optimal)]
    assert rewards == pytest.approx([0.35, 0.72, 0.95], abs=0.06)
    assert [verdict.solved for verdict in (syntax_fixed, too_slow, optimal)] == [False, False, True]


def test_solved_means_all_tests_and_efficiency() -> None:
    request = attempt(9, 9)
    verdict = grade(request)
    assert verdict.solved
    assert kind_of(request.report, verdict) is VerdictKind.SOLVED
    assert verdict.hint == ""


def test_efficiency_is_zero_unless_all_tests_pass_however_fast() -> None:
    verdict = grade(attempt(8, 9))
    assert verdict.components.efficiency_score == 0.0
    assert not verdict.solved


def test_of_an_attempt_that_failed_a_test_no_time_is_told() -> None:
    verdict = grade(attempt(8, 9, slow=True))
    assert not verdict.complexity.HasField("ratio")
    assert len(verdict.complexity.times) == 0
    assert verdict.complexity.measured == ""


def test_what_was_measured_is_told_of_an_attempt_that_passed() -> None:
    complexity = grade(attempt(9, 9, slow=True)).complexity
    assert complexity.optimal == "O(1)"
    assert complexity.measured == "O(n)"
    assert complexity.ratio == pytest.approx(0.2 / build.SETTINGS.probe_noise_s)
    assert list(complexity.sizes) == [1_000, 10_000, 100_000, 1_000_000]
    assert len(complexity.times) == len(complexity.reference_times) == 4


def test_hidden_and_visible_tests_are_counted_apart() -> None:
    verdict = grade(attempt(4, 9))
    assert (verdict.tests_passed, verdict.tests_total) == (4, 9)
    assert (verdict.hidden_passed, verdict.hidden_total) == (2, 6)
    assert len(verdict.tests) == 3


def test_a_check_counts_as_a_test() -> None:
    request = build.request(
        build.ran([build.returned(1)], checks=[executor_pb2.CheckOutcome(passed=False)]),
        [build.expects(1)],
        checks=[grader_pb2.CheckExpectation(name="no eval", visible=True)],
    )
    verdict = grade(request)
    assert verdict.components.test_pass_ratio == 0.5
    assert verdict.components.efficiency_score == 0.0
    assert [test.name for test in verdict.tests] == ["test_1", "no eval"]


def test_an_attempt_that_does_not_compile_scores_zero_everywhere() -> None:
    request = build.request(build.does_not_compile(), [build.expects(1)])
    verdict = grade(request)
    assert {number for _, number in verdict.components.ListFields()} <= {0.0}
    assert all(verdict.components.HasField(name) for name in ("llm_correctness", "llm_security", "llm_quality"))
    assert verdict.base == 0.0
    assert verdict.reward == build.SETTINGS.reward_min
    assert verdict.judge == judge_pb2.JUDGE_KIND_UNSPECIFIED
    assert not verdict.HasField("judgement")
    assert kind_of(request.report, verdict) is VerdictKind.COMPILE_ERROR


def test_an_attempt_that_does_not_load_scores_zero_everywhere() -> None:
    load = build.raised(NameError("x"))
    request = build.request(build.does_not_load(load), [build.expects(1)])
    verdict = grade(request)
    assert {number for _, number in verdict.components.ListFields()} <= {0.0}
    assert verdict.unearned == grader_pb2.UNEARNED_LOAD_ERROR
    assert kind_of(request.report, verdict) is VerdictKind.LOAD_ERROR


def test_the_judges_correctness_never_exceeds_what_the_tests_support() -> None:
    assert grade(attempt(3, 9, quality=1.0)).components.llm_correctness == pytest.approx(1 / 3)
    assert grade(attempt(9, 9, quality=0.4)).components.llm_correctness == pytest.approx(0.4)


def test_no_score_of_the_judge_exceeds_what_the_tests_support() -> None:
    components = grade(attempt(3, 9, quality=1.0)).components
    assert components.llm_security == components.llm_quality == pytest.approx(1 / 3)


def test_a_rule_that_is_kept_for_the_tests_alone_is_broken() -> None:
    request = build.passing_request()
    request.report.analysis.checks.add(passed=True)
    request.expectations.checks.add(name="no eval")
    assert grade(request).tests_passed == grade(request).tests_total
    request.measurements.append(request.report)
    request.measurements[0].broken_checks.append(0)
    verdict = grade(request)
    assert (verdict.tests_passed, verdict.components.efficiency_score) == (verdict.tests_total - 1, 0.0)


def test_code_that_hides_what_it_does_has_no_security_that_a_reader_could_vouch_for() -> None:
    def graded(passed: bool) -> grader_pb2.Components:
        request = build.passing_request()
        request.report.analysis.checks.add(passed=passed)
        request.expectations.checks.add(name="no eval")
        request.report.broken_checks.append(0)
        return grade(request).components

    assert graded(passed=True).llm_security == 0.0
    assert graded(passed=False).llm_security == graded(passed=False).llm_quality > 0.0


def test_an_unscored_dimension_is_absent_and_counts_as_nothing() -> None:
    request = build.passing_request()
    request.judgement.CopyFrom(build.judgement(None, 1.0, None))
    verdict = grade(request)
    assert not verdict.components.HasField("llm_correctness")
    assert not verdict.components.HasField("llm_quality")
    assert verdict.base == pytest.approx(0.85)


def test_the_judgement_is_handed_on_with_its_kind() -> None:
    verdict = grade(build.passing_request())
    assert verdict.judge == judge_pb2.JUDGE_KIND_STATIC
    assert verdict.judgement == build.judgement()


def test_a_later_step_and_a_repeated_fix_cost_reward_but_not_base() -> None:
    first, later = build.passing_request(), build.passing_request()
    later.step, later.identical = 4, True
    assert grade(later).base == grade(first).base
    assert grade(later).penalties.step == pytest.approx(0.04)
    assert grade(later).penalties.identical == pytest.approx(0.10)
    assert grade(later).reward == pytest.approx(1.0 - 0.14)


def test_the_estimate_is_told_only_if_it_is_a_growth_class() -> None:
    request = build.passing_request()
    request.report.analysis.estimated_complexity = "O(n^2)"
    assert grade(request).complexity.estimated == "O(n^2)"
    request.report.analysis.estimated_complexity = "O(whatever)"
    assert grade(request).complexity.estimated == ""


def test_nothing_of_a_hidden_call_is_in_the_verdict() -> None:
    secret = "s3cret"
    hidden = build.raised(ValueError(secret), "2", traceback=secret)
    hidden.stdout.head = hidden.stderr.head = secret.encode()
    tests = [build.expects(1), build.expects(secret, "2", name=secret, visible=False, shown_input=secret)]
    verdict = grade(build.request(build.ran([build.returned(1), hidden]), tests))
    assert secret not in str(verdict)


def test_an_attempt_full_of_unreadable_text_is_graded() -> None:
    outcome = build.returned("\ud800", stdout=b"\xff\x00\x1b")
    tests = [build.expects("\ud801", name="surrogates")]
    verdict = grade(build.request(build.ran([outcome]), tests))
    assert verdict.tests[0].got == "'\\ud800'"
    assert verdict.SerializeToString()


def test_parts_that_do_not_belong_together_are_refused() -> None:
    request = build.passing_request()
    request.report.calls[0].call_id = "other"
    with pytest.raises(CallerError):
        grade(request)


def test_equal_requests_get_equal_verdicts() -> None:
    request = attempt(5, 9)
    copy = grader_pb2.GradeRequest.FromString(request.SerializeToString())
    assert Grader(build.SETTINGS).grade(copy) == GRADER.grade(request)


@pytest.mark.parametrize("status", [common_pb2.CALL_STATUS_NOT_RUN, common_pb2.CALL_STATUS_MEMORY_LIMIT])
def test_a_call_that_did_not_return_fails_its_test_only(status: common_pb2.CallStatus.ValueType) -> None:
    calls = [build.returned(1, "1"), build.ended(status, "2")]
    verdict = grade(build.request(build.ran(calls), [build.expects(1, "1"), build.expects(1, "2")]))
    assert verdict.components.test_pass_ratio == 0.5


def test_what_is_used_after_a_hidden_input_is_known_is_not_told() -> None:
    calls = [build.returned(True, str(number), cpu_s=0.5 * number) for number in (1, 2, 3)]
    tests = [build.expects(True, str(number), visible=number == 1) for number in (1, 2, 3)]
    report = build.ran(calls)
    calls[0].usage.peak_memory_bytes, calls[2].usage.peak_memory_bytes = 1000, 10**9
    report = build.ran(calls)
    report.usage.cpu.FromSeconds(100)
    shown = grade(build.request(report, tests)).shown_usage
    assert shown.cpu.ToNanoseconds() == report.load.usage.cpu.ToNanoseconds() + 500_000_000
    assert shown.peak_memory_bytes == max(1000, report.load.usage.peak_memory_bytes)


def test_without_hidden_tests_all_that_was_used_is_told() -> None:
    report = build.ran([build.returned(True)])
    report.usage.cpu.FromSeconds(7)
    assert grade(build.request(report, [build.expects(True)])).shown_usage.cpu.ToSeconds() == 7


def unmeasured(value: object = True, *, probed: bool = False, cpu_s: float = 1.0) -> grader_pb2.GradeRequest:
    """Of the first workload, which has no reference."""
    report = build.ran([build.returned(value, cpu_s=cpu_s)])
    del report.reference_calls[:]
    request = build.request(report, [build.expects(True)])
    request.expectations.probed = probed
    return request


def test_what_takes_a_measurement_gets_no_score_of_speed_without_one() -> None:
    for request in (unmeasured(), unmeasured(cpu_s=0.001, probed=True)):
        graded = GRADER.grade(request)
        assert (graded.measure_again, graded.HasField("measurement")) == (True, False)
        assert not graded.verdict.components.HasField("efficiency_score")
        assert not graded.verdict.solved
    request = unmeasured()
    request.measurements.append(build.ran([build.returned(True, cpu_s=0.2)], reference_cpu_s=0.1))
    assert grade(request).complexity.ratio == pytest.approx(2.0)


def untold() -> grader_pb2.GradeRequest:
    """Measured where nobody can tell whether the attempt or the host was slow."""
    request = unmeasured()
    request.measurements.append(build.ran([build.ended(TIME_LIMIT, cpu_s=0.01, wall_s=5.0)], reference_cpu_s=0.1))
    request.measurements[0].calls[0].usage.blocked.CopyFrom(build.duration(4.9))
    request.measurements[0].reference_calls[0].usage.starved.CopyFrom(build.duration(0.5))
    return request


def test_what_cannot_be_told_is_measured_again_and_then_left_out() -> None:
    request = untold()
    asked = [GRADER.grade(request).measure_again]
    for _ in range(3):
        request.measurements.append(request.measurements[0])
        asked.append(GRADER.grade(request).measure_again)
    assert asked == [True, True, True, False]
    verdict = grade(request)
    assert not verdict.components.HasField("efficiency_score")
    assert not verdict.solved
    assert "could not be measured" in verdict.error_log


def test_to_be_hard_to_measure_earns_nothing() -> None:
    request = untold()
    left_out = grade(request).reward
    request.measurements[0].calls[0].usage.ClearField("blocked")
    assert left_out == grade(request).reward < grade(unmeasured(cpu_s=0.001)).reward
    for settings in (build.SETTINGS, build.SETTINGS.model_copy(update={"renormalise_unscored": True})):
        assert Grader(settings).grade(untold()).verdict.base <= 0.7


def measured(cpu_s: float, starved_s: float) -> grader_pb2.GradeRequest:
    """Against a reference that takes a tenth of a second. starved_s: without a core meanwhile."""
    request = unmeasured()
    request.measurements.append(measurement(cpu_s, starved_s))
    return request


def measurement(cpu_s: float, starved_s: float = 0.0) -> executor_pb2.Report:
    report = build.ran([build.returned(True, cpu_s=cpu_s)], reference_cpu_s=0.1)
    report.usage.starved.CopyFrom(build.duration(starved_s))
    return report


def test_a_busy_host_is_asked_again_whether_a_fix_is_as_slow_as_it_seems() -> None:
    assert GRADER.grade(measured(cpu_s=0.6, starved_s=1.0)).measure_again
    assert GRADER.grade(measured(cpu_s=0.41, starved_s=0.0)).measure_again, "it is hardly slower"
    for clear in (measured(0.6, 0.0), measured(0.1, 1.0), measured(3.0, 1.0)):
        assert not GRADER.grade(clear).measure_again


@pytest.mark.parametrize(
    ("cpu_s", "best"), [((0.6, 0.1), 1), ((0.1, 0.6), 0), ((0.6, 0.6), 0), ((0.6, 0.2, 3.0), 1), ((0.5,), 0)]
)
def test_of_several_measurements_the_best_counts_and_is_named(cpu_s: tuple[float, ...], best: int) -> None:
    request = unmeasured()
    request.measurements.extend(measurement(each) for each in cpu_s)
    graded = GRADER.grade(request)
    assert (graded.measurement, graded.HasField("measurement")) == (best, True)
    alone = unmeasured()
    alone.measurements.append(request.measurements[best])
    assert graded.verdict == grade(alone)


def test_what_can_be_told_counts_rather_than_what_cannot() -> None:
    request = untold()
    request.measurements.append(measurement(100.0))  # as slow as can be
    graded = GRADER.grade(request)
    assert (graded.measurement, graded.verdict.components.efficiency_score) == (1, 0.0)
    assert graded.verdict.components.HasField("efficiency_score")


def test_a_rule_broken_in_one_measurement_costs_the_verdict_by_that_one_alone() -> None:
    request = measured(0.1, 0.0)
    request.report.analysis.checks.add(passed=True)
    request.expectations.checks.add(name="no eval")
    request.measurements[0].broken_checks.append(0)
    request.measurements.append(measurement(0.3))
    graded = GRADER.grade(request)
    assert (graded.measurement, graded.verdict.tests_passed) == (1, 2)


def test_no_more_is_measured_than_fits_in_a_message(monkeypatch: pytest.MonkeyPatch) -> None:
    request = measured(cpu_s=0.6, starved_s=1.0)
    monkeypatch.setattr("grader_service.grader._ROOM_BYTES", request.ByteSize())
    assert not GRADER.grade(request).measure_again


def test_what_failed_or_was_quick_gets_its_verdict_without_a_measurement() -> None:
    assert grade(unmeasured(False)).components.test_pass_ratio == 0.0
    assert grade(unmeasured(False, probed=True)).components.efficiency_score == 0.0
    assert grade(unmeasured(cpu_s=0.001)).components.efficiency_score == 1.0


def test_a_measurement_of_nothing_is_refused() -> None:
    request = unmeasured()
    request.measurements.append(request.report)
    with pytest.raises(CallerError):
        GRADER.grade(request)


@pytest.mark.parametrize("probed", [False, True])
def test_an_attempt_that_took_all_the_memory_when_it_was_measured_passes_and_has_no_efficiency(probed: bool) -> None:
    request = unmeasured(probed=probed)
    measuring = executor_pb2.Workload(calls=[] if probed else [executor_pb2.Call(call_id="1")], reference_source=b"x")
    request.measurements.append(causes.memory_report(measuring))
    graded = GRADER.grade(request)
    components = graded.verdict.components
    assert (components.HasField("efficiency_score"), components.efficiency_score) == (True, 0.0)
    assert components.test_pass_ratio == 1.0
    assert not graded.measure_again
    assert not graded.verdict.solved
    assert not graded.verdict.complexity.HasField("ratio")
