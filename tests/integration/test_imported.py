"""What comes in of a published data set is graded as the data set means it: its right programs at full marks."""

from pathlib import Path

import pytest

from codearena import CodeArena
from codearena.embedded import embedded_gateway
from codearena.models import Verdict
from codearena.tasks.importers.importing import Imported
from codearena.tasks.jsonl import write_jsonl
from codearena.tasks.task import Task
from tests.codearena.tasks.importers.test_importing import PUBLISHED, read


@pytest.fixture(scope="module")
def tasks() -> list[Task]:
    found = [each for name in sorted(PUBLISHED) for each in read(name)[0].values()]
    return [each.task for each in found if isinstance(each, Imported)]


@pytest.fixture(scope="module")
def verdicts(tasks: list[Task], tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Verdict, Verdict]]:
    """Of each task's reference and its buggy code."""
    file: Path = tmp_path_factory.mktemp("imported") / "tasks.jsonl"
    write_jsonl(tasks, file)
    with embedded_gateway("local", file) as url, CodeArena(url) as arena:
        asked = [(task.id, source) for task in tasks for source in (task.solution, task.buggy)]
        answers = arena.grade_batch(asked)
    graded = [each for each in answers if isinstance(each, Verdict)]
    assert len(graded) == len(answers), answers
    return {task.id: (graded[2 * at], graded[2 * at + 1]) for at, task in enumerate(tasks)}


def test_every_right_program_solves_its_task(verdicts: dict[str, tuple[Verdict, Verdict]]) -> None:
    unsolved = {task_id: right.error_log for task_id, (right, _) in verdicts.items() if not right.solved}
    assert unsolved == {}


def test_no_buggy_program_of_a_data_set_passes_its_tests(verdicts: dict[str, tuple[Verdict, Verdict]]) -> None:
    """Of those that are made, some are no bugs: that is for `codearena tasks certify` to find."""
    published = {task_id: wrong for task_id, (_, wrong) in verdicts.items() if "/bug-" not in task_id}
    passing = [task_id for task_id, wrong in published.items() if wrong.reward_components.test_pass_ratio == 1]
    assert len(published) >= 6
    assert passing == []
