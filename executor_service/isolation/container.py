"""`container` isolation: a fresh Docker container for every attempt, talked to through the engine's attach stream."""

import asyncio
import functools
import logging
import uuid
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from codearena.errors import SandboxError
from executor_service import reports
from executor_service.channel import HELLO_BYTES, Channel
from executor_service.isolation import hardening
from executor_service.isolation.attached import NOT_READY, AttachedSandbox, as_sandbox_error, hello_of
from executor_service.isolation.base import Evidence, Hello, Isolation, IsolationInfo, IsolationName, StreamEnd
from executor_service.isolation.engine import Engine, EngineError
from executor_service.isolation.owner import Owner
from executor_service.isolation.reaper import Reaper
from executor_service.runner.revision import runner_revision, same_runner
from executor_service.settings import Settings

log = logging.getLogger(__name__)

Configure = Callable[[Settings, str, str, Mapping[str, str]], dict[str, Any]]
"""Makes a container's configuration of settings, image, the seccomp profile's text and labels."""

_EXIT_WAIT_S = 0.5  # a runner whose stdin closed exits by itself; after this it is killed
_RENEW_S = 5.0  # it takes milliseconds; a container in which it takes longer is in doubt
_END_WAIT_S = 10  # for the engine to notice that a container whose stream ended has ended


class ContainerIsolation(Isolation):
    """Containers of the settings' image on one engine. lifetime_s: how old one may legitimately become."""

    def __init__(
        self,
        settings: Settings,
        configure: Configure = hardening.configuration,
        lifetime_s: float | None = None,
    ) -> None:
        self._settings = settings
        self._configure = configure
        self._lifetime_s = lifetime_s or settings.sandbox_age_max_s
        self._owner = Owner.this_process()
        calls = settings.pool_start_concurrency + settings.pool_remove_concurrency
        self._engine = Engine(settings.docker_host, workers=calls + 2, timeout_s=settings.engine_timeout_s)
        self._removals = asyncio.Semaphore(settings.pool_remove_concurrency)
        self._reaper = Reaper(
            self._engine,
            self._owner.instance,
            interval_s=settings.reap_interval_s,
            orphan_grace_s=settings.orphan_grace_s,
        )
        self._runtime = settings.runtime or ""
        self._seccomp = ""
        self._image = ""

    async def start(self) -> None:
        await self._engine.connect()
        try:
            self._image = await self._engine.image_id(self._settings.image)
        except EngineError as error:
            raise SandboxError(f"no image {self._settings.image}: {error.detail}") from error
        self._runtime = self._settings.runtime or str((await self._engine.info()).get("DefaultRuntime", ""))
        try:
            self._seccomp = self._settings.seccomp_profile.read_text()
        except OSError as error:
            raise SandboxError(f"no seccomp profile {self._settings.seccomp_profile}: {error.strerror}") from error
        await self._reaper.reap()
        self._reaper.start()

    async def create(self) -> "ContainerSandbox":
        # By our own name it can be removed even if the answer that carries its id never comes.
        name = f"codearena-{uuid.uuid4().hex}"
        channel: Channel | None = None
        self._reaper.claim(name)
        try:
            async with asyncio.timeout(self._settings.start_timeout_s):
                labels = self._owner.labels(self._lifetime_s)
                configuration = self._configure(self._settings, self._image, self._seccomp, labels)
                container_id = await self._engine.create(name, configuration)
                channel = await self._engine.attach(container_id)
                await self._engine.start(container_id)
                hello = await hello_of(channel)
            if not same_runner(hello.revision, runner_revision()):
                what = f"image {self._settings.image} holds another version's runner"
                raise SandboxError(f"{what}: build it again from this executor's")
        except BaseException as error:
            if channel:
                channel.close()
            try:
                await asyncio.shield(self._remove(name))
            except EngineError as left:  # it may still be making it, and not know of it yet: the reaper finds it
                log.warning("container %s left to the reaper: %s", name, left.detail)
            raise as_sandbox_error(error, channel) from error
        return ContainerSandbox(container_id, hello, channel, self._engine, functools.partial(self._remove, name))

    async def _remove(self, name: str) -> None:
        async with self._removals:
            try:
                await self._engine.remove(name)
            except EngineError:
                self._reaper.abandon(name)
                raise
        self._reaper.release(name)

    async def close(self) -> None:
        await self._reaper.close()
        self._engine.close()

    def describe(self) -> IsolationInfo:
        return IsolationInfo(IsolationName.CONTAINER, self._runtime)


class ContainerSandbox(AttachedSandbox):
    """One container with a ready runner in it."""

    def __init__(
        self,
        container_id: str,
        hello: Hello,
        channel: Channel,
        engine: Engine,
        remove: Callable[[], Awaitable[None]],
    ) -> None:
        super().__init__(container_id, hello, channel)
        self._engine = engine
        self._remove = remove
        self._reported = False

    async def run(self, workload: bytes, timeout_s: float) -> bytes:
        report = await super().run(workload, timeout_s)
        self._reported = True
        return report

    async def _end(self) -> Evidence:
        try:
            end = await self._engine.wait(self.sandbox_id, _END_WAIT_S)
        except EngineError as error:
            return Evidence(StreamEnd.ENDED, engine_error=error.detail)
        return Evidence(StreamEnd.ENDED, exit_status=end.exit_status, oom_killed=end.oom_killed, engine_error=end.error)

    async def renew(self) -> None:
        try:
            async with asyncio.timeout(_RENEW_S):
                self.hello = reports.decode_hello(await self._channel.exchange(b"", HELLO_BYTES))
        except NOT_READY as error:
            raise as_sandbox_error(error, self._channel) from error
        self._reported = False

    async def destroy(self) -> None:
        if self._reported:
            # It ends by itself then, which costs the engine less than being killed.
            self._channel.send_end()
            await self._channel.wait_ended(_EXIT_WAIT_S)
        await self.retire()

    async def retire(self) -> None:
        """Destroys one that waits for more, and so does not end by itself."""
        self._channel.close()
        await self._remove()
