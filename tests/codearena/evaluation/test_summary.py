"""What a run's summary says, and what it leaves out."""

import itertools

import pytest

from codearena.evaluation.compare import compare
from codearena.evaluation.summary import pass_at, summarize
from tests.codearena.evaluation.build import trajectory


@pytest.mark.parametrize(
    ("k", "episodes", "solved"), [(1, 4, 1), (2, 4, 1), (3, 5, 2), (5, 5, 1), (2, 3, 0), (1, 2, 2)]
)
def test_pass_at_k_is_the_share_of_draws_with_a_solved_episode(k: int, episodes: int, solved: int) -> None:
    draws = list(itertools.combinations([True] * solved + [False] * (episodes - solved), k))
    assert pass_at(k, episodes, solved) == pytest.approx(sum(map(any, draws)) / len(draws))


def test_the_reward_of_an_episode_is_that_of_its_last_step() -> None:
    found = summarize([trajectory(0.3, 0.9, solved=True), trajectory(0.5, 0.1, episode=1)])
    assert found.reward is not None
    assert found.reward.mean == pytest.approx(0.5)


def test_an_episode_that_broke_off_counts_as_an_error_and_in_no_mean() -> None:
    graded, broken = trajectory(0.9, solved=True), trajectory(0.1, episode=1, error="agent: no answer")
    found = summarize([graded, broken])
    assert (found.episodes, found.errors, found.error_kinds) == (2, 1, {"agent": 1})
    assert found.reward is not None
    assert (found.reward.mean, found.reward.n) == (pytest.approx(0.9), 1)
    assert found.pass_at == {1: 1.0}


def test_of_errors_alone_there_is_no_reward() -> None:
    found = summarize([trajectory(error="service: down")])
    assert (found.reward, found.tasks, found.solved_by_step) == (None, [], [])


def test_solved_by_step_never_falls() -> None:
    found = summarize(
        [trajectory(0.9, solved=True), trajectory(0.1, 0.9, episode=1, solved=True), trajectory(0.1, episode=2)]
    )
    assert found.solved_by_step == pytest.approx([1 / 3, 2 / 3, 2 / 3, 2 / 3, 2 / 3])


def test_an_interval_holds_its_mean_and_is_the_same_again() -> None:
    run = [trajectory(reward / 10, episode=reward) for reward in range(10)]
    found = summarize(run).reward
    assert found is not None
    assert found.low < found.mean < found.high
    assert summarize(run).reward == found


def test_the_order_in_which_episodes_ended_does_not_matter() -> None:
    run = [trajectory(0.1 * number, task=task, episode=number) for task in ("easy-1", "hard-1") for number in range(4)]
    assert summarize(run) == summarize(run[::-1])


def test_only_pairs_that_both_runs_graded_are_compared() -> None:
    run_a = [trajectory(0.2), trajectory(0.4, episode=1), trajectory(0.0, episode=2, error="agent: x")]
    run_b = [trajectory(0.5), trajectory(0.7, episode=1), trajectory(0.9, episode=2), trajectory(0.9, task="hard-1")]
    easy, every = compare(run_a, run_b)
    assert (easy.name, easy.pairs, easy.difference) == ("easy-1", 2, pytest.approx(0.3))
    assert (every.name, every.pairs, every.sure) == ("all", 2, True)


def test_runs_with_nothing_in_common_have_no_difference() -> None:
    assert compare([trajectory(0.2)], [trajectory(0.2, task="hard-1")]) == []
