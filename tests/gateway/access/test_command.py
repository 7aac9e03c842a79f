"""`codearena keys` against a real Redis."""

import asyncio
import subprocess
import sys

import pytest

from gateway.access.__main__ import main
from gateway.settings import Settings
from gateway.store.api_keys import ApiKey, Scope, digest_of
from gateway.store.redis import Store


def _kept(settings: Settings) -> list[ApiKey]:
    async def read() -> list[ApiKey]:
        async with Store(settings) as store:
            return await store.api_keys.all()

    return asyncio.run(read())


@pytest.fixture
def redis_settings(redis_url: str) -> Settings:
    return Settings(redis_url=redis_url)


def test_a_key_is_made_listed_and_revoked(
    redis_settings: Settings, redis_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    limits = ["--scope", "admin", "--requests-per-s", "2.5", "--concurrent", "3"]
    assert main(["create", "--redis-url", redis_url, "team-a", *limits]) == 0
    key = capsys.readouterr().out.strip()
    [kept] = _kept(redis_settings)
    assert (kept.owner, kept.scope, kept.requests_per_s, kept.concurrent) == ("team-a", Scope.ADMIN, 2.5, 3)
    assert kept.digest == digest_of(key)
    assert main(["list", "--redis-url", redis_url]) == 0
    listed = capsys.readouterr().out
    assert kept.key_id in listed
    assert key not in listed
    assert main(["revoke", "--redis-url", redis_url, kept.key_id]) == 0
    assert _kept(redis_settings)[0].revoked_ms is not None


def test_a_key_is_made_with_the_pepper_of_the_gateways(
    redis_settings: Settings, redis_url: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CODEARENA_GATEWAY_API_KEY_PEPPER", "salt and")
    assert main(["create", "--redis-url", redis_url, "team-a"]) == 0
    assert _kept(redis_settings)[0].digest == digest_of(capsys.readouterr().out.strip(), "salt and")


@pytest.mark.parametrize("owner", ["", "a/b", "-a", "a b", "x" * 65])
def test_owners_that_could_be_taken_for_something_else_are_refused(redis_url: str, owner: str) -> None:
    assert main(["create", "--redis-url", redis_url, "--", owner]) == 1
    assert _kept(Settings(redis_url=redis_url)) == []


def test_revoking_what_is_not_there_fails(redis_url: str) -> None:
    assert main(["revoke", "--redis-url", redis_url, "nothing"]) == 1


def test_a_redis_that_does_not_answer_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "--redis-url", "redis://127.0.0.1:9"]) == 1
    assert "store" in capsys.readouterr().err


def test_the_command_hands_its_arguments_over_and_helps(redis_settings: Settings, redis_url: str) -> None:
    command = [sys.executable, "-m", "codearena", "keys"]
    created = subprocess.run([*command, "create", "team", "--redis-url", redis_url], capture_output=True, check=True)
    assert digest_of(created.stdout.decode().strip()) == _kept(redis_settings)[0].digest
    helped = subprocess.run([*command, "create", "--help"], capture_output=True, text=True, check=True).stdout
    assert all(word in helped for word in ("codearena keys create", "owner", "--scope", "--redis-url"))
