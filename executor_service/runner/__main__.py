"""Entry: `python3 -S -P -B -m executor_service.runner` is PID 1 of a sandbox; with `--launcher FD`, local's server.

With `--cell TMP_BYTES TMP_INODES SHM_BYTES SHM_INODES` it is PID 1 of a container that attempts take turns in.
"""

import gc
import os
import sys

gc.disable()  # what is imported stays: to look for garbage in it takes time, and leaves holes that forks would fill

from executor_service.runner import revision, supervisor  # noqa: E402
from executor_service.runner.system import packages  # noqa: E402


def main(arguments: list[str]) -> None:
    supervisor.warm_up(seldom=bool(arguments))  # else it is for one attempt
    revision.runner_revision()
    packages.offer()
    if arguments[:1] == ["--launcher"]:
        from executor_service.runner import launcher  # a container pays for what it imports with every attempt

        launcher.main(int(arguments[1]))
        return
    # The report must leave by a descriptor that nothing else in here prints to.
    stdin_fd, stdout_fd = os.dup(0), os.dup(1)
    os.dup2(2, 1)
    if arguments[:1] == ["--cell"]:
        from executor_service.runner import cell

        sys.exit(cell.main(stdin_fd, stdout_fd, cell.Tmpfs(*map(int, arguments[1:]))))
    from executor_service.runner import alone

    sys.exit(alone.main(stdin_fd, stdout_fd))


if __name__ == "__main__":
    main(sys.argv[1:])
