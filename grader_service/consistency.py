"""Do report, expectations and judgement belong together? If not, it is the caller's mistake, and nothing is graded.

What the attempt itself could have influenced (values, messages, output) is never a reason to refuse: that is data.
"""

import itertools
from collections.abc import Iterable

from codearena import values
from codearena.errors import CallerError
from codearena.tasks.task import COMPLEXITIES
from codearena.v1 import common_pb2, executor_pb2, grader_pb2, judge_pb2
from grader_service.compare import MODES
from grader_service.compare_output import OUTPUT_MODES
from grader_service.reading import Reader

_CALL_STATUSES = frozenset(common_pb2.CallStatus.values()) - {common_pb2.CALL_STATUS_UNSPECIFIED}
_TEST_STATUSES = frozenset(common_pb2.ScriptTestStatus.values()) - {common_pb2.SCRIPT_TEST_STATUS_UNSPECIFIED}
_ATTEMPT_STATUSES = frozenset(executor_pb2.AttemptStatus.values()) - {executor_pb2.ATTEMPT_STATUS_UNSPECIFIED}


def require_consistent(request: grader_pb2.GradeRequest, reader: Reader) -> None:
    """Checks everything that grading takes for granted.

    reader: of the attempt, which reads the expected values.

    Raises:
        CallerError: the request is incomplete or its parts do not belong together; the message names the first problem.
    """
    _require(request.step >= 1, "step counts from 1")
    require_report(request.report, request.expectations, reader)
    for measurement in request.measurements:
        _require_measurement(measurement, request.expectations)
    compiles = request.report.analysis.compiles
    _require(not request.HasField("judgement") or compiles, "a judgement of an attempt that does not compile")
    _require(request.HasField("judgement") or not compiles, "no judgement of an attempt that compiles")
    _require_judgement(request.judgement)


def require_report(report: executor_pb2.Report, expectations: grader_pb2.Expectations, reader: Reader) -> None:
    """The part of it that report and expectations alone are about. Raises CallerError."""
    _require_expectations(expectations, reader)
    _require_report(report, expectations)


def _require(condition: bool, detail: str) -> None:
    if not condition:
        raise CallerError(detail)


def _require_expectations(expectations: grader_pb2.Expectations, reader: Reader) -> None:
    _require(len(expectations.tests) + len(expectations.checks) > 0, "no tests and no checks: nothing to grade by")
    _require_test_ids(expectations.tests)
    for number, test in enumerate(expectations.tests):
        try:
            _require_expectation(test, reader)
        except CallerError as error:
            raise CallerError(f"test {number} {error.detail}") from error
    optimal = expectations.optimal_complexity
    _require(not optimal or optimal in COMPLEXITIES, "optimal_complexity is not a growth class")
    custom = any(test.compare == grader_pb2.COMPARE_CUSTOM for test in expectations.tests)
    _require(not custom or expectations.checker != b"", "a test compares by a checker, and there is none")


def _require_test_ids(tests: Iterable[grader_pb2.Expectation]) -> None:
    """Each test looks at a call of its own, or at a test of its own of a script."""
    places = [(test.call_id, test.script_test.test_id) for test in tests]
    _require(len(set(places)) == len(places), "two calls of the expectations share an id")
    _require(all(call_id for call_id, _ in places), "a call of the expectations has no id")
    alone = {call_id for call_id, test_id in places if not test_id}
    _require(not any(call_id in alone for call_id, test_id in places if test_id), "a script shares its call's id")


def _require_expectation(test: grader_pb2.Expectation, reader: Reader) -> None:
    """Raises CallerError, whose detail is what the test does wrong."""
    outcome = test.WhichOneof("outcome")
    if outcome == "raises":
        _require(test.raises.type != "", "expects an exception of no type")
    elif outcome == "script_test":
        _require(test.script_test.test_id != "", "expects a test of a script without an id")
    elif outcome == "output":
        _require_output(test)
    elif outcome == "process":
        _require(test.process.program != "", "expects a process of no program")
        if test.process.HasField("value"):
            _require_value(test.process.value, test.compare, reader)
    else:
        _require(outcome == "value", "expects nothing")
        _require_value(test.value, test.compare, reader)


def _require_output(test: grader_pb2.Expectation) -> None:
    _require(test.compare in OUTPUT_MODES, "does not say how to compare")
    answers = len(test.output.answers)
    if test.compare == grader_pb2.COMPARE_CUSTOM:
        _require(answers <= 1, "tells its checker of several answers")
    else:
        _require(answers > 0, "expects no output")


def _require_value(value: common_pb2.EncodedValue, compare: grader_pb2.Compare.ValueType, reader: Reader) -> None:
    _require(compare in MODES, "does not say how to compare")
    try:
        reader.expected(value)
    except values.MalformedValueError as error:
        raise CallerError(f"expects a value that is malformed: {error}") from error


def _require_report(report: executor_pb2.Report, expectations: grader_pb2.Expectations) -> None:
    status = report.status
    _require(status in _ATTEMPT_STATUSES, "the report has no status")
    does_not_compile = status == executor_pb2.ATTEMPT_STATUS_COMPILE_ERROR
    _require(report.analysis.compiles != does_not_compile, "the report's status contradicts its analysis")
    _require(
        report.HasField("load") or status != executor_pb2.ATTEMPT_STATUS_LOAD_ERROR, "a load error without outcome"
    )
    if not does_not_compile:
        same_count = len(report.analysis.checks) == len(expectations.checks)
        _require(same_count, "the report's checks are not those of the expectations")
    _require_broken_checks(report, expectations)
    _require_calls(report, expectations, report.status == executor_pb2.ATTEMPT_STATUS_RAN)
    _require_probe(report)


def _require_measurement(measurement: executor_pb2.Report, expectations: grader_pb2.Expectations) -> None:
    """Of a measuring workload, which of a task with a probe has no calls of tests."""
    _require(measurement.status != executor_pb2.ATTEMPT_STATUS_UNSPECIFIED, "the measurement has no status")
    measured_by_calls = measurement.status == executor_pb2.ATTEMPT_STATUS_RAN and not expectations.probed
    _require_calls(measurement, expectations, measured_by_calls)
    _require_broken_checks(measurement, expectations)
    _require_probe(measurement)


def _require_broken_checks(report: executor_pb2.Report, expectations: grader_pb2.Expectations) -> None:
    known = all(0 <= position < len(expectations.checks) for position in report.broken_checks)
    _require(known, "the report's broken checks are not those of the expectations")


def _require_probe(report: executor_pb2.Report) -> None:
    """Sizes ascend, and start over with each round."""
    sizes = [point.size for point in report.probe]
    steps = all(after > before or after == sizes[0] for before, after in itertools.pairwise(sizes))
    _require(steps and all(size > 0 for size in sizes), "probe sizes do not ascend from 1")


def _require_calls(report: executor_pb2.Report, expectations: grader_pb2.Expectations, must: bool) -> None:
    """Calls may be none at all, unless they must be there; then they are those of all the tests."""
    expected = {test.call_id for test in expectations.tests}
    if report.calls or must:
        called = _call_ids((call.call_id for call in report.calls), "report")
        _require(called == expected, "the report's calls are not those of the expectations")
        _require_script_tests(report.calls, expectations)
    if report.reference_calls:
        called = _call_ids((call.call_id for call in report.reference_calls), "report's reference")
        _require(called == expected, "the reference's calls are not those of the expectations")
    outcomes = [*report.calls, *report.reference_calls]
    outcomes += [outcome for point in report.probe for outcome in (point.reference, point.attempt)]
    _require({outcome.status for outcome in outcomes} <= _CALL_STATUSES, "a call without a status")


def _require_script_tests(calls: Iterable[common_pb2.CallOutcome], expectations: grader_pb2.Expectations) -> None:
    """Every test of a script that was run is there exactly once, and no other."""
    expected: dict[str, list[str]] = {}
    for test in expectations.tests:
        if test.HasField("script_test"):
            expected.setdefault(test.call_id, []).append(test.script_test.test_id)
    for call in calls:
        if not call.script_tests and call.call_id not in expected:
            continue
        wanted = expected.get(call.call_id, []) if call.status == common_pb2.CALL_STATUS_RETURNED else []
        seen = [test.test_id for test in call.script_tests]
        _require(sorted(seen) == sorted(wanted), "the report's script tests are not those of the expectations")
        _require({test.status for test in call.script_tests} <= _TEST_STATUSES, "a script test without a status")


def _call_ids(ids: Iterable[str], where: str) -> set[str]:
    listed = list(ids)
    _require(len(set(listed)) == len(listed), f"two calls of the {where} share an id")
    _require("" not in listed, f"a call of the {where} has no id")
    return set(listed)


def _require_judgement(judgement: judge_pb2.Judgement) -> None:
    for name in ("correctness", "security", "quality"):
        dimension: judge_pb2.Dimension = getattr(judgement, name)
        # Written so that nan is refused too.
        _require(not dimension.HasField("score") or 0.0 <= dimension.score <= 1.0, f"{name} is not in [0, 1]")
