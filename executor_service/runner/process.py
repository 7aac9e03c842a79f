"""One process of the sandbox as the conductor sees it: its pipes, its clocks, its end.

Everything it sends is hostile. A frame is accepted only in answer to the message just sent, with that message's nonce,
which the process cannot know before; whatever else arrives on the result pipe breaks the channel and ends the process.
"""

import contextlib
import json
import math
import os
import select
import socket
import struct
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from executor_service.runner.system import frames
from executor_service.runner.system.group import LOOK_S, Group, Waits
from executor_service.runner.system.output import HeadTail
from executor_service.runner.system.roles import Role

NONCE_BYTES = 16
PAGE_FD = 5
_META_BYTES = 256 * 1024
_FLOOD_BYTES = 16 * 1024 * 1024  # of stdout and stderr in one call; beyond it the process is killed
_PIPE_READ_BYTES = 64 * 1024
_READS_AT_MOST = 64  # of what is left in a pipe: a writer that never stops must not keep us
_PACKET_BYTES = 64 * 1024
_CREDENTIALS = struct.Struct("=3i")  # pid, uid, gid: struct ucred of unix(7)


class StdinClosedError(Exception):
    """The executor hung up: nobody is left to report to."""


class SupervisorGoneError(Exception):
    """The supervisor did not answer: the sandbox is broken."""


class HostBusyError(Exception):
    """The host had no core for the attempt, for longer than can be waited: nothing can be said of the attempt."""


@dataclass(frozen=True)
class Exit:
    """How a process ended, from the kernel through the supervisor. status: as of wait4(2).

    cpu_s: its own CPU time and that of the children that it waited for; own_cpu_s: its own, its end included.
    """

    status: int
    cpu_s: float
    own_cpu_s: float
    peak_memory_bytes: int

    @property
    def signal(self) -> int:
        return os.WTERMSIG(self.status) if os.WIFSIGNALED(self.status) else 0

    @property
    def code(self) -> int:
        return os.WEXITSTATUS(self.status) if os.WIFEXITED(self.status) else 0


@dataclass(frozen=True)
class Bounds:
    """Of one exchange, in seconds. cpu_s: of the process.

    wall_s: without the time in which it was starved, for which HostBusyError is raised if it is longer than starved_s.
    group_cpu_s: that all processes of its group may have used by then, counted from the group's beginning.
    """

    cpu_s: float
    wall_s: float
    starved_s: float = math.inf
    group_cpu_s: float = math.inf


@dataclass
class Answer:
    """What came of one message. body: the frame's, without nonce; `ended`: why there is none."""

    body: bytes | None
    ended: str  # "", "cpu", "wall", "group_cpu", "flood", "oversize", "broken", "exited"
    exit: Exit | None
    cpu_s: float
    wall_s: float
    waits: Waits  # parts of wall_s
    peak_memory_bytes: int
    stdout: HeadTail
    stderr: HeadTail


Reply = Callable[[bytes], dict[str, Any] | None]
"""Takes what a process sent; gives the message that it is to get for that, if it has asked for one."""


@dataclass
class Supervisor:
    """The conductor's end of the socket to the sandbox's supervisor.

    exits: by the number that a process was given when it was asked for; its pid is another one in each pid namespace.
    stray_cpu_s: CPU time of processes that had outlived their parents. running: pid -> role, of those asked for.
    spawned: how many have been asked for.
    """

    control: socket.socket
    exits: dict[int, Exit] = field(default_factory=dict)
    stray_cpu_s: float = 0.0
    running: dict[int, Role] = field(default_factory=dict)
    spawned: int = 0

    def __post_init__(self) -> None:
        # With each packet the kernel then says who sent it, by the pid that it has here (unix(7), SO_PASSCRED).
        self.control.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)

    def spawn(self, role: Role, fds: list[int]) -> tuple[int, int]:
        """Forks a process of the role onto `fds` (stdin, stdout, stderr, commands, results); its number and its pid."""
        self.spawned += 1
        number = self.spawned
        request = {"op": "spawn", "role": role, "number": number}
        try:
            socket.send_fds(self.control, [json.dumps(request).encode()], fds)
        except OSError:
            raise SupervisorGoneError from None
        while True:
            message, pid = self.receive()
            if message.get("spawned") == number:
                self.running[pid] = role
                return number, pid
            if number in self.exits:
                raise SupervisorGoneError

    def kill(self, role: Role) -> None:
        """Returns when no process of the role is left."""
        self._ask({"op": "kill", "role": role}, "killed")

    def last_pid(self) -> int:
        """The pid given out last in the sandbox; 0 if the kernel does not say."""
        return int(self._ask({"op": "last_pid"}, "last_pid"))

    def _ask(self, request: dict[str, Any], key: str) -> Any:
        try:
            self.control.send(json.dumps(request).encode())
        except OSError:
            raise SupervisorGoneError from None
        while True:
            message, _ = self.receive()
            if key in message:
                return message[key]

    def receive(self) -> tuple[dict[str, Any], int]:
        """Takes in the next packet, which may tell of the end of some process: it, and the pid of its sender."""
        try:
            data, ancillary, _, _ = self.control.recvmsg(_PACKET_BYTES, socket.CMSG_SPACE(_CREDENTIALS.size))
        except OSError:
            raise SupervisorGoneError from None
        if not data:
            raise SupervisorGoneError
        message: dict[str, Any] = json.loads(data)
        if "exited" in message:
            if message["exited"]:
                end = Exit(message["status"], message["cpu_s"], message["own_cpu_s"], message["peak_memory_bytes"])
                self.exits[message["exited"]] = end
            else:
                self.stray_cpu_s += message["cpu_s"]
        return message, _CREDENTIALS.unpack(ancillary[0][2])[0] if ancillary else 0


class Process:
    """A running process of one role. Use as a context manager: leaving kills everything of the role."""

    def __init__(
        self, supervisor: Supervisor, role: Role, executor_fd: int, with_stdin: bool = False, page: int | None = None
    ) -> None:
        """Forks it. It is blank until it is told something, so it may be made before there is a workload.

        page: a descriptor that it gets as PAGE_FD, and that stays the caller's.
        """
        self._supervisor = supervisor
        self._role = role
        self._executor_fd = executor_fd
        self._keep_bytes = 0
        self._results = frames.FrameBuffer(_META_BYTES)
        self._number = 0
        self._pid = 0
        self._last_cpu_s = 0.0
        self._fds: list[int] = []
        self._poll = select.poll()
        self.group = Group(lambda: [self._pid] if self._pid else [])
        self.total_cpu_s = 0.0
        self.own_cpu_s = 0.0
        self.alive = False
        self._start(with_stdin, page)

    def _start(self, with_stdin: bool, page: int | None) -> None:
        stdin_r, self._stdin = os.pipe2(os.O_CLOEXEC) if with_stdin else (os.open("/dev/null", os.O_RDONLY), -1)
        self._stdout, stdout_w = os.pipe2(os.O_CLOEXEC)
        self._stderr, stderr_w = os.pipe2(os.O_CLOEXEC)
        command_r, self._command = os.pipe2(os.O_CLOEXEC)
        self._result, result_w = os.pipe2(os.O_CLOEXEC)
        theirs = [stdin_r, stdout_w, stderr_w, command_r, result_w, *([] if page is None else [os.dup(page)])]
        if with_stdin:  # ours, and so /dev/stdin and the like could not be opened by the program's uid
            for fd in (stdin_r, stdout_w, stderr_w):
                os.fchmod(fd, 0o666)
        try:
            self._number, self._pid = self._supervisor.spawn(self._role, theirs)
        finally:
            for fd in theirs:
                os.close(fd)
        self._fds = [fd for fd in (self._stdin, self._stdout, self._stderr, self._command, self._result) if fd >= 0]
        for fd in self._fds:
            os.set_blocking(fd, False)
        for fd in (self._executor_fd, self._supervisor.control.fileno(), self._result, self._stdout, self._stderr):
            self._poll.register(fd, select.POLLIN)
        self._status = self._open_counter("status")
        self.alive = True

    def _open_counter(self, name: str) -> int:
        """A file of /proc/PID, read again and again; -1 if there is none."""
        try:
            fd = os.open(f"/proc/{self._pid}/{name}", os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            return -1
        self._fds.append(fd)
        return fd

    def configure(self, keep_bytes: int, answer_bytes: int) -> None:
        """Bounds what is kept of each stream for one message, and the size of one answer."""
        self._keep_bytes = keep_bytes
        self._results = frames.FrameBuffer(answer_bytes + _META_BYTES)
        self._last_cpu_s = self.cpu_s() or 0.0

    def __enter__(self) -> "Process":
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def kill(self) -> Exit | None:
        """Ends every process of the role; returns how the first one ended."""
        if self._pid:
            self._supervisor.kill(self._role)
            self._supervisor.running.pop(self._pid, None)
            end = self._supervisor.exits.pop(self._number, None)
            self.total_cpu_s, self.own_cpu_s = (end.cpu_s, end.own_cpu_s) if end else (0.0, 0.0)
            if self._role is not Role.REFEREE:  # what outlives its parent was the attempt's: a script is the author's
                self.total_cpu_s += self._supervisor.stray_cpu_s
                self._supervisor.stray_cpu_s = 0.0
            for fd in self._fds:
                os.close(fd)
            self._pid, self._fds, self.alive = 0, [], False
            return end
        return None

    def ask(self, message: dict[str, Any], bounds: Bounds, stdin: bytes = b"", reply: Reply = lambda _: None) -> Answer:
        """Sends one message and waits for its answer, an end, or a limit. After anything but an answer it is dead.

        reply: says what a question is answered with that the process asks meanwhile; None: it was the answer.
        """
        exchange = _Exchange(self, message, stdin, reply)
        body, ended = exchange.run(bounds)
        cpu_s = self._cpu_since_last()
        peak = self._peak_memory()
        end = None
        if ended:
            end = self.kill()
            if end:
                cpu_s, peak = max(cpu_s, end.cpu_s - self._last_cpu_s), max(peak, end.peak_memory_bytes)
        return Answer(body, ended, end, cpu_s, exchange.wall_s, exchange.waits, peak, exchange.stdout, exchange.stderr)

    def _cpu_since_last(self) -> float:
        """CPU time since the last call ended, so that what a thread burns between calls is counted."""
        now = self.cpu_s()
        if now is None:
            return 0.0
        spent, self._last_cpu_s = now - self._last_cpu_s, now
        return spent

    def cpu_s(self) -> float | None:
        """CPU time of all threads of the process so far; None once it is gone.

        The clock id of another process's CPU clock is (~pid << 3) | 2: clock_getcpuclockid(3), posix-timers.h.
        """
        try:
            return time.clock_gettime((~self._pid << 3) | 2)
        except OSError:
            return None

    def cpu_of_all_s(self) -> float:
        """CPU time so far of it, or, once it has ended, of it and the children that it waited for."""
        return (self._pid and self.cpu_s()) or self.total_cpu_s

    def _peak_memory(self) -> int:
        try:
            _, _, rest = os.pread(self._status, 4096, 0).partition(b"\nVmHWM:")
            return int(rest.split(None, 1)[0]) * 1024
        except (OSError, ValueError, IndexError):
            return 0  # gone: wait4 has the figure then


_Ended = tuple[bytes | None, str]


class _Exchange:
    """One message and what comes back."""

    def __init__(self, process: Process, message: dict[str, Any], stdin: bytes, reply: Reply) -> None:
        self._process = process
        self._poll = process._poll
        self._reply = reply
        self._message = message
        self._input = memoryview(stdin)
        self.stdout = HeadTail(process._keep_bytes)
        self.stderr = HeadTail(process._keep_bytes)
        self.wall_s = 0.0
        self.waits = Waits()
        self._handlers: dict[int, Callable[[], _Ended | None]] = {
            process._executor_fd: self._hung_up,
            process._supervisor.control.fileno(): self._supervised,
            process._result: self._answered,
            process._stdout: lambda: self._printed(process._stdout, self.stdout),
            process._stderr: lambda: self._printed(process._stderr, self.stderr),
            process._command: self._send_request,
            process._stdin: self._send_input,
        }

    def run(self, bounds: Bounds) -> _Ended:
        process, group = self._process, self._process.group
        if process._number in process._supervisor.exits:  # while another process was being asked
            return None, "exited"
        started = time.monotonic()
        used, waited = process.cpu_s() or 0.0, group.waits
        self._send(self._message)
        if process._stdin >= 0:
            self._poll.register(process._stdin, select.POLLOUT)
        left_s = min(bounds.cpu_s, bounds.wall_s)
        while True:
            body, ended = self._turn(min(left_s, LOOK_S))
            before_s, self.wall_s = self.wall_s, time.monotonic() - started
            group.passed(self.wall_s - before_s)
            if bounds.wall_s <= self.wall_s - group.waits.since(waited).starved_s:
                group.look()  # it may have been kept waiting since the last look
            self.waits = group.waits.since(waited)
            left_wall_s = bounds.wall_s - (self.wall_s - self.waits.starved_s)
            left_cpu_s = bounds.cpu_s - ((process.cpu_s() or used) - used)
            if body is None and not ended:
                ended = self._reached(left_cpu_s, left_wall_s, bounds.group_cpu_s)
            if body is not None or ended:
                self._drain()
                return body, ended
            if self.waits.starved_s > bounds.starved_s:
                if group.cpu_s < bounds.cpu_s:
                    raise HostBusyError
                self._drain()
                return None, "cpu"  # it has had what a call may have: a crowd of processes is not to get away with it
            left_s = min(left_wall_s, left_cpu_s)

    def _reached(self, left_cpu_s: float, left_wall_s: float, group_cpu_s: float) -> str:
        """Which limit has been reached, if any."""
        if left_cpu_s <= 0:
            return "cpu"
        if self.wall_s >= LOOK_S and self._process.group.cpu_s >= group_cpu_s:
            return "group_cpu"
        return "wall" if left_wall_s <= 0 else ""

    def _send(self, message: dict[str, Any]) -> None:
        """Most requests fit into the pipe at once; what does not is written as there is room."""
        self._nonce = os.urandom(NONCE_BYTES)
        self._request = memoryview(frames.pack_json({**message, "nonce": self._nonce.hex()}))
        self._poll.register(self._process._command, select.POLLOUT)
        self._send_request()

    def _turn(self, timeout_s: float) -> _Ended:
        for fd, _ in self._poll.poll(math.ceil(timeout_s * 1000)):
            outcome = self._handlers[fd]()
            if outcome is not None:
                return outcome
        return None, ""

    def _hung_up(self) -> None:
        if not os.read(self._process._executor_fd, 1):
            raise StdinClosedError

    def _supervised(self) -> _Ended | None:
        self._process._supervisor.receive()
        return self._last_answer() if self._process._number in self._process._supervisor.exits else None

    def _last_answer(self) -> _Ended:
        """Of a process that has ended: an answer from before lies in the pipe, however late we learn of either."""
        for data in _left_in(self._process._result):
            if (outcome := self._accept(data)) is not None:
                return outcome
        return None, "exited"

    def _answered(self) -> _Ended | None:
        try:
            data = os.read(self._process._result, _PIPE_READ_BYTES)
        except BlockingIOError:
            return None
        if not data:  # closed by the process; its exit may be on its way, or it goes on without a channel
            self._poll.unregister(self._process._result)
            return None
        return self._accept(data)

    def _accept(self, data: bytes) -> _Ended | None:
        """An answer, if what has come so far is one."""
        try:
            frame = self._process._results.feed(data)
        except frames.FrameError:
            return None, "oversize"
        if frame is None:
            return None
        # Bytes left over came without a question: a second answer, or one kept for the next call.
        if len(self._process._results) or frame[:NONCE_BYTES] != self._nonce:
            return None, "broken"
        body = frame[NONCE_BYTES:]
        if (reply := self._reply(body)) is None:
            return body, ""
        self._send(reply)
        return None

    def _printed(self, fd: int, stream: HeadTail) -> _Ended | None:
        with contextlib.suppress(BlockingIOError):
            data = os.read(fd, _PIPE_READ_BYTES)
            stream.feed(data)
            if not data:  # every writer has closed it
                self._poll.unregister(fd)
        return (None, "flood") if self.stdout.total_bytes + self.stderr.total_bytes > _FLOOD_BYTES else None

    def _send_request(self) -> None:
        self._request = _unwritten(self._process._command, self._request)
        if not self._request:
            self._poll.unregister(self._process._command)

    def _send_input(self) -> None:
        self._input = _unwritten(self._process._stdin, self._input)
        if not self._input:
            self._poll.unregister(self._process._stdin)
            os.close(self._process._stdin)
            self._process._fds.remove(self._process._stdin)
            self._process._stdin = -1

    def _drain(self) -> None:
        """What was written before the answer lies in the pipes already."""
        for fd, stream in ((self._process._stdout, self.stdout), (self._process._stderr, self.stderr)):
            for data in _left_in(fd):
                stream.feed(data)


def _left_in(fd: int) -> Iterator[bytes]:
    """What lies in a pipe already; a child of the process's own may hold the other end for ever."""
    for _ in range(_READS_AT_MOST):
        try:
            data = os.read(fd, _PIPE_READ_BYTES)
        except BlockingIOError:
            return
        if not data:
            return
        yield data


def _unwritten(fd: int, data: memoryview) -> memoryview:
    """What is left after so much as there is room for was written: nothing, if nobody is there to read it."""
    try:
        return data[os.write(fd, data) :]
    except BlockingIOError:
        return data
    except BrokenPipeError:
        return data[:0]
