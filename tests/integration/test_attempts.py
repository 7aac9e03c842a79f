"""Every attempt of tests/attempts gets the verdict that stands beside it, through all services."""

from typing import Any

import httpx
import pytest
import yaml

from codearena.models import BatchResponse, Verdict
from tests.integration.playing import ATTEMPTS, Sample, collected

SAMPLES = collected()


def expectation(sample: Sample) -> dict[str, Any]:
    text = (ATTEMPTS / sample.task_id / sample.name / "expect.yaml").read_text("utf-8")
    expected: dict[str, Any] = yaml.safe_load(text)
    return expected


@pytest.fixture(scope="module")
def verdicts(url: str) -> dict[Sample, Verdict]:
    """All of them, graded as one batch."""
    items = [{"task_id": sample.task_id, "source": sample.source} for sample in SAMPLES]
    response = httpx.post(f"{url}/grade/batch", json={"items": items}, timeout=600)
    answers = BatchResponse.model_validate_json(response.content).items
    assert len(answers) == len(SAMPLES)
    return {
        sample: answer.verdict for sample, answer in zip(SAMPLES, answers, strict=True) if answer.verdict is not None
    }


@pytest.mark.parametrize("sample", SAMPLES, ids=str)
def test_the_attempt_gets_the_verdict_that_stands_beside_it(verdicts: dict[Sample, Verdict], sample: Sample) -> None:
    expected, verdict = expectation(sample), verdicts[sample]
    counts = verdict.execution_metadata
    assert verdict.reward_components.compile_score == (1.0 if expected["compile"] else 0.0)
    assert _share(counts.test_passed, counts.test_total) == expected["tests"], verdict.error_log
    assert verdict.solved == expected["solved"], verdict.complexity
    assert expected.get("min_reward", 0.01) <= verdict.reward <= expected.get("max_reward", 0.99)


def _share(passed: int, total: int) -> str:
    if passed == 0:
        return "none"
    return "all" if passed == total else "some"
