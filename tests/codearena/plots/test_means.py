"""One mean and one interval in all figures, and they are those of the evaluation's summary."""

import random

import numpy as np
import pytest

from codearena.evaluation import chance
from codearena.plots import means
from codearena.plots.data import Run
from tests.codearena.plots.build import of_steps, step


@pytest.mark.parametrize("count", [1, 2, 7, 300])
def test_the_interval_is_the_one_that_the_summary_has(count: int) -> None:
    values = [random.Random(number).random() for number in range(count)]
    expected = chance.interval(values, seed=0)
    found = means.interval(values)
    assert found is not None
    assert expected is not None
    assert (found.mean, found.low, found.high) == pytest.approx((expected.mean, expected.low, expected.high), abs=1e-12)
    assert found.n == expected.n == count


def test_an_interval_is_never_beyond_the_values() -> None:
    found = means.interval([0.0, 1.0, 1.0, 1.0])
    assert found is not None
    assert 0 <= found.low <= found.mean <= found.high <= 1


def test_there_is_no_interval_of_nothing() -> None:
    assert means.interval([]) is None


def test_the_mean_reward_of_a_run_is_of_the_last_steps_of_its_episodes() -> None:
    first, last = step(0.1), step(0.9)
    found = means.mean_reward(Run("run", [first, last], of_steps("", last).finals))
    assert found is not None
    assert (found.mean, found.n) == (0.9, 1)


@pytest.mark.parametrize("count", [1, 14, 15, 29, 30, 299, 300, 301, 100_000])
def test_stretches_are_equally_long_and_cover_the_run(count: int) -> None:
    parts = means.stretches(count)
    sizes = [end - start for start, end in parts]
    assert (parts[0][0], parts[-1][1], sum(sizes)) == (0, count, count)
    assert max(sizes) - min(sizes) <= 1
    assert len(parts) <= 20
    assert min(sizes) >= 15 or len(parts) == 1


def test_the_rolling_mean_is_of_whole_windows() -> None:
    rolled = means.rolling_mean([float(number) for number in range(1, 21)], 10)
    assert (len(rolled), rolled[0], rolled[-1]) == (11, 5.5, 15.5)


def test_curves_are_compared_where_all_of_them_have_values() -> None:
    one = np.array([1.0, 2.0, 3.0]), np.array([0.0, 1.0, 2.0])
    other = np.array([2.0, 4.0]), np.array([0.0, 2.0])
    grid, rows = means.together([one, other])
    assert grid.tolist() == [2.0, 3.0]
    assert rows.tolist() == [[1.0, 2.0], [0.0, 1.0]]


def test_curves_of_which_one_is_empty_have_no_place_in_common() -> None:
    nothing = np.empty(0)
    grid, rows = means.together([(np.array([1.0]), np.array([1.0])), (nothing, nothing)])
    assert (len(grid), rows.shape) == (0, (2, 0))


def test_few_of_many_places_are_kept_with_both_ends() -> None:
    kept = means.thinned(100_000, 500)
    assert len(kept) <= 500
    assert (kept[0], kept[-1]) == (0, 99_999)
