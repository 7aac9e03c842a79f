"""The growth classes that are told of recorded times are as right as docs/efficiency.md says.

The times are of real runs of functions that no constant was chosen by, as `python -m benchmarks.growth --record` wrote
them.
"""

import json
from pathlib import Path

import pytest
from pydantic import BaseModel

from grader_service.complexity import Fit, Point, fit
from tests.grader_service import build

RECORDED = Path(__file__).parent / "recorded" / "growth.jsonl"
SURE = build.SETTINGS.fit_sure_confidence


class Recorded(BaseModel):
    """One function as it was measured once. likely: by its code, and its family's optimum; times: sizes and seconds."""

    function: str
    label: str
    budget_s: float
    likely: tuple[str, str]
    times: list[tuple[int, float]]

    @property
    def fit(self) -> Fit:
        """What is told of it now."""
        points = [Point(size, time_s) for size, time_s in self.times]
        return fit(points, build.SETTINGS.fit_min_confidence, self.likely)


ALL = [Recorded.model_validate(json.loads(line)) for line in RECORDED.read_text("utf-8").splitlines()]


@pytest.mark.parametrize(("budget_s", "least"), [(0.3, 0.90), (1.5, 0.95)])
def test_the_class_is_right_for_most_functions(budget_s: float, least: float) -> None:
    found = [each for each in ALL if each.budget_s == budget_s]
    wrong = [f"{each.function}: {each.fit.measured or 'none'}" for each in found if each.fit.measured != each.label]
    assert len(found) >= 80
    assert len(wrong) <= (1 - least) * len(found), wrong


@pytest.mark.parametrize("budget_s", [0.3, 1.5])
def test_few_functions_are_left_undecided(budget_s: float) -> None:
    found = [each for each in ALL if each.budget_s == budget_s]
    assert sum(not each.fit.measured for each in found) <= 0.06 * len(found)


@pytest.mark.parametrize("budget_s", [0.3, 1.5])
def test_hardly_a_wrong_class_is_claimed_surely(budget_s: float) -> None:
    found = [each for each in ALL if each.budget_s == budget_s]
    sure = [each.function for each in found if each.fit.measured != each.label and each.fit.confidence >= SURE]
    assert len(sure) <= 0.01 * len(found), sure


def test_constants_and_logarithms_are_told_apart_without_help() -> None:
    slow = [each for each in ALL if each.label in ("O(1)", "O(log n)")]
    assert len(slow) >= 20
    assert sum(each.fit.measured == each.label for each in slow) >= 0.9 * len(slow)
