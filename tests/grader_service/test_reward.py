import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codearena.v1 import grader_pb2
from grader_service import reward
from grader_service.settings import Settings
from tests.grader_service.build import SETTINGS

UNIT = st.floats(0, 1)
RATIO = st.floats(1e-6, 1e6)
PLATEAU, ZERO = SETTINGS.probe_plateau_ratio, SETTINGS.zero_ratio


def components(*scores: float | None) -> grader_pb2.Components:
    names = [field.name for field in grader_pb2.Components.DESCRIPTOR.fields]
    return grader_pb2.Components(**dict(zip(names, scores, strict=True)))  # type: ignore[arg-type]


def test_no_test_of_none_is_never_a_pass() -> None:
    assert reward.pass_ratio(0, 0) == 0.0


def test_base_weighs_the_components_as_documented() -> None:
    weights = [0.15, 0.35, 0.30, 0.10, 0.05, 0.05]
    for place, weight in enumerate(weights):
        scores = [1.0 if number == place else 0.0 for number in range(6)]
        assert reward.base(components(*scores), SETTINGS) == pytest.approx(weight)


def test_an_unscored_dimension_counts_as_nothing() -> None:
    unscored = components(1.0, 1.0, 1.0, None, None, None)
    assert reward.base(unscored, SETTINGS) == pytest.approx(0.80)


def test_or_it_is_left_out_and_the_other_weights_count_for_more() -> None:
    settings = SETTINGS.model_copy(update={"renormalise_unscored": True})
    assert reward.base(components(1.0, 1.0, 1.0, None, None, None), settings) == pytest.approx(1.0)
    assert reward.base(components(1.0, 0.0, 0.0, None, None, None), settings) == pytest.approx(0.15 / 0.80)
    assert reward.base(components(1.0, 1.0, 0.0, 1.0, None, 0.0), settings) == pytest.approx(0.60 / 0.95)
    assert reward.base(components(1.0, 1.0, 1.0, 0.0, 0.0, 0.0), settings) == pytest.approx(0.80)


@given(st.tuples(UNIT, UNIT, UNIT, UNIT, UNIT, UNIT))
def test_base_stays_in_the_unit_interval(scores: tuple[float, ...]) -> None:
    assert 0.0 <= reward.base(components(*scores), SETTINGS) <= 1.0


def test_full_marks_are_exactly_one() -> None:
    assert reward.base(components(1, 1, 1, 1, 1, 1), SETTINGS) == 1.0


def test_each_step_and_a_repeated_fix_cost_what_is_documented() -> None:
    taken_off = reward.penalties(3, True, SETTINGS)
    assert [taken_off.step, taken_off.identical] == pytest.approx([0.03, 0.10])
    assert reward.reward(0.5, taken_off, SETTINGS) == pytest.approx(0.37)
    assert reward.penalties(1, False, SETTINGS).identical == 0.0


@given(UNIT, st.integers(1, 1000), st.booleans())
def test_the_reward_stays_within_its_bounds(base: float, step: int, identical: bool) -> None:
    value = reward.reward(base, reward.penalties(step, identical, SETTINGS), SETTINGS)
    assert 0.01 <= value <= 0.99


def test_bounds_and_weights_come_from_the_settings() -> None:
    settings = Settings(weight_compile=0.5, weight_tests=0.0, reward_min=0.2, penalty_step=0.0)
    assert reward.base(components(1, 1, 0, None, None, None), settings) == pytest.approx(0.5)
    assert reward.reward(0.0, reward.penalties(9, False, settings), settings) == 0.2


@given(RATIO, RATIO)
def test_efficiency_never_grows_with_the_ratio(first: float, second: float) -> None:
    low, high = sorted((first, second))
    assert reward.efficiency_score(low, PLATEAU, ZERO) >= reward.efficiency_score(high, PLATEAU, ZERO)


@pytest.mark.parametrize("ratio", [0.01, 1.0, 2.0, PLATEAU])
def test_as_good_as_the_reference_is_full_efficiency(ratio: float) -> None:
    assert reward.efficiency_score(ratio, PLATEAU, ZERO) == 1.0


@pytest.mark.parametrize("ratio", [ZERO, 1e4, 1e9])
def test_far_slower_than_the_reference_is_no_efficiency(ratio: float) -> None:
    assert reward.efficiency_score(ratio, PLATEAU, ZERO) == 0.0


def test_between_plateau_and_zero_equal_factors_cost_the_same() -> None:
    scores = [reward.efficiency_score(PLATEAU * factor, PLATEAU, ZERO) for factor in (1, 2, 4, 8)]
    steps = [before - after for before, after in itertools.pairwise(scores)]
    assert steps == pytest.approx([steps[0]] * 3)


@pytest.mark.parametrize("ratio", [0.0, -1.0, float("nan")])
def test_what_is_no_ratio_is_never_scored(ratio: float) -> None:
    with pytest.raises(ValueError, match="ratio"):
        reward.efficiency_score(ratio, PLATEAU, ZERO)


def test_each_power_of_n_too_much_lowers_the_most_that_efficiency_can_be() -> None:
    caps = [reward.class_cap(excess, 0.3) for excess in (-1, 0, 1, 2, 3)]
    assert caps == pytest.approx([1.0, 1.0, 0.3, 0.15, 0.1])


def test_the_optimal_class_has_a_floor_and_the_ratio_decides_the_rest() -> None:
    scores = [reward.optimal_class_score(by_ratio, 0.7) for by_ratio in (0.0, 0.5, 1.0)]
    assert scores == pytest.approx([0.7, 0.85, 1.0])


def test_a_worse_class_falls_from_its_cap_to_nothing_and_never_exceeds_the_score_of_its_ratio() -> None:
    ratios = [2.6, 5.0, 10.0, 20.0, 40.0, 59.0, 60.0, 600.0]
    scores = [reward.worse_class_score(ratio, 1, SETTINGS) for ratio in ratios]
    assert scores[:2] == [0.3, 0.3]
    assert scores == sorted(scores, reverse=True)
    assert scores[-2:] == [0.0, 0.0]
    by_ratio = [reward.efficiency_score(ratio, PLATEAU, ZERO) for ratio in ratios]
    assert all(worse <= plain for worse, plain in zip(scores, by_ratio, strict=True))
    assert reward.worse_class_score(10.0, 2, SETTINGS) == pytest.approx(scores[2] / 2)


def test_contributions_add_up_to_the_base_whatever_is_unscored() -> None:
    for settings in (SETTINGS, SETTINGS.model_copy(update={"renormalise_unscored": True})):
        for scores in ((1.0, 0.5, None, 0.4, None, 0.2), (1.0, 1.0, 0.3, None, None, None), (0.0,) * 6):
            found = reward.contributions(components(*scores), settings)
            parts = [value for _, value in found.ListFields()]
            assert sum(parts) == pytest.approx(reward.base(components(*scores), settings))
    assert reward.contributions(components(1.0, 0.5, None, 0.4, None, 0.2), SETTINGS).test_pass_ratio == pytest.approx(
        0.5 * SETTINGS.weight_tests
    )
