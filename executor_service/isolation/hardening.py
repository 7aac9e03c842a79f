"""What a sandbox container may do: the whole of its configuration, in one place to review. Pure.

Fields and their meaning: https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Container/operation/ContainerCreate
"""

import json
from collections.abc import Mapping
from typing import Any

from executor_service.settings import MIB, Settings

_SHM_BYTES = MIB
_SHM_INODES = 64
_RUNNER_PROCESSES = 16
_CELL_CALLS = ["clone", "mount"]
"""What PID 1 of a container needs to make fresh namespaces, clone with any flag; attempts are under the list alone."""


def configuration(settings: Settings, image: str, seccomp: str, labels: Mapping[str, str]) -> dict[str, Any]:
    """Configuration of one sandbox container. image: id or name; seccomp: the profile's text, not its path."""
    return {
        "Image": image,
        # The image's entry point is the runner; as root, which it needs to drop each child to another uid.
        "User": "0:0",
        "Hostname": "sandbox",
        "Labels": dict(labels),
        # stdin stays open for exactly one client: when we go away, for whatever reason, it closes and the runner exits.
        "OpenStdin": True,
        "StdinOnce": True,
        "AttachStdin": True,
        "AttachStdout": True,
        "AttachStderr": True,
        "Tty": False,
        # An empty network namespace, as with network mode "none" but at half the CPU: the engine sets up no network.
        "NetworkDisabled": True,
        "Healthcheck": {"Test": ["NONE"]},
        "HostConfig": _host_configuration(settings, seccomp),
    }


def cell_configuration(settings: Settings, image: str, seccomp: str, labels: Mapping[str, str]) -> dict[str, Any]:
    """The same for a container that attempts take turns in, each in fresh namespaces made by its PID 1.

    The kernel lets a user namespace have a /proc of its own only where no part of the container's is covered, so that
    one is not masked here: no attempt ever sees it, nor has a user to whom its files would yield.
    """
    made = configuration(settings, image, cell_seccomp(seccomp), labels)
    bounds = (settings.tmpfs_bytes, settings.tmpfs_inodes, _SHM_BYTES, _SHM_INODES)
    made["Cmd"] = ["--cell", *map(str, bounds)]
    made["HostConfig"] |= {"MaskedPaths": [], "ReadonlyPaths": []}
    return made


def cell_seccomp(seccomp: str) -> str:
    """The profile of such a container: the list and what makes namespaces."""
    profile = json.loads(seccomp)
    profile["syscalls"].append({"names": _CELL_CALLS, "action": "SCMP_ACT_ALLOW"})
    return json.dumps(profile)


def _host_configuration(settings: Settings, seccomp: str) -> dict[str, Any]:
    memory_bytes = settings.memory_bytes + settings.runner_memory_bytes
    options: dict[str, Any] = {
        "ReadonlyRootfs": True,
        "Tmpfs": {
            "/tmp": _tmpfs(settings.tmpfs_bytes, settings.tmpfs_inodes),
            # Locks of multiprocessing live here. Ours, because the engine's own /dev/shm has no bound on inodes.
            "/dev/shm": _tmpfs(_SHM_BYTES, _SHM_INODES),
        },
        "IpcMode": "none",
        "CapDrop": ["ALL"],
        # Drop children to other uids, and kill them. Gone in every child: setresuid from 0 clears them.
        "CapAdd": ["SETUID", "SETGID", "KILL"],
        "SecurityOpt": ["no-new-privileges", f"seccomp={seccomp}"],
        "Memory": memory_bytes,
        "MemorySwap": memory_bytes,  # memory and swap together: no swap
        "NanoCpus": int(settings.cpus * 1e9),
        "PidsLimit": settings.processes + _RUNNER_PROCESSES,
        # Not nproc: it counts a uid's processes over all containers, so one attempt could starve another.
        "Ulimits": [
            _ulimit("nofile", settings.open_files),
            _ulimit("core", 0),
            _ulimit("memlock", 0),
            _ulimit("msgqueue", 0),
        ],
        # When the host itself runs out of memory, a sandbox goes before anything that matters.
        "OomScoreAdj": 500,
        # stdout is the channel of the reports; nobody needs a copy on disk.
        "LogConfig": {"Type": "none"},
        "Init": False,  # the runner reaps its children itself
        "AutoRemove": False,  # the engine would remove it before we could ask how it ended
        "RestartPolicy": {"Name": "no"},
        "Privileged": False,
    }
    if settings.runtime:
        options["Runtime"] = settings.runtime
    return options


def _tmpfs(size_bytes: int, inodes: int) -> str:
    return f"size={size_bytes},nr_inodes={inodes},mode=1777,noexec,nosuid,nodev"


def _ulimit(name: str, value: int) -> dict[str, Any]:
    return {"Name": name, "Soft": value, "Hard": value}
