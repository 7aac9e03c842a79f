"""What the routes are given. Built in server.py, nowhere else."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Header, Request

from codearena import models
from codearena.task import Task
from gateway.choice import Choice
from gateway.clients import Clients
from gateway.episodes import Episodes
from gateway.fixer import Fixer
from gateway.grading import Grading
from gateway.mcp import McpServer
from gateway.sessions import Sessions
from gateway.settings import Settings
from gateway.store.redis import Store


@dataclass(frozen=True)
class Context:
    """The parts of one running gateway."""

    settings: Settings
    tasks: Mapping[str, Task]
    store: Store
    clients: Clients
    episodes: Episodes
    grading: Grading
    fixer: Fixer
    sessions: Sessions
    mcp: McpServer
    choice: Choice
    draining: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the server is to stop: answers without an end come to one."""


# Both are coroutines, because the framework sends plain functions to a thread, which costs more than they do.
async def _context(request: Request) -> Context:
    context: Context = request.app.state.context
    return context


async def _idempotency_key(
    key: Annotated[
        str,
        Header(alias="Idempotency-Key", pattern=models.ID_PATTERN, description="As request_id in the body."),
    ] = "",
) -> str:
    return key


ContextDep = Annotated[Context, Depends(_context)]
IdempotencyKey = Annotated[str, Depends(_idempotency_key)]
"""Empty if the caller sent none."""
