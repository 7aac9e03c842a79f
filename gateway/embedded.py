"""`python -m gateway.embedded`: everything in one process, with a Redis server of its own. For laptops and first looks.

The services are the same as in production and talk by the same gRPC; only that they share one event loop, and so need
no sockets for it. To others they are on free ports of the loopback interface. This is the only module of the gateway
that imports them.
"""

import argparse
import asyncio
import logging
import os
import sys
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

import uvloop
from pydantic import SecretStr, ValidationError
from rich.console import Console

from codearena import models
from codearena.errors import CodeArenaError, SandboxError
from codearena.sdk.async_client import AsyncCodeArena
from codearena.server import rpc, tracing
from codearena.server.state import URL_FILE, state_folder
from codearena.tasks.faults import TaskError
from executor_service.image import build
from executor_service.server import ExecutorServer
from executor_service.settings import Settings as ExecutorSettings
from gateway import preflight, terminal
from gateway.local_redis import URL_FILE as REDIS_URL_FILE
from gateway.local_redis import LocalRedis
from gateway.preflight import REDIS_FOLDER
from gateway.server import GatewayServer
from gateway.settings import Settings as GatewaySettings
from grader_service.server import GraderServer
from grader_service.settings import Settings as GraderSettings
from judge_service.server import JudgeServer
from judge_service.settings import Settings as JudgeSettings

log = logging.getLogger(__name__)

_LOOPBACK = "127.0.0.1"

IsolationChoice = Literal["auto", "container", "cell", "local"]


class Server(Protocol):
    """What every service's server can do."""

    async def start(self) -> int: ...

    async def drain(self) -> None: ...


@dataclass(frozen=True)
class Options:
    """What the command line says.

    port 0: any free one; state: folder for Redis' data and the log; until_stdin_closes: stop when who started us ends;
    open_to_all: serve whoever reaches it while there are no API keys, unless the environment says otherwise.
    """

    host: str
    port: int
    isolation: IsolationChoice
    state: Path
    until_stdin_closes: bool = False
    open_to_all: bool = False


class Embedded:
    """Redis and the four services. Use as an async context manager; `url` is where the gateway answers.

    listen: False leaves the gateway out, for a server that runs the application itself, with `gateway_settings`.
    """

    def __init__(self, options: Options, console: Console, *, listen: bool = True) -> None:
        self._listen = listen
        self._options = options
        self._console = console
        self._stack = AsyncExitStack()
        self.redis = LocalRedis(options.state / REDIS_FOLDER)
        self.url = ""
        self.image_problem = ""  # why there is no sandbox image, where there should be one
        self.gateway_settings = GatewaySettings(host=options.host, port=options.port)
        if options.open_to_all and "allow_anonymous" not in self.gateway_settings.model_fields_set:
            self.gateway_settings = self.gateway_settings.model_copy(update={"allow_anonymous": True})
        self.redis_url = ""
        self.callers = ""  # whom the gateway serves

    async def __aenter__(self) -> "Embedded":
        """Raises CodeArenaError or OSError if something does not start; what did is stopped again."""
        try:
            with self._console.status("starting") as status:
                status.update("Redis")
                self._stack.push_async_callback(self.redis.stop)
                self.redis_url = await self.redis.start()
                status.update("sandbox image; the first time this takes a minute or two")
                await self._build_image()
                status.update("services")
                await self._start_services(self.redis_url)
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def ready(self) -> models.Ready:
        """What the gateway says of itself."""
        async with AsyncCodeArena(self.url) as arena:
            return await arena.ready()

    async def _build_image(self) -> None:
        """Raises SandboxError if there can be none, and nothing else will do."""
        settings = ExecutorSettings()
        if self._options.isolation == "local" or "image" in settings.model_fields_set:
            return
        try:
            await build.build(settings.image, state_folder() / "engine")
        except build.ImageError as error:
            self.image_problem = str(error)
            log.warning("sandbox image not built: %s", error)
            if self._options.isolation != "auto":
                raise SandboxError(f"no sandbox image: {error}") from error

    async def _start_services(self, redis_url: str) -> None:
        grader = await self._start(GraderServer(GraderSettings(host=_LOOPBACK, port=0)))
        judge = await self._start(JudgeServer(JudgeSettings(host=_LOOPBACK, port=0)))
        executor = await self._start(
            ExecutorServer(ExecutorSettings(host=_LOOPBACK, port=0, isolation=self._options.isolation))
        )
        found = {
            "redis_url": SecretStr(redis_url),
            "executor_address": rpc.in_process(executor),
            "judge_address": rpc.in_process(judge),
            "grader_address": rpc.in_process(grader),
        }
        self.gateway_settings = self.gateway_settings.model_copy(update=found)
        if not self._listen:
            return
        server = GatewayServer(self.gateway_settings)
        port = await self._start(server)
        self.callers = server.callers
        host = "localhost" if self._options.host in (_LOOPBACK, "0.0.0.0", "::") else self._options.host
        self.url = f"http://{host}:{port}"

    async def _start(self, server: Server) -> int:
        port = await server.start()
        self._stack.push_async_callback(server.drain)
        return port


async def run(options: Options, console: Console, served: logging.Handler) -> int:
    """Serves until the process is asked to stop; returns the exit status, which is 1 if Redis went away.

    served: prints what someone should look at; until it serves, errors alone: what it announces says all else.
    """
    async with Embedded(options, console) as running:
        isolation = (await running.ready()).isolation
        told = terminal.Announcement(running.url, isolation, running.callers, running.image_problem, options.state)
        terminal.announce(console, told)
        served.setLevel(logging.WARNING)
        url_file = options.state / URL_FILE
        url_file.write_text(running.url, "utf-8")
        redis_file = options.state / REDIS_URL_FILE
        redis_file.write_text(running.redis_url, "utf-8")
        stopped = asyncio.create_task(_until_stopped(options))
        redis = asyncio.create_task(running.redis.ended())
        await asyncio.wait({stopped, redis}, return_when=asyncio.FIRST_COMPLETED)
        url_file.unlink(missing_ok=True)
        redis_file.unlink(missing_ok=True)
        for task in (stopped, redis):
            task.cancel()
        if redis.done() and not redis.cancelled():
            log.error("redis ended with status %d; stopping, since nothing could be stored", redis.result())
            return 1
        console.print("stopping")
    return 0


async def _until_stopped(options: Options) -> None:
    waits = [asyncio.create_task(rpc.until_terminated())]
    if options.until_stdin_closes:
        waits.append(asyncio.create_task(_until_stdin_closes()))
    await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)


async def _until_stdin_closes() -> None:
    closed = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_reader(sys.stdin, closed.set)  # nobody writes to it: readable means closed
    await closed.wait()
    loop.remove_reader(sys.stdin)


def parse(arguments: list[str] | None = None) -> Options:
    """Options from the command line."""
    parser = argparse.ArgumentParser(prog="gateway.embedded", description="Serves everything from one process.")
    host = os.environ.get(preflight.HOST_VARIABLE) or preflight.DEFAULT_HOST
    port = os.environ.get(preflight.PORT_VARIABLE) or preflight.DEFAULT_PORT
    parser.add_argument("--host", default=host, help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=port, help="port to listen on, 0: any (default: %(default)s)")
    parser.add_argument("--isolation", choices=("auto", "container", "cell", "local"), default="auto")
    parser.add_argument("--state", type=Path, default=state_folder(), help="folder of data and log (%(default)s)")
    parser.add_argument("--until-stdin-closes", action="store_true", help="stop when stdin ends, as on SIGTERM")
    parser.add_argument(
        "--open-to-all", action="store_true", help="serve others without API keys, as long as there are none"
    )
    return Options(**vars(parser.parse_args(arguments)))


def main(options: Options | None = None) -> None:
    """Serves until the process is asked to stop. options: none: those of the command line."""
    sys.exit(_served(options or parse(), Console()))


def _served(options: Options, console: Console) -> int:
    """The exit status. Whatever happens is said in a line: a traceback would go to a file that nobody was told of."""
    try:
        preflight.check(options.host, options.port, options.state)
        handler = terminal.keep_to_files(options.state)
        handler.setLevel(logging.ERROR)
        tracing.configure("embedded", GatewaySettings().traces_endpoint)
        return uvloop.run(run(options, console, handler))
    except (preflight.ObstacleError, CodeArenaError, TaskError, OSError) as error:
        problem = str(error)
    except ValidationError as error:
        problem = "; ".join(f"{error.title}: {each['loc'][0]}: {each['msg']}" for each in error.errors())
    except Exception:  # the process' top
        log.exception("defect while serving")
        problem = f"a defect of ours; {terminal.log_file(options.state)} has the traceback"
    console.print(f"cannot serve: {problem}", style="red", markup=False, highlight=False, soft_wrap=True)
    return 1


if __name__ == "__main__":
    main()
