"""Requests to the grader, built from plain values: what a test does not name is right."""

from collections.abc import Mapping, Sequence

from google.protobuf.duration_pb2 import Duration

from codearena import values
from codearena.v1 import common_pb2, executor_pb2, grader_pb2, judge_pb2
from grader_service.reading import Reader
from grader_service.settings import Settings

SETTINGS = Settings()
LIMITS = values.ValueLimits()


def reader(nodes: int = SETTINGS.report_nodes, size_bytes: int = SETTINGS.report_bytes) -> Reader:
    """What reads the values of one attempt."""
    return Reader(LIMITS, nodes, size_bytes)


def duration(seconds: float) -> Duration:
    message = Duration()
    message.FromNanoseconds(round(seconds * 1e9))
    return message


def encoded(value: object) -> common_pb2.EncodedValue:
    return common_pb2.EncodedValue(json=values.encode(value))


def usage(cpu_s: float, wall_s: float | None = None) -> common_pb2.Usage:
    return common_pb2.Usage(cpu=duration(cpu_s), wall=duration(cpu_s if wall_s is None else wall_s))


def returned(value: object, call_id: str = "1", cpu_s: float = 0.001, stdout: bytes = b"") -> common_pb2.CallOutcome:
    return common_pb2.CallOutcome(
        call_id=call_id,
        status=common_pb2.CALL_STATUS_RETURNED,
        value=encoded(value),
        usage=usage(cpu_s),
        stdout=common_pb2.Output(head=stdout, total_bytes=len(stdout)),
    )


def raised(error: Exception, call_id: str = "1", traceback: str = "") -> common_pb2.CallOutcome:
    bases = [base.__name__ for base in type(error).__mro__ if base.__module__ == "builtins" and base is not object]
    return common_pb2.CallOutcome(
        call_id=call_id,
        status=common_pb2.CALL_STATUS_RAISED,
        raised=common_pb2.RaisedException(
            type=type(error).__name__, builtin_bases=bases, message=str(error), traceback=traceback
        ),
        usage=usage(0.001),
    )


def ended(
    status: common_pb2.CallStatus.ValueType, call_id: str = "1", cpu_s: float = 0.0, wall_s: float | None = None
) -> common_pb2.CallOutcome:
    return common_pb2.CallOutcome(call_id=call_id, status=status, usage=usage(cpu_s, wall_s))


def started(
    *argvs: Sequence[str], value: object = None, shell: bool = False, call_id: str = "1"
) -> common_pb2.CallOutcome:
    outcome = returned(value, call_id)
    outcome.processes.extend(common_pb2.SpawnedProcess(argv=argv, shell=shell, via="subprocess.run") for argv in argvs)
    return outcome


def expects(
    value: object,
    call_id: str = "1",
    *,
    name: str = "",
    visible: bool = True,
    compare: grader_pb2.Compare.ValueType = grader_pb2.COMPARE_EXACT,
    shown_input: str = "",
) -> grader_pb2.Expectation:
    return grader_pb2.Expectation(
        call_id=call_id,
        name=name or f"test_{call_id}",
        visible=visible,
        value=encoded(value),
        compare=compare,
        input=shown_input,
    )


def expects_raise(class_name: str, message_contains: str = "", call_id: str = "1") -> grader_pb2.Expectation:
    expected = grader_pb2.ExpectedException(type=class_name, message_contains=message_contains)
    return grader_pb2.Expectation(call_id=call_id, name=f"test_{call_id}", visible=True, raises=expected)


def expects_process(expected: grader_pb2.ExpectedProcess, call_id: str = "1") -> grader_pb2.Expectation:
    return grader_pb2.Expectation(
        call_id=call_id,
        name=f"test_{call_id}",
        visible=True,
        process=expected,
        compare=grader_pb2.COMPARE_EXACT,
    )


def judgement(
    correctness: float | None = 1.0, security: float | None = 1.0, quality: float | None = 1.0
) -> judge_pb2.Judgement:
    return judge_pb2.Judgement(
        kind=judge_pb2.JUDGE_KIND_STATIC,
        correctness=judge_pb2.Dimension(score=correctness),
        security=judge_pb2.Dimension(score=security),
        quality=judge_pb2.Dimension(score=quality),
    )


def probe_point(
    size: int, reference: common_pb2.CallOutcome, attempt: common_pb2.CallOutcome
) -> executor_pb2.ProbeMeasurement:
    return executor_pb2.ProbeMeasurement(size=size, reference=reference, attempt=attempt)


def probe(times: Mapping[int, tuple[float, float]]) -> list[executor_pb2.ProbeMeasurement]:
    """size -> CPU seconds of reference and attempt; both return the same."""
    return [
        probe_point(size, returned(size, cpu_s=ours), returned(size, cpu_s=theirs))
        for size, (ours, theirs) in times.items()
    ]


def ran(
    calls: Sequence[common_pb2.CallOutcome],
    *,
    reference_cpu_s: float = 0.001,
    probe: Sequence[executor_pb2.ProbeMeasurement] = (),
    checks: Sequence[executor_pb2.CheckOutcome] = (),
) -> executor_pb2.Report:
    """The report of an attempt that ran; the reference returned from every call."""
    return executor_pb2.Report(
        status=executor_pb2.ATTEMPT_STATUS_RAN,
        analysis=executor_pb2.Analysis(compiles=True, checks=checks),
        calls=calls,
        reference_calls=[returned(None, call.call_id, reference_cpu_s) for call in calls],
        probe=probe,
    )


def does_not_compile(problem: executor_pb2.SyntaxProblem | None = None) -> executor_pb2.Report:
    problem = problem or executor_pb2.SyntaxProblem(type="SyntaxError", message="invalid syntax", line=1)
    return executor_pb2.Report(
        status=executor_pb2.ATTEMPT_STATUS_COMPILE_ERROR,
        analysis=executor_pb2.Analysis(compiles=False, problem=problem),
    )


def does_not_load(load: common_pb2.CallOutcome, check_count: int = 0) -> executor_pb2.Report:
    load.call_id = ""
    checks = [executor_pb2.CheckOutcome(passed=True) for _ in range(check_count)]
    return executor_pb2.Report(
        status=executor_pb2.ATTEMPT_STATUS_LOAD_ERROR,
        analysis=executor_pb2.Analysis(compiles=True, checks=checks),
        load=load,
    )


def request(
    report: executor_pb2.Report,
    tests: Sequence[grader_pb2.Expectation],
    *,
    checks: Sequence[grader_pb2.CheckExpectation] = (),
    hints: Sequence[str] = (),
    optimal: str = "",
    judged: judge_pb2.Judgement | None = None,
    step: int = 1,
    identical: bool = False,
) -> grader_pb2.GradeRequest:
    judged = judged or judgement()
    return grader_pb2.GradeRequest(
        attempt_id="attempt",
        report=report,
        expectations=grader_pb2.Expectations(tests=tests, checks=checks, hints=hints, optimal_complexity=optimal),
        judgement=judged if report.analysis.compiles else None,
        step=step,
        identical=identical,
    )


def passing_request(count: int = 2, **changes: object) -> grader_pb2.GradeRequest:
    """An attempt that passes `count` visible tests as fast as the reference."""
    calls = [returned(number, str(number)) for number in range(count)]
    tests = [expects(number, str(number)) for number in range(count)]
    return request(ran(calls), tests)


PASSED = common_pb2.SCRIPT_TEST_STATUS_PASSED
FAILED = common_pb2.SCRIPT_TEST_STATUS_FAILED
NOT_RUN = common_pb2.SCRIPT_TEST_STATUS_NOT_RUN


def script(
    *statuses: common_pb2.ScriptTestStatus.ValueType, call_id: str = "1", detail: str = "", stdout: bytes = b""
) -> common_pb2.CallOutcome:
    """The outcome of a script call; its tests have the ids "1", "2", ..."""
    tests = [
        common_pb2.ScriptTestOutcome(
            test_id=str(number),
            status=status,
            detail="" if status == PASSED else detail,
            stdout=common_pb2.Output(head=stdout, total_bytes=len(stdout)),
        )
        for number, status in enumerate(statuses, start=1)
    ]
    return common_pb2.CallOutcome(
        call_id=call_id, status=common_pb2.CALL_STATUS_RETURNED, usage=usage(0.001), script_tests=tests
    )


def expects_script_tests(count: int, call_id: str = "1", *, visible: bool = True) -> list[grader_pb2.Expectation]:
    return [
        grader_pb2.Expectation(
            call_id=call_id,
            name=f"script_{call_id}_{number}",
            visible=visible,
            input="assert f(2) == 4" if visible else "",
            script_test=grader_pb2.ExpectedScriptTest(test_id=str(number)),
        )
        for number in range(1, count + 1)
    ]
