"""Settings come from the environment, and are safe without it."""

import pytest
from pydantic import ValidationError

from gateway.settings import Settings


def test_gateway_listens_on_loopback_by_default() -> None:
    assert Settings().host == "127.0.0.1"


def test_environment_sets_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODEARENA_GATEWAY_PORT", "8000")
    assert Settings().port == 8000


def test_password_in_the_redis_url_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODEARENA_GATEWAY_REDIS_URL", "redis://:hunter2@redis:6379/0")
    assert "hunter2" not in repr(Settings())


def test_namespace_that_would_break_the_hash_tag_is_refused() -> None:
    with pytest.raises(ValidationError):
        Settings(redis_namespace="a}b")


@pytest.mark.parametrize(("text", "read"), [("", {}), ('{"cell": "cells:1"}', {"cell": "cells:1"})])
def test_executors_of_isolations_are_read_as_json(monkeypatch: pytest.MonkeyPatch, text: str, read: object) -> None:
    monkeypatch.setenv("CODEARENA_GATEWAY_ISOLATION_EXECUTORS", text)
    assert Settings().isolation_executors == read


@pytest.mark.parametrize("text", ["cells:1", "null", '{"cell": ""}', '{"cave": "cells:1"}', '{"cell": 1}'])
def test_what_names_no_executors_is_refused(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("CODEARENA_GATEWAY_ISOLATION_EXECUTORS", text)
    with pytest.raises(ValidationError, match="isolation_executors"):
        Settings()
