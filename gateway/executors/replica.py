"""One executor, as a gateway that sends attempts to it knows it."""

import asyncio
import contextlib
import logging
import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import grpc

from codearena.server import rpc
from codearena.v1 import executor_pb2, executor_pb2_grpc
from gateway.executors.addresses import ReplicaAddress

log = logging.getLogger(__name__)

_SILENT_S = 0.9  # a healthy one speaks every 0.4 s
_SLOW_START_S = 10.0
_FIRST_SHARE = 0.1
_LISTEN_S = 60.0  # less than an old connection is kept for a call that is under way
_LISTEN_AGAIN_S = 0.2


class Replica:
    """One executor: its channel, what it says of its load, and what this gateway has sent to it since.

    watched: False for one that nobody is to choose instead of: it is not asked for its load. clock: in seconds.
    """

    def __init__(
        self,
        address: ReplicaAddress,
        tls_folder: Path | None = None,
        *,
        watched: bool = True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.target = address.target
        self._clock = clock
        self._channel = rpc.channel(address.target, tls_folder, address.authority)
        self._stub: Any = executor_pb2_grpc.ExecutorServiceStub(self._channel)  # it does not know that it is async
        self._load = executor_pb2.WatchLoadResponse(capacity=1)
        self._since = 0  # attempts of this gateway that it had not counted when it said so, less those that have ended
        self._ours = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self._heard_at = self._found_at = -math.inf
        self._listening = asyncio.create_task(self._listen()) if watched else None

    async def close(self) -> None:
        """Gives up whatever is under way there."""
        if self._listening is not None:
            self._listening.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._listening
        await self._channel.close()

    async def retire(self) -> None:
        """Closes it once no attempt of this gateway is under way there."""
        await self._idle.wait()
        await self.close()

    @property
    def heard(self) -> bool:
        """Whether it has said that it serves within the last second."""
        return self._clock() - self._heard_at < _SILENT_S

    @property
    def load(self) -> float:
        """What share of its places is taken once it gets another attempt; more than 1: some wait.

        One that was found lately counts for a part of its places that grows, since it still has to make its sandboxes.
        """
        taken = max(self._load.leased + self._load.queued + self._since, self._ours) + 1
        share = (self._clock() - self._found_at) / _SLOW_START_S
        return taken / (self._load.capacity * min(1.0, max(_FIRST_SHARE, share)))

    def attempt(self, timeout_s: float, metadata: tuple[tuple[str, str], ...]) -> Any:
        """A call of Attempt, which counts as load until it ends."""
        call = self._stub.Attempt(timeout=timeout_s, metadata=metadata)
        self._count(1)
        call.add_done_callback(lambda _: self._count(-1))
        return call

    def _count(self, more: int) -> None:
        self._ours += more
        self._since += more
        if self._ours:
            self._idle.clear()
        else:
            self._idle.set()

    async def _listen(self) -> None:
        """Takes in what it says of its load, as long as this gateway knows it."""
        while True:
            try:
                await self._take_in()
            except grpc.aio.AioRpcError as error:
                if error.code() is not grpc.StatusCode.DEADLINE_EXCEEDED:
                    self._lost(error)
                    await asyncio.sleep(_LISTEN_AGAIN_S)

    async def _take_in(self) -> None:
        async for load in self._stub.WatchLoad(executor_pb2.WatchLoadRequest(), timeout=_LISTEN_S):
            now = self._clock()
            if self._heard_at == -math.inf:
                self._found_at = now
                log.info("executor %s serves, with %d places", self.target, load.capacity)
            self._heard_at, self._load, self._since = now, load, 0

    def _lost(self, error: grpc.aio.AioRpcError) -> None:
        if self._heard_at > -math.inf:
            log.warning("executor %s is lost: %s", self.target, error.details())
        self._heard_at = -math.inf
