"""Asks one executor over gRPC, as a gateway does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import grpc

from codearena.v1 import common_pb2, executor_pb2, executor_pb2_grpc
from tests.executor_service import workloads
from tests.executor_service.asking import report_of
from tests.integration.processes import Executor

_AT_ONCE = 4  # fewer than the queue takes, so that none is refused
_WORKLOAD = workloads.workload("def f():\n    return 42\n")


class Client:
    """Asks one executor."""

    def __init__(self, stub: Any) -> None:
        self._stub = stub

    async def execute(self, workload: executor_pb2.Workload) -> executor_pb2.Report:
        return await report_of(self._stub, workload)

    async def status(self) -> executor_pb2.GetStatusResponse:
        response: executor_pb2.GetStatusResponse = await self._stub.GetStatus(executor_pb2.GetStatusRequest())
        return response

    async def sandbox_ids(self, attempts: int) -> list[str]:
        """Runs so many attempts; where each ran."""
        places = asyncio.Semaphore(_AT_ONCE)

        async def one() -> str:
            async with places:
                report = await self.execute(_WORKLOAD)
            assert report.calls[0].status == common_pb2.CALL_STATUS_RETURNED
            return report.isolation.sandbox_id

        return await asyncio.gather(*(one() for _ in range(attempts)))


@asynccontextmanager
async def client_of(executor: Executor) -> AsyncIterator[Client]:
    async with grpc.aio.insecure_channel(executor.address) as channel:
        yield Client(executor_pb2_grpc.ExecutorServiceStub(channel))
