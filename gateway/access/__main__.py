"""`codearena keys`: makes, lists and revokes API keys, in the Redis that the gateway uses."""

import argparse
import asyncio
import contextlib
import datetime
import sys
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

from pydantic import SecretStr, ValidationError
from rich import box
from rich.console import Console
from rich.table import Table

from codearena.errors import CodeArenaError
from codearena.server.state import state_folder
from gateway import local_redis
from gateway.local_redis import LocalRedis
from gateway.preflight import REDIS_FOLDER
from gateway.settings import Settings
from gateway.store import api_keys
from gateway.store.api_keys import ApiKey, ApiKeys, Scope
from gateway.store.redis import Store

_NOTE = Console(stderr=True)  # stdout is for what a script may want to capture


@contextlib.asynccontextmanager
async def _settings(redis_url: str | None) -> AsyncIterator[Settings]:
    """Names the Redis asked for, else the environment's, else that of `codearena serve`, started if it does not run."""
    settings = Settings(redis_url=SecretStr(redis_url)) if redis_url else Settings()
    used = local_redis.used_by(settings)
    if used is not None:
        yield used
        return
    server = LocalRedis(state_folder() / REDIS_FOLDER)
    try:
        yield settings.model_copy(update={"redis_url": SecretStr(await server.start())})
    finally:
        await server.stop()


def _place(settings: Settings) -> str:
    """Where the keys are kept, without its password."""
    url = urlsplit(settings.redis_url.get_secret_value())
    return f"{url.scheme}://{url.netloc.rpartition('@')[2]}{url.path}"


async def _create(keys: ApiKeys, settings: Settings, arguments: argparse.Namespace) -> int:
    try:
        key, kept = api_keys.make(
            arguments.owner,
            Scope(arguments.scope),
            arguments.requests_per_s,
            arguments.concurrent,
            pepper=settings.api_key_pepper.get_secret_value(),
        )
    except ValidationError as error:
        _NOTE.print("; ".join(str(each["msg"]) for each in error.errors()), style="red", markup=False)
        return 1
    await keys.add(kept)
    _NOTE.print(f"key {kept.key_id} of {kept.owner}, scope {kept.scope}, kept in {_place(settings)}", highlight=False)
    _NOTE.print("It is shown only now; what is kept of it is a digest.", highlight=False)
    sys.stdout.write(f"{key}\n")
    return 0


async def _list(keys: ApiKeys, settings: Settings, arguments: argparse.Namespace) -> int:
    kept = sorted(await keys.all(), key=lambda key: (key.owner, key.created_ms))
    if not kept:
        _NOTE.print(f"no API keys in {_place(settings)}: the gateway serves its own machine only", highlight=False)
        return 0
    table = Table("id", "owner", "scope", "requests/s", "at once", "made", "revoked", box=box.SIMPLE_HEAD)
    for key in kept:
        table.add_row(*_row(key))
    Console().print(table)
    return 0


def _row(key: ApiKey) -> list[str]:
    limits = [str(limit) if limit is not None else "default" for limit in (key.requests_per_s, key.concurrent)]
    times = [_day(key.created_ms), _day(key.revoked_ms) if key.revoked_ms is not None else ""]
    return [key.key_id, key.owner, key.scope.value, *limits, *times]


def _day(at_ms: int) -> str:
    return datetime.datetime.fromtimestamp(at_ms / 1000, datetime.UTC).strftime("%Y-%m-%d %H:%M")


async def _revoke(keys: ApiKeys, settings: Settings, arguments: argparse.Namespace) -> int:
    key = await keys.revoke(arguments.key_id)
    if key is None:
        _NOTE.print(f"no key {arguments.key_id} in {_place(settings)}", style="red", markup=False)
        return 1
    _NOTE.print(f"key {key.key_id} of {key.owner} is revoked", highlight=False)
    return 0


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    where = argparse.ArgumentParser(add_help=False)
    of_gateway = "the gateway's Redis (default: CODEARENA_GATEWAY_REDIS_URL, else that of codearena serve)"
    where.add_argument("--redis-url", metavar="URL", help=of_gateway)
    parser = argparse.ArgumentParser(prog="codearena keys", description="Make, list and revoke API keys.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    create = commands.add_parser("create", parents=[where], help="make a key and print it, once")
    create.add_argument("owner", help="whose it is; keys of one owner share episodes, agents and quota")
    scopes, covers = (
        [scope.value for scope in Scope],
        "use: play and grade; tasks: with tasks of their own; admin: all (default: use)",
    )
    create.add_argument("--scope", choices=scopes, default=Scope.USE.value, help=covers)
    create.add_argument("--requests-per-s", type=float, metavar="N", help="quota (default: the gateway's)")
    create.add_argument("--concurrent", type=int, metavar="N", help="requests at once (default: the gateway's)")
    create.set_defaults(run=_create)
    listing = commands.add_parser(
        "list", parents=[where], help="list the keys there are and were, never the keys themselves"
    )
    listing.set_defaults(run=_list)
    revoke = commands.add_parser(
        "revoke", parents=[where], help="take a key back; gateways refuse it within some seconds"
    )
    revoke.add_argument("key_id", help="as `keys list` shows it")
    revoke.set_defaults(run=_revoke)
    return parser.parse_args(arguments)


async def _run(arguments: argparse.Namespace) -> int:
    async with _settings(arguments.redis_url) as settings, Store(settings) as store:
        status: int = await arguments.run(store.api_keys, settings, arguments)
        return status


def main(arguments: list[str] | None = None) -> int:
    """Exit status."""
    try:
        return asyncio.run(_run(_parse(arguments)))
    except CodeArenaError as error:
        _NOTE.print(str(error), style="red", markup=False)
        return 1


if __name__ == "__main__":
    sys.exit(main())
