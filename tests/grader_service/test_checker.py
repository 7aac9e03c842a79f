"""A task author's comparison runs in a confined worker: it says yes or no, or the attempt is not graded."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import pytest_asyncio

from codearena.errors import CallerError, ServiceError
from codearena.v1 import common_pb2, grader_pb2
from grader_service.checker import Checker
from grader_service.grader import Grader
from grader_service.settings import Settings
from tests.grader_service import build

pytestmark = pytest.mark.asyncio(loop_scope="module")

QUICK = Settings(checker_cpu_s=1, checker_wall_s=20.0)
SORTED = b"""
def check(args, kwargs, expected, got):
    print("noise", expected)
    return isinstance(got, tuple) and sorted(got) == sorted(args[0]) and kwargs == {"by": None}
"""


def custom(call_id: str = "1") -> grader_pb2.Expectation:
    test = build.expects(None, call_id, compare=grader_pb2.COMPARE_CUSTOM)
    test.args.CopyFrom(build.encoded([[3, 1, 2]]))
    test.kwargs.CopyFrom(build.encoded({"by": None}))
    return test


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def checker() -> AsyncIterator[Checker]:
    async with _closed(Checker(QUICK)) as made:
        yield made


@asynccontextmanager
async def _closed(checker: Checker) -> AsyncIterator[Checker]:
    yield checker
    await checker.close()


async def checked(checker: Checker, source: bytes, *outcomes: common_pb2.CallOutcome) -> list[bool]:
    tests = [custom(outcome.call_id) for outcome in outcomes]
    answers = await checker.check(outcomes, grader_pb2.Expectations(tests=tests, checker=source))
    return [answers.get(outcome.call_id, False) for outcome in outcomes]


async def graded(checker: Checker, request: grader_pb2.GradeRequest) -> grader_pb2.Verdict:
    said = await checker.check(request.report.calls, request.expectations)
    return Grader(QUICK).grade(request, [said]).verdict


async def test_the_check_sees_input_and_returned_value_as_plain_data(checker: Checker) -> None:
    assert await checked(checker, SORTED, build.returned((1, 2, 3), "1"), build.returned((1, 2), "2")) == [True, False]


async def test_what_is_malformed_or_did_not_return_is_not_accepted(checker: Checker) -> None:
    forged = build.returned(None, "1")
    forged.value.json = b"\xff[1"
    source = b"def check(*given): return True"
    outcomes = [forged, build.raised(ValueError(), "2"), build.returned(1, "3")]
    assert await checked(checker, source, *outcomes) == [False, False, True]


async def test_a_check_that_raises_has_not_accepted(checker: Checker) -> None:
    source = b"def check(args, kwargs, expected, got): return got[0] == 1"
    assert await checked(checker, source, build.returned(7)) == [False]


@pytest.mark.parametrize(
    "body",
    [
        "while True: pass",
        "return bytearray(1 << 34)",
        "import os; os._exit(0)",
        "import os; os.kill(os.getpid(), 9)",
        "raise SystemExit(0)",
        "raise SystemExit(3)",
    ],
)
async def test_a_worker_that_ends_without_an_answer_is_our_failure(checker: Checker, body: str) -> None:
    with pytest.raises(ServiceError):
        await checked(checker, f"def check(args, kwargs, expected, got): {body}".encode(), build.returned(1))


@pytest.mark.parametrize("body", ["while got: pass", "return bytearray(got << 34)", "return 'x' * (got << 40)"])
async def test_a_value_that_takes_all_the_checkers_time_or_memory_is_not_accepted_nor_what_comes_after(
    checker: Checker, body: str
) -> None:
    source = f"def check(args, kwargs, expected, got):\n    if got == 2: return True\n    {body}\n".encode()
    outcomes = [build.returned(2, "1"), build.returned(1, "2"), build.returned(2, "3")]
    assert await checked(checker, source, *outcomes) == [True, False, False]


async def test_one_attempt_finds_nothing_of_another_in_the_checker(checker: Checker) -> None:
    source = b"seen = []\ndef check(args, kwargs, expected, got):\n    seen.append(got)\n    return len(seen) == 1\n"
    for value in range(3):
        assert await checked(checker, source, build.returned(value)) == [True]


async def test_an_attempt_that_is_graded_again_is_not_checked_again() -> None:
    async with _closed(Checker(QUICK)) as checker:
        assert await checked(checker, SORTED, build.returned((1, 2, 3))) == [True]
        await checker.close()  # whatever needs a worker now fails
        assert await checked(checker, SORTED, build.returned((1, 2, 3))) == [True]
        with pytest.raises(ServiceError):
            await checked(checker, SORTED, build.returned((3, 2, 1)))


async def test_the_worker_knows_nothing_of_our_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODEARENA_SECRET", "1")
    source = b"import os\ndef check(*given): return not any('SECRET' in name for name in os.environ)"
    async with _closed(Checker(QUICK)) as checker:
        assert await checked(checker, source, build.returned(1)) == [True]


async def test_an_attempt_is_graded_by_the_check(checker: Checker) -> None:
    for value, passes in (((3, 2, 1), True), ([3, 2, 1], False)):
        request = build.request(build.ran([build.returned(value)]), [custom()])
        request.expectations.checker = SORTED
        assert (await graded(checker, request)).tests_passed == passes


async def test_an_attempt_whose_check_does_not_answer_is_not_graded(checker: Checker) -> None:
    request = build.request(build.ran([build.returned(1)]), [custom()])
    request.expectations.checker = b"def check(*given): import os; os._exit(0)"
    with pytest.raises(ServiceError):
        await graded(checker, request)


async def test_a_test_by_a_checker_that_is_not_there_is_the_callers_mistake(checker: Checker) -> None:
    with pytest.raises(CallerError):
        await graded(checker, build.request(build.ran([build.returned(1)]), [custom()]))
