"""A warm interpreter that forks into fresh namespaces with a leased control group, and does nothing else.

One line on stdin is one fork: its answer comes when the process, and with it the namespaces, are gone. This is what any
sandbox of processes must do at least. Needs root.
"""

import contextlib
import os
import sys
from pathlib import Path

from executor_service.runner import supervisor
from executor_service.runner.system import namespaces

_CGROUPS = Path("/sys/fs/cgroup")
_UIDS = (20000, 20000)


def main() -> None:
    supervisor.warm_up(seldom=True)
    controllers = [_CGROUPS / name for name in ("memory", "pids") if (_CGROUPS / name).is_dir()] or [_CGROUPS]
    groups = [controller / f"codearena-forker-{os.getpid()}" for controller in controllers]
    for group in groups:
        group.mkdir()
    try:
        for _ in sys.stdin:
            _fork(groups)
            print(flush=True)
    finally:
        for group in groups:
            with contextlib.suppress(OSError):
                group.rmdir()


def _fork(groups: list[Path]) -> None:
    def run() -> None:
        for group in groups:
            (group / "cgroup.procs").write_text("0")
        os._exit(0)

    pid = namespaces.fork_apart(run, _UIDS)
    if not pid or os.waitpid(pid, 0)[1]:
        raise SystemExit("no namespaces here")


if __name__ == "__main__":
    main()
