"""The services as docker-compose.yml runs them, under a project name of their own."""

import json
import os
import re
import shutil
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

from tests.integration.processes import ROOT
from tests.ports import free_port

EXECUTORS = 3
TAG = os.environ.get("RUNNER_IMAGE", "codearena-runner:dev").rpartition(":")[2]  # two checkouts do not share images
_UP_TIMEOUT_S = 900  # the first time, it downloads and installs what the images hold
_METRICS = "from urllib.request import urlopen; print(urlopen('http://127.0.0.1:9464/metrics').read().decode())"
_IDENTITY = "from executor_service.isolation.owner import process_identity; print(process_identity(1))"
_ATTEMPTS = re.compile(r"^codearena_executor_attempts_total\{.*\} (\S+)$", re.MULTILINE)


@cache
def obstacle() -> str:
    """Why nothing can be started with Compose here; empty if it can."""
    if shutil.which("docker") is None:
        return "no docker command on PATH"
    version = subprocess.run(["docker", "compose", "version"], capture_output=True, text=True, check=False)
    return "" if version.returncode == 0 else "no Docker Compose v2"


def base_image() -> str:
    """The image to build on: the environment's choice, else what the set-up script finds or makes."""
    if chosen := os.environ.get("PYTHON_BASE"):
        return chosen
    return _output([str(ROOT / "deploy" / "engine.sh"), "base"], dict(os.environ))


@dataclass(frozen=True)
class Deployment:
    """A running project. url: of its gateway; prometheus_url: where Prometheus is once it is up."""

    project: str
    environment: dict[str, str]
    url: str
    prometheus_url: str

    def compose(self, *arguments: str) -> str:
        """Output of `docker compose <arguments>` for this project."""
        return _output(["docker", "compose", "--project-name", self.project, *arguments], self.environment)

    def up(self) -> None:
        """Returns when everything is healthy; starts what does not run."""
        self.compose("up", "--build", "--detach", "--wait")

    def executors(self) -> list[str]:
        """Ids of the executors' containers, the stopped ones too."""
        return self.compose("ps", "--all", "--quiet", "executor").split()

    def attempts_of(self, executor: str) -> int:
        """Attempts that the executor has reported since it started."""
        metrics = docker("exec", executor, "python", "-c", _METRICS)
        return sum(int(float(count)) for count in _ATTEMPTS.findall(metrics))

    def identity_of(self, executor: str) -> str:
        """The label by which its sandboxes are told from those of other executors."""
        return docker("exec", executor, "python", "-c", _IDENTITY)

    def state_of(self, executor: str) -> dict[str, Any]:
        """What the engine says of the executor's own container."""
        state: dict[str, Any] = json.loads(docker("inspect", executor))[0]["State"]
        return state

    def healthy(self, executor: str) -> bool:
        state = self.state_of(executor)
        return bool(state["Running"]) and state["Health"]["Status"] == "healthy"


def docker(*arguments: str) -> str:
    """Output of `docker <arguments>`."""
    return _output(["docker", *arguments], dict(os.environ))


@contextmanager
def deployed() -> Iterator[Deployment]:
    """Everything up, with several executors; nothing of it is left, its data neither."""
    port, prometheus_port = free_port(), free_port()
    choices = {
        "PYTHON_BASE": base_image(),
        "EXECUTORS": str(EXECUTORS),
        "GATEWAY_PORT": str(port),
        "PROMETHEUS_PORT": str(prometheus_port),
        "REDIS_PASSWORD": uuid.uuid4().hex,
        # Tags of their own, so that a deployment of the developer's keeps the images it runs.
        "CODEARENATAG": f"{TAG}-integration",
        "RUNNER_IMAGE": f"codearena-runner:{TAG}-integration",
    }
    project = f"codearena-{uuid.uuid4().hex[:12]}"
    urls = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{prometheus_port}"
    deployment = Deployment(project, os.environ | choices, *urls)
    try:
        deployment.up()
        yield deployment
    finally:
        deployment.compose("--profile", "observability", "down", "--volumes", "--remove-orphans")


def _output(command: list[str], environment: dict[str, str]) -> str:
    ran = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=_UP_TIMEOUT_S
    )
    if ran.returncode:
        raise RuntimeError(f"{' '.join(command)} failed with {ran.returncode}:\n{ran.stderr[-4000:]}")
    return ran.stdout.strip()
