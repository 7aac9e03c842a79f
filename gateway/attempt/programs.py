"""Tests of a program: what its sandbox is given, and what the grader expects; see briefs.py for what keeps them apart.

A program is given a test's stdin and arguments. Its answers, the checker and how an output is compared are for the
grader alone. How much of an output is kept follows from the largest answer, in steps that say little about it, and
what is beyond that the program cannot tell: it is cut after the program has ended.
"""

import shlex
from typing import Any

from codearena.tasks.program import OutputMode, Program, ProgramTest, as_bytes
from codearena.tasks.task import Task, TaskLimits
from codearena.v1 import common_pb2, executor_pb2, grader_pb2
from gateway.catalogue.sent_task import fault_of

_COMPARE = {
    OutputMode.EXACT: grader_pb2.COMPARE_EXACT,
    OutputMode.TOKENS: grader_pb2.COMPARE_TOKENS,
    OutputMode.NUMBERS: grader_pb2.COMPARE_APPROX,
    OutputMode.CUSTOM: grader_pb2.COMPARE_CUSTOM,
}
_LEAST_OUTPUT_BYTES = 64 * 1024
_MOST_OUTPUT_BYTES = 8 * 1024 * 1024
"""Of one program: what executors keep by default, at most."""


def limits_of(task: Task) -> TaskLimits:
    """The task's limits; a program's output has room for twice the largest answer, at least 64 KiB."""
    if task.program is None:
        return task.limits
    largest = max((len(as_bytes(answer)) for test in task.program.tests for answer in test.right), default=0)
    room = _LEAST_OUTPUT_BYTES
    while room < 2 * largest:
        room *= 4
    output_bytes = max(task.limits.output_bytes, min(room, _MOST_OUTPUT_BYTES))
    return task.limits.model_copy(update={"output_bytes": output_bytes})


def call_of(test: ProgramTest, call_id: str) -> executor_pb2.Call:
    """The call of a test: inputs only."""
    script = executor_pb2.Script(stdin=as_bytes(test.stdin), arguments=test.arguments)
    if (limits := test.limits) is not None:
        script.limits.SetInParent()
        if limits.call_cpu_s is not None:
            script.limits.call_cpu.FromMilliseconds(round(1000 * limits.call_cpu_s))
        if limits.call_wall_s is not None:
            script.limits.call_wall.FromMilliseconds(round(1000 * limits.call_wall_s))
        if limits.memory_bytes is not None:
            script.limits.memory_bytes = limits.memory_bytes
    return executor_pb2.Call(call_id=call_id, script=script)


def expectation_of(program: Program, test: ProgramTest, call_id: str) -> grader_pb2.Expectation:
    """What a test expects of its call, for the grader alone."""
    expectation = grader_pb2.Expectation(
        call_id=call_id,
        name=test.name,
        visible=test.visible,
        compare=_COMPARE[program.compare],
        input=shown_input(test) if test.visible else "",
    )
    expectation.output.answers.extend(map(as_bytes, test.right))
    expectation.output.ignore_case = program.ignore_case
    if program.compare is OutputMode.CUSTOM:
        expectation.output.stdin = as_bytes(test.stdin)
    if program.tolerance is not None:
        tolerance = program.tolerance
        expectation.tolerance.relative, expectation.tolerance.absolute = tolerance.relative, tolerance.absolute
        expectation.tolerance.nan_equal = tolerance.nan_equal
    return expectation


def shown_input(test: ProgramTest) -> str:
    """What the program is given, for people."""
    arguments = f"arguments: {shlex.join(test.arguments)}\n" if test.arguments else ""
    return arguments + as_bytes(test.stdin).decode("utf-8", "backslashreplace")


def made_test(test: ProgramTest, made: Any) -> ProgramTest:
    """The test with inputs from its maker: a text, or {"stdin": text, "arguments": list}. Raises for anything else."""
    inputs = made if isinstance(made, dict) else {"stdin": made}
    fields = {"name": test.name, "stdin": inputs.get("stdin", ""), "arguments": list(inputs.get("arguments", []))}
    return ProgramTest(**fields, make=test.make, limits=test.limits)


def answered(task: Task, expectation: grader_pb2.Expectation, outcome: common_pb2.CallOutcome) -> None:
    """Makes what the reference printed the answer.

    Raises:
        ServiceError: it did not end by itself with the status 0, or not all of what it printed is there.
    """
    if outcome.status != common_pb2.CALL_STATUS_RETURNED or outcome.exit_status or outcome.stdout.truncated:
        how = common_pb2.CallStatus.Name(outcome.status)
        detail = f"{how}, status {outcome.exit_status}, {outcome.stdout.total_bytes} bytes"
        raise fault_of(task, f"the reference of {task.id} ended a case of {expectation.name!r} with {detail}")
    del expectation.output.answers[:]
    expectation.output.answers.append(outcome.stdout.head)
