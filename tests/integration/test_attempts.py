"""Every attempt of tests/attempts gets the verdict that stands beside it, through all services."""

from typing import Any

import httpx
import pytest
import yaml

from codearena.models import BatchResponse, GradeItem
from tests.integration.playing import ATTEMPTS, Sample, collected

SAMPLES = collected()


def expectation(sample: Sample) -> dict[str, Any]:
    text = (ATTEMPTS / sample.task_id / sample.name / "expect.yaml").read_text("utf-8")
    expected: dict[str, Any] = yaml.safe_load(text)
    return expected


@pytest.fixture(scope="module")
def answers(url: str) -> dict[Sample, GradeItem]:
    """To all of them, graded as one batch."""
    items = [{"task_id": sample.task_id, "source": sample.source} for sample in SAMPLES]
    response = httpx.post(f"{url}/grade/batch", json={"items": items}, timeout=600)
    return dict(zip(SAMPLES, BatchResponse.model_validate_json(response.content).items, strict=True))


@pytest.mark.parametrize("sample", SAMPLES, ids=str)
def test_the_attempt_gets_the_verdict_that_stands_beside_it(answers: dict[Sample, GradeItem], sample: Sample) -> None:
    expected, verdict = expectation(sample), answers[sample].verdict
    assert verdict is not None, answers[sample].problem
    counts = verdict.execution_metadata
    assert (counts.status != "compile_error") == expected["compile"]
    assert verdict.unearned == expected.get("unearned", ""), verdict.error_log
    assert verdict.reward_components.compile_score == (0.0 if verdict.unearned else 1.0)
    assert _share(counts.test_passed, counts.test_total) == expected["tests"], verdict.error_log
    assert verdict.solved == expected["solved"], verdict.complexity
    assert expected.get("min_reward", 0.01) <= verdict.reward <= expected.get("max_reward", 0.99)


def _share(passed: int, total: int) -> str:
    if passed == 0:
        return "none"
    return "all" if passed == total else "some"
