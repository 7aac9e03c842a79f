"""How much a greedy owner slows another's steps: `python -m benchmarks.greedy_key`.

One owner of API keys plays one step after the other. First alone; then while another, in a process of its own, has as
many requests under way as its key may, all the time: with the quota that a key has by default, and with one that fits
the machine. A gateway and an executor on this host, containers, a source that differs each time.

The situations take turns, so that what else the machine does meanwhile falls on all of them.
"""

import argparse
import asyncio
import contextlib
import http.client
import itertools
import json
import multiprocessing
import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from pydantic import SecretStr
from rich.console import Console
from rich.progress import track

from benchmarks.step_latency import embedded, until_warm
from gateway.local_redis import URL_FILE
from gateway.settings import Settings
from gateway.store import api_keys
from gateway.store.api_keys import Scope
from gateway.store.redis import Store

_SOURCE = "def average_list(numbers):\n    return sum(numbers) / len(numbers) if numbers else 0.0\nunused_{} = 0\n"
_POLITE, _WATCHING = "polite", "watching"
_WARM_UP = 3
_KNOWN_S = 1.1  # a key is known a second after it was made


@dataclass(frozen=True)
class Situation:
    """greedy: requests that the other has under way; concurrent: what its key may; None: the default."""

    name: str
    greedy: int
    concurrent: int | None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=12, help="in each situation, each round (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="(default: %(default)s)")
    parser.add_argument("--greedy", type=int, default=32, help="requests under way (default: %(default)s)")
    options = parser.parse_args()
    share = max(1, (os.cpu_count() or 2) // 2)
    situations = [
        Situation("alone", 0, None),
        Situation(f"beside-{options.greedy}", options.greedy, None),
        Situation(f"beside-{options.greedy}-of-which-{share}-may", options.greedy, share),
    ]
    with tempfile.TemporaryDirectory() as folder, embedded("container", Path(folder)) as url:
        redis_url = (Path(folder) / URL_FILE).read_text("utf-8").strip()
        keys = asyncio.run(make_keys(redis_url, situations))
        seconds = measure(url, keys, situations, options.steps, options.rounds)
    medians = {name: statistics.median(each) for name, each in seconds.items()}
    times = {name: median / medians["alone"] for name, median in medians.items()}
    sys.stdout.write(json.dumps({"median_s": medians, "times_alone": times}, indent=2) + "\n")


async def make_keys(redis_url: str, situations: list[Situation]) -> dict[str, str]:
    """A key of the polite one, one to look at the pool with, and one of the greedy one for each situation."""
    keys = {}
    greedy = [(each.name, Scope.USE, each.concurrent) for each in situations]
    async with Store(Settings(redis_url=SecretStr(redis_url))) as store:
        for name, scope, concurrent in [(_POLITE, Scope.USE, None), (_WATCHING, Scope.ADMIN, None), *greedy]:
            keys[name], kept = api_keys.make(name, scope, 1e6, concurrent)
            await store.api_keys.add(kept)
    await asyncio.sleep(_KNOWN_S)
    return keys


def measure(
    url: str, keys: dict[str, str], situations: list[Situation], steps: int, rounds: int
) -> dict[str, list[float]]:
    """Seconds of each step of the polite one, by situation."""
    seconds: dict[str, list[float]] = {situation.name: [] for situation in situations}
    numbers = itertools.count()
    plan = [situation for _ in range(rounds) for situation in situations]
    with _client(url, keys[_POLITE]) as polite, _client(url, keys[_WATCHING]) as watching:
        for situation in track(plan, "measuring", console=Console(stderr=True), transient=True):
            until_warm(watching)  # what the one before left under way ends
            with greedy(url, keys[situation.name], situation.greedy):
                for _ in range(_WARM_UP):
                    step_s(polite, next(numbers))
                seconds[situation.name] += [step_s(polite, next(numbers)) for _ in range(steps)]
    return seconds


def _client(url: str, key: str) -> httpx.Client:
    return httpx.Client(base_url=url, headers={"X-API-Key": key}, timeout=120)


def step_s(client: httpx.Client, number: int) -> float:
    """Seconds for one step of a fresh episode."""
    client.post("/reset", json={"task_id": "easy-1"}).raise_for_status()
    started = time.perf_counter()
    client.post("/step", json={"proposed_fix": _SOURCE.format(number)}).raise_for_status()
    return time.perf_counter() - started


@contextlib.contextmanager
def greedy(url: str, key: str, count: int) -> Iterator[None]:
    """So many requests under way all the time."""
    process = multiprocessing.get_context("spawn").Process(target=_grade_for_ever, args=(url, key, count), daemon=True)
    process.start()
    try:
        yield
    finally:
        process.kill()
        process.join()


def _grade_for_ever(url: str, key: str, count: int) -> None:
    prefix = f"{os.getpid()}_"
    threads = [threading.Thread(target=_grade, args=(url, key, f"{prefix}{number}_")) for number in range(count)]
    for thread in threads:
        thread.start()


def _grade(url: str, key: str, prefix: str) -> None:
    """Grades without a pause; waits as it is told where it is refused."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=120)
    headers = {"X-API-Key": key, "Content-Type": "application/json"}
    for number in itertools.count():
        body = {"task_id": "easy-1", "source": _SOURCE.format(f"{prefix}{number}")}
        connection.request("POST", "/grade", json.dumps(body), headers)
        answer = connection.getresponse()
        answer.read()
        if answer.status == http.client.TOO_MANY_REQUESTS:
            time.sleep(float(answer.headers["Retry-After"]))


if __name__ == "__main__":
    main()
