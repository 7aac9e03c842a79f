"""How exactly an answer tells what was measured."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codearena import steps

POSITIVE = st.floats(1e-7, 1e4)


@given(POSITIVE)
def test_a_decade_has_ten_steps(value: float) -> None:
    told = steps.tenth_of_decade(value)
    assert told == pytest.approx(value, rel=0.16)  # half a step, and what two digits round away
    assert steps.tenth_of_decade(told) == told


def test_the_steps_are_those_that_are_documented() -> None:
    told = {steps.tenth_of_decade(1 + number / 1000) for number in range(9001)}
    assert sorted(told) == [1, 1.3, 1.6, 2, 2.5, 3.2, 4, 5, 6.3, 7.9, 10]


@given(POSITIVE, POSITIVE)
def test_the_order_of_two_stays(one: float, other: float) -> None:
    assert (steps.tenth_of_decade(one) <= steps.tenth_of_decade(other)) or one > other


@pytest.mark.parametrize(("seconds", "told"), [(0, 0), (0.0004, 0.1), (0.1, 0.1), (0.11, 1), (1.5, 10), (20, 100)])
def test_stages_are_told_up_to_a_power_of_ten(seconds: float, told: float) -> None:
    assert steps.up_to_power_of_ten(seconds) == pytest.approx(told)


@given(st.floats(0, 1))
def test_scores_and_confidences_stay_within_their_bounds(value: float) -> None:
    assert 0 <= steps.score(value) <= 1
    assert 0 <= steps.confidence(value) <= 1
    assert abs(steps.score(value) - value) <= 0.005 + 1e-9
