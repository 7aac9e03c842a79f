"""The gRPC methods: translate, call, translate."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import grpc

from codearena.server import rpc
from codearena.v1 import executor_pb2, executor_pb2_grpc
from executor_service.attempts import Attempts
from executor_service.pool import Pool

SERVICE = executor_pb2.DESCRIPTOR.services_by_name["ExecutorService"].full_name

# Callers take an executor for lost that has said nothing for twice as long and a little. A word costs a gateway 0.5 ms.
_LOAD_EVERY_S = 0.4

_Context = grpc.aio.ServicerContext[Any, Any]


class Servicer(executor_pb2_grpc.ExecutorServiceServicer):
    """ExecutorService over a pool. capacity: attempts that can run at once; serving: what its health says."""

    def __init__(self, attempts: Attempts, pool: Pool, capacity: int, serving: Callable[[], Awaitable[bool]]) -> None:
        self._attempts = attempts
        self._pool = pool
        self._capacity = capacity
        self._serving = serving

    async def Attempt(  # type: ignore[override]  # noqa: N802 - the stub knows of generators alone
        self, requests: AsyncIterator[executor_pb2.AttemptRequest], context: _Context
    ) -> None:
        async def give(report: executor_pb2.Report) -> None:
            await context.write(executor_pb2.AttemptResponse(report=report))

        await self._attempts.serve(requests, give, rpc.caller_of(context))

    async def GetStatus(  # noqa: N802
        self, request: executor_pb2.GetStatusRequest, context: _Context
    ) -> executor_pb2.GetStatusResponse:
        status = self._pool.status()
        return executor_pb2.GetStatusResponse(
            isolation=self._attempts.isolation(),
            ready=status.ready,
            leased=status.leased,
            starting=status.starting,
            queued=status.queued,
            capacity=self._capacity,
        )

    async def WatchLoad(  # noqa: N802
        self, request: executor_pb2.WatchLoadRequest, context: _Context
    ) -> AsyncIterator[executor_pb2.WatchLoadResponse]:
        while await self._serving():
            status = self._pool.status()
            yield executor_pb2.WatchLoadResponse(leased=status.leased, queued=status.queued, capacity=self._capacity)
            await asyncio.sleep(_LOAD_EVERY_S)
