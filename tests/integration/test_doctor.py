"""`codearena doctor` on set-ups that are broken, each in one way, and on one that is not."""

import os
import platform
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import redis

from codearena.tasks.findings import Finding, Status, from_json
from executor_service import doctor as executor_doctor
from tests.redis_servers import RedisServer

_FORBIDDEN = """
for limit in /proc/sys/user/max_*_namespaces; do echo 0 > "$limit"; done
exec "$@"
"""
"""Run as root of a new user namespace, whose limits then hold for all below it."""


@pytest.fixture
def redis_url(tmp_path: Path) -> Iterator[str]:
    server = RedisServer(tmp_path)
    yield server.url
    server.stop()


_NOWHERE = "redis://127.0.0.1:9/0"


def _environment(tmp_path: Path, settings: Mapping[str, str]) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith(("CODEARENA_", "DOCKER_"))}
    return own | {"XDG_STATE_HOME": str(tmp_path), "CODEARENA_GATEWAY_PORT": "0"} | settings


def _doctor(
    tmp_path: Path, settings: Mapping[str, str], before: tuple[str, ...] = ()
) -> tuple[int, dict[str, Finding]]:
    """Exit status and findings, with nothing but these settings."""
    environment = _environment(tmp_path, settings)
    command = [*before, sys.executable, "-m", "codearena", "doctor", "--json"]
    process = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert process.stdout, process.stderr
    return process.returncode, {finding.check: finding for finding in from_json(process.stdout)}


def _local(redis_url: str) -> dict[str, str]:
    return {"CODEARENA_EXECUTOR_ISOLATION": "local", "CODEARENA_GATEWAY_REDIS_URL": redis_url}


def test_set_up_in_order_has_no_fault_and_its_limits_hold(tmp_path: Path, redis_url: str) -> None:
    status, found = _doctor(tmp_path, _local(redis_url))
    assert status == 0
    assert found["limits"].status is Status.OK
    assert found["python"].status is Status.OK
    assert found["persistence"].status is Status.OK


@pytest.mark.parametrize(
    ("version", "status"),
    [
        (platform.python_version(), Status.OK),
        ("{}.{}.99".format(*sys.version_info), Status.OK),
        ("3.99.0", Status.WARNING),
    ],
)
def test_a_sandbox_whose_python_is_another_minor_version_is_warned_of(version: str, status: Status) -> None:
    found = executor_doctor.python_of(version)
    assert (found.check, found.status, bool(found.cure)) == ("python", status, status is Status.WARNING)


def test_engine_that_does_not_answer_is_named_with_its_cure(tmp_path: Path, redis_url: str) -> None:
    socket = tmp_path / "docker.sock"
    settings = {"CODEARENA_EXECUTOR_DOCKER_HOST": f"unix://{socket}", "CODEARENA_GATEWAY_REDIS_URL": redis_url}
    status, found = _doctor(tmp_path, settings)
    assert status == 1
    assert found["engine"].status is Status.FAULT
    assert str(socket) in found["engine"].detail
    assert "systemctl start docker" in found["engine"].cure


def test_redis_that_keeps_nothing_is_named_with_its_cure(tmp_path: Path, redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as client:
        client.config_set("appendonly", "no")
    status, found = _doctor(tmp_path, _local(redis_url))
    assert status == 1
    assert found["persistence"].status is Status.FAULT
    assert "appendonly yes" in found["persistence"].cure
    assert {check for check, finding in found.items() if finding.status is Status.FAULT} == {"persistence"}


@pytest.mark.docker
def test_missing_image_is_named_with_the_command_that_builds_it(tmp_path: Path, redis_url: str) -> None:
    image = "codearena-runner:no-such-image"
    settings = {"CODEARENA_EXECUTOR_IMAGE": image, "CODEARENA_GATEWAY_REDIS_URL": redis_url}
    status, found = _doctor(tmp_path, settings)
    assert status == 1
    assert found["engine"].status is Status.OK
    assert found["image"].status is Status.FAULT
    assert found["image"].cure == f"CODEARENA_EXECUTOR_IMAGE={image} python -m executor_service.image"


@pytest.mark.docker
def test_limits_of_containers_are_tried_and_hold(tmp_path: Path, redis_url: str) -> None:
    image = os.environ.get("RUNNER_IMAGE", "codearena-runner:dev")
    settings = {"CODEARENA_EXECUTOR_IMAGE": image, "CODEARENA_GATEWAY_REDIS_URL": redis_url}
    status, found = _doctor(tmp_path, settings)
    assert (status, found["limits"].status) == (0, Status.OK), found


def test_forbidden_namespaces_are_named_with_their_cure(tmp_path: Path, redis_url: str) -> None:
    forbid = ("unshare", "--user", "--map-root-user", "sh", "-c", _FORBIDDEN, "sh")
    status, found = _doctor(tmp_path, _local(redis_url), forbid)
    assert status == 1
    assert found["namespaces"].status is Status.FAULT
    assert "max_user_namespaces" in found["namespaces"].cure


def test_redis_that_does_not_answer_and_a_wrong_setting_are_findings_too(tmp_path: Path) -> None:
    settings = _local(_NOWHERE) | {"CODEARENA_EXECUTOR_POOL_MIN": "many"}
    status, found = _doctor(tmp_path, settings)
    assert status == 1
    assert found["redis"].status is Status.FAULT
    assert found["settings"].status is Status.FAULT
    assert found["settings"].detail.startswith("CODEARENA_EXECUTOR_POOL_MIN: ")
    assert "CODEARENA_EXECUTOR_POOL_MIN" in found["settings"].cure


def test_taken_port_is_named(tmp_path: Path, redis_url: str) -> None:
    port = redis_url.rpartition(":")[2].partition("/")[0]  # Redis itself is there
    status, found = _doctor(tmp_path, _local(redis_url) | {"CODEARENA_GATEWAY_PORT": port})
    assert status == 1
    assert "taken by something else" in found["port"].detail


def test_where_others_could_call_without_keys_is_a_fault(tmp_path: Path, redis_url: str) -> None:
    status, found = _doctor(tmp_path, _local(redis_url) | {"CODEARENA_GATEWAY_PUBLISHED_ON": "0.0.0.0"})
    assert status == 1
    assert found["access"].cure == "codearena keys create NAME"


@pytest.mark.parametrize(
    ("url", "status", "said"), [("", 0, "ok       persistence  append-only file"), (_NOWHERE, 1, "cure: ")]
)
def test_the_doctor_of_one_service_prints_lines_for_people(
    tmp_path: Path, redis_url: str, url: str, status: int, said: str
) -> None:
    settings = {"CODEARENA_GATEWAY_REDIS_URL": url or redis_url, "CODEARENA_GATEWAY_PORT": "0"}
    process = subprocess.run(
        [sys.executable, "-m", "gateway.doctor"],
        env=_environment(tmp_path, settings),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (process.returncode, process.stderr) == (status, "")
    assert said in process.stdout
    assert "{" not in process.stdout


def test_a_wrong_setting_is_a_line_and_no_traceback(tmp_path: Path) -> None:
    process = subprocess.run(
        [sys.executable, "-m", "executor_service.doctor"],
        env=_environment(tmp_path, {"CODEARENA_EXECUTOR_POOL_MIN": "many"}),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (process.returncode, process.stderr) == (1, "")
    assert process.stdout.startswith("fault    settings  CODEARENA_EXECUTOR_POOL_MIN: ")
