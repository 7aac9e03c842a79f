"""Machines of a Swarm, each a container with an engine of its own: started, cut off from the network, killed.

A node's engine is reached by a socket in a folder of this host, whatever becomes of the node's network.
"""

import contextlib
import os
import secrets
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.integration.deployment import TAG, base_image
from tests.integration.processes import ROOT

IMAGE = f"codearena-swarm-node:{TAG}"
_TIMEOUT_S = 600
_SUBNETS = 20  # tries, of those that Docker and Swarm give out by themselves neither
# Not --privileged: an engine refuses it where it lacks a capability itself.
_RIGHTS = (
    *("--cap-add", "ALL", "--cap-drop", "SYS_RESOURCE", "--device-cgroup-rule", "a *:* rwm"),
    *("--security-opt", "seccomp=unconfined", "--security-opt", "apparmor=unconfined"),
    *("--security-opt", "systempaths=unconfined"),
)
_SYSCTLS = {"keepalive_time": 5, "keepalive_intvl": 2, "keepalive_probes": 3, "retries2": 5}
"""As deploy/swarm/balancer.conf wants them."""
_CUT = (("raw", "PREROUTING", "-i"), ("mangle", "POSTROUTING", "-o"))


class CannotBeError(Exception):
    """No such machines can be made here; says why."""


def run(command: Sequence[str], *, engine: str = "", stdin: str | None = None, **environment: str) -> str:
    """Output of a command, run in the root of the checkout. engine: DOCKER_HOST; empty: as it is.

    Raises RuntimeError with the end of what it said, if it fails.
    """
    variables = os.environ | environment | ({"DOCKER_HOST": engine} if engine else {})
    ran = subprocess.run(
        command, cwd=ROOT, env=variables, input=stdin, capture_output=True, text=True, check=False, timeout=_TIMEOUT_S
    )
    if ran.returncode:
        raise RuntimeError(
            f"{' '.join(command)} failed with {ran.returncode}:\n{ran.stdout[-500:]}{ran.stderr[-3000:]}"
        )
    return ran.stdout.strip()


@dataclass(frozen=True)
class Node:
    """name: its host name; container: on this host's engine; engine: DOCKER_HOST of its own."""

    name: str
    container: str
    address: str
    engine: str

    def docker(self, *arguments: str) -> str:
        """Output of `docker <arguments>` of the node's own engine."""
        return run(["docker", *arguments], engine=self.engine)

    def kill(self) -> None:
        """Its plug is pulled: everything in it ends at once, and its address no longer answers."""
        run(["docker", "kill", self.container])

    def start(self) -> None:
        """Turns it on again; returns when its engine answers."""
        run(["docker", "start", self.container])
        self.wait()

    def wait(self) -> None:
        """Returns when its engine answers. Raises CannotBeError if it ends instead."""
        answers = "until docker --host $1 info >/dev/null 2>&1; do docker exec $2 true && sleep 0.3 || exit 1; done"
        try:
            run(["timeout", "120", "bash", "-c", answers, "-", self.engine, self.container])
        except RuntimeError as error:
            logs = subprocess.run(["docker", "logs", "--tail", "5", self.container], capture_output=True, text=True)
            raise CannotBeError(f"no engine runs in a container here: {logs.stderr[-500:]}") from error

    def cut(self) -> None:
        """Nothing comes from or gets to other machines any more, and nobody is told."""
        for table, chain, direction in _CUT:
            self._rule(table, "-I", chain, direction)

    def mend(self) -> None:
        """Undoes `cut`; does nothing if it was not cut off."""
        for table, chain, direction in _CUT:
            with contextlib.suppress(RuntimeError):  # there is no such rule
                self._rule(table, "-D", chain, direction)

    def _rule(self, table: str, change: str, chain: str, direction: str) -> None:
        rule = ["iptables", "-t", table, change, chain, direction, "eth0", "-j", "DROP"]
        run(["docker", "exec", self.container, *rule])


@dataclass(frozen=True)
class Machines:
    """Nodes on a network of their own. name: of the network, and the start of all other names."""

    name: str
    subnet: str
    folder: Path
    nodes: list[Node] = field(default_factory=list)

    def add(self) -> Node:
        """One more node, not yet a member of anything."""
        number = len(self.nodes) + 1
        name, address = f"node{number}", self.address(10 + number)
        container, socket = f"{self.name}-{name}", self.folder / name / "docker.sock"
        socket.parent.mkdir()
        where = ["--name", container, "--hostname", name, "--network-alias", name]
        mounts = ["--tmpfs", "/run", "--volume", f"{socket.parent}:/engine", "--volume", f"{container}:/var/lib/docker"]
        self.start_container([*where, *mounts, *_RIGHTS], address, [])
        node = Node(name, container, address, f"unix://{socket}")
        self.nodes.append(node)
        node.wait()
        return node

    def address(self, number: int) -> str:
        return f"{self.subnet}.{number}"

    def start_container(self, options: Sequence[str], address: str, command: Sequence[str]) -> None:
        """Of the node's image, on the network of the nodes."""
        network = ["--network", self.name, "--ip", address]
        run(["docker", "run", "--detach", "--label", f"swarm={self.name}", *network, *options, IMAGE, *command])

    def start_balancer(self) -> str:
        """deploy/swarm/balancer.conf in front of the nodes; URL."""
        address = self.address(250)
        configuration = (ROOT / "deploy" / "swarm" / "balancer.conf").read_text("utf-8")
        known = {node.name for node in self.nodes}
        lines = [line for line in configuration.splitlines() if not _names_another_node(line, known)]
        file = self.folder / "balancer.conf"
        file.write_text("\n".join(lines), "utf-8")
        sysctls = [part for name, value in _SYSCTLS.items() for part in ("--sysctl", f"net.ipv4.tcp_{name}={value}")]
        options = ["--name", f"{self.name}-balancer", "--volume", f"{file}:/balancer.conf:ro", *sysctls]
        options += ["--entrypoint", "nginx"]
        self.start_container(options, address, ["-c", "/balancer.conf", "-g", "daemon off;"])
        return f"http://{address}:8080"

    def require_overlays(self) -> None:
        """Raises CannotBeError if the kernel has no VXLAN, which overlay networks are made of."""
        link = "ip link add overlay-try type vxlan id 4242 dstport 4790 dev eth0 && ip link delete overlay-try"
        try:
            run(["docker", "exec", self.nodes[0].container, "sh", "-c", link])
        except RuntimeError as error:
            raise CannotBeError(f"no overlay network can be made here: {error}") from error

    def remove(self) -> None:
        """All containers, volumes and the network."""
        for container in run(["docker", "ps", "--all", "--quiet", "--filter", f"label=swarm={self.name}"]).split():
            run(["docker", "rm", "--force", "--volumes", container])
        for node in self.nodes:
            run(["docker", "volume", "rm", "--force", node.container])
        run(["docker", "network", "rm", self.name])


def _names_another_node(line: str, known: set[str]) -> bool:
    words = line.split()
    return words[:1] == ["server"] and words[1].partition(":")[0] not in known | {"{"}


def build_node_image() -> None:
    folder = str(Path(__file__).with_name("node"))
    run(["docker", "build", "--quiet", "--build-arg", f"PYTHON_BASE={base_image()}", "--tag", IMAGE, folder])


@contextmanager
def machines(count: int) -> Iterator[Machines]:
    """So many nodes with engines that answer; nothing of them is left.

    Raises CannotBeError if there can be none here.
    """
    build_node_image()
    name = f"codearena-swarm-{secrets.token_hex(4)}"
    with tempfile.TemporaryDirectory(prefix="swarm-") as folder:
        made = Machines(name, _network(name), Path(folder))
        try:
            for _ in range(count):
                made.add()
            made.require_overlays()
            yield made
        finally:
            made.remove()


def _network(name: str) -> str:
    """Makes the network; the first three numbers of its addresses."""
    for _ in range(_SUBNETS):
        subnet = f"10.{200 + secrets.randbelow(50)}.{secrets.randbelow(256)}"
        with contextlib.suppress(RuntimeError):  # another network has it
            run(["docker", "network", "create", "--subnet", f"{subnet}.0/24", name])
            return subnet
    raise CannotBeError("no free network for the nodes")
