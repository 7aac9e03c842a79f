"""Who owns a container: labels that tell any executor on the same engine whether the owner can still be alive."""

import math
import os
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

ROLE_LABEL = "codearena.role"
ROLE = "runner"
OWNER_LABEL = "codearena.owner"
PROCESS_LABEL = "codearena.owner.process"
LIFETIME_LABEL = "codearena.lifetime"
"""Seconds. Not a point in time: an owner's clock may be wrong, and those who look for leftovers go by the engine's."""

_START_TIME_FIELD = 19  # of /proc/pid/stat, counted after the command's closing parenthesis: field 22 of proc(5)


def process_identity(pid: int) -> str | None:
    """Boot, pid namespace, pid and start time of a process: no other process ever has the same. None if it is gone."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        namespace = Path("/proc/self/ns/pid").readlink()
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    return f"{boot}/{namespace}/{pid}/{stat.rpartition(')')[2].split()[_START_TIME_FIELD]}"


@dataclass(frozen=True)
class Owner:
    """One executor process. instance: unique; process: what `process_identity` says of it, empty if unknown."""

    instance: str
    process: str

    @classmethod
    def this_process(cls) -> "Owner":
        """A new owner for this process; a process that runs two executors has two."""
        return cls(uuid.uuid4().hex, process_identity(os.getpid()) or "")

    def labels(self, lifetime_s: float) -> dict[str, str]:
        """Labels of a container that cannot legitimately live longer than `lifetime_s`."""
        return {
            ROLE_LABEL: ROLE,
            OWNER_LABEL: self.instance,
            PROCESS_LABEL: self.process,
            LIFETIME_LABEL: str(math.ceil(lifetime_s)),
        }


def is_surely_dead(labels: Mapping[str, str], identity: Callable[[int], str | None] = process_identity) -> bool:
    """True if the owner was a process of this pid namespace and is no more; False also if that cannot be known."""
    label = labels.get(PROCESS_LABEL, "")
    ours = identity(os.getpid())
    if not label or not ours or label.split("/")[:2] != ours.split("/")[:2]:
        return False
    pid = label.split("/")[2]
    return not pid.isdigit() or identity(int(pid)) != label
