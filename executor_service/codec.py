"""Workload -> the runner's JSON, and the runner's report JSON -> Report. Translation only; nothing is decided here."""

import base64
import json
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

import orjson
from google.protobuf.duration_pb2 import Duration
from pydantic import BaseModel, ValidationError

from codearena.server import budgets
from codearena.v1 import common_pb2, executor_pb2
from executor_service import wire
from executor_service.isolation.base import Hello

_Model = TypeVar("_Model", bound=BaseModel)

_CALL_STATUS = {
    "returned": common_pb2.CALL_STATUS_RETURNED,
    "raised": common_pb2.CALL_STATUS_RAISED,
    "time_limit": common_pb2.CALL_STATUS_TIME_LIMIT,
    "memory_limit": common_pb2.CALL_STATUS_MEMORY_LIMIT,
    "output_limit": common_pb2.CALL_STATUS_OUTPUT_LIMIT,
    "process_limit": common_pb2.CALL_STATUS_PROCESS_LIMIT,
    "crashed": common_pb2.CALL_STATUS_CRASHED,
    "unencodable": common_pb2.CALL_STATUS_UNENCODABLE,
    "not_run": common_pb2.CALL_STATUS_NOT_RUN,
    "undefined": common_pb2.CALL_STATUS_UNDEFINED,
}
_SCRIPT_TEST_STATUS = {
    "passed": common_pb2.SCRIPT_TEST_STATUS_PASSED,
    "failed": common_pb2.SCRIPT_TEST_STATUS_FAILED,
    "not_run": common_pb2.SCRIPT_TEST_STATUS_NOT_RUN,
}
_ATTEMPT_STATUS = {
    "compile_error": executor_pb2.ATTEMPT_STATUS_COMPILE_ERROR,
    "load_error": executor_pb2.ATTEMPT_STATUS_LOAD_ERROR,
    "ran": executor_pb2.ATTEMPT_STATUS_RAN,
}


class MalformedReportError(ValueError):
    """What the runner sent has not the agreed shape. The message never quotes it."""


# ------------------------------------------------------------------------------------------------------------ workloads


def encode_workload(workload: executor_pb2.Workload, *, analysed: bool = False) -> bytes:
    """The workload as the runner reads it. analysed: the source is known to compile, and need not be analysed again."""
    limits = workload.limits
    return orjson.dumps(
        {
            "source": _base64(workload.source),
            "analysed": analysed,
            "reference_source": _base64(workload.reference_source),
            "limits": {
                "call_cpu_s": seconds(limits.call_cpu),
                "call_wall_s": seconds(limits.call_wall),
                "attempt_wall_s": seconds(limits.attempt_wall),
                "attempt_cpu_s": seconds(limits.attempt_cpu),
                "calls_at_limit": limits.calls_at_limit,
                "analysis_cpu_s": budgets.analysis_s(len(workload.source)),
                "analysis_wall_s": budgets.analysis_s(len(workload.source)),
                "starved_times": budgets.STARVED_TIMES,
                "memory_bytes": limits.memory_bytes,
                "processes": limits.processes,
                "output_bytes": limits.output_bytes,
                "value_bytes": limits.value_bytes,
            },
            "calls": [_call(call) for call in workload.calls],
            "probe": [_probe_point(point) for point in workload.probe],
            "probe_cpu_s": seconds(workload.probe_cpu),
            "probe_stop_ratio": workload.probe_stop_ratio,
            "checks": [{"rule": check.rule, "argument": check.argument} for check in workload.checks],
        }
    )


def seconds(duration: Duration) -> float:
    """A Duration in seconds."""
    return duration.seconds + duration.nanos / 1e9


def duration(seconds_: float) -> Duration:
    """Seconds as a Duration."""
    nanos = round(seconds_ * 1e9)
    return Duration(seconds=nanos // 1_000_000_000, nanos=nanos % 1_000_000_000)


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _call(call: executor_pb2.Call) -> dict[str, Any]:
    kind = call.WhichOneof("kind")
    functions: Sequence[executor_pb2.FunctionCall] = ()
    if kind == "function":
        functions = (call.function,)
    elif kind == "sequence":
        functions = call.sequence.calls
    return {
        "call_id": call.call_id,
        "kind": kind,
        "calls": [_function(function) for function in functions],
        "stdin": _base64(call.script.stdin),
        "environment": dict(call.environment),
        "intercept_processes": call.intercept_processes,
        "test_script": _test_script(call.test_script) if kind == "test_script" else None,
    }


def _test_script(script: executor_pb2.TestScript) -> dict[str, Any]:
    return {
        "source": _base64(script.source),
        "entry_point": script.entry_point,
        "body": script.body,
        "tests": [{"test_id": test.test_id, "name": test.name, "line": test.line} for test in script.tests],
        "left_out": list(script.left_out),
        "unreported": list(script.unreported),
        "precedent": script.precedent.decode("ascii") if script.HasField("precedent") else None,
    }


def _probe_point(point: executor_pb2.ProbePoint) -> dict[str, Any]:
    vary = point.vary if point.HasField("vary") else None
    lend = point.lend if point.HasField("lend") else None
    return {"size": point.size, "call": _call(point.call), "vary": vary, "lend": lend, "added": point.added}


def _function(function: executor_pb2.FunctionCall) -> dict[str, str]:
    return {
        "entry_point": function.entry_point,
        "args": function.args.json.decode("ascii"),
        "kwargs": function.kwargs.json.decode("ascii"),
    }


# ---------------------------------------------------------------------------------------------------------- reports


def decode_hello(data: bytes) -> Hello:
    """The runner's ready frame. Raises MalformedReportError."""
    hello = _parse(wire.HelloWire, data)
    return Hello(hello.revision, hello.degradations)


def decode_report(
    data: bytes, workload: executor_pb2.Workload, known: executor_pb2.Analysis | None = None
) -> executor_pb2.Report:
    """The report of `workload`, with one outcome for each of its calls; isolation and timings are left to the caller.

    known: the analysis of a source that the runner was not to analyse.

    Raises:
        MalformedReportError: it has not the agreed shape, or is not the report of this workload.
    """
    report = _parse(wire.ReportWire, data)
    ids = [call.call_id for call in workload.calls]
    _match("calls", report.calls, ids, may_be_empty=report.status == "compile_error")
    _match("reference_calls", report.reference_calls, ids, may_be_empty=True)
    for call, outcome in zip(workload.calls, report.calls, strict=False):
        expected = [test.test_id for test in call.test_script.tests] if outcome.status == "returned" else []
        if [test.test_id for test in outcome.tests] != expected:
            raise MalformedReportError("tests that are not the script's")
    if [point.size for point in report.probe] != [point.size for point in workload.probe][: len(report.probe)]:
        raise MalformedReportError("probe sizes that are not the workload's")
    if (report.analysis is None) is not (known is not None):
        raise MalformedReportError("an analysis that nobody asked for, or none that was")
    analysis = _analysis(report.analysis) if report.analysis else known or executor_pb2.Analysis()
    if len(analysis.checks) != len(workload.checks) and (analysis.checks or analysis.compiles):
        raise MalformedReportError("checks that are not the workload's")
    if any(position >= len(workload.checks) for position in report.broken_checks):
        raise MalformedReportError("broken checks that are not the workload's")
    if analysis.compiles is (report.status == "compile_error"):
        raise MalformedReportError("an analysis that contradicts the status")
    return executor_pb2.Report(
        status=_ATTEMPT_STATUS[report.status],
        analysis=analysis,
        load=_outcome(report.load) if report.load else None,
        calls=_outcomes(report.calls) or [_not_run(call_id) for call_id in ids],
        reference_calls=_outcomes(report.reference_calls),
        probe=[
            executor_pb2.ProbeMeasurement(
                size=point.size,
                reference=_outcome(point.reference),
                attempt=_outcome(point.attempt),
                added=asked.added,
            )
            for point, asked in zip(report.probe, workload.probe, strict=False)
        ],
        usage=_usage(report.usage),
        broken_checks=report.broken_checks,
        reference_probe_process=_probe_process(report.probe_processes.reference) if report.probe_processes else None,
        attempt_probe_process=_probe_process(report.probe_processes.attempt) if report.probe_processes else None,
    )


def _parse(model: type[_Model], data: bytes) -> _Model:
    try:
        return model.model_validate_json(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        if first["type"] != "json_invalid":
            raise MalformedReportError(f"{first['type']} at {'.'.join(map(str, first['loc']))}") from None
    return _parse_with_surrogates(model, data)


def _parse_with_surrogates(model: type[_Model], data: bytes) -> _Model:
    """Text may hold lone surrogates, which the runner's JSON can carry and UTF-8 cannot: they become "?"."""
    try:
        text = json.dumps(json.loads(data), ensure_ascii=False)
        return model.model_validate_json(text.encode("utf-8", "replace"))
    except (ValueError, RecursionError):  # a ValidationError is a ValueError
        raise MalformedReportError("not JSON of the agreed shape") from None


def _match(what: str, outcomes: Iterable[wire.OutcomeWire], ids: list[str], *, may_be_empty: bool) -> None:
    seen = [outcome.call_id for outcome in outcomes]
    if seen != ids and not (may_be_empty and not seen):
        raise MalformedReportError(f"{what} that are not the workload's")


def _not_run(call_id: str) -> common_pb2.CallOutcome:
    return common_pb2.CallOutcome(call_id=call_id, status=common_pb2.CALL_STATUS_NOT_RUN)


def _outcomes(outcomes: Iterable[wire.OutcomeWire]) -> list[common_pb2.CallOutcome]:
    return [_outcome(outcome) for outcome in outcomes]


def _outcome(outcome: wire.OutcomeWire) -> common_pb2.CallOutcome:
    has_value, has_raised = outcome.value is not None, outcome.raised is not None
    if (has_value and outcome.status != "returned") or has_raised is not (outcome.status == "raised"):
        raise MalformedReportError("an outcome whose parts contradict each other")
    return common_pb2.CallOutcome(
        call_id=outcome.call_id,
        status=_CALL_STATUS[outcome.status],
        value=None if outcome.value is None else common_pb2.EncodedValue(json=outcome.value.encode()),
        raised=_raised(outcome.raised) if outcome.raised else None,
        signal=outcome.signal,
        exit_status=outcome.exit_status,
        detail=outcome.detail,
        stdout=_output(outcome.stdout),
        stderr=_output(outcome.stderr),
        usage=_usage(outcome.usage),
        overhead_cpu=duration(outcome.overhead_cpu_s) if outcome.overhead_cpu_s else None,
        repeated_calls=outcome.repeated_calls,
        repeated_cpu=duration(outcome.repeated_cpu_s) if outcome.repeated_calls else None,
        processes=[
            common_pb2.SpawnedProcess(argv=process.argv, shell=process.shell, via=process.via)
            for process in outcome.processes
        ],
        script_tests=[
            common_pb2.ScriptTestOutcome(
                test_id=test.test_id,
                status=_SCRIPT_TEST_STATUS[test.status],
                detail=test.detail,
                stdout=_output(test.stdout),
                stderr=_output(test.stderr),
            )
            for test in outcome.tests
        ],
        precedent=outcome.precedent.encode("ascii", "replace"),
    )


def _raised(raised: wire.RaisedWire) -> common_pb2.RaisedException:
    return common_pb2.RaisedException(
        type=raised.type,
        builtin_bases=raised.builtin_bases,
        message=raised.message,
        traceback=raised.traceback,
    )


def _output(output: wire.OutputWire) -> common_pb2.Output:
    return common_pb2.Output(
        head=output.head, tail=output.tail, truncated=output.truncated, total_bytes=output.total_bytes
    )


def _usage(usage: wire.UsageWire) -> common_pb2.Usage:
    return common_pb2.Usage(
        cpu=duration(usage.cpu_s),
        wall=duration(usage.wall_s),
        starved=duration(usage.starved_s) if usage.starved_s else None,
        blocked=duration(usage.blocked_s) if usage.blocked_s else None,
        peak_memory_bytes=usage.peak_memory_bytes,
    )


def _probe_process(process: wire.ProbeProcessWire) -> executor_pb2.ProbeProcess:
    return executor_pb2.ProbeProcess(
        load_cpu=duration(process.load_cpu_s),
        other_cpu=duration(process.other_cpu_s),
        idle_cpu=duration(process.idle_cpu_s) if process.idle_cpu_s else None,
    )


def _analysis(analysis: wire.AnalysisWire) -> executor_pb2.Analysis:
    problem = analysis.problem
    return executor_pb2.Analysis(
        compiles=analysis.compiles,
        problem=executor_pb2.SyntaxProblem(
            type=problem.type, message=problem.message, line=problem.line, column=problem.column, text=problem.text
        )
        if problem
        else None,
        ast_hash=analysis.ast_hash,
        estimated_complexity=analysis.estimated_complexity,
        dominant_lines=analysis.dominant_lines,
        problem_type=analysis.problem_type,
        checks=[
            executor_pb2.CheckOutcome(passed=check.passed, line=check.line, detail=check.detail)
            for check in analysis.checks
        ],
    )
