"""The compose files: their variables are those of .env.example, and their health checks are cheap."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parent.parent
SWARM = sorted((ROOT / "deploy" / "swarm").glob("*.yml"))
FILES = [ROOT / "docker-compose.yml", *sorted((ROOT / "deploy").glob("compose.*.yml")), *SWARM]
INTERPRETERS = re.compile(r"python|codearena\.|node|perl|curl|wget")
NOT_THE_USERS = {
    "TLS_CERTIFICATES",
    "SECCOMP_REVISION",
}  # without a default, on purpose; and set by deploy/swarm/stack.sh

_VARIABLE = re.compile(r"\$\{(\w+)(?::-([^}]*))?[^}]*\}")


class _Loader(yaml.SafeLoader):
    """Knows Compose's own tags."""


def _plain(loader: yaml.SafeLoader, node: yaml.Node) -> Any:
    return loader.construct_sequence(node) if isinstance(node, yaml.SequenceNode) else None


_Loader.add_constructor("!override", _plain)
_Loader.add_constructor("!reset", _plain)


def _services(file: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.load(file.read_text("utf-8"), _Loader)["services"]
    return found


def _documented() -> dict[str, str]:
    lines = (ROOT / ".env.example").read_text("utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def _used() -> set[tuple[str, str]]:
    """Names and defaults of all variables."""
    text = "".join(line for file in FILES for line in file.read_text("utf-8").splitlines(True) if "#   " not in line)
    return {(name, default) for name, default in _VARIABLE.findall(text) if name not in NOT_THE_USERS}


def test_every_variable_has_one_default_and_the_example_has_them_all() -> None:
    assert dict(_used()) == _documented()
    assert len(_used()) == len(_documented())


def test_the_number_of_executors_is_a_variable() -> None:
    assert _services(FILES[0])["executor"]["deploy"]["replicas"] == "${EXECUTORS:-1}"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_no_health_check_starts_an_interpreter(file: Path) -> None:
    checks = {
        name: service["healthcheck"].get("test", [])
        for name, service in _services(file).items()
        if "healthcheck" in service
    }
    assert not {name: test for name, test in checks.items() if INTERPRETERS.search(" ".join(test))}
    assert "HEALTHCHECK" not in (ROOT / "deploy" / "Dockerfile").read_text("utf-8")


def test_every_service_that_others_wait_for_has_a_health_check() -> None:
    services = _services(FILES[0])
    for name in ("gateway", "executor", "judge", "grader", "redis", "prometheus"):
        assert services[name]["healthcheck"]["test"], name
