"""One named test of a script: a unittest method, a pytest-style method, or a function."""

import collections
import inspect
import itertools
import types
from collections.abc import Callable
from typing import Any

from executor_service.runner.referee.fixtures import USED, Fixtures, Values, used_by_mark, wanted
from executor_service.runner.referee.pytest_stand_in import MARKS, PARAMETERS, Param


class NotPassedError(AssertionError):
    """The test did not fail by an exception, and has not passed either."""


def run(name: str, namespace: dict[str, Any], fixtures: Fixtures) -> None:
    """Runs the test `name`: "function" or "Class.method", with "[2]" behind it for the third of its cases alone.

    Raises:
        BaseException: whatever made it fail; NotPassedError if it was skipped or is not there.
    """
    name, _, case = name.removesuffix("]").partition("[")
    only = int(case) if case else None
    owner, _, method = name.rpartition(".")
    found = namespace.get(owner or method)
    if found is None:
        raise NotPassedError(f"the script has no {owner or method}")
    # Once. For classes of unittest the module's `setUpModule` is unittest's own business.
    module = types.SimpleNamespace(**namespace)
    fixtures.once((None, "setup_module"), lambda: _fixture(module, "setup_module", None))
    if not owner:
        fixtures.enter_class(None, lambda: None, lambda: None)
        _run_function(found, module, fixtures, only)
    elif hasattr(found, "assertEqual") and hasattr(found, "run"):
        _run_unittest(found, method, module, fixtures)
    else:
        _run_method(found, method, fixtures, only)


def _run_unittest(kind: Any, method: str, module: Any, fixtures: Fixtures) -> None:
    """A case by itself; what is set up for its class and module is set up once."""
    import unittest  # large, and already there if the script needs it

    class Result(unittest.TestResult):
        problems: list[BaseException] = []

        def addFailure(self, test: Any, err: Any) -> None:  # noqa: N802
            self.problems.append(err[1])

        addError = addFailure  # noqa: N815

        def addSubTest(self, test: Any, subtest: Any, err: Any) -> None:  # noqa: N802
            if err is not None:
                self.problems.append(err[1])

        def addSkip(self, test: Any, reason: str) -> None:  # noqa: N802
            self.problems.append(NotPassedError(f"was skipped: {reason}"))

        def addExpectedFailure(self, test: Any, err: Any) -> None:  # noqa: N802
            self.problems.append(NotPassedError("is expected to fail"))

    result = Result()
    result.problems = []
    fixtures.once((None, "setUpModule"), lambda: _fixture(module, "setUpModule"))
    fixtures.enter_class(kind, lambda: kind.setUpClass(), lambda: _tear_down(kind))
    kind(method).run(result)
    if result.problems:
        raise result.problems[0]
    if result.testsRun != 1 or result.unexpectedSuccesses:
        raise NotPassedError("did not run")


def _run_function(function: Any, module: Any, fixtures: Fixtures, only: int | None) -> None:
    def once(values: Values, arguments: dict[str, Any]) -> None:
        _fixture(module, "setup_function", function)
        try:
            _finished(function(**arguments))
        finally:
            _fixture(module, "teardown_function", function)

    _with_parameters(function, lambda: None, fixtures, once, only)


def _tear_down(kind: Any) -> None:
    kind.tearDownClass()
    kind.doClassCleanups()


def _run_method(kind: Any, method: str, fixtures: Fixtures, only: int | None) -> None:
    def once(values: Values, arguments: dict[str, Any]) -> None:
        instance = values.instance
        bound = getattr(instance, method)
        _fixture(instance, "setup_method", bound)
        try:
            _finished(bound(**arguments))
        finally:
            _fixture(instance, "teardown_method", bound)

    marked = getattr(kind, method)
    fixtures.enter_class(kind, lambda: _fixture(kind, "setup_class"), lambda: _fixture(kind, "teardown_class"))
    _with_parameters(marked, kind, fixtures, once, only, kind)


def _fixture(owner: Any, name: str, *args: Any) -> None:
    function = getattr(owner, name, None)
    if function is not None:
        wanted = len(inspect.signature(function).parameters)
        function(*args[:wanted])


def _with_parameters(
    marked: Any,
    make_instance: Callable[[], Any],
    fixtures: Fixtures,
    once: Callable[[Values, dict[str, Any]], None],
    only: int | None,
    kind: Any = None,
) -> None:
    """Once for each combination of parameters, those of fixtures too; at least once.

    only: the combination that is run alone; None: all are. kind: the test's class.
    """
    for reason in (*getattr(marked, MARKS, ()), *getattr(kind, MARKS, ())):
        raise NotPassedError(reason)
    entries = [*getattr(marked, PARAMETERS, []), *getattr(kind, PARAMETERS, [])]
    cases = [[dict(_pairs(names, case)) for case in cases] for names, cases in entries]
    combinations = [dict(collections.ChainMap(*reversed(each))) for each in itertools.product(*cases)]
    if not combinations:
        raise NotPassedError("has no cases to run with")
    if only is not None:
        combinations = combinations[only : only + 1]
    if not combinations:
        raise NotPassedError("has no such case")
    for given in combinations:
        names = set(given)
        for parameters in fixtures.choices(marked, make_instance(), names):
            _run_once(Values(fixtures, marked, make_instance(), parameters), given, kind, once)


def _run_once(values: Values, given: dict[str, Any], kind: Any, once: Callable[[Values, dict[str, Any]], None]) -> None:
    bound = values.instance is not None
    try:
        automatic = values.fixtures.automatic(values.instance)
        for name in (*automatic, *getattr(kind, USED, ()), *used_by_mark(values.function)):
            values.value(name)
        names = wanted(values.function, of_object=bound)
        once(values, {**{name: values.value(name) for name in names if name not in given}, **given})
    finally:
        values.finish()


def _pairs(names: list[str], case: Any) -> list[tuple[str, Any]]:
    return list(zip(names, [case] if len(names) == 1 and not isinstance(case, Param) else case, strict=True))


def _finished(returned: Any) -> None:
    """A coroutine or generator has done nothing yet."""
    if inspect.iscoroutine(returned):
        import asyncio  # large, and only such tests need it

        asyncio.run(returned)
    elif returned is not None:
        raise NotPassedError("returned something instead of asserting")
