import pytest
from pydantic import ValidationError

from grader_service.settings import Settings


def test_the_defaults_are_the_documented_ones() -> None:
    settings = Settings()
    weights = (
        settings.weight_compile,
        settings.weight_tests,
        settings.weight_efficiency,
        settings.weight_correctness,
        settings.weight_security,
        settings.weight_quality,
    )
    assert weights == (0.15, 0.35, 0.30, 0.10, 0.05, 0.05)
    assert (settings.penalty_step, settings.penalty_identical) == (0.01, 0.10)
    assert (settings.reward_min, settings.reward_max, settings.solved_efficiency) == (0.01, 0.99, 0.9)
    assert settings.port == 50053


def test_variables_with_the_prefix_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODEARENA_GRADER_PENALTY_STEP", "0.02")
    monkeypatch.setenv("CODEARENA_GRADER_METRICS_PORT", "9464")
    assert (Settings().penalty_step, Settings().metrics_port) == (0.02, 9464)


@pytest.mark.parametrize(
    "changes",
    [
        {"weight_tests": 0.5},
        {"weight_tests": -0.35},
        {"reward_min": 0.5, "reward_max": 0.4},
        {"probe_plateau_ratio": 60.0},
        {"tests_plateau_ratio": 100.0},
        {"solved_efficiency": 1.5},
    ],
)
def test_numbers_that_contradict_each_other_are_refused(changes: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        Settings(**changes)  # type: ignore[arg-type]


def test_settings_do_not_change_while_serving() -> None:
    with pytest.raises(ValidationError):
        Settings().reward_min = 0.5  # type: ignore[misc]
