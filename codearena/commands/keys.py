"""`codearena keys`: make, list and revoke API keys."""

import os
import sys
from enum import StrEnum
from typing import Annotated

import typer

from codearena.commands.gateways import require_server

app = typer.Typer(help="Make, list and revoke API keys.", no_args_is_help=True)

RedisURL = Annotated[
    str | None,
    typer.Option(
        "--redis-url", help="The gateway's Redis; none: CODEARENA_GATEWAY_REDIS_URL, else that of codearena serve."
    ),
]


class KeyScope(StrEnum):
    """use: play and grade; admin: operate, too."""

    USE = "use"
    ADMIN = "admin"


@app.command()
def create(
    owner: Annotated[str, typer.Argument(help="Whose it is; keys of one owner share episodes, agents and quota.")],
    scope: Annotated[KeyScope, typer.Option(help="use: play and grade; admin: read /metrics, too.")] = KeyScope.USE,
    requests_per_s: Annotated[float | None, typer.Option(min=0.001, help="Quota; none: the gateway's.")] = None,
    concurrent: Annotated[int | None, typer.Option(min=1, help="Requests at once; none: the gateway's.")] = None,
    redis_url: RedisURL = None,
) -> None:
    """Make a key and print it, once."""
    limits = [
        *([] if requests_per_s is None else ["--requests-per-s", str(requests_per_s)]),
        *([] if concurrent is None else ["--concurrent", str(concurrent)]),
    ]
    _become(redis_url, "create", "--scope", scope.value, *limits, "--", owner)


@app.command("list")
def list_keys(redis_url: RedisURL = None) -> None:
    """List the keys there are and were; never the keys themselves."""
    _become(redis_url, "list")


@app.command()
def revoke(key_id: Annotated[str, typer.Argument(help="As `keys list` shows it.")], redis_url: RedisURL = None) -> None:
    """Take a key back; gateways refuse it within some seconds."""
    _become(redis_url, "revoke", "--", key_id)


def _become(redis_url: str | None, *arguments: str) -> None:
    """Runs the gateway's own module in our place: the command itself knows no Redis."""
    require_server()
    where = [] if redis_url is None else ["--redis-url", redis_url]
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "gateway.access", *where, *arguments])
