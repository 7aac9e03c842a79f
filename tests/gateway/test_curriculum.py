"""Which task a word stands for."""

import random

import pytest

from codearena.errors import UnknownTaskError
from codearena.task import Level, Task, load_tasks
from gateway.curriculum import candidates, pick


@pytest.fixture
def tasks(tasks_dir) -> dict[str, Task]:  # type: ignore[no-untyped-def]
    return dict(load_tasks(tasks_dir))


def _ids(found: list[Task]) -> list[str]:
    return [task.id for task in found]


def test_category_wins_over_level_of_the_same_name(tasks: dict[str, Task]) -> None:
    assert _ids(candidates(tasks, "easy", Level.HARD)) == ["easy-1", "easy-2"]


def test_auto_is_any_category_of_the_agents_level(tasks: dict[str, Task]) -> None:
    assert _ids(candidates(tasks, "auto", Level.EASY)) == ["easy-1", "easy-2", "type_errors-1"]
    assert _ids(candidates(tasks, "auto", Level.HARD)) == ["hard-1"]


def test_auto_serves_what_there_is_where_the_level_has_no_task(tasks: dict[str, Task]) -> None:
    only = {"easy-1": tasks["easy-1"]}
    assert _ids(candidates(only, "auto", Level.HARD)) == ["easy-1"]


@pytest.mark.parametrize("word", ["nope", "EASY", "easy-3", "security_bugs"])
def test_word_that_stands_for_nothing_is_refused(tasks: dict[str, Task], word: str) -> None:
    with pytest.raises(UnknownTaskError):
        candidates(tasks, word, Level.EASY)


def test_without_seed_every_candidate_is_chosen_at_times(tasks: dict[str, Task]) -> None:
    found, rng = candidates(tasks, "auto", Level.EASY), random.Random(1)
    assert {pick(found, None, rng).id for _ in range(100)} == {"easy-1", "easy-2", "type_errors-1"}
