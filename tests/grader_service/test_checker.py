"""A task author's comparison runs in a limited child: it says yes or no, or the attempt is not graded."""

import pytest

from codearena.errors import CallerError, ServiceError
from codearena.v1 import common_pb2, grader_pb2
from grader_service.checker import Checker
from grader_service.grader import Grader
from grader_service.settings import Settings
from tests.grader_service import build

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


def checked(source: bytes, *outcomes: common_pb2.CallOutcome) -> list[bool]:
    tests = [custom(outcome.call_id) for outcome in outcomes]
    answers = Checker(QUICK).check(outcomes, grader_pb2.Expectations(tests=tests, checker=source))
    return [answers.get(outcome.call_id, False) for outcome in outcomes]


def test_the_check_sees_input_and_returned_value_as_plain_data() -> None:
    assert checked(SORTED, build.returned((1, 2, 3), "1"), build.returned((1, 2), "2")) == [True, False]


def test_what_is_malformed_or_did_not_return_is_not_accepted() -> None:
    forged = build.returned(None, "1")
    forged.value.json = b"\xff[1"
    source = b"def check(*given): return True"
    outcomes = [forged, build.raised(ValueError(), "2"), build.returned(1, "3")]
    assert checked(source, *outcomes) == [False, False, True]


def test_a_check_that_raises_has_not_accepted() -> None:
    assert checked(b"def check(args, kwargs, expected, got): return got[0] == 1", build.returned(7)) == [False]


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
def test_a_child_that_ends_without_an_answer_is_our_failure(body: str) -> None:
    with pytest.raises(ServiceError):
        checked(f"def check(args, kwargs, expected, got): {body}".encode(), build.returned(1))


@pytest.mark.parametrize("body", ["while got: pass", "return bytearray(got << 34)", "return 'x' * (got << 40)"])
def test_a_value_that_takes_all_the_checkers_time_or_memory_is_not_accepted_nor_what_comes_after(body: str) -> None:
    source = f"def check(args, kwargs, expected, got):\n    if got == 2: return True\n    {body}\n".encode()
    assert checked(source, build.returned(2, "1"), build.returned(1, "2"), build.returned(2, "3")) == [
        True,
        False,
        False,
    ]


def test_the_child_knows_nothing_of_our_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODEARENA_SECRET", "1")
    source = b"import os\ndef check(*given): return not any('SECRET' in name for name in os.environ)"
    assert checked(source, build.returned(1)) == [True]


def test_an_attempt_is_graded_by_the_check() -> None:
    for value, passes in (((3, 2, 1), True), ([3, 2, 1], False)):
        request = build.request(build.ran([build.returned(value)]), [custom()])
        request.expectations.checker = SORTED
        graded = Grader(QUICK).grade(request)
        assert graded.verdict.tests_passed == passes


def test_an_attempt_whose_check_does_not_answer_is_not_graded() -> None:
    request = build.request(build.ran([build.returned(1)]), [custom()])
    request.expectations.checker = b"def check(*given): import os; os._exit(0)"
    with pytest.raises(ServiceError):
        Grader(QUICK).grade(request)


def test_a_test_by_a_checker_that_is_not_there_is_the_callers_mistake() -> None:
    with pytest.raises(CallerError):
        Grader(QUICK).grade(build.request(build.ran([build.returned(1)]), [custom()]))
