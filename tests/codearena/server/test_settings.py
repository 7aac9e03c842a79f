"""A service's settings are read once from the environment, checked, and never change."""

import pytest
from pydantic import ValidationError
from pydantic_settings import SettingsConfigDict

from codearena.server.settings import ServiceSettings


class Settings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="CODEARENA_TEST_", frozen=True, extra="ignore")


def test_the_environment_overrides_a_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODEARENA_TEST_DRAIN_S", "1.5")
    assert Settings().drain_s == 1.5


def test_a_wrong_value_in_the_environment_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODEARENA_TEST_DRAIN_S", "-1")
    with pytest.raises(ValidationError, match="drain_s"):
        Settings()


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Settings().drain_s = 1.0  # type: ignore[misc]


def test_a_service_listens_on_loopback_unless_told_otherwise() -> None:
    assert Settings().host == "127.0.0.1"
