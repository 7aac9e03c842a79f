"""What an attempt returned is read within a budget: counted in calls of functions, since seconds say nothing here."""

import contextlib
import json
import sys
from collections.abc import Iterator
from types import FrameType

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codearena import values
from codearena.v1 import common_pb2, executor_pb2, grader_pb2
from grader_service.compare import COMPARATORS
from grader_service.grader import Grader
from grader_service.reading import Reader
from tests.grader_service import build
from tests.grader_service.hostile import SHAPES, VALUE_BYTES

MODES = sorted(COMPARATORS)
CALLS = 24
MOST_STEPS = 2_500_000
"""Calls of functions for one report: a fraction of a second. Without a budget the chains of lists take 40 million."""


class Steps:
    """How many functions were called, in Python and in C."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, frame: FrameType, event: str, argument: object) -> None:
        self.count += event in ("call", "c_call")


@contextlib.contextmanager
def counted() -> Iterator[Steps]:
    steps = Steps()
    sys.setprofile(steps)
    try:
        yield steps
    finally:
        sys.setprofile(None)


def returned_text(text: bytes, call_id: str) -> common_pb2.CallOutcome:
    outcome = build.returned(None, call_id)
    outcome.value.json = text
    return outcome


def report_of(
    text: bytes, mode: grader_pb2.Compare.ValueType, expected: object = (), calls: int = CALLS
) -> grader_pb2.GradeRequest:
    """Every call returns the value, each in a spelling of its own, so that none is known from another."""
    outcomes = [returned_text(text + b" " * number, str(number)) for number in range(calls)]
    tests = [build.expects(expected, str(number), compare=mode) for number in range(calls)]
    return build.request(build.ran(outcomes), tests)


# Every shape in one mode, and one shape in every mode: to count steps takes a while.
_SHAPES_AND_MODES = [(shape, MODES[number % len(MODES)]) for number, shape in enumerate(SHAPES)]
_SHAPES_AND_MODES += [("chains of sets", mode) for mode in MODES]


@pytest.mark.parametrize(("shape", "mode"), _SHAPES_AND_MODES)
def test_a_report_of_any_shape_takes_a_bounded_number_of_steps_and_is_wrong(
    shape: str, mode: grader_pb2.Compare.ValueType
) -> None:
    request = report_of(SHAPES[shape][:VALUE_BYTES], mode, 7.25)
    with counted() as steps:
        graded = Grader(build.SETTINGS).grade(request)
    assert graded.verdict.tests_passed in (0, CALLS * (mode == grader_pb2.COMPARE_SAME_TYPE))
    assert steps.count < MOST_STEPS


_scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.binary(max_size=20)
_scalars |= (
    st.decimals(allow_nan=False)
    | st.fractions()
    | st.datetimes()
    | st.integers(min_value=2**64).map(lambda power: -power)
)
_hashables = st.recursive(_scalars, lambda inner: st.tuples(inner) | st.frozensets(inner, max_size=4), max_leaves=8)
_nasty = st.recursive(
    _hashables,
    lambda inner: (
        st.lists(inner, max_size=6)
        | st.tuples(inner, inner)
        | st.dictionaries(_hashables, inner, max_size=4)
        | st.sets(_hashables, max_size=4)
    ),
    max_leaves=20,
)


@hypothesis.settings(max_examples=12)
@given(value=_nasty, mode=st.sampled_from(MODES))
def test_a_report_of_whatever_value_many_times_takes_a_bounded_number_of_steps(
    value: object, mode: grader_pb2.Compare.ValueType
) -> None:
    item = values.encode(value)
    text = b"[" + b",".join([item] * max(1, VALUE_BYTES // (len(item) + 1) - 1)) + b"]"
    with counted() as steps:
        Grader(build.SETTINGS).grade(report_of(text, mode))
    assert steps.count < MOST_STEPS


@pytest.mark.parametrize(
    ("expected", "got", "mode"),
    [
        ([1] * 20_000, [1.0] * 20_000, grader_pb2.COMPARE_NUMERIC),
        ([0.5] * 20_000, [0.5 + 1e-12] * 20_000, grader_pb2.COMPARE_APPROX),
        (list(range(20_000)), list(range(19_999, -1, -1)), grader_pb2.COMPARE_UNORDERED),
        (
            {number: [number] for number in range(5_000)},
            {n: [n] for n in range(4_999, -1, -1)},
            grader_pb2.COMPARE_EXACT,
        ),
    ],
)
def test_a_right_value_is_read_however_large_it_is_and_whatever_came_before(
    expected: object, got: object, mode: grader_pb2.Compare.ValueType
) -> None:
    hostile = returned_text(SHAPES["chains of lists"], "0")
    outcomes = [hostile, *(build.returned(got, str(number)) for number in range(1, 6))]
    tests = [build.expects(expected, str(number), compare=mode) for number in range(6)]
    graded = Grader(build.SETTINGS).grade(build.request(build.ran(outcomes), tests))
    assert graded.verdict.tests_passed == 5
    assert list(graded.readings.passes) == [False, True, True, True, True, True]


def test_what_the_budget_leaves_unread_is_wrong_and_says_so() -> None:
    reader = Reader(build.LIMITS, nodes=10, size_bytes=10_000)
    small, large = build.encoded([1]), build.encoded([[]] * 100)
    assert reader.got(large, small) is None
    assert reader.left_unread(large)
    assert not reader.left_unread(small)


def test_what_is_no_value_uses_up_the_budget_too() -> None:
    reader = Reader(build.LIMITS, nodes=100, size_bytes=1_000_000)
    assert reader.got(common_pb2.EncodedValue(json=b"[" + b"[]," * 2_000 + b"{}]")) is None
    after = build.encoded("x" * 2_000)
    assert reader.got(after) is None
    assert reader.left_unread(after)


def test_equal_reports_get_equal_verdicts_on_both_sides_of_the_budget() -> None:
    request = report_of(SHAPES["ints"], grader_pb2.COMPARE_SET, {1})
    first, again = (Grader(build.SETTINGS).grade(request) for _ in range(2))
    assert first.verdict == again.verdict
    assert first.readings == again.readings


def test_many_tests_of_one_script_take_no_more_steps_each_than_few() -> None:
    def steps_for(count: int) -> float:
        outcome = build.script(*[build.FAILED] * count)
        tests = build.expects_script_tests(count)
        for test in tests:
            test.visible = False
        request = build.request(build.ran([outcome]), tests)
        with counted() as steps:
            Grader(build.SETTINGS).grade(request)
        return steps.count / count

    assert steps_for(800) < 2 * steps_for(100)


def test_all_that_is_shown_of_visible_tests_is_bounded_however_many_there_are() -> None:
    noise = "\N{SNAKE}\\\"'" * 1000
    outcomes = [build.returned(noise, str(number), stdout=noise.encode()) for number in range(200)]
    tests = [build.expects(1, str(number)) for number in range(200)]
    graded = Grader(build.SETTINGS).grade(build.request(build.ran(outcomes), tests))
    shown = graded.verdict.tests
    assert len(shown) == 200
    assert sum(len(json.dumps(test.got + test.stdout)) for test in shown) < 8 * build.SETTINGS.shown_tests_bytes
    assert sum(test.ByteSize() for test in shown) < build.SETTINGS.shown_tests_bytes + 200 * 100
    assert shown[-1].got == "not shown, to keep this short"
    assert shown[-1].status == common_pb2.CALL_STATUS_RETURNED


def test_a_value_that_a_stored_report_has_no_more_is_as_right_as_it_was() -> None:
    outcome = common_pb2.CallOutcome(call_id="1", status=common_pb2.CALL_STATUS_RETURNED)
    for right in (True, False):
        outcome.left_out.right = right
        graded = Grader(build.SETTINGS).grade(build.request(build.ran([outcome]), [build.expects(1)]))
        assert graded.verdict.tests_passed == right


def test_a_probed_value_that_is_no_more_there_is_as_right_as_it_was() -> None:
    points = build.probe({100: (0.01, 0.01), 1000: (0.1, 0.1)})
    report = build.ran([build.returned(1)], probe=points)
    for right in (True, False):
        for point in report.probe:
            point.attempt.ClearField("value")
            point.attempt.left_out.right = right
        request = build.request(executor_pb2.Report.FromString(report.SerializeToString()), [build.expects(1)])
        graded = Grader(build.SETTINGS).grade(request)
        assert (graded.verdict.components.efficiency_score > 0) is right
        assert list(graded.readings.probed) == [right, right]
