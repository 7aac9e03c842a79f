"""Whether attempts can be graded now, and with which isolation."""

import asyncio
from collections.abc import Sequence

from codearena import models
from codearena.errors import ServiceError
from gateway.attempt.clients import Clients
from gateway.catalogue.catalogue import Catalogue
from gateway.executors import status
from gateway.metrics import judge_name
from gateway.settings import Settings
from gateway.store.redis import Store

_OK = "ok"


async def readiness(
    settings: Settings, store: Store, clients: Clients, tasks: Catalogue, fixers: Sequence[str]
) -> models.Ready:
    """Asks the store, the judge, the grader and every executor at once; what is wrong is in the answer."""
    async with asyncio.TaskGroup() as group:
        stored = group.create_task(_store(store))
        judge = group.create_task(_serving(clients, "judge"))
        judging = group.create_task(_judging(clients))
        grader = group.create_task(_serving(clients, "grader"))
        executor = group.create_task(_executors(settings, settings.executor_address))
        on_request = {
            name: group.create_task(_executors(settings, address))
            for name, address in settings.isolation_executors.items()
        }
    isolation, problem = executor.result()
    checks = {"store": stored.result(), "executor": problem, "judge": judge.result(), "grader": grader.result()}
    return models.Ready(
        ready=all(check == _OK for check in checks.values()),
        checks=checks,
        isolation=isolation,
        tasks=len(tasks),
        tasks_faulty=tasks.faulty,
        fixers=list(fixers),
        judge=judging.result(),
        on_request={name: asked.result()[0] for name, asked in on_request.items()},
    )


async def _store(store: Store) -> str:
    try:
        await store.ping()
    except ServiceError as error:
        return error.detail
    return _OK


async def _serving(clients: Clients, service: str) -> str:
    return _OK if await clients.serving(service) else "not serving"


async def _judging(clients: Clients) -> models.JudgeInForce | None:
    try:
        found = await clients.judge_in_force()
    except ServiceError:  # whether it serves is told apart
        return None
    return models.JudgeInForce(kind=judge_name(found.kind), model=found.model)


async def _executors(settings: Settings, address: str) -> tuple[models.Isolation | None, str]:
    try:
        return await status.isolation(address, settings.tls_folder), _OK
    except ServiceError as error:
        return None, error.detail
