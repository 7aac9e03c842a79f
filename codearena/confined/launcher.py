"""The warm parent of the workers: `python -m codearena.confined.launcher FD MODULE`.

MODULE has `warm_up()`, called once, and `work(kind, payload)`, which workers call; see worker.py. The launcher itself
never reads an item. One thread, no state but the list of workers.
"""

import gc
import importlib
import os
import selectors
import signal
import socket
import sys
import warnings
from contextlib import suppress

from codearena.confined import worker
from codearena.confined.protocol import PACKET_BYTES, Gone, Limits, Ready, Start, pack, unpack_request


class Launcher:
    """Forks a worker for each request, reports how it ended; ends itself and all workers when the service is gone."""

    def __init__(self, control: socket.socket, work: worker.Work) -> None:
        self._control = control
        self._work = work
        self._selector = selectors.DefaultSelector()
        self._pids: dict[int, int] = {}  # request id -> pid, of workers not yet reaped

    def run(self) -> None:
        """Serves until the service's end of the socket closes."""
        self._selector.register(self._control, selectors.EVENT_READ)
        self._control.send(pack(Ready(ready=True)))
        try:
            while self._serve_once():
                pass
        except (ConnectionError, BrokenPipeError):
            pass  # the service went away while it was being told something
        finally:
            for pid in self._pids.values():
                _kill_group(pid)
                os.waitpid(pid, 0)

    def _serve_once(self) -> bool:
        for key, _ in self._selector.select():
            if key.fileobj is not self._control:
                self._reap(key.fd, key.data)
            elif not self._receive():
                return False
        return True

    def _receive(self) -> bool:
        data, files, _, _ = socket.recv_fds(self._control, PACKET_BYTES, 1)
        if not data:
            return False
        request = unpack_request(data)
        if "kill" not in request:
            self._fork(request, *files)
        elif (pid := self._pids.get(request["kill"])) is not None:
            _kill_group(pid)
        return True

    def _fork(self, request: Start, channel_fd: int) -> None:
        try:
            pid = os.fork()
            if pid == 0:
                worker.run(Limits(**request["limits"]), channel_fd, self._work)
        finally:
            os.close(channel_fd)
        self._pids[request["id"]] = pid
        self._selector.register(os.pidfd_open(pid), selectors.EVENT_READ, request["id"])

    def _reap(self, pid_fd: int, request_id: int) -> None:
        """The worker is dead but not yet reaped, so its process group's number still belongs to it."""
        self._selector.unregister(pid_fd)
        os.close(pid_fd)
        pid = self._pids.pop(request_id)
        _kill_group(pid)
        _, status, usage = os.wait4(pid, 0)
        self._control.send(pack(Gone(id=request_id, status=status, cpu_s=usage.ru_utime + usage.ru_stime)))


def _kill_group(pid: int) -> None:
    """Kills an unreaped worker and its session; it may not have made that session yet."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def main() -> None:
    """Serves on the inherited socket whose number is the first argument."""
    warnings.simplefilter("ignore")  # what a text makes a parser warn of is not ours to print
    control = socket.socket(fileno=int(sys.argv[1]))
    module = importlib.import_module(sys.argv[2])
    module.warm_up()
    gc.collect()
    gc.freeze()  # workers do not touch, and so do not copy, what is here already
    Launcher(control, module.work).run()


if __name__ == "__main__":
    main()
