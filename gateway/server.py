"""Builds the gateway, starts it and drains it. The only module of it that constructs."""

import asyncio
import contextlib
import logging
import random
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Mapping

import uvicorn
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi_offline import FastAPIOffline
from starlette.types import Scope

from codearena.errors import StoreError
from codearena.server import rpc
from codearena.tasks.task import Task
from gateway import openapi, problems
from gateway.access.exposure import Exposure
from gateway.access.guard import DOCS_ASSETS, Guard
from gateway.access.keyring import Keyring
from gateway.agents.choice import Choice
from gateway.agents.memory import Reminders
from gateway.attempt.baselines import Baselines
from gateway.attempt.clients import Clients
from gateway.attempt.graph import Graph
from gateway.bulk.grading import Grading
from gateway.bulk.group_verdicts import GroupVerdicts
from gateway.bulk.jobs import BulkJobs
from gateway.bulk.workers import Workers
from gateway.catalogue.catalogue import Catalogue
from gateway.catalogue.opening import open_catalogue
from gateway.catalogue.reading import Reading
from gateway.catalogue.sent import Sent
from gateway.catalogue.wanted import Wants
from gateway.context import Context
from gateway.dashboard import Dashboard
from gateway.episode.history import History
from gateway.episode.listing import Episodes
from gateway.episode.reset import Resets
from gateway.episode.sessions import Sessions
from gateway.episode.step import Steps
from gateway.hung_up import HungUp
from gateway.mcp import McpServer
from gateway.middleware import BodyLimit, CutOff, RequestContext
from gateway.repair.builtin_fixer import BuiltinFixer
from gateway.repair.fixer import Fixer, Link, ModelLink
from gateway.repair.searches import Searches
from gateway.response_ids import ATTEMPT_ID_HEADER, EPISODE_ID_HEADER
from gateway.routes import env, grade, jobs, learning, mcp, ops, overview, tasks, tools, web, ws
from gateway.routes.pages import TOTAL_HEADER
from gateway.series.recorder import Recorder
from gateway.series.tally import Tally
from gateway.settings import Settings
from gateway.store.redis import Store
from gateway.watch import watching

log = logging.getLogger(__name__)

_CORS_REQUEST = ["Authorization", "X-API-Key", "Content-Type", "Idempotency-Key", problems.REQUEST_ID_HEADER]
_CORS_ANSWER = [problems.REQUEST_ID_HEADER, EPISODE_ID_HEADER, ATTEMPT_ID_HEADER, "Retry-After", "Link", TOTAL_HEADER]


@contextlib.asynccontextmanager
async def _context(settings: Settings, tasks: Catalogue) -> AsyncIterator[Context]:
    """Everything a gateway holds open, closed again in the reverse order."""
    tally = Tally()
    async with (
        Store(settings) as store,
        Clients(settings) as clients,
        watching(store, settings.redis_watch_s),
        Recorder(tally, store.series).running() as recorder,
    ):
        graph = Graph(settings, clients, random.SystemRandom(), tally)
        choice = Choice(settings, store.agents, tasks, random.Random())
        baselines, reading = Baselines(settings, store, graph, tasks), Reading(settings)
        sent = Sent(settings, store.sent_tasks, reading)
        wants = Wants(tasks, sent)
        resets = Resets(settings, store, baselines, wants, choice)
        steps = Steps(settings, store, graph, resets, wants, tally)
        history = History(store, baselines, wants)
        groups = GroupVerdicts(store.verdicts, kept=settings.group_verdicts_kept_s > 0)
        grading, sessions = Grading(settings, graph, wants, groups, tally), Sessions(settings, resets, steps, history)
        searches = Searches(settings.fixer_search_cpu_s, settings.fixer_search_memory_bytes, settings.source_bytes)
        reminders = Reminders(store.agents, settings.evaluation_agents)
        links: list[Link] = [ModelLink(each, searches) for each in settings.fixer_models]
        links.append(BuiltinFixer(settings, graph, searches))
        async with (
            contextlib.aclosing(searches),
            contextlib.aclosing(reading),
            Workers(settings, store.bulk, grading) as workers,
            baselines.made_ahead(),
        ):
            yield Context(
                settings=settings,
                tasks=tasks,
                sent=sent,
                store=store,
                keyring=_keys(settings, store),
                clients=clients,
                graph=graph,
                resets=resets,
                steps=steps,
                history=history,
                episodes=Episodes(store.events, store.listing, tasks),
                recorder=recorder,
                grading=grading,
                jobs=BulkJobs(settings, store.bulk, store.events, sent, workers.wake),
                fixer=Fixer(settings, tasks, links, reminders.for_fix, tally),
                sessions=sessions,
                mcp=McpServer(settings, sessions, graph, store.sessions),
                choice=choice,
                dashboard=Dashboard(settings.dashboard_dir, settings.frame_ancestors) if settings.dashboard else None,
            )
        await steps.drain()


def _keys(settings: Settings, store: Store) -> Keyring:
    return Keyring(store.api_keys, settings.keys_max_age_s, pepper=settings.api_key_pepper.get_secret_value())


def create_app(settings: Settings, served: Mapping[str, Task] | None = None) -> FastAPI:
    """The application; its lifespan opens and closes what it holds, so that any ASGI server may run it.

    served: the tasks; None: those that the settings name, gone through when it starts.

    Raises, when it starts:
        TaskError: there is no task that can be served.
    """

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        catalogue = open_catalogue(settings) if served is None else Catalogue.of(served)
        with contextlib.closing(catalogue):
            async with _context(settings, catalogue) as context:
                app.state.context = context
                yield

    app = FastAPIOffline(
        title="CodeArena",
        version=ops.API_VERSION,
        lifespan=lifespan,
        strict_content_type=False,
        redoc_url=None,
        static_url=DOCS_ASSETS,
        swagger_ui_parameters={"validatorUrl": None, "tryItOutEnabled": True},
    )
    problems.install(app)
    openapi.install(app)
    for routes in (overview, env, grade, jobs, learning, tasks, tools, mcp, web, ops):
        app.include_router(routes.router, responses=problems.DOCUMENTED)
    app.include_router(ws.router)
    app.add_middleware(HungUp, paths=("/grade", "/grade/batch", "/fix", "/run_raw"))
    with_task = settings.body_bytes + settings.sent_task_bytes
    limits = {"/grade/batch": settings.batch_body_bytes, "/jobs": settings.job_body_bytes}
    limits |= {"/grade": with_task, "/reset": with_task, "/tasks": settings.batch_body_bytes}
    app.add_middleware(BodyLimit, default_bytes=settings.body_bytes, limits=limits)
    app.add_middleware(Guard, settings=settings, keyring=_keyring)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_methods=["GET", "POST", "DELETE"],
            allow_headers=_CORS_REQUEST,
            expose_headers=_CORS_ANSWER,
        )
    app.add_middleware(CutOff)
    app.add_middleware(RequestContext)
    return app


def _keyring(connection: Scope) -> Keyring:
    context: Context = connection["app"].state.context
    return context.keyring


def app_from_environment() -> FastAPI:
    """For `uvicorn --factory gateway.server:app_from_environment --workers N`."""
    return create_app(Settings())


class _Uvicorn(uvicorn.Server):
    """Runs inside a loop that belongs to someone else: leaves signals alone, and tells when it listens."""

    def __init__(
        self, config: uvicorn.Config, listening: Callable[[], None], before_end: Callable[[], Awaitable[None]]
    ) -> None:
        super().__init__(config)
        self._listening = listening
        self._before_end = before_end

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._listening()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        await self._before_end()  # what follows cuts every WebSocket, whatever it waits for
        await super().shutdown(sockets)


class GatewayServer:
    """The HTTP server of the gateway. Raises TaskError if there is no task that can be served."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._listens = asyncio.Event()
        self.callers = ""  # whom it serves, as found at the start
        # Read here, where it is an error like any other: what an application raises at its start is logged and lost.
        self.app = create_app(settings, open_catalogue(settings))
        config = uvicorn.Config(
            self.app,
            log_config=None,
            access_log=False,
            lifespan="on",
            timeout_graceful_shutdown=round(settings.drain_s),
            ws="websockets-sansio",
            ws_max_size=settings.batch_body_bytes,
            # Pings keep proxies from closing idle sessions. No answer is demanded: a trainer that computes for minutes
            # on its only thread answers none, and is not gone.
            ws_ping_timeout=None,
            ws_per_message_deflate=False,  # would keep two compressors for each idle session
        )
        self._uvicorn = _Uvicorn(config, self._listens.set, self._end_sessions)
        self._serving: asyncio.Task[None] | None = None

    async def start(self) -> int:
        """Serves; returns the bound port.

        Raises:
            OSError: the address cannot be bound.
            OpenToAllError: there are no API keys, and others than this machine could call.
            SystemExit: the application did not start; the log says why.
        """
        self.callers = await _callers(self._settings)
        listener = socket.create_server((self._settings.host, self._settings.port), backlog=2048)
        # What is accepted inherits it. The event loop does not set it on such a socket, and without it the body of an
        # answer waits for the client to acknowledge its head: 40 ms (tcp(7), RFC 1122 4.2.3.2).
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        port: int = listener.getsockname()[1]
        self._serving = asyncio.create_task(self._uvicorn.serve([listener]))
        listens = asyncio.create_task(self._listens.wait())
        await asyncio.wait({self._serving, listens}, return_when=asyncio.FIRST_COMPLETED)
        if self._serving.done():
            listens.cancel()
            listener.close()
            await self._serving
        log.info("serving on http://%s:%d", self._settings.host, port)
        return port

    async def _end_sessions(self) -> None:
        await self.app.state.context.sessions.drain()

    async def drain(self) -> None:
        """No new requests; those in flight are answered, and every step begun is committed or given up."""
        self.app.state.context.draining.set()
        self._uvicorn.should_exit = True
        if self._serving is not None:
            await self._serving


async def _callers(settings: Settings) -> str:
    """Whom the gateway serves, in words. Raises OpenToAllError if that must not be."""
    exposure = Exposure(settings)
    try:
        async with Store(settings) as store:
            protected = await _keys(settings, store).configured()
    except StoreError as error:  # nobody is served until it answers, and it is asked again for each request
        log.warning("not known whether there are API keys: %s", error.detail)
        return "nobody, until Redis answers"
    if protected:
        return "whoever has an API key"
    exposure.refuse_to_serve_all()
    whom = "this machine only" if exposure.local_only else "everybody who reaches it, as it was told to"
    log.warning("no API keys: serving %s; `codearena keys create` makes the first", whom)
    return f"{whom}, since there are no API keys"


async def serve(settings: Settings) -> None:
    """Serves until the process is asked to stop."""
    server = GatewayServer(settings)
    await server.start()
    await rpc.until_terminated()
    await server.drain()
