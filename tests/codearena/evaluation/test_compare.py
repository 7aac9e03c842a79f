"""Two runs side by side: what is said of their difference, and of how much it is."""

import pytest

from codearena.evaluation.chance import chance_of, holm
from codearena.evaluation.compare import MIN_PAIRS, Difference, Finding, compare
from codearena.evaluation.records import Trajectory
from tests.codearena.evaluation.build import trajectory


def run_of(*rewards: float, task: str = "easy-1") -> list[Trajectory]:
    return [trajectory(reward, task=task, episode=number) for number, reward in enumerate(rewards)]


def over_all(run_a: list[Trajectory], run_b: list[Trajectory]) -> Difference:
    return compare(run_a, run_b).differences[-1]


def test_only_pairs_that_both_runs_graded_are_compared_and_the_others_are_counted() -> None:
    run_a = [*run_of(0.2, 0.4), trajectory(0.0, episode=2, error="agent: x")]
    run_b = [*run_of(0.5, 0.7, 0.9), trajectory(0.9, task="hard-1")]
    found = compare(run_a, run_b)
    easy, every = found.differences
    assert (easy.name, easy.pairs, easy.difference) == ("easy-1", 2, pytest.approx(0.3))
    assert (every.name, every.pairs) == ("all", 2)
    assert (found.left_out_a, found.left_out_b) == (1, 2)


def test_runs_with_nothing_in_common_have_no_difference() -> None:
    assert compare([trajectory(0.2)], [trajectory(0.2, task="hard-1")]).differences == []


def test_too_few_pairs_have_neither_a_finding_nor_an_interval_however_far_apart_they_are() -> None:
    few = MIN_PAIRS - 1
    found = over_all(run_of(*[0.01] * few), run_of(*[0.99] * few))
    assert (found.finding, found.interval, found.chance) == (Finding.TOO_FEW, None, None)


def test_enough_pairs_that_all_got_better_are_a_finding_with_its_sign() -> None:
    worse, better = run_of(*[0.2] * MIN_PAIRS), run_of(*[0.9] * MIN_PAIRS)
    assert over_all(worse, better).finding is Finding.BETTER
    assert over_all(better, worse).finding is Finding.WORSE


def test_a_difference_that_chance_would_give_is_not_one() -> None:
    run_a = run_of(0.1, 0.9, 0.2, 0.8, 0.5, 0.4, 0.6, 0.3, 0.7, 0.5)
    run_b = run_of(0.9, 0.1, 0.8, 0.2, 0.5, 0.6, 0.4, 0.7, 0.3, 0.6)
    assert over_all(run_a, run_b).finding is Finding.UNCLEAR


def test_equal_runs_have_no_sure_difference() -> None:
    assert over_all(run_of(*[0.5] * 40), run_of(*[0.5] * 40)).finding is Finding.UNCLEAR


def test_the_more_tasks_are_looked_at_the_more_one_of_them_must_show() -> None:
    improved = [0.05] * 9 + [-0.05]
    run_a, run_b = run_of(*[0.5] * 10), run_of(*(0.5 + each for each in improved))
    alone = compare(run_a, run_b).differences[0]
    others = [each for number in range(9) for each in run_of(*[0.5] * 10, task=f"hard-{number}")]
    among = {each.name: each for each in compare(run_a + others, run_b + others).differences}
    assert alone.chance is not None
    assert (alone.finding, among["easy-1"].finding) == (Finding.BETTER, Finding.UNCLEAR)
    assert among["easy-1"].chance == pytest.approx(min(1.0, 10 * alone.chance))


@pytest.mark.parametrize(
    ("differences", "chance"),
    [([1.0, 1.0], 0.5), ([1.0] * 10, 2 / 1024), ([1.0, -1.0], 1.0), ([0.0, 0.0], 1.0), ([3.0, 1.0, 1.0], 0.25)],
)
def test_the_chance_is_the_share_of_all_flips_that_are_as_far_from_zero(
    differences: list[float], chance: float
) -> None:
    assert chance_of(differences, seed=0) == pytest.approx(chance)


def test_the_chance_of_many_pairs_is_never_zero_and_the_same_again() -> None:
    many = [0.1] * 200
    assert 0 < chance_of(many, seed=1) == chance_of(many, seed=1) < 0.001


def test_corrected_chances_are_those_of_holm() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])


def test_runs_graded_by_different_revisions_are_said_to_be() -> None:
    revised = [with_revision(each, "r2") for each in run_of(0.5)]
    found = compare([with_revision(each, "r1") for each in run_of(0.5)], revised)
    assert found.regraded == ["easy-1"]
    assert compare(revised, revised).regraded == []


def with_revision(run: Trajectory, revision: str) -> Trajectory:
    (step,) = run.steps
    assert step.answer is not None
    body = step.answer.model_dump()
    body["info"]["revisions"] = {"task": revision, "grader": "g", "runner": "", "judge": ""}
    answer = type(step.answer).model_validate(body)
    return run.model_copy(update={"steps": (step.model_copy(update={"answer": answer}),)})
