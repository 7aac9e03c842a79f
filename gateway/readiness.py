"""Whether attempts can be graded now, and with which isolation."""

import asyncio

from codearena import models
from codearena.errors import ServiceError
from codearena.v1 import executor_pb2
from gateway.clients import Clients
from gateway.store.redis import Store

_OK = "ok"


async def readiness(store: Store, clients: Clients) -> models.Ready:
    """Asks the store and the three services at once; what is wrong is in the answer."""
    async with asyncio.TaskGroup() as group:
        stored = group.create_task(_store(store))
        judge = group.create_task(_serving(clients, "judge"))
        grader = group.create_task(_serving(clients, "grader"))
        executor = group.create_task(_executor(clients))
    status, problem = executor.result()
    checks = {"store": stored.result(), "executor": problem, "judge": judge.result(), "grader": grader.result()}
    return models.Ready(
        ready=all(check == _OK for check in checks.values()),
        checks=checks,
        isolation=_isolation(status) if status else None,
    )


async def _store(store: Store) -> str:
    try:
        await store.ping()
    except ServiceError as error:
        return error.detail
    return _OK


async def _serving(clients: Clients, service: str) -> str:
    return _OK if await clients.serving(service) else "not serving"


async def _executor(clients: Clients) -> tuple[executor_pb2.GetStatusResponse | None, str]:
    try:
        return await clients.executor_status(), _OK
    except ServiceError as error:
        return None, error.detail


def _isolation(status: executor_pb2.GetStatusResponse) -> models.Isolation:
    return models.Isolation(
        name=status.isolation.name,
        runtime=status.isolation.runtime,
        degradations=list(status.isolation.degradations),
        ready=status.ready,
        leased=status.leased,
        capacity=status.capacity,
        queued=status.queued,
    )
