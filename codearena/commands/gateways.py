"""The gateway that a command talks to: the one named, else the one that is running, else one of its own."""

import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from codearena.commands.console import console
from codearena.embedded import embedded_gateway
from codearena.errors import CodeArenaError
from codearena.retry import RetryPolicy
from codearena.sdk.async_client import DEFAULT_URL
from codearena.sdk.client import CodeArena
from codearena.server.state import served_url

DEFAULT_TASKS = Path(__file__).resolve().parents[2] / "gateway" / "tasks"
"""The tasks that the package carries."""


class Isolation(StrEnum):
    """Where attempts run; auto: container where it works, else local."""

    AUTO = "auto"
    CONTAINER = "container"
    CELL = "cell"
    LOCAL = "local"


BaseURL = Annotated[
    str | None,
    typer.Option(
        "--gateway-url",
        "--base-url",
        help=f"Gateway to use; none: that of `codearena serve`, or the one on {DEFAULT_URL}, if it answers; "
        "else one of our own.",
    ),
]
OwnIsolation = Annotated[
    Isolation | None, typer.Option(help="Start a gateway of our own with this; auto: container where it works.")
]
TasksFolder = Annotated[
    Path, typer.Option("--tasks-dir", "--tasks", help="Folder of tasks, or a file of them, one a line.", exists=True)
]


@contextmanager
def gateway(base_url: str | None, isolation: Isolation | None, tasks: Path) -> Iterator[CodeArena]:
    """A client of the gateway that `gateway_url` finds."""
    with gateway_url(base_url, isolation, tasks) as url, CodeArena(url, agent_id="codearena-cli") as arena:
        yield arena


@contextmanager
def gateway_url(base_url: str | None, isolation: Isolation | None, tasks: Path) -> Iterator[str]:
    """URL of the gateway named, else of the one that is running, else of one of our own.

    Naming the isolation asks for one of our own: that of another gateway is not ours to choose.
    """
    if base_url is not None and isolation is not None:
        raise typer.BadParameter("--isolation is for a gateway of our own, --gateway-url names another")
    if base_url is None and isolation is None:
        base_url = next((url for url in (served_url(), DEFAULT_URL) if url is not None and _answers(url)), None)
    if base_url is not None:
        yield base_url
        return
    require_server()
    console.print("starting a gateway for this command", style="dim")
    with embedded_gateway((isolation or Isolation.AUTO).value, tasks) as url:
        yield url


def _answers(url: str) -> bool:
    with CodeArena(url, timeout_s=2.0, retry=RetryPolicy(attempts=1)) as arena:
        try:
            return arena.health().status == "healthy"
        except CodeArenaError:  # nobody there, or something that is not ours
            return False


def require_server() -> None:
    """Ends the command, and says how to get them, if the services are not installed."""
    if any(importlib.util.find_spec(name) is None for name in ("grpc", "fastapi", "gateway")):
        console.print('this needs the services: pip install "codearena\\[server]"', style="red")
        raise typer.Exit(1)
