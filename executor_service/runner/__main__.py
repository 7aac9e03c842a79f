"""Entry: `python3 -S -P -B -m executor_service.runner` is PID 1 of a sandbox; with `--launcher FD`, local's server."""

import os
import sys

from executor_service.runner import launcher, revision, roles, supervisor


def main(arguments: list[str]) -> None:
    supervisor.warm_up()
    revision.runner_revision()
    if arguments[:1] == ["--launcher"]:
        launcher.main(int(arguments[1]))
    else:
        # The report must leave by a descriptor that nothing else in here prints to.
        stdout_fd = os.dup(1)
        os.dup2(2, 1)
        supervisor.main(os.dup(0), stdout_fd, roles.Confinement())


if __name__ == "__main__":
    main(sys.argv[1:])
