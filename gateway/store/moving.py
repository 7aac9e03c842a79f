"""`python -m gateway.store.moving --from URL --to URL`: copies what a gateway keeps from one Redis to another.

Either may be one server or a cluster: each key goes where the other's layout has it, with the time that it has left. No
gateway may run on them meanwhile. Nothing is taken away, and a copy may be made again; the other's Redis is of the same
version or a newer one.
"""

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator, Sequence

from pydantic import SecretStr

from codearena.errors import StoreError
from gateway.settings import Settings
from gateway.store.keys import Keys
from gateway.store.redis import Store
from gateway.store.translated import translated

_BATCH = 100


async def copy(source: Settings, target: Settings) -> int:
    """Copies what there is of the source's namespace; how many keys.

    Raises StoreError if either does not do its part, or if something was left undelivered in the source.
    """
    keys, copied = Keys.of(target), 0
    async with Store(source) as old, Store(target) as new:
        if await old.deliver_left():
            raise StoreError("a shard is away: some of what was committed is not delivered yet")
        async for batch in _batches(old, source.redis_namespace):
            copied += await _copy(old, new, keys, batch)
    return copied


async def _batches(store: Store, namespace: str) -> AsyncIterator[Sequence[str]]:
    found: list[str] = []
    async with translated(timed=False):
        async for key in store.client.scan_iter(match=f"{{{namespace}[:}}]*", count=1000):
            found.append(key.decode())
            if len(found) == _BATCH:
                yield found
                found = []
    yield found


async def _copy(old: Store, new: Store, keys: Keys, batch: Sequence[str]) -> int:
    there = {key: where for key in batch if (where := keys.here(key)) is not None}
    async with translated(timed=False), old.client.pipeline(transaction=False) as pipe:
        for key in there:
            pipe.dump(key)
            pipe.pttl(key)
        found = await pipe.execute() if there else []
    kept = [each for each in zip(there.values(), found[::2], found[1::2], strict=True) if each[1] is not None]
    async with translated(timed=False), new.client.pipeline(transaction=False) as pipe:
        for where, value, left_ms in kept:
            pipe.restore(where, max(0, left_ms), value, replace=True)
        if kept:
            await pipe.execute()
    return len(kept)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m gateway.store.moving", description=__doc__)
    parser.add_argument("--from", dest="source", metavar="URL", required=True, help="as CODEARENA_GATEWAY_REDIS_URL")
    parser.add_argument("--to", dest="target", metavar="URL", required=True, help="the same, of the other")
    arguments, settings = parser.parse_args(), Settings()
    source, target = (
        settings.model_copy(update={"redis_url": SecretStr(url)}) for url in (arguments.source, arguments.target)
    )
    try:
        sys.stderr.write(f"{asyncio.run(copy(source, target))} keys copied\n")
    except StoreError as error:
        sys.exit(error.detail)


if __name__ == "__main__":
    main()
