"""`codearena serve`: everything in one process."""

import os
import sys
from typing import Annotated

import typer

from codearena.commands.gateways import Isolation, require_server


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.", envvar="CODEARENA_GATEWAY_HOST")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(help="Port to listen on; 0: any.", envvar="CODEARENA_GATEWAY_PORT", min=0, max=65535)
    ] = 7860,
    isolation: Annotated[Isolation, typer.Option(help="auto: container where it works, else local.")] = Isolation.AUTO,
) -> None:
    """Serve everything from one process, with a Redis of its own."""
    require_server()
    command = ["-m", "gateway.embedded", "--host", host, "--port", str(port), "--isolation", isolation.value]
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, *command])  # becomes it, so that signals reach it directly
