"""How much a greedy owner slows another's steps: `python -m benchmarks.greedy_key`.

One owner of API keys plays one step after the other. First alone; then while another has as many requests under way as
its key may, all the time: with the quota that a key has by default, and with one that fits the machine. A gateway and
an executor on this host, containers, a source that differs each time.
"""

import argparse
import asyncio
import contextlib
import itertools
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx
from rich.console import Console

from gateway.embedded import Embedded, Options
from gateway.settings import Settings
from gateway.store import api_keys
from gateway.store.api_keys import Scope
from gateway.store.redis import Store

_SOURCE = "def average_list(numbers):\n    return sum(numbers) / len(numbers) if numbers else 0.0\nunused_{} = 0\n"
_WARM_UP = 3


@dataclass(frozen=True)
class Situation:
    """greedy: requests that the other has under way; concurrent: what its key may; None: the default."""

    name: str
    greedy: int
    concurrent: int | None


class Arena:
    """A client of the gateway for one owner."""

    def __init__(self, url: str, key: str, numbers: "itertools.count[int]") -> None:
        self._http = httpx.AsyncClient(base_url=url, headers={"X-API-Key": key}, timeout=120)
        self._numbers = numbers

    async def close(self) -> None:
        await self._http.aclose()

    async def step_s(self) -> float:
        """Seconds for one step of a fresh episode."""
        await self._http.post("/reset", json={"task_id": "easy-1"})
        number = next(self._numbers)
        started = time.perf_counter()
        answer = await self._http.post("/step", json={"proposed_fix": _SOURCE.format(number)})
        answer.raise_for_status()
        return time.perf_counter() - started

    async def grade_for_ever(self) -> None:
        """Grades without a pause; waits as it is told where it is refused."""
        while True:
            number = next(self._numbers)
            body = {"task_id": "easy-1", "source": _SOURCE.format(number)}
            answer = await self._http.post("/grade", json=body)
            if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
                await asyncio.sleep(float(answer.headers["Retry-After"]))


async def measure(url: str, redis_url: str, situations: list[Situation], steps: int) -> dict[str, object]:
    """Median seconds of a step in each situation, interleaved in no way: each has the machine to itself."""
    numbers = itertools.count()
    seconds: dict[str, list[float]] = {}
    async with Store(Settings(redis_url=redis_url)) as store:

        async def arena(owner: str, concurrent: int | None = None) -> Arena:
            key, kept = api_keys.make(owner, Scope.USE, 1e6, concurrent)
            await store.api_keys.add(kept)
            await asyncio.sleep(1.1)  # a key is known a second after it was made
            return Arena(url, key, numbers)

        polite = await arena("polite")
        for situation in situations:
            greedy = await arena(f"greedy-{situation.name}", situation.concurrent)
            async with _greedy(greedy, situation.greedy):
                for _ in range(_WARM_UP):
                    await polite.step_s()
                seconds[situation.name] = [await polite.step_s() for _ in range(steps)]
            await greedy.close()
        await polite.close()
    medians = {name: statistics.median(each) for name, each in seconds.items()}
    alone = next(iter(medians.values()))
    return {"median_s": medians, "times_alone": {name: median / alone for name, median in medians.items()}}


@contextlib.asynccontextmanager
async def _greedy(arena: Arena, count: int) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(arena.grade_for_ever()) for _ in range(count)]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(2)  # what was under way ends


async def _run(steps: int, greedy: int) -> dict[str, object]:
    share = max(1, (os.cpu_count() or 2) // 2)
    situations = [
        Situation("alone", 0, None),
        Situation(f"beside-{greedy}", greedy, None),
        Situation(f"beside-{greedy}-of-which-{share}-may", greedy, share),
    ]
    with tempfile.TemporaryDirectory() as folder:
        options = Options(host="127.0.0.1", port=0, isolation="container", state=Path(folder))
        async with Embedded(options, Console(stderr=True)) as running:
            return await measure(running.url, running.redis_url, situations, steps)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=31)
    parser.add_argument("--greedy", type=int, default=64)
    arguments = parser.parse_args()
    found = asyncio.run(_run(arguments.steps, arguments.greedy))
    sys.stdout.write(json.dumps(found, indent=2) + "\n")


if __name__ == "__main__":
    main()
