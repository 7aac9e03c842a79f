"""The gRPC methods: translate, call, translate."""

from typing import Any

import grpc

from codearena.server import rpc
from codearena.v1 import executor_pb2, executor_pb2_grpc
from executor_service import codec
from executor_service.attempts import Attempts
from executor_service.pool import Pool

SERVICE = executor_pb2.DESCRIPTOR.services_by_name["ExecutorService"].full_name

_Context = grpc.aio.ServicerContext[Any, Any]


class Servicer(executor_pb2_grpc.ExecutorServiceServicer):
    """ExecutorService over a pool. capacity: attempts that can run at once."""

    def __init__(self, attempts: Attempts, pool: Pool, capacity: int) -> None:
        self._attempts = attempts
        self._pool = pool
        self._capacity = capacity

    async def Execute(  # noqa: N802 - the stub's name
        self, request: executor_pb2.ExecuteRequest, context: _Context
    ) -> executor_pb2.ExecuteResponse:
        wait_s = codec.seconds(request.wait) if request.HasField("wait") else None
        report = await self._attempts.execute(request.attempt_id, request.workload, rpc.caller_of(context), wait_s)
        return executor_pb2.ExecuteResponse(report=report)

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
