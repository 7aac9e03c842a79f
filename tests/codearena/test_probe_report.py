"""What an author is told of a probe: what was seen of the reference, and what the probe cannot tell apart."""

from pathlib import Path

import pytest

from codearena.models import Complexity
from codearena.probe_report import notes, told
from codearena.tasks.folder import load_task
from codearena.tasks.task import Task

TASKS = Path(__file__).parents[2] / "gateway" / "tasks"


@pytest.fixture(scope="module")
def task() -> Task:
    """Of the optimal class O(n)."""
    return load_task(TASKS / "hard" / "hard-1")


def growth(measured: str = "O(n)", confidence: float = 0.9, sizes: int = 12) -> Complexity:
    ns = [2**step for step in range(2, 2 + sizes)]
    return Complexity(
        measured=measured, confidence=confidence, estimated="", optimal="O(n)", ratio=1.0, sizes=ns, times=[0.1] * sizes
    )


def test_a_probe_that_tells_its_references_class_is_not_remarked_on(task: Task) -> None:
    assert notes(task, growth()) == []
    assert told(growth()) == "O(n) (0.90), n = 4 to 8192"


@pytest.mark.parametrize(
    ("seen", "note"),
    [
        (growth(measured="", confidence=0.0), "tells no growth class"),
        (growth(measured="O(n^2)"), "does not tell O(n) from O(n^2)"),
        (growth(confidence=0.4), "confidence 0.40 only"),
        (growth(sizes=4), "4 sizes from n = 4 to 32"),
        (growth(measured="", confidence=0.0, sizes=0), "no size"),
    ],
)
def test_what_a_probe_cannot_tell_is_said(task: Task, seen: Complexity, note: str) -> None:
    assert any(note in each for each in notes(task, seen))


def test_a_task_without_a_class_or_a_probe_has_nothing_to_tell(task: Task) -> None:
    nothing = growth(measured="", confidence=0.0)
    assert notes(task.model_copy(update={"probe": None}), nothing) == []
    assert notes(task.model_copy(update={"optimal_complexity": ""}), nothing) == []
