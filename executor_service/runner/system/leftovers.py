"""What an attempt may have left in its container: processes, files, memory, traces of connections.

All of it is gone, or there is doubt.

An attempt can write in few places of a container: the file systems in memory. System V and POSIX messages and segments,
keys, and files without a name are refused by the filter of system calls (executor_service/image/seccomp.json), and what
is left then belongs to a process.
"""

import operator
import os
import signal
import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, suppress

_CGROUP = "/sys/fs/cgroup"
_OOM_FILES = (f"{_CGROUP}/memory.events", f"{_CGROUP}/memory/memory.oom_control")
_MEMORY_STATS = (f"{_CGROUP}/memory.stat", f"{_CGROUP}/memory/memory.stat")
_PROCESS_COUNTS = (f"{_CGROUP}/pids.current", f"{_CGROUP}/pids/pids.current")
_MEMORY_SLACK_BYTES = 4 << 20  # what the kernel has counted for a core but not yet for the container, and its rounding
_SETTLE_S = 0.5  # for the kernel to give back what it frees later than the last process
_LOOK_AGAIN_S = 0.002
_FILES_REMOVED = 256  # more than an honest attempt leaves: another container is cheaper then
_WRITABLE = ("/tmp", "/dev/shm")
_NETWORK = ("dev", "snmp", "snmp6", "netstat", "tcp", "tcp6")  # in /proc/net


def oom_file() -> str:
    """The file that tells whether the kernel has killed a process of this container for memory."""
    return _readable(_OOM_FILES)


def _processes() -> int:
    with open(_readable(_PROCESS_COUNTS)) as file:
        return int(file.read())


def _memory_bytes() -> tuple[int, int]:
    """Of processes, and of files in memory; not of files on disk, which the kernel keeps as long as it likes."""
    counters = _counters(_MEMORY_STATS)
    return counters.get("anon", counters.get("rss", 0)), counters.get("shmem", 0)


def _counters(paths: tuple[str, ...]) -> dict[str, int]:
    with open(_readable(paths)) as file:
        return {name: int(value) for name, value in (line.split() for line in file)}


def _readable(paths: tuple[str, ...]) -> str:
    """The first that exists: cgroup v2 or v1."""
    return next(path for path in paths if os.path.exists(path))


@contextmanager
def acting_as(uid: int) -> Iterator[None]:
    """Has the rights of `uid` and no others meanwhile. The saved uid stays 0 to come back by."""
    os.setresuid(uid, uid, 0)
    try:
        yield
    finally:
        os.setresuid(0, 0, 0)


def kill_uid(uid: int) -> None:
    """SIGKILL to all of a uid in one step of the kernel, which no fork can outrun.

    kill(-1) reaches what the caller may signal; as `uid` and without capabilities that is this uid's processes alone,
    and never the caller or PID 1 (kill(2)).
    """
    with acting_as(uid), suppress(ProcessLookupError):
        os.kill(-1, signal.SIGKILL)


class Container:
    """A container as it is before the first attempt, with this process as its PID 1.

    ours: processes that stay. growth_bytes: by which they may grow from one attempt to the next.
    """

    def __init__(self, ours: int = 1, growth_bytes: int = 0) -> None:
        self._ours = ours
        processes_bytes, files_bytes = _memory_bytes()
        self._most_bytes = (processes_bytes + growth_bytes + _MEMORY_SLACK_BYTES, files_bytes + _MEMORY_SLACK_BYTES)
        self._used = _used()
        self._network = _network()

    def settled(self) -> bool:
        """True once nothing but our processes is here and the memory is back; False if that does not come."""
        deadline = time.monotonic() + _SETTLE_S
        while True:
            if _counters(_OOM_FILES).get("oom_kill", 0):
                return False
            if _processes() == self._ours and all(map(operator.le, _memory_bytes(), self._most_bytes)):
                return True
            if time.monotonic() > deadline:
                return False
            time.sleep(_LOOK_AGAIN_S)

    def cleared(self, uids: Collection[int]) -> bool:
        """Ends all processes of those uids and removes their files. False: something is left, or may be."""
        for uid in uids:
            kill_uid(uid)
        _reap_all()
        try:
            _remove(_WRITABLE, uids)
        except (OSError, LookupError):
            return False
        return self.settled() and _used() == self._used and _network() == self._network


def _reap_all() -> None:
    """Every process here is a child of PID 1 once its parent is gone."""
    while True:
        try:
            os.wait()
        except ChildProcessError:
            return


def _used() -> list[tuple[int, int]]:
    """Files and blocks in use, of files without a name too."""
    found = map(os.statvfs, _WRITABLE)
    return [(each.f_files - each.f_ffree, each.f_blocks - each.f_bfree) for each in found]


def _network() -> dict[str, str]:
    """What is counted of the network, and the connections that are known: it is empty, and stays so if nobody uses it.

    What was connected over the loopback keeps its ports for a minute without a process, and the counters are never
    reset.
    """
    found = {}
    for name in _NETWORK:
        with suppress(FileNotFoundError), open(f"/proc/net/{name}") as file:
            found[name] = file.read()
    return found


def _remove(folders: Iterable[str], uids: Collection[int]) -> None:
    """What lies in the folders, as its owner, who alone may: this process has given up the right to do as it likes.

    Raises:
        LookupError: there are too many files, or some that are nobody's.
    """
    found = [entry for folder in folders for entry in os.scandir(folder)]
    left = _FILES_REMOVED - len(found)
    for entry in found:
        owner = entry.stat(follow_symlinks=False).st_uid
        if left < 0 or owner not in uids:
            raise LookupError(entry.path)
        with acting_as(owner):
            left -= _remove_tree(entry, left)


def _remove_tree(root: "os.DirEntry[str]", most: int) -> int:
    """Returns how many entries there were in it."""
    todo, folders, count = [root], [], 0
    while todo:
        entry = todo.pop()
        if not entry.is_dir(follow_symlinks=False):
            os.unlink(entry.path)
            continue
        inside = list(os.scandir(entry.path))
        folders.append(entry.path)
        todo += inside
        count += len(inside)
        if count > most:
            raise LookupError(root.path)
    for path in reversed(folders):
        os.rmdir(path)
    return count
