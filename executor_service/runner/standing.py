"""The conductor of an attempt in a container that attempts take turns in: outside of the attempt's namespaces.

It is forked from PID 1 before the attempt is there, and no attempt can name it. It gets a socket to the supervisor in
there, and says when it is done. Then it ends, with whatever its memory holds; if anything of the attempt is left open,
or went wrong, the container ends too.
"""

import gc
import os
import socket
import sys
from dataclasses import replace

from executor_service.runner import conductor
from executor_service.runner.probe import lending
from executor_service.runner.system import kernel, meter
from executor_service.runner.system.roles import CONDUCTOR_UID, Confinement, switch_uid

_LOST = 70
_PACKET_BYTES = 64


class StandingConductor:
    """As PID 1 sees it."""

    def __init__(self, link: socket.socket, pid: int) -> None:
        self._link = link
        self._pid = pid

    @classmethod
    def start(cls, stdin_fd: int, stdout_fd: int, program: bytes) -> "StandingConductor":
        """program: the filter of system calls that it is under, as attempts are."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        pid = os.fork()
        if pid == 0:
            ours.close()
            _become(theirs, stdin_fd, stdout_fd, program)
        theirs.close()
        return cls(ours, pid)

    def begin(self, control: socket.socket, supervisor_pid: int) -> None:
        """Has it conduct one attempt by the supervisor at the other end of `control`."""
        socket.send_fds(self._link, [str(supervisor_pid).encode()], [control.fileno()])

    def end(self) -> int:
        """Waits until it is done; the exit status of what went wrong, else 0."""
        status = self._link.recv(_PACKET_BYTES)
        return int(status) if status else _LOST

    def leave(self) -> None:
        """Ends it, and with it all that its memory may hold of what it conducted."""
        self._link.close()
        os.waitpid(self._pid, 0)


def _become(link: socket.socket, stdin_fd: int, stdout_fd: int, program: bytes) -> None:
    try:
        confinement = Confinement(cpu_counter=meter.open_counter())
        switch_uid(CONDUCTOR_UID)
        kernel.make_unreadable()
        kernel.forbid_new_privileges()
        kernel.filter_calls(program)
        _serve(link, stdin_fd, stdout_fd, confinement)
    except BaseException:  # noqa: BLE001 - the process's top
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(_LOST)


def _serve(link: socket.socket, stdin_fd: int, stdout_fd: int, confinement: Confinement) -> None:
    """Until something goes wrong, or PID 1 is gone."""
    open_fds = os.listdir("/proc/self/fd")
    status = 0
    while not status:
        supervisor_pid, fds, _, _ = socket.recv_fds(link, _PACKET_BYTES, 1)
        if not supervisor_pid:
            return
        with socket.socket(fileno=fds[0]) as control:
            of_attempt = replace(confinement, supervisor_pid=int(supervisor_pid))
            status = conductor.main(control, stdin_fd, stdout_fd, of_attempt)
        _forget()
        if os.listdir("/proc/self/fd") != open_fds:
            status = _LOST
        link.send(str(status).encode())


def _forget() -> None:
    """What is kept beyond an attempt: nothing of it may be there when this says that it is done."""
    lending.forget()
    gc.collect()
