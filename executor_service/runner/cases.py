"""One named test of a script: a unittest method, a pytest-style method, or a function."""

import inspect
import itertools
from collections.abc import Callable
from typing import Any

from executor_service.runner.pytest_stand_in import PARAMETERS


class NotPassedError(AssertionError):
    """The test did not fail by an exception, and has not passed either."""


def run(name: str, namespace: dict[str, Any]) -> None:
    """Runs the test `name`: "function" or "Class.method".

    Raises:
        BaseException: whatever made it fail; NotPassedError if it was skipped or is not there.
    """
    owner, _, method = name.rpartition(".")
    found = namespace.get(owner or method)
    if found is None:
        raise NotPassedError(f"the script has no {owner or method}")
    if not owner:
        _with_parameters(found, found)
    elif _is_unittest(found):
        _run_unittest(found, method)
    else:
        _run_method(found, method)


def _is_unittest(kind: Any) -> bool:
    return hasattr(kind, "assertEqual") and hasattr(kind, "run")


def _run_unittest(kind: Any, method: str) -> None:
    """Alone in a suite, so that the fixtures of class and module hold for it too."""
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
    unittest.TestSuite([kind(method)]).run(result)
    if result.problems:
        raise result.problems[0]
    if result.testsRun != 1 or result.unexpectedSuccesses:
        raise NotPassedError("did not run")


def _run_method(kind: Any, method: str) -> None:
    instance = kind()
    _fixture(kind, "setup_class")
    try:
        _fixture(instance, "setup_method", method)
        try:
            _with_parameters(getattr(instance, method), getattr(kind, method))
        finally:
            _fixture(instance, "teardown_method", method)
    finally:
        _fixture(kind, "teardown_class")


def _fixture(owner: Any, name: str, *args: Any) -> None:
    function = getattr(owner, name, None)
    if function is not None:
        wanted = len(inspect.signature(function).parameters)
        function(*args[:wanted])


def _with_parameters(function: Callable[..., Any], marked: Any) -> None:
    """Once for each combination of parameters; at least once."""
    entries = getattr(marked, PARAMETERS, [])
    choices = [[dict(_pairs(names, case)) for case in cases] for names, cases in entries]
    combinations = list(itertools.product(*choices))
    if not combinations:
        raise NotPassedError("has no cases to run with")
    for combination in combinations:
        merged = {name: value for choice in combination for name, value in choice.items()}
        _finished(function(**merged))


def _pairs(names: list[str], case: Any) -> list[tuple[str, Any]]:
    return list(zip(names, [case] if len(names) == 1 else case, strict=True))


def _finished(returned: Any) -> None:
    """A coroutine or generator has done nothing yet."""
    if inspect.iscoroutine(returned):
        import asyncio  # large, and only such tests need it

        asyncio.run(returned)
    elif returned is not None:
        raise NotPassedError("returned something instead of asserting")
