"""Fresh hidden inputs: which cases of a pool an attempt's hidden tests are made of.

A test with `make` has no inputs of its own: they come from a pool, made by the task's `cases.py` from a secret. What is
expected of them is what the reference returned, once for each task, in a sandbox of its own. For an attempt one case is
drawn for each such test by the secret, a key and the step: the key is the episode, or the group of episodes that are to
be compared. Over the steps of one key the cases go through the pool in an order of their own, so that none comes twice
before all have come: inputs that were carried out in one step are of no use in the next.
"""

import asyncio
import hashlib
import hmac
import math
import random
import weakref
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from codearena.errors import ServiceError
from codearena.tasks.calls import TestCase
from codearena.tasks.faults import of_validation
from codearena.tasks.program import ProgramTest
from codearena.tasks.task import Task
from codearena.v1 import common_pb2, executor_pb2, grader_pb2
from gateway.attempt import programs
from gateway.attempt.authored import Authored
from gateway.attempt.briefs import Brief, Drawn, call_of, drawn_tests, expectation_of, reference_workload
from gateway.attempt.limits import ceilings
from gateway.catalogue.sent_task import fault_of

_CALLS_PER_WORKLOAD = 64

Run = Callable[[executor_pb2.Workload], Awaitable[executor_pb2.Report]]


class Draws:
    """The pool of one task. secret: nobody who submits may know it; size: cases for each test that draws them."""

    def __init__(self, task: Task, secret: bytes, size: int) -> None:
        self._task = task
        self._secret = secret
        self._size = size
        self._tests = drawn_tests(task)
        self._pool: asyncio.Task[dict[str, list[Drawn]]] | None = None
        self._in_use: weakref.WeakValueDictionary[tuple[str, int], Brief] = weakref.WeakValueDictionary()

    @property
    def some(self) -> bool:
        """Whether the task has hidden inputs that are drawn."""
        return bool(self._tests)

    async def drawn(self, brief: Brief, key: str, step: int, run: Run, authored: Authored | None = None) -> Brief:
        """The brief with the inputs that are drawn for this key and step: of a group at once, all have the same.

        run: takes a workload whose source is set.

        Raises:
            ServiceError: the reference did not answer for every case of the pool.
        """
        if not self._tests:
            return brief
        if self._pool is None or (self._pool.done() and (self._pool.cancelled() or self._pool.exception() is not None)):
            self._pool = asyncio.create_task(self._prepare(run, authored))
        pool = await asyncio.shield(self._pool)
        drawn = self._in_use.get((key, step))
        if drawn is None or drawn.undrawn is not brief:
            cases = {test.name: pool[test.name][self._index(test.name, key, step)] for test in self._tests}
            drawn = self._in_use[key, step] = _with_cases(brief, cases)
        return drawn

    def _index(self, name: str, key: str, step: int) -> int:
        """Goes round the pool in strides that have no divisor in common with its size, and so meets every case."""
        digest = self._digest("order", name, key)
        first, stride = int.from_bytes(digest[:16]), int.from_bytes(digest[16:])
        while math.gcd(stride, self._size) != 1:
            stride += 1
        return (first + (step - 1) * stride) % self._size

    def _digest(self, *parts: str) -> bytes:
        text = "\0".join([self._task.revision, *parts]).encode()
        return hmac.digest(self._secret, text, hashlib.sha256)

    async def _prepare(self, run: Run, authored: Authored | None) -> dict[str, list[Drawn]]:
        return {test.name: await self._prepared(test, run, authored) for test in self._tests}

    async def _prepared(self, test: TestCase | ProgramTest, run: Run, authored: Authored | None) -> list[Drawn]:
        rng = random.Random(self._digest("pool", test.name))
        if authored is None:
            inputs = [self._inputs(test, rng) for _ in range(self._size)]
        else:
            inputs = await authored.cases(test.make, rng, self._size)
        made = [self._case(test, each) for each in inputs]
        calls = [self._call(case, str(number)) for number, case in enumerate(made, start=1)]
        outcomes: list[common_pb2.CallOutcome] = []
        for at in range(0, len(calls), _CALLS_PER_WORKLOAD):
            outcomes += await self._answered(calls[at : at + _CALLS_PER_WORKLOAD], run)
        cases = zip(made, calls, outcomes, strict=True)
        return [Drawn(call, self._expected(case, outcome)) for case, call, outcome in cases]

    def _inputs(self, test: TestCase | ProgramTest, rng: random.Random) -> Any:
        """What the test's maker makes. Raises ServiceError: it raised."""
        try:
            return self._task.makers[test.make](rng)
        except Exception as error:
            raise ServiceError(f"{test.make} of {self._task.id} failed: {type(error).__name__}: {error}") from error

    def _case(self, test: TestCase | ProgramTest, made: Any) -> TestCase | ProgramTest:
        """The test with those inputs, and nothing said about what is expected."""
        try:
            return programs.made_test(test, made) if isinstance(test, ProgramTest) else made_case(test, made)
        except ValidationError as error:  # whose own text has the inputs, which are hidden
            problem = "; ".join(map(str, of_validation("", error)))
            raise fault_of(self._task, f"{test.make} of {self._task.id} made no inputs: {problem}") from error
        except Exception as error:
            detail = f"{test.make} of {self._task.id} made no inputs: {type(error).__name__}: {error}"
            raise fault_of(self._task, detail) from error

    def _call(self, case: TestCase | ProgramTest, call_id: str) -> executor_pb2.Call:
        return programs.call_of(case, call_id) if isinstance(case, ProgramTest) else call_of(self._task, case, call_id)

    async def _answered(self, calls: Sequence[executor_pb2.Call], run: Run) -> Sequence[common_pb2.CallOutcome]:
        limits = ceilings(programs.limits_of(self._task), len(calls))
        workload = reference_workload(self._task, limits, calls)
        report = await run(workload)
        if report.status != executor_pb2.ATTEMPT_STATUS_RAN or len(report.calls) != len(calls):
            raise fault_of(self._task, f"the reference of {self._task.id} did not run")
        return report.calls

    def _expected(self, case: TestCase | ProgramTest, outcome: common_pb2.CallOutcome) -> grader_pb2.Expectation:
        if isinstance(case, ProgramTest):
            assert self._task.program is not None  # it is one of its tests
            expectation = programs.expectation_of(self._task.program, case, outcome.call_id)
            programs.answered(self._task, expectation, outcome)
            return expectation
        expectation = expectation_of(self._task, case, outcome.call_id)
        if outcome.status == common_pb2.CALL_STATUS_RETURNED:
            expectation.value.CopyFrom(outcome.value)
        elif outcome.status == common_pb2.CALL_STATUS_RAISED:
            expectation.raises.type = outcome.raised.type
        else:
            status = common_pb2.CallStatus.Name(outcome.status)
            raise fault_of(self._task, f"the reference of {self._task.id} ended a case of {case.name!r} with {status}")
        return expectation


def made_case(test: TestCase, made: Any) -> TestCase:
    """The test with inputs from its maker: a tuple, or {"args": tuple, "kwargs": dict}. Raises for anything else."""
    args, kwargs = (made["args"], made.get("kwargs", {})) if isinstance(made, dict) else (made, {})
    fields = {"name": test.name, "args": list(args), "kwargs": dict(kwargs), "env": test.env, "expect": None}
    return TestCase(**fields, compare=test.compare, tolerance=test.tolerance, make=test.make, result=test.result)


def _with_cases(brief: Brief, cases: dict[str, Drawn]) -> Brief:
    workload, expectations = executor_pb2.Workload(), grader_pb2.Expectations()
    workload.CopyFrom(brief.workload)
    expectations.CopyFrom(brief.expectations)
    drawn: dict[str, Drawn] = {}
    for test in expectations.tests:
        case = cases.get(test.name)
        if case is not None:
            call, call_id = executor_pb2.Call(), test.call_id
            test.CopyFrom(case.expectation)
            call.CopyFrom(case.call)
            test.call_id = call.call_id = call_id
            drawn[call_id] = Drawn(call, test)
    for call in workload.calls:
        if call.call_id in drawn:
            call.CopyFrom(drawn[call.call_id].call)
    return replace(brief, workload=workload, expectations=expectations, drawn=tuple(drawn.values()), undrawn=brief)
