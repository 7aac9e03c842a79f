"""What trainers that sum rewards sum: it cannot be farmed."""

import itertools
from collections.abc import Iterable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codearena.returns import best, delta

REWARDS = st.floats(0.01, 0.99)
EPISODES = st.lists(st.none() | REWARDS, min_size=1, max_size=20)
ROUNDING = 1e-12


def deltas(rewards: Iterable[float | None]) -> Iterator[float | None]:
    """One for each step of an episode, in order; None for a step that was not graded, which changes nothing."""
    so_far = 0.0
    for reward in rewards:
        yield None if reward is None else delta(so_far, reward)
        so_far = so_far if reward is None else best(so_far, reward)


def total(rewards: list[float | None], discount: float = 1.0) -> float:
    found = [each for each in deltas(rewards) if each is not None]
    return sum(discount**number * each for number, each in enumerate(found))


@given(EPISODES)
def test_the_sum_is_the_best_reward_of_the_episode(rewards: list[float | None]) -> None:
    assert total(rewards) == pytest.approx(max((each for each in rewards if each is not None), default=0.0))


@given(EPISODES, st.integers(0, 20))
def test_so_it_is_of_an_episode_that_is_cut_off(rewards: list[float | None], length: int) -> None:
    assert total(rewards[:length]) <= total(rewards) + ROUNDING


@given(EPISODES, REWARDS)
def test_a_further_step_adds_nothing_unless_it_is_better_than_all_before(
    rewards: list[float | None], more: float
) -> None:
    graded = [each for each in rewards if each is not None]
    *_, last = deltas([*rewards, more])
    assert last == pytest.approx(max(0.0, more - max(graded, default=0.0)))


@given(st.lists(REWARDS, min_size=1, max_size=20), st.floats(0.0, 1.0))
def test_to_solve_at_once_is_never_worse_than_to_farm_first(farmed: list[float], discount: float) -> None:
    solved = 0.99  # a later solution has a larger penalty for its step, and so no more than this
    assert total([solved], discount) >= total([*farmed, solved], discount) - ROUNDING


@given(EPISODES, st.floats(0.0, 1.0))
def test_a_discount_takes_away_and_never_adds(rewards: list[float | None], discount: float) -> None:
    assert total(rewards, discount) <= total(rewards) + ROUNDING


def test_five_near_misses_are_worth_one_and_not_five() -> None:
    assert total([0.67] * 5) == pytest.approx(0.67)
    assert total([0.99]) > total([0.67] * 5)


@given(st.lists(REWARDS, min_size=1, max_size=20))
def test_step_by_step_it_is_the_same(rewards: list[float]) -> None:
    bests = list(itertools.accumulate(rewards, best, initial=0.0))
    assert [delta(before, reward) for before, reward in zip(bests, rewards, strict=False)] == list(deltas(rewards))
