import pytest
from pydantic import ValidationError

from executor_service.settings import Settings


def test_variables_carry_the_services_prefix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODEARENA_EXECUTOR_POOL_MIN", "3")
    monkeypatch.setenv("POOL_MAX", "1")
    assert Settings().pool_min == 3
    assert Settings().pool_max != 1


def test_attempts_run_in_containers_unless_told_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CODEARENA_EXECUTOR_ISOLATION", raising=False)
    assert Settings().isolation == "container"


def test_a_pool_that_cannot_be_is_refused() -> None:
    with pytest.raises(ValidationError):
        Settings(pool_min=5, pool_max=4)


def test_every_setting_says_what_it_means() -> None:
    assert all(field.description for field in Settings.model_fields.values())
