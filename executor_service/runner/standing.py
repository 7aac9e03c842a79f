"""The conductor of one run in a container that attempts take turns in: outside of the attempt's namespaces.

It is forked from PID 1 before the workload is there, and no attempt can name it. It gets a socket to the supervisor in
there, conducts, and ends with whatever its memory and its descriptors hold.
"""

import os
import socket
from dataclasses import replace

from executor_service.runner import conductor
from executor_service.runner.system import kernel, meter
from executor_service.runner.system.forked import end_with, status_of
from executor_service.runner.system.roles import CONDUCTOR_UID, Confinement, switch_uid

_PACKET_BYTES = 64


class StandingConductor:
    """As PID 1 sees it. program: the filter of system calls that it is under, as attempts are."""

    def __init__(self, stdin_fd: int, stdout_fd: int, program: bytes) -> None:
        self._link, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._pid = os.fork()
        if self._pid == 0:
            self._link.close()
            end_with(lambda: serve(theirs, stdin_fd, stdout_fd, _settled(program)))
        theirs.close()

    def begin(self, control: socket.socket, supervisor_pid: int) -> None:
        """Has it conduct one run by the supervisor at the other end of `control`."""
        socket.send_fds(self._link, [str(supervisor_pid).encode()], [control.fileno()])

    def end(self) -> int:
        """Waits until it has ended; the exit status of what went wrong, else 0."""
        self._link.close()
        return status_of(self._pid)


def _settled(program: bytes) -> Confinement:
    """What it can tell of its attempt's confinement; from then on it has no more rights than it needs."""
    confinement = Confinement(cpu_counter=meter.open_counter())
    switch_uid(CONDUCTOR_UID)
    kernel.make_unreadable()
    kernel.forbid_new_privileges()
    kernel.filter_calls(program)
    return confinement


def serve(link: socket.socket, stdin_fd: int, stdout_fd: int, confinement: Confinement) -> int:
    """Conducts the run that it is told of, if it is told of any before PID 1 is gone; the exit status."""
    supervisor_pid, fds, _, _ = socket.recv_fds(link, _PACKET_BYTES, 1)
    if not supervisor_pid:
        return 0
    of_attempt = replace(confinement, supervisor_pid=int(supervisor_pid))
    return conductor.main(socket.socket(fileno=fds[0]), stdin_fd, stdout_fd, of_attempt)
