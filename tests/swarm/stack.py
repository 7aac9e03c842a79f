"""The stack on a Swarm, brought up by the commands of deploy/swarm/README.md as they stand there."""

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from tests.integration.deployment import TAG, base_image
from tests.integration.processes import ROOT
from tests.swarm.machines import Machines, Node, machines, run

_README = ROOT / "deploy" / "swarm" / "README.md"
MOST_COMMANDS = 10


def documented() -> list[str]:
    """The commands that lead to the first graded attempt, in their order."""
    block = _README.read_text("utf-8").partition("```bash\n")[2].partition("```")[0]
    return block.splitlines()


@dataclass(frozen=True)
class Stack:
    """A deployed stack. environment: the variables of its deployment; key: an API key; url: of the balancer."""

    machines: Machines
    environment: dict[str, str]
    key: str
    url: str
    graded: str
    """What the last documented command printed."""

    @property
    def manager(self) -> Node:
        return self.machines.nodes[0]

    def deploy(self, **changed: str) -> None:
        """`deploy/swarm/stack.sh`, with some variables changed."""
        run(["deploy/swarm/stack.sh"], engine=self.manager.engine, **self.environment | changed)

    def scale(self, **replicas: int) -> None:
        """Returns when Swarm has been told."""
        wanted = [f"codearena_{service}={count}" for service, count in replicas.items()]
        self.manager.docker("service", "scale", "--detach", *wanted)

    def healthy(self) -> dict[str, tuple[int, int]]:
        """Of each service, how many tasks run and pass their checks, and how many are wanted."""
        lines = self.manager.docker("service", "ls", "--format", "{{.Name}} {{.Replicas}}").splitlines()
        found = {}
        for line in lines:
            name, replicas = line.split()[:2]
            running, wanted = replicas.split("/")
            found[name.removeprefix("codearena_")] = int(running), int(wanted)
        return found

    def settled(self) -> bool:
        """Whether all that is wanted runs."""
        return all(running == wanted for running, wanted in self.healthy().values())

    def update_of(self, service: str) -> str:
        """State of the service's last update; empty: it was never updated."""
        format_ = ["--format", "{{if .UpdateStatus}}{{.UpdateStatus.State}}{{end}}"]
        return self.manager.docker("service", "inspect", *format_, f"codearena_{service}")

    def running(self, service: str) -> list[tuple[str, str]]:
        """Node and image of each of its tasks that passes its checks."""
        format_ = ["--filter", "desired-state=running", "--format", "{{.CurrentState}} {{.Node}} {{.Image}}"]
        lines = self.manager.docker("service", "ps", f"codearena_{service}", *format_).splitlines()
        parts = [line.split() for line in lines if line.startswith("Running")]
        return [(each[-2], each[-1]) for each in parts]

    def container_of(self, service: str, node: Node) -> str:
        """Id of the running task's container."""
        return node.docker("ps", "--quiet", "--filter", f"name=codearena_{service}\\.").split()[0]

    def trajectories(self) -> list[dict[str, object]]:
        """Every stored attempt, as gateway/trajectories.py exports it."""
        export = ["python", "-m", "gateway.trajectories"]
        lines = self.manager.docker("exec", self.container_of("gateway", self.manager), *export).splitlines()
        exported = [json.loads(line) for line in lines]
        return [line for line in exported if line["kind"] == "attempt"]


def _environment(choices: Mapping[str, str]) -> dict[str, str]:
    ours = {
        "PYTHON_BASE": base_image(),
        # Tags of their own, so that a deployment of the developer's keeps the images it runs.
        "CODEARENA_TAG": f"{TAG}-swarm",
        "RUNNER_IMAGE": f"codearena-runner:{TAG}-swarm",
        # Sandboxes that cost little: what is tried is the services.
        "ISOLATION": "cell",
    }
    return ours | dict(choices)


@contextmanager
def deployed(nodes: int, **choices: str) -> Iterator[Stack]:
    """The stack on so many nodes. choices: variables of the deployment.

    Raises CannotBeError if there can be no such nodes here.
    """
    environment = _environment(choices)
    build = next(each for each in documented() if " build" in each)
    run(shlex.split(build), **environment)
    with machines(nodes) as made:
        key, graded = _follow(made, environment)
        yield Stack(made, environment, key, made.start_balancer(), graded)


def _follow(made: Machines, environment: dict[str, str]) -> tuple[str, str]:
    """Runs what is documented: each command where it is to be run. The API key, and the answer about the attempt."""
    first, *others = made.nodes
    token = key = graded = ""
    for command in documented():
        command = command.replace("ADDRESS_OF_NODE1", first.address).replace("http://node1", f"http://{first.address}")
        if command.startswith("docker swarm init"):
            token = re.findall(r"SWMTKN-\S+", run(shlex.split(command), engine=first.engine))[0]
        elif command.startswith("docker swarm join"):
            for node in others:
                run(shlex.split(command.replace("TOKEN", token, 1)), engine=node.engine)
        elif "images.sh" in command:
            # From this host, where they were built; the first node has not built them either.
            run(["deploy/swarm/images.sh", *(node.engine for node in made.nodes)], **environment)
        elif command.startswith("KEY="):
            key = run(["bash", "-c", f"{command}; echo $KEY"], engine=first.engine, **environment)
        elif command.startswith("curl"):
            graded = run(["bash", "-c", command], KEY=key)
        elif "engine.sh" not in command and " build" not in command:  # this host is set up, the images are built
            run(shlex.split(command), engine=first.engine, **environment)
    return key, graded
