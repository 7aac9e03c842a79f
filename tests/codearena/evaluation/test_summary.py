"""What a run's summary says, and what it leaves out."""

import itertools

import pytest

from codearena.evaluation.chance import pass_at
from codearena.evaluation.summary import summarize
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
    assert (found.episodes, found.graded, found.missing) == (2, 1, 1)
    assert (found.errors, found.error_kinds) == (1, {"agent": 1})
    assert found.reward is not None
    assert (found.reward.mean, found.reward.n) == (pytest.approx(0.9), 1)
    assert found.pass_at == {1: 1.0}


def test_what_is_missing_is_said_and_so_is_what_the_rate_would_be_at_least() -> None:
    solved = trajectory(0.9, solved=True)
    broken = [trajectory(task=f"easy-{number}", error="agent: x") for number in (2, 3, 4)]
    found = summarize([solved, *broken])
    assert (found.graded, found.missing) == (1, 3)
    assert (found.pass_at, found.pass_at_least) == ({1: 1.0}, {1: 0.25})


def test_episodes_that_were_not_played_are_missing_too() -> None:
    found = summarize([trajectory(0.9, solved=True)], planned={"easy-1": 2, "hard-1": 2})
    assert (found.episodes, found.graded, found.missing, found.errors) == (4, 1, 3, 0)
    assert [(task.task_id, task.episodes, task.graded) for task in found.tasks] == [("easy-1", 2, 1), ("hard-1", 2, 0)]
    assert found.pass_at_least == {1: pytest.approx(0.25), 2: pytest.approx(0.5)}


def test_tasks_that_are_no_longer_planned_make_nothing_less_missing() -> None:
    found = summarize([trajectory(0.9), trajectory(0.9, task="hard-1")], planned={"easy-1": 2})
    assert (found.episodes, found.graded, found.missing) == (3, 2, 1)


def test_an_attempt_without_an_answer_is_in_every_rate() -> None:
    (step,) = trajectory(0.01).steps
    unanswered = step.model_copy(update={"no_answer": "length"})
    silent = trajectory(0.01, episode=1).model_copy(update={"steps": (unanswered,)})
    found = summarize([trajectory(0.9, solved=True), silent])
    assert (found.graded, found.missing, found.attempts, found.no_answers) == (2, 0, 2, {"length": 1})
    assert found.pass_at[1] == 0.5
    assert found.reward is not None
    assert found.reward.mean == pytest.approx(0.455)


def test_of_errors_alone_there_is_no_reward() -> None:
    found = summarize([trajectory(error="service: down")])
    assert (found.reward, found.solved_by_step, found.pass_at, found.pass_at_least) == (None, [], {}, {1: 0.0})
    assert found.tasks[0].mean_reward is None


def test_tokens_that_the_endpoint_did_not_say_are_counted_as_unknown() -> None:
    (step,) = trajectory(0.5).steps
    untold = step.model_copy(update={"use": step.use.model_copy(update={"tokens_in": None, "tokens_out": None})})
    found = summarize([trajectory(0.5).model_copy(update={"steps": (step, untold)})])
    assert (found.tokens_in, found.usage_unknown) == (10, 1)


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
