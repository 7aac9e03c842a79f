import pytest

from codearena.generation.certificate import Marks, Strength
from codearena.generation.difficulty import difficulty
from codearena.generation.operators.operator import Kind

MARKS = Marks(reward=0.2, passed=5, total=10, hidden_passed=3, hidden_total=6, efficiency=None)
SHORT, LONG = "x = 1\n" * 5, "x = 1\n" * 40


def points(
    level: str = "easy", source: str = SHORT, kinds: tuple[Kind, ...] = (Kind.BOUNDARY,), rank: int | None = 10
) -> float:
    return difficulty(level, source, kinds, MARKS, "fails", rank).points


@pytest.mark.parametrize(
    ("harder", "easier"),
    [
        (points(level="hard"), points()),
        (points(source=LONG), points()),
        (points(kinds=(Kind.BOUNDARY, Kind.NAMES)), points()),
        (points(kinds=(Kind.STATE,)), points()),
        (points(rank=None), points()),
        (points(), points(rank=1)),
    ],
    ids=["harder program", "longer program", "two bugs", "deeper kind", "no rank", "later rank"],
)
def test_it_is_harder(harder: float, easier: float) -> None:
    assert harder > easier


def test_a_bug_that_few_tests_show_is_harder_than_one_that_all_show() -> None:
    subtle = MARKS.model_copy(update={"passed": 9})
    plain = MARKS.model_copy(update={"passed": 0})
    found = [difficulty("easy", SHORT, [Kind.BOUNDARY], marks, "fails", 10).points for marks in (plain, MARKS, subtle)]
    assert found == sorted(set(found))


def test_levels_follow_the_points() -> None:
    easy = difficulty("easy", SHORT, [Kind.SYNTAX], MARKS, "compile_error", 1)
    hard = difficulty("hard", LONG, [Kind.STATE, Kind.NAMES], MARKS, "fails", None)
    assert (easy.level, hard.level) == ("easy", "hard")


def test_equivalent_mutants_do_not_count_against_the_tests() -> None:
    assert Strength(mutants=12, killed=9, equivalent=2, missed=1, inputs=100).score == 0.9


def test_without_a_mutant_there_is_no_score() -> None:
    assert Strength(mutants=2, killed=0, equivalent=2, missed=0, inputs=100).score is None
