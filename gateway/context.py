"""What the routes are given. Built in server.py, nowhere else."""

import asyncio
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Header, Query, Request

from codearena import models
from gateway.access import caller as callers
from gateway.access.keyring import Keyring
from gateway.agents.choice import Choice
from gateway.attempt.clients import Clients
from gateway.attempt.graph import Graph
from gateway.bulk.grading import Grading
from gateway.bulk.jobs import BulkJobs
from gateway.catalogue.catalogue import Catalogue
from gateway.catalogue.sent import Sent
from gateway.dashboard import Dashboard
from gateway.episode.history import History
from gateway.episode.listing import Episodes
from gateway.episode.reset import Resets
from gateway.episode.sessions import Sessions
from gateway.episode.step import Steps
from gateway.mcp import McpServer
from gateway.repair.fixer import Fixer
from gateway.series.recorder import Recorder
from gateway.settings import Settings
from gateway.store.redis import Store


@dataclass(frozen=True)
class Context:
    """The parts of one running gateway."""

    settings: Settings
    tasks: Catalogue
    sent: Sent
    store: Store
    keyring: Keyring
    clients: Clients
    graph: Graph
    resets: Resets
    steps: Steps
    history: History
    episodes: Episodes
    recorder: Recorder
    grading: Grading
    jobs: BulkJobs
    fixer: Fixer
    sessions: Sessions
    mcp: McpServer
    choice: Choice
    dashboard: Dashboard | None
    """None: it is not to be served."""
    draining: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the server is to stop: answers without an end come to one."""


# Both are coroutines, because the framework sends plain functions to a thread, which costs more than they do.
async def _context(request: Request) -> Context:
    context: Context = request.app.state.context
    return context


async def _agent_id(agent_id: Annotated[str, Query(pattern=models.ID_PATTERN)] = models.DEFAULT_AGENT) -> str:
    return callers.owned(agent_id)


ContextDep = Annotated[Context, Depends(_context)]
IdempotencyKey = Annotated[
    str, Header(alias="Idempotency-Key", pattern=models.ID_PATTERN, description="As request_id in the body.")
]
"""Its default, the empty text, says that the caller sent none."""
OwnedAgent = Annotated[str, Depends(_agent_id)]
"""The query's agent_id as the store knows it: the caller's own."""
