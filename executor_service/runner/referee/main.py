"""The process in which a test script runs: another uid than the attempt's, unreadable, and no pipe between the two.

It answers the conductor's messages. In the midst of one it may ask the conductor to apply a function in the attempt's
process; the reply is the conductor's next message. Every frame carries the nonce of the message that it answers.
"""

import base64
import json
import threading
from typing import Any

from codearena import values
from executor_service.runner.referee.link import Link
from executor_service.runner.referee.precedent import Precedent
from executor_service.runner.referee.script import Script
from executor_service.runner.system import frames, kernel
from executor_service.runner.system.roles import ProcessLimits, limit
from executor_service.runner.worker import open_streams


class _ConductorGoneError(Exception):
    """The pipe of messages has ended."""


class _Channel:
    """One message at a time, from one thread at a time."""

    def __init__(self, command_fd: int, result_fd: int) -> None:
        self._fds = (command_fd, result_fd)
        self._nonce = b""
        self._lock = threading.Lock()

    def receive(self) -> dict[str, Any]:
        body = frames.read_frame(self._fds[0])
        if body is None:
            raise _ConductorGoneError
        message: dict[str, Any] = json.loads(body)
        self._nonce = bytes.fromhex(message["nonce"])
        return message

    def send(self, body: bytes) -> None:
        frames.write_all(self._fds[1], frames.pack(self._nonce + body))

    def exchange(self, request: dict[str, Any]) -> dict[str, Any]:
        with self._lock:
            self.send(json.dumps(request).encode("ascii"))
            return self.receive()

    def finish(self, verdict: dict[str, str], precedent: Precedent, changed: bool) -> None:
        """precedent: of which the test's part is told where it was the reference that was asked; changed: whether
        the attempt has changed arguments that the reference does not.
        """
        noted = {} if precedent.is_known else precedent.noted()
        with self._lock:
            self.send(json.dumps({"done": verdict, "precedent": noted, "changed": changed}).encode("ascii"))


def main(command_fd: int, result_fd: int) -> int:
    """Answers messages until the pipe ends; returns the exit status."""
    kernel.make_unreadable()
    open_streams()
    channel = _Channel(command_fd, result_fd)
    script: Script | None = None
    link: Link
    precedent = Precedent({})
    try:
        while True:
            message = channel.receive()
            if message["op"] == "load":
                limit(ProcessLimits(**message["limits"]))
                limits = values.ValueLimits(size_bytes=message["value_bytes"])
                known = message["precedent"]
                precedent = Precedent(None if known is None else json.loads(base64.b64decode(known)))
                link = Link(channel.exchange, limits, precedent)
                link.keeps_arguments = message["keeps_arguments"]
                script = Script(message, link)
                channel.finish(script.load(), precedent, link.has_changed_arguments)
            elif script is not None:
                channel.finish(script.run(message["test"]), precedent, link.has_changed_arguments)
    except _ConductorGoneError:
        return 0
