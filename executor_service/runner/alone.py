"""PID 1 of a container that one attempt has for itself: its runs one after the other, the calls and then measurements.

Of one run nothing is there for the next: all its processes are dead, its files gone, and the next one has other uids.
If that is not certain this process ends, and the container with it. Ready frame, workload, report; the executor asks
for the next ready frame by an empty one.
"""

from executor_service.runner import supervisor
from executor_service.runner.system import frames, meter
from executor_service.runner.system.forked import LOST
from executor_service.runner.system.leftovers import Container
from executor_service.runner.system.roles import GIVES_WAY, Confinement, with_other_uids


def main(stdin_fd: int, stdout_fd: int) -> int:
    """Serves until the executor hangs up or a doubt arises; returns the exit status."""
    container, confinement = Container(), Confinement(cpu_counter=meter.open_counter(), nice=GIVES_WAY)
    while True:
        if supervisor.main(stdin_fd, stdout_fd, confinement):
            return LOST
        if frames.read_frame(stdin_fd, limit_bytes=0) is None or not container.cleared(confinement.uids):
            return 0
        confinement = with_other_uids(confinement)
