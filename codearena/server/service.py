"""A service's process: its settings, its log and its metrics, and a server from its start until SIGTERM."""

import argparse
from collections.abc import Callable
from typing import Protocol, TypeVar

import uvloop

from codearena.server import rpc, telemetry, tracing
from codearena.server.settings import ServiceSettings, read

Read = TypeVar("Read", bound=ServiceSettings)


class ServiceServer(Protocol):
    """What every service's server can do."""

    async def start(self) -> int: ...

    async def serving(self) -> bool: ...

    async def drain(self) -> None: ...


def main(name: str, settings_kind: type[Read], make: Callable[[Read], ServiceServer]) -> None:
    """Runs `python -m NAME_service`, whose settings are the environment's."""
    prefix = settings_kind.model_config.get("env_prefix", "")
    parser = argparse.ArgumentParser(
        prog=f"python -m {name}_service",
        description=f"Every setting is an environment variable {prefix}<NAME>; {name}_service/settings.py lists them.",
    )
    refused = f"end if a variable {prefix}* is not a setting"
    parser.add_argument("--refuse-unknown", action="store_true", help=refused)
    settings = read(settings_kind, refuse_unknown=parser.parse_args().refuse_unknown)
    telemetry.configure_logging(name, settings.log_level)
    tracing.configure(name, settings.traces_endpoint)
    health = telemetry.Health()
    telemetry.serve_metrics(settings.host, settings.metrics_port, health)
    uvloop.run(_serve(lambda: make(settings), health))


async def _serve(make: Callable[[], ServiceServer], health: telemetry.Health) -> None:
    """Serves until the process is asked to stop, then drains. make: called in the event loop that the server is of."""
    server = make()
    await server.start()
    try:
        health.follow(server.serving)
        await rpc.until_terminated()
    finally:
        await server.drain()
