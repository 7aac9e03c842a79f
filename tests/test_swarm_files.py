"""What deploy/swarm/stack.sh would deploy: in the format of the oldest engine, replaceable, without secrets in it."""

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.integration import deployment

ROOT = Path(__file__).parent.parent
SWARM = ROOT / "deploy" / "swarm"
OVERLAYS = sorted(file for file in SWARM.glob("*.yml") if file.name != "stack.yml")
SERVING = ("gateway", "executor", "judge", "grader", "redis")
NOT_IN_THE_FORMAT = {"depends_on", "mem_limit", "network_mode", "profiles", "pids_limit", "runtime"}


def _environment(**variables: str) -> dict[str, str]:
    """Without those of a developer's own deployment."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "DOCKER_CONFIG") if name in os.environ}
    return kept | variables


def _rendered(*options: str, **variables: str) -> str:
    if reason := deployment.obstacle():
        pytest.skip(reason)
    command = [str(SWARM / "stack.sh"), "--print", *options]
    ran = subprocess.run(command, env=_environment(**variables), capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    return ran.stdout


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(_rendered())["services"]
    return found


@pytest.mark.parametrize("overlay", [None, *OVERLAYS], ids=lambda file: file.name if file else "alone")
def test_an_engine_understands_all_of_it(overlay: Path | None, tmp_path: Path) -> None:
    options = ["-f", str(overlay)] if overlay else []
    (tmp_path / "stack.yml").write_text(_rendered(*options))
    # Reads the file as `docker stack deploy` does, and asks no engine.
    command = ["docker", "stack", "config", "--compose-file", str(tmp_path / "stack.yml")]
    ran = subprocess.run(command, env=_environment(), capture_output=True, text=True, check=False)
    if "unknown flag" in ran.stderr or "is not a docker command" in ran.stderr:
        pytest.skip("this docker command cannot check a stack")
    assert ran.returncode == 0, ran.stderr


def test_nothing_in_it_is_of_compose_alone(services: dict[str, Any]) -> None:
    stack = yaml.safe_load(_rendered())
    assert stack["version"] == "3.8"
    assert "name" not in stack
    assert not {name: found for name, each in services.items() if (found := NOT_IN_THE_FORMAT & each.keys())}
    ports = [port for service in services.values() for port in service.get("ports", [])]
    assert ports
    assert all(isinstance(port["published"], int) and port["mode"] == "host" for port in ports)


def test_names_resolve_to_all_tasks_and_need_no_virtual_address(services: dict[str, Any]) -> None:
    assert {service["deploy"]["endpoint_mode"] for service in services.values()} == {"dnsrr"}


def test_executors_are_on_every_node_with_its_own_engine(services: dict[str, Any]) -> None:
    executor = services["executor"]
    assert executor["deploy"]["mode"] == "global"
    assert "replicas" not in executor["deploy"]
    assert "/var/run/docker.sock" in [volume["target"] for volume in executor["volumes"]]


@pytest.mark.parametrize("name", SERVING)
def test_a_version_that_does_not_get_healthy_is_rolled_back(services: dict[str, Any], name: str) -> None:
    service = services[name]
    assert service["healthcheck"]["test"]
    assert service["deploy"]["update_config"]["failure_action"] == "rollback"
    assert service["deploy"]["update_config"]["parallelism"] == 1


@pytest.mark.parametrize("name", ["gateway", "executor", "judge", "grader"])
def test_swarm_waits_longer_for_a_service_than_that_drains(services: dict[str, Any], name: str) -> None:
    assert services[name]["stop_grace_period"] == "45s"  # more than DRAIN_S
    assert f"CODEARENA_{name.upper()}_DRAIN_S" not in services[name]["environment"]


@pytest.mark.parametrize("name", SERVING)
def test_what_is_read_only_has_a_place_for_temporary_files_that_swarm_knows(
    services: dict[str, Any], name: str
) -> None:
    assert services[name]["read_only"]
    assert [volume["type"] for volume in services[name]["volumes"] if volume["target"] == "/tmp"] == ["tmpfs"]


def test_redis_keeps_its_volume_on_the_one_node_that_is_named(services: dict[str, Any]) -> None:
    redis = services["redis"]
    assert redis["deploy"]["placement"]["constraints"] == ["node.labels.codearena.redis == true"]
    assert "--appendonly yes" in redis["command"]
    assert "/data" in [volume["target"] for volume in redis["volumes"]]


def test_no_secret_is_in_the_definition() -> None:
    overlays = [option for file in OVERLAYS for option in ("-f", str(file))]
    text = _rendered(*overlays, REDIS_PASSWORD="hunter2", JUDGE_LLM_API_KEY="hunter3")
    assert "hunter" not in text
    assert all(secret["external"] for secret in yaml.safe_load(text)["secrets"].values())


def test_a_registry_is_in_the_names_of_all_images() -> None:
    services = yaml.safe_load(_rendered(REGISTRY="registry.example/arena/"))["services"]
    assert all(each["image"].startswith("registry.example/arena/codearena-") for each in services.values())
    assert services["executor"]["environment"]["CODEARENA_EXECUTOR_IMAGE"] == services["runner"]["image"]


def test_another_seccomp_profile_is_another_config() -> None:
    assert "codearena_seccomp_0" not in _rendered()
