"""The body of one worker: limits, then item after item. Runs in a fork of the launcher and never returns."""

import gc
import math
import os
import resource
import signal
import socket
from collections.abc import Callable, Iterator
from typing import NoReturn

from codearena.confined.protocol import ITEM, PART, Limits, State, receive

Work = Callable[[str, bytes], Iterator[bytes]]
"""Of the kind and the payload of an item; the parts of its answer, each sent as soon as it is there.

Raises:
    WornError: after the last part; the answer is whole, and the worker is not to be used again.
    Exception: the worker ends with status 1, and the answer is not whole.
"""

_CHANNEL = 3
_OPEN_FILES = 64
_GREW_BYTES = 64 * 1024 * 1024


class WornError(Exception):
    """The item was answered, but may have left something behind: out of memory, out of stack."""


def run(limits: Limits, channel_fd: int, work: Work) -> NoReturn:
    """Becomes the worker: takes items from the channel until it closes, or it is time to leave."""
    status = 1
    try:
        os.setsid()
        os.dup2(1, 2)  # the launcher's stdout leads nowhere; its stderr is the service's log
        os.dup2(channel_fd, _CHANNEL)
        os.closerange(_CHANNEL + 1, resource.getrlimit(resource.RLIMIT_NOFILE)[0])  # above all the launcher's socket
        _limit(limits)
        gc.disable()  # collected between items, while nobody waits
        with socket.socket(fileno=_CHANNEL) as channel:
            _serve(channel, limits, work)
        status = 0
    finally:
        os._exit(status)


def _limit(limits: Limits) -> None:
    """The kernel's limits on this process and what it starts, for as long as it lives.

    RLIMIT_NPROC counts all processes of the user, so only "none at all" means the same whatever else runs. Root is not
    bound by it.
    """
    cpu_s = math.ceil(2 * limits.cpu_s) + 2  # it leaves once its items have taken as much as one may
    bounds = {resource.RLIMIT_CPU: cpu_s, resource.RLIMIT_AS: limits.memory_bytes}
    bounds |= {resource.RLIMIT_FSIZE: limits.answer_bytes, resource.RLIMIT_NOFILE: _OPEN_FILES}
    bounds[resource.RLIMIT_CORE] = 0
    if not limits.may_start:
        bounds[resource.RLIMIT_NPROC] = 0
    for kind, limit in bounds.items():
        resource.setrlimit(kind, (limit, limit))


def _serve(channel: socket.socket, limits: Limits, work: Work) -> None:
    grown_bytes = _peak_bytes() + _GREW_BYTES
    for left in reversed(range(limits.items)):
        kind, payload, cpu_s = _item(channel)
        if not kind:
            return
        began_s = _cpu_s()
        signal.setitimer(signal.ITIMER_PROF, cpu_s)  # ends the process by SIGPROF, which says why
        if limits.may_start:  # what it starts inherits no timer
            soft_s = math.ceil(began_s + cpu_s)
            resource.setrlimit(resource.RLIMIT_CPU, (soft_s, resource.getrlimit(resource.RLIMIT_CPU)[1]))
        worn = False
        try:
            for part in work(kind, payload):
                _send(channel, part, State.MORE, _cpu_s() - began_s)
        except WornError:
            worn = True
        signal.setitimer(signal.ITIMER_PROF, 0)
        worn = worn or not left or (limits.may_start and _goes_on())
        worn = worn or _cpu_s() >= limits.cpu_s or _peak_bytes() > grown_bytes
        _send(channel, b"", State.LEAVING if worn else State.DONE, _cpu_s() - began_s)
        if worn:
            return
        gc.collect()


def _item(channel: socket.socket) -> tuple[str, bytes, float]:
    """Kind, payload, and the CPU seconds that it may take; all empty at the end."""
    head = receive(channel, ITEM.size)
    if len(head) < ITEM.size:
        return "", b"", 0.0
    length, cpu_s = ITEM.unpack(head)
    kind, _, payload = receive(channel, length).partition(b"\n")
    return kind.decode(), payload, cpu_s


def _send(channel: socket.socket, part: bytes, state: State, cpu_s: float) -> None:
    channel.sendall(PART.pack(len(part), state, cpu_s) + part)


def _cpu_s() -> float:
    own, waited = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + waited.ru_utime + waited.ru_stime


def _goes_on() -> bool:
    """Whether the item has left something that runs beside the next one: a thread, or a process."""
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return len([*os.scandir("/proc/self/task")]) > 1
    return True


def _peak_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
