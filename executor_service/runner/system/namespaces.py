"""Fresh namespaces for one runner; on the host also a root that holds an interpreter and nothing else."""

import os
import sys
from collections.abc import Callable

from executor_service.runner.system import kernel
from executor_service.runner.system.forked import LOST, end_with

RUNNER_CAPABILITIES = (kernel.CAP_KILL, kernel.CAP_SETGID, kernel.CAP_SETUID)
"""What a runner keeps of its namespaces' root: to drop each child to another uid, and to kill it."""

_MAPPED_UIDS = 65536
_FIRST_HOST_UID = 0x40000000  # far above what hosts assign, so that no file of theirs belongs to a mapped uid
_SYSTEM_FOLDERS = ("/usr", "/bin", "/sbin", "/lib", "/lib64")
_DEVICES = ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom")
_SKELETON_BYTES = 1 << 20
_SHM_BYTES, _SHM_INODES = 1 << 20, 64  # where locks of multiprocessing live, as in a container
_LINKS = {"fd": "fd", "stdin": "fd/0", "stdout": "fd/1", "stderr": "fd/2"}
_STAGE = "/tmp"
_OWN_FOLDER = os.path.realpath(os.path.join(os.path.dirname(__file__), *[os.pardir] * 3))
"""Where our packages lie: a checkout, or what an installer has put them in, the tasks' references among them."""


def fork_into(level: str, run: Callable[[], int], tmpfs_bytes: int) -> int:
    """Forks a process that calls `run` as PID 1 of fresh namespaces of that level, with a root of its own.

    It ends with what `run` returns. Returns its pid, 0 if it cannot be.
    """

    def settle_and_run() -> int:
        _settle(level, tmpfs_bytes)
        return run()

    if level == "rlimits":
        pid = os.fork()
        if pid == 0:
            os.setsid()
            end_with(run)
        return pid
    return fork_apart(settle_and_run, None if level == "nested" else (_FIRST_HOST_UID, _MAPPED_UIDS))


def fork_apart(run: Callable[[], int], uids: tuple[int, int] | None) -> int:
    """Forks a process that calls `run` as PID 1 of fresh namespaces and with what the caller has mounted.

    uids: the first and the number of those outside that are 0, 1, ... inside, groups alike, which takes SETUID and
    SETGID outside; None: the caller's alone, as 0. The process ends with what `run` returns.

    Returns its pid, 0 if this host allows no such thing.
    """
    uid, gid = os.geteuid(), os.getegid()
    mapped_r, mapped_w = os.pipe2(os.O_CLOEXEC)
    try:
        pid = kernel.fork_into(kernel.CLONE_NEW)
    except OSError:  # that is an answer, not a defect
        os.close(mapped_r)
        os.close(mapped_w)
        return 0
    if pid == 0:
        os.close(mapped_w)
        end_with(lambda: _begin(mapped_r, run, None if uids else (uid, gid)))
    os.close(mapped_r)
    try:
        if uids:  # the map of a root-owned namespace can only be written from outside
            for name in ("uid_map", "gid_map"):
                with open(f"/proc/{pid}/{name}", "w") as file:
                    file.write(f"0 {uids[0]} {uids[1]}")
        os.write(mapped_w, b"m")
    finally:
        os.close(mapped_w)
    return pid


def _begin(mapped_r: int, run: Callable[[], int], own: tuple[int, int] | None) -> int:
    """The new PID 1, which waits until it has a user.

    own: user and group outside that become its root, where not the parent decides that.
    """
    if os.read(mapped_r, 1) != b"m":
        return LOST
    os.close(mapped_r)
    if own:
        _map_self(*own)
    return run()


def _map_self(uid: int, gid: int) -> None:
    for name, text in (("setgroups", "deny"), ("uid_map", f"0 {uid} 1"), ("gid_map", f"0 {gid} 1")):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)


def _settle(level: str, tmpfs_bytes: int) -> None:
    """PID 1 of the new namespaces: root of its own, nothing of the host in it, three capabilities left."""
    os.setsid()
    # Paths are opened as the user outside: the interpreter may lie in a folder that the mapped root may not enter.
    sources = {path: os.open(path, os.O_PATH) for path in _bound_paths()}
    if level == "namespaces":
        become_root()
    _build_root(sources, tmpfs_bytes)
    kernel.keep_capabilities(RUNNER_CAPABILITIES if level == "namespaces" else ())
    kernel.forbid_new_privileges()


def become_root() -> None:
    """From a user that has no name in these namespaces to their root."""
    os.setgroups([])
    os.setresgid(0, 0, 0)
    os.setresuid(0, 0, 0)


def _bound_paths() -> list[str]:
    prefixes = {os.path.realpath(sys.base_prefix), os.path.realpath(sys.base_exec_prefix)}
    own = [path for path in sorted(prefixes) if not path.startswith("/usr")]
    return [path for path in (*_SYSTEM_FOLDERS, *own, *_DEVICES) if os.path.exists(path)]


def _build_root(sources: dict[str, int], tmpfs_bytes: int) -> None:
    kernel.mount("none", "/", "", kernel.MS_REC | kernel.MS_PRIVATE)
    hardened = kernel.MS_NOSUID | kernel.MS_NODEV
    kernel.mount("tmpfs", _STAGE, "tmpfs", hardened, f"size={_SKELETON_BYTES},mode=755")
    for path, fd in sources.items():
        _bind(path, fd)
    # Our packages, where they are bound with the interpreter's, are not for attempts to see.
    is_bound = any(_OWN_FOLDER.startswith(os.path.realpath(path) + os.sep) for path in sources)
    if is_bound and os.path.isdir(_STAGE + _OWN_FOLDER):  # else this root may not enter what holds it: nor an attempt
        kernel.mount("tmpfs", _STAGE + _OWN_FOLDER, "tmpfs", hardened | kernel.MS_RDONLY)
    for folder in ("/tmp", "/proc", "/dev/shm", "/.old"):
        os.makedirs(_STAGE + folder)
    for folder, size, inodes in (("/tmp", tmpfs_bytes, 8192), ("/dev/shm", _SHM_BYTES, _SHM_INODES)):
        bounds = f"size={size},nr_inodes={inodes},mode=1777"
        kernel.mount("tmpfs", _STAGE + folder, "tmpfs", hardened | kernel.MS_NOEXEC, bounds)
    for name, target in _LINKS.items():
        os.symlink(f"/proc/self/{target}", f"{_STAGE}/dev/{name}")
    kernel.mount("proc", _STAGE + "/proc", "proc", hardened | kernel.MS_NOEXEC)
    kernel.pivot_root(_STAGE, _STAGE + "/.old")
    os.chdir("/")
    kernel.unmount("/.old")
    os.rmdir("/.old")
    kernel.mount("none", "/", "", kernel.MS_REMOUNT | kernel.MS_BIND | kernel.MS_RDONLY | hardened)


def _bind(path: str, fd: int) -> None:
    target = _STAGE + path
    os.makedirs(os.path.dirname(target), exist_ok=True)
    if os.path.islink(path):
        os.symlink(os.readlink(path), target)
        return
    if os.path.isdir(f"/proc/self/fd/{fd}"):
        os.makedirs(target, exist_ok=True)
    else:
        os.close(os.open(target, os.O_CREAT | os.O_WRONLY))
    kernel.mount(f"/proc/self/fd/{fd}", target, "", kernel.MS_BIND | kernel.MS_REC)
    if not path.startswith("/dev"):
        flags = kernel.MS_REMOUNT | kernel.MS_BIND | kernel.MS_RDONLY | kernel.MS_NOSUID | kernel.MS_NODEV
        kernel.mount("none", target, "", flags)
