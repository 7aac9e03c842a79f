"""Task -> Workload and Task -> Expectations: the trust boundary, in code.

A workload is what the sandbox sees: inputs only. Everything that says what is right goes into the expectations, which
only the grader sees. The two are joined by call ids, which say nothing about the test they belong to. No function here
puts a value of a test's `expect`, `raises`, `process`, `name` or `visible` into a workload. A test script is the one
exception: it goes whole, in a field of its own, which the runner hands to nobody but the referee.
"""

import functools
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from codearena import values
from codearena.tasks.calls import CompareMode, TestCase
from codearena.tasks.program import ProgramTest
from codearena.tasks.scripts import ScriptTest
from codearena.tasks.task import PROVIDES_CHECK, Script, Task
from codearena.v1 import common_pb2, executor_pb2, grader_pb2, store_pb2
from gateway.attempt import probe, programs

_COMPARE = {
    CompareMode.EXACT: grader_pb2.COMPARE_EXACT,
    CompareMode.APPROX: grader_pb2.COMPARE_APPROX,
    CompareMode.UNORDERED: grader_pb2.COMPARE_UNORDERED,
    CompareMode.SAME_TYPE: grader_pb2.COMPARE_SAME_TYPE,
    CompareMode.SET: grader_pb2.COMPARE_SET,
    CompareMode.NUMERIC: grader_pb2.COMPARE_NUMERIC,
    CompareMode.CUSTOM: grader_pb2.COMPARE_CUSTOM,
}
_NO_PRECEDENT = b"{}"
_SHOWN_CHARS = 500
_KEPT_STDIN_BYTES = 16 * 1024
"""Of one run, in what is stored."""


@dataclass(frozen=True)
class Drawn:
    """A test whose input was drawn for an attempt."""

    call: executor_pb2.Call
    expectation: grader_pb2.Expectation


@dataclass(frozen=True)
class Brief:
    """A task, ready to be sent: the workload lacks only the source and its limits.

    workload: the tests' calls. drawn: tests drawn for one attempt, in place of those that `undrawn` has; None: nothing
    was drawn.
    """

    workload: executor_pb2.Workload
    expectations: grader_pb2.Expectations
    reference: bytes
    drawn: tuple[Drawn, ...] = ()
    undrawn: "Brief | None" = None

    @functools.cached_property
    def measurement(self) -> executor_pb2.Workload:
        """For an attempt that passed every test, where there is no probe: it and the reference, on the tests' calls."""
        return executor_pb2.Workload(
            reference_source=self.reference,
            calls=self.workload.calls,
            checks=self.workload.checks,
            needs=self.workload.needs,
            prelude=self.workload.prelude,
            driver=self.workload.driver,
        )

    @functools.cached_property
    def basis(self) -> bytes:
        """A Basis message, of what all attempts share: it and the stored attempt give the verdict again.

        The task has what programs are given, which is left out where it is large: no verdict depends on it.
        """
        if self.undrawn is not None:
            return self.undrawn.basis
        basis = store_pb2.Basis(calls=self.workload.calls, expectations=self.expectations)
        for call in basis.calls:
            if len(call.script.stdin) > _KEPT_STDIN_BYTES:
                call.script.ClearField("stdin")
        return basis.SerializeToString(deterministic=True)

    @functools.cached_property
    def basis_revision(self) -> str:
        """SHA-256 of the basis, hex."""
        return self.undrawn.basis_revision if self.undrawn is not None else hashlib.sha256(self.basis).hexdigest()


class BriefMaker:
    """Makes the briefs of one task. Tests are encoded once."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._recording = _brief(task)
        self._brief = self._plain = _with_precedents(self._recording, {})
        self._knows_precedents = False

    @property
    def brief(self) -> Brief:
        """For an attempt. Not to be modified: attempts share it."""
        return self._brief

    @property
    def calls(self) -> Sequence[executor_pb2.Call]:
        """Those of the task's tests for the reference, as they are where nothing is drawn."""
        return self._recording.workload.calls

    def baseline(self) -> Brief:
        """For the buggy code, whose failure is the first error log: visible tests only."""
        calls, tests = self._plain.workload.calls, self._plain.expectations.tests
        chosen = {test.call_id for test in tests if test.visible}
        chosen = chosen or {calls[0].call_id}  # a workload needs a call; of a hidden one nothing is shown
        return self._part(chosen, visible_checks=True)

    def given(self) -> Brief:
        """For what the buggy code does at every test whose input is always the same, hidden ones too; see given.py."""
        drawn = {test.name for test in drawn_tests(self._task)}
        tests = self._plain.expectations.tests
        chosen = {test.call_id for test in tests if test.name not in drawn}
        return self._part(chosen or {self._plain.workload.calls[0].call_id}, visible_checks=False)

    def learn(self, given: Brief, ast_hash: str, passes: Sequence[bool | None]) -> None:
        """Puts what the buggy code did into every later brief but those for itself.

        passes: whether it passed each test of `given`, in order, then each check; None: not known.
        """
        expectations = grader_pb2.Expectations()
        expectations.CopyFrom(self._plain.expectations)
        expectations.given.CopyFrom(grader_pb2.GivenCode(ast_hash=ast_hash))
        known = dict(zip(_names(given.expectations), passes, strict=True))
        for test in expectations.tests:
            _note(test, known.get(test.name))
        for check in expectations.checks:
            _note(check, known.get(check.name))
        self._brief = replace(self._brief, expectations=expectations)

    def learn_precedents(self, report: executor_pb2.Report) -> None:
        """Puts what scripts asked of the reference into every later brief; without it nothing is asked of an attempt.

        report: on the reference, of the calls in `calls`.
        """
        if not self._knows_precedents:
            precedents = {call.call_id: call.precedent for call in report.calls if call.precedent}
            self._brief, self._plain = (_with_precedents(brief, precedents) for brief in (self._brief, self._plain))
            self._knows_precedents = bool(precedents)

    def _part(self, chosen: set[str], *, visible_checks: bool) -> Brief:
        """Those calls, and the checks, or the visible ones."""
        plain = self._plain.workload
        workload = executor_pb2.Workload(prelude=plain.prelude, driver=plain.driver, needs=plain.needs)
        expectations = grader_pb2.Expectations()
        expectations.hints.extend(self._task.hints)
        expectations.checker = self._task.checker.encode()
        workload.calls.extend(call for call in self._plain.workload.calls if call.call_id in chosen)
        expectations.tests.extend(test for test in self._plain.expectations.tests if test.call_id in chosen)
        for check, outcome in zip(self._plain.workload.checks, self._plain.expectations.checks, strict=True):
            if outcome.visible or not visible_checks:
                workload.checks.append(check)
                expectations.checks.append(outcome)
        return Brief(workload, expectations, self._plain.reference)


def _with_precedents(brief: Brief, precedents: Mapping[str, bytes]) -> Brief:
    """The brief for attempts. precedents: by call_id."""
    workload = executor_pb2.Workload()
    workload.CopyFrom(brief.workload)
    for call in workload.calls:
        if call.HasField("test_script"):
            call.test_script.precedent = precedents.get(call.call_id, _NO_PRECEDENT)
    return replace(brief, workload=workload)


def _names(expectations: grader_pb2.Expectations) -> list[str]:
    return [test.name for test in expectations.tests] + [check.name for check in expectations.checks]


def _note(expected: grader_pb2.Expectation | grader_pb2.CheckExpectation, given_passes: bool | None) -> None:
    if given_passes is not None:
        expected.given_passes = given_passes


def script_workload(source: bytes, stdin: bytes, limits: common_pb2.Limits) -> executor_pb2.Workload:
    """Runs the source as a program."""
    workload = executor_pb2.Workload(source=source, limits=limits)
    workload.calls.add(call_id="1", script=executor_pb2.Script(stdin=stdin))
    return workload


def reference_workload(
    task: Task, limits: common_pb2.Limits, calls: Sequence[executor_pb2.Call]
) -> executor_pb2.Workload:
    """Makes the calls of the task's own solution."""
    return executor_pb2.Workload(
        source=task.solution.encode(),
        needs=task.needs,
        prelude=task.prelude.encode(),
        driver=task.driver.encode(),
        calls=calls,
        limits=limits,
    )


def _brief(task: Task) -> Brief:
    workload = executor_pb2.Workload(prelude=task.prelude.encode(), driver=task.driver.encode(), needs=task.needs)
    expectations = grader_pb2.Expectations(
        optimal_complexity=task.optimal_complexity,
        hints=task.hints,
        probed=task.probe is not None,
        checker=task.checker.encode(),
        entry_point=task.entry_point,
    )
    # Visible ones first: what an attempt keeps of a hidden input can then never be printed in a visible call.
    for visible in (True, False):
        for test in task.tests:
            if test.visible is visible:
                call_id = str(len(workload.calls) + 1)
                workload.calls.append(call_of(task, test, call_id))
                expectations.tests.append(expectation_of(task, test, call_id))
        if task.script is not None and any(test.visible is visible for test in task.script.tests):
            call_id = str(len(workload.calls) + 1)
            workload.calls.append(_script_call(task.script, task.entry_point, visible, call_id))
            expectations.tests.extend(_script_expectations(task.script, visible, call_id))
        if task.program is not None:
            for run in (each for each in task.program.tests if each.visible is visible):
                call_id = str(len(workload.calls) + 1)
                workload.calls.append(programs.call_of(run, call_id))
                expectations.tests.append(programs.expectation_of(task.program, run, call_id))
    for check in task.all_checks:
        workload.checks.add(rule=check.rule, argument=check.argument)
        expectations.checks.add(
            name=check.name, visible=check.visible, provided=bool(task.provides) and check.name == PROVIDES_CHECK
        )
    return Brief(workload, expectations, task.solution.encode())


def drawn_tests(task: Task) -> Sequence[TestCase | ProgramTest]:
    """Those whose inputs are made anew for each attempt."""
    tests = [*task.tests, *(task.program.tests if task.program else ())]
    return [test for test in tests if test.make]


def call_of(task: Task, test: TestCase, call_id: str) -> executor_pb2.Call:
    """The call of a test: inputs only."""
    # A call that is to start a process must start none; to intercept it says no more than the task's text does.
    call = executor_pb2.Call(call_id=call_id, environment=test.env, intercept_processes=test.process is not None)
    if test.calls:
        call.sequence.calls.extend(_function(step.call, step.args, step.kwargs) for step in test.calls)
    else:
        call.function.CopyFrom(_function(task.entry_point, test.args, test.kwargs))
        if test.result_argument is not None:
            call.function.result_argument = test.result_argument
    return call


def _function(entry_point: str, args: list[object], kwargs: dict[str, object]) -> executor_pb2.FunctionCall:
    return executor_pb2.FunctionCall(entry_point=entry_point, args=_encoded(args), kwargs=_encoded(kwargs))


def expectation_of(task: Task, test: TestCase, call_id: str) -> grader_pb2.Expectation:
    """What a test expects of its call, for the grader alone."""
    expectation = grader_pb2.Expectation(
        call_id=call_id,
        name=test.name,
        visible=test.visible,
        compare=_COMPARE[test.compare],
        input=shown_call(task, test) if test.visible else "",
    )
    if test.raises is not None:
        expectation.raises.type = test.raises.type
        expectation.raises.message_contains = test.raises.message_contains
        expectation.raises.message_pattern = test.raises.message_pattern
    elif test.process is not None:
        expectation.process.program = test.process.program
        expectation.process.argument = test.process.argument
        expectation.process.may_refuse = test.process.may_refuse
        if test.expects_value:
            expectation.process.value.CopyFrom(_encoded(test.expect))
    else:
        expectation.value.CopyFrom(_encoded(test.expect))
    if test.tolerance is not None:
        tolerance = test.tolerance
        expectation.tolerance.relative, expectation.tolerance.absolute = tolerance.relative, tolerance.absolute
        expectation.tolerance.nan_equal = tolerance.nan_equal
    if test.compare is CompareMode.CUSTOM:
        expectation.args.CopyFrom(_encoded(test.args))
        expectation.kwargs.CopyFrom(_encoded(test.kwargs))
    return expectation


def _script_call(script: Script, entry_point: str, visible: bool, call_id: str) -> executor_pb2.Call:
    """Runs the visible or the hidden tests of a script. Only the referee gets to see it: see executor.proto."""
    wanted = executor_pb2.TestScript(source=script.source.encode(), entry_point=entry_point, body=script.body)
    wanted.withheld.extend(script.withholds)
    for test_id, test in _numbered(script):
        if test.visible is visible:
            wanted.tests.add(test_id=test_id, name=None if test.line else test.name, line=test.line)
        elif test.line:
            # Hidden statements stay out of the visible run; the visible ones come again, for what they leave behind.
            (wanted.left_out if visible else wanted.unreported).append(test.line)
    return executor_pb2.Call(call_id=call_id, test_script=wanted)


def _script_expectations(script: Script, visible: bool, call_id: str) -> list[grader_pb2.Expectation]:
    return [
        grader_pb2.Expectation(
            call_id=call_id,
            name=test.name,
            visible=visible,
            input=_shown(test.text) if visible else "",
            script_test=grader_pb2.ExpectedScriptTest(test_id=test_id, refusal=test.refusal),
        )
        for test_id, test in _numbered(script)
        if test.visible is visible
    ]


def _numbered(script: Script) -> list[tuple[str, ScriptTest]]:
    return [(str(number), test) for number, test in enumerate(script.tests, start=1)]


def _encoded(value: object) -> common_pb2.EncodedValue:
    return common_pb2.EncodedValue(json=values.encode(value, probe.INPUT_LIMITS))


def shown_call(task: Task, test: TestCase) -> str:
    """The call as people would write it, cut to a readable length."""
    environment = "".join(f"{name}={value!r} " for name, value in test.env.items())
    steps = [(step.call, step.args, step.kwargs) for step in test.calls] or [(task.entry_point, test.args, test.kwargs)]
    looked_at = "" if test.result_argument is None else f"; the argument {test.result_argument} after it"
    return _shown(environment + "; ".join(_written(*step) for step in steps) + looked_at)


def _shown(text: str) -> str:
    return text if len(text) <= _SHOWN_CHARS else text[:_SHOWN_CHARS] + "..."


def _written(name: str, args: list[object], kwargs: dict[str, object]) -> str:
    shown = [repr(value) for value in args] + [f"{key}={value!r}" for key, value in kwargs.items()]
    return f"{name}({', '.join(shown)})"
