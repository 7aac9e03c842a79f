"""A service's settings are read once from the environment, checked, and never change."""

from pathlib import Path

import pytest
from pydantic import ValidationError
from pydantic_settings import SettingsConfigDict

from codearena.server.settings import ServiceSettings, read


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


@pytest.fixture
def secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of secrets, empty."""
    monkeypatch.setenv("CODEARENA_SECRETS_FOLDER", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("name", ["codearena_test_drain_s", "CODEARENA_TEST_DRAIN_S"])
def test_a_setting_may_be_a_file_that_is_named_like_its_variable(secrets: Path, name: str) -> None:
    (secrets / name).write_text("1.5\n")
    assert Settings().drain_s == 1.5


def test_the_environment_wins_over_a_file(secrets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (secrets / "codearena_test_drain_s").write_text("1.5")
    monkeypatch.setenv("CODEARENA_TEST_DRAIN_S", "2.5")
    assert Settings().drain_s == 2.5


def test_a_wrong_value_in_a_file_ends_the_service_by_its_name(secrets: Path) -> None:
    (secrets / "codearena_test_drain_s").write_text("soon")
    with pytest.raises(SystemExit, match="CODEARENA_TEST_DRAIN_S"):
        read(Settings)


def test_a_misspelt_file_is_refused_where_unknown_settings_are(secrets: Path) -> None:
    (secrets / "codearena_test_drains_s").write_text("1")
    (secrets / "redis_password").write_text("of somebody else")
    assert read(Settings).drain_s == 30
    with pytest.raises(SystemExit, match="CODEARENA_TEST_DRAINS_S is not a setting"):
        read(Settings, refuse_unknown=True)


def test_a_folder_that_is_not_there_holds_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODEARENA_SECRETS_FOLDER", str(tmp_path / "none"))
    assert read(Settings, refuse_unknown=True).drain_s == 30
