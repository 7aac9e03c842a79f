"""The Docker engine as the container isolation needs it: few calls, each off the event loop, errors made ours.

The SDK blocks, so its calls run in a small thread pool of their own. The attach stream does not: its socket is handed
to the event loop, so that a container costs no thread and nothing polls.
"""

import asyncio
import functools
import logging
import socket
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ParamSpec, TypeVar

import docker
import docker.errors
import docker.utils
import requests

from codearena.errors import SandboxError
from executor_service.channel import Channel

log = logging.getLogger(__name__)

_P = ParamSpec("_P")
_T = TypeVar("_T")
_ENGINE_ERRORS = (docker.errors.DockerException, requests.RequestException, OSError)
_REMOVAL_UNDER_WAY = 409
_ATTACH = {"stdin": 1, "stdout": 1, "stderr": 1, "stream": 1}


class EngineError(SandboxError):
    """The engine refused, failed, or did not answer."""


@dataclass(frozen=True)
class ContainerEnd:
    """How a container ended, as the engine tells it. exit_status: 128 + signal if killed."""

    exit_status: int
    oom_killed: bool
    error: str


@dataclass(frozen=True)
class ContainerListing:
    """One container of ours on the engine. age_s: since it was made; ended_s: since it ended, None while it runs.

    Both by the engine's own clock.
    """

    container_id: str
    name: str
    labels: dict[str, str]
    state: str
    age_s: float
    ended_s: float | None


def connect(docker_host: str | None = None, *, timeout_s: int = 60, connections: int = 10) -> docker.APIClient:
    """A client of the engine at that URL, else at DOCKER_HOST, else at the local socket.

    Raises:
        docker.errors.DockerException: none answers.
    """
    environment = docker.utils.kwargs_from_env()
    if docker_host:
        environment["base_url"] = docker_host
    url = str(docker.utils.parse_host(environment.get("base_url")))
    scheme, _, path = url.partition("://")
    if scheme == "http+unix":
        _probe(path)
    return docker.APIClient(
        **environment, version="auto", timeout=timeout_s, max_pool_size=connections, num_pools=connections
    )


def _probe(path: str) -> None:
    """Fails in one plain sentence where nobody listens; the SDK wraps that three times and leaks the socket."""
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(path)
        except OSError as error:
            raise docker.errors.DockerException(f"no engine at {path}: {error.strerror}") from None


class Engine:
    """One engine. workers: calls at once; timeout_s: longest wait for one answer."""

    def __init__(self, docker_host: str | None, *, workers: int, timeout_s: int) -> None:
        self._host = docker_host
        self._timeout_s = timeout_s
        self._workers = workers
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="engine")
        self._client: docker.APIClient | None = None

    async def connect(self) -> None:
        """Finds the engine and agrees on a version of its API. Raises EngineError if none answers."""
        self._client = await self._call(self._connect)

    def _connect(self) -> docker.APIClient:
        return connect(self._host, timeout_s=self._timeout_s, connections=self._workers)

    def close(self) -> None:
        """Ends the threads and the connections."""
        self._threads.shutdown(wait=True)
        if self._client:
            self._client.close()

    async def image_id(self, image: str) -> str:
        """The image's id. Raises EngineError if the engine does not have it."""
        found = await self._call(self._api.inspect_image, image)
        return str(found["Id"])

    async def info(self) -> Mapping[str, Any]:
        """What the engine says of itself: https://docs.docker.com/reference/api/engine/version/v1.41/#tag/System"""
        found: Mapping[str, Any] = await self._call(self._api.info)
        return found

    async def create(self, name: str, configuration: dict[str, Any]) -> str:
        """Makes a container, not yet started; returns its id."""
        created = await self._call(self._api.create_container_from_config, configuration, name)
        return str(created["Id"])

    async def attach(self, container_id: str) -> Channel:
        """The container's stdin, stdout and stderr on this event loop. Attach before start, and no byte is missed."""
        connection = await self._call(self._attach, container_id)
        loop = asyncio.get_running_loop()
        channel = Channel(multiplexed=True)
        try:
            # Two ways to say the same, because uvloop takes a socket of each family by its own call only.
            if connection.family == socket.AF_UNIX:
                await loop.create_unix_connection(lambda: channel, sock=connection)
            else:
                await loop.create_connection(lambda: channel, sock=connection)
        except BaseException:
            connection.close()
            raise
        return channel

    def _attach(self, container_id: str) -> socket.socket:
        """A socket of our own: the SDK's belongs to its response object and would be closed with it."""
        raw = self._api.attach_socket(container_id, _ATTACH)
        connection = getattr(raw, "_sock", None)  # where SocketIO keeps it
        if not isinstance(connection, socket.socket):
            raise EngineError("an engine behind TLS or ssh cannot be attached to; forward its socket instead")
        own = connection.dup()
        own.setblocking(False)
        raw.close()
        connection.close()
        return own

    async def start(self, container_id: str) -> None:
        """Starts a container that was made."""
        await self._call(self._api.start, container_id)

    async def wait(self, container_id: str, timeout_s: int) -> ContainerEnd:
        """How the container ended, waiting for its end if need be. Raises EngineError if it does not end or is gone."""
        await self._call(functools.partial(self._api.wait, container_id, timeout=timeout_s))
        state = (await self._call(self._api.inspect_container, container_id))["State"]
        return ContainerEnd(int(state["ExitCode"]), bool(state["OOMKilled"]), str(state["Error"]))

    async def remove(self, container: str) -> None:
        """Kills and removes the container of that id or name; fine if it is gone or going already."""
        await self._call(self._remove, container)

    def _remove(self, container: str) -> None:
        try:
            self._api.remove_container(container, force=True, v=True)
        except docker.errors.NotFound:
            return
        except docker.errors.APIError as error:
            if error.status_code != _REMOVAL_UNDER_WAY:
                raise

    async def list_labelled(self, label: str) -> list[ContainerListing]:
        """Every container with that label, in whatever state."""
        return await self._call(self._list_labelled, label)

    def _list_labelled(self, label: str) -> list[ContainerListing]:
        listings: list[ContainerListing] = []
        entries = self._api.containers(all=True, filters={"label": [label]})
        now_s = _seconds(self._api.info()["SystemTime"]) if entries else 0.0
        for entry in entries:
            ended_s = None
            if entry["State"] in ("exited", "dead"):
                try:
                    ended_s = now_s - _seconds(self._api.inspect_container(entry["Id"])["State"]["FinishedAt"])
                except docker.errors.NotFound:
                    continue
            listings.append(
                ContainerListing(
                    container_id=entry["Id"],
                    name=entry["Names"][0].removeprefix("/") if entry["Names"] else "",
                    labels=entry["Labels"] or {},
                    state=entry["State"],
                    age_s=now_s - entry["Created"],
                    ended_s=ended_s,
                )
            )
        return listings

    @property
    def _api(self) -> docker.APIClient:
        if self._client is None:
            raise EngineError("not connected to an engine")
        return self._client

    async def _call(self, function: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        work = functools.partial(function, *args, **kwargs)
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        except _ENGINE_ERRORS as error:
            raise EngineError(_one_line(error)) from error


def _one_line(error: Exception) -> str:
    text = error.explanation if isinstance(error, docker.errors.APIError) and error.explanation else str(error)
    return f"Docker engine: {type(error).__name__}: {' '.join(str(text).split())[:300]}"


def _seconds(timestamp: str) -> float:
    """Since the epoch, of a time as the engine writes it: RFC 3339 with nanoseconds."""
    return datetime.fromisoformat(timestamp).timestamp()
