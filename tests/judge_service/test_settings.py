"""Where settings come from."""

import pytest
from pydantic import ValidationError

from judge_service.settings import Settings


def test_settings_come_from_the_environment_with_the_services_prefix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODEARENA_JUDGE_PORT", "1234")
    monkeypatch.setenv("CODEARENA_JUDGE_QUEUE_LENGTH", "7")
    settings = Settings()
    assert (settings.port, settings.queue_length) == (1234, 7)


def test_the_port_is_the_documented_one_by_default() -> None:
    assert Settings().port == 50052


def test_settings_are_frozen() -> None:
    with pytest.raises(ValidationError):
        Settings().port = 1  # type: ignore[misc]


@pytest.mark.parametrize("name", ["concurrency", "analysis_cpu_s", "analysis_wall_s", "analysis_memory_bytes"])
def test_a_limit_of_nothing_is_refused(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"CODEARENA_JUDGE_{name.upper()}", "0")
    with pytest.raises(ValidationError):
        Settings()
