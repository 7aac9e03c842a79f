"""A sandbox whose runner is at the other end of a stream, wherever it is: what containers and forked runners share."""

import asyncio
import logging
from abc import abstractmethod
from collections.abc import Callable

from codearena.errors import SandboxError
from executor_service import codec, reports
from executor_service.channel import REPORT_BYTES, Channel, ChannelClosedError
from executor_service.isolation.base import Evidence, Hello, Sandbox, SandboxLostError, StreamEnd

log = logging.getLogger(__name__)

NOT_READY = (TimeoutError, ChannelClosedError, codec.MalformedReportError)
"""What `hello_of`, within a time, ends by if the runner does not become ready."""


async def hello_of(channel: Channel) -> Hello:
    """What the runner says as it becomes ready."""
    return reports.decode_hello(await channel.receive())


def as_sandbox_error(error: BaseException, channel: Channel | None) -> BaseException:
    """What failed while a runner was to become ready, as our own error where it is one of ours."""
    if isinstance(error, TimeoutError):
        return SandboxError("the runner was not ready in time")
    if isinstance(error, ChannelClosedError):
        if channel and channel.stderr_tail:
            log.warning("a runner ended before it was ready, with: %s", channel.stderr_tail)
        return SandboxError(f"the runner ended before it was ready: {error}")
    if isinstance(error, codec.MalformedReportError):
        return SandboxError("the runner's ready frame is not of the agreed shape")
    return error


class AttachedSandbox(Sandbox):
    """A ready runner and its stream."""

    def __init__(self, sandbox_id: str, hello: Hello, channel: Channel) -> None:
        self.sandbox_id = sandbox_id
        self.hello = hello
        self._channel = channel

    @property
    def alive(self) -> bool:
        return self._channel.closed is None

    def on_lost(self, callback: Callable[[], None]) -> None:
        self._channel.on_closed(callback)

    async def run(self, workload: bytes, timeout_s: float) -> bytes:
        try:
            async with asyncio.timeout(timeout_s):
                return await self._channel.exchange(workload, REPORT_BYTES)
        except TimeoutError:
            raise SandboxLostError(Evidence(StreamEnd.OPEN, timed_out=True)) from None
        except ChannelClosedError as error:
            if self._channel.stderr_tail:
                log.warning("runner of %s wrote: %s", self.sandbox_id[:12], self._channel.stderr_tail)
            raise SandboxLostError(Evidence(StreamEnd.CORRUPT) if error.corrupt else await self._end()) from error

    @abstractmethod
    async def _end(self) -> Evidence:
        """What is known once the stream has ended."""
