"""What hostile reports cost others: `python -m benchmarks.hostile_reports [--isolation local] [--hostile 16]`.

An honest caller grades one source after the other, alone, and while another owner of API keys has so many attempts
under way that return, at every call of a task of many tests, as much as may be returned, in the shape that takes
longest to read. In some rounds the neighbours do the same work in their sandboxes and return nothing: what is slower
beside these is slower because of the sandboxes, not of the reports. The situations take turns, each round one burst of
neighbours.

It prints the honest caller's median, 90th percentile and worst latency as ratios to its median alone, the statuses
that the neighbours got, and what one hostile step takes of Redis in all its keys.
"""

import argparse
import asyncio
import collections
import itertools
import json
import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import redis
from pydantic import SecretStr
from rich.console import Console
from rich.progress import track

from benchmarks.step_latency import embedded
from codearena.tasks.folder import load_tasks
from gateway.embedded import REDIS_URL_FILE
from gateway.settings import Settings
from gateway.store import api_keys
from gateway.store.api_keys import Scope
from gateway.store.redis import Store

_ROOT = Path(__file__).resolve().parent.parent
_TASK, _ENTRY_POINT = "security_bugs-1", "parse_user_data"
# Encoded once and told by a patched encoder, so that no limit on CPU time ends it before the last call.
_VALUE = """
import sys
_VALUE = b"[" + b",".join([b"[" * 96 + b"]" * 96] * 1300) + b"]"
"""
_SOURCES = {
    "hostile": _VALUE
    + """
sys.modules["codearena.values"].encode = lambda *_: _VALUE
def {name}(text):
    return None
""",
    "quiet": _VALUE
    + """
def {name}(text):
    return None
""",
}
_HONEST_TASK = "easy-1"
_TIMEOUT_S = 120.0
_SEEN_STEPS = 3
_KNOWN_S = 1.1  # a key is known a second after it was made


@dataclass
class Seen:
    """honest, hostile: API keys of two owners; seconds: of the honest caller's requests, by situation.

    statuses, neighbours_s: of the neighbours' answers.
    """

    url: str
    honest: str
    hostile: str
    seconds: dict[str, list[float]] = field(default_factory=lambda: collections.defaultdict(list))
    statuses: dict[str, collections.Counter[int]] = field(
        default_factory=lambda: collections.defaultdict(collections.Counter)
    )
    neighbours_s: dict[str, list[float]] = field(default_factory=lambda: collections.defaultdict(list))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3, help="bursts of each kind (default: %(default)s)")
    parser.add_argument("--alone", type=int, default=15, help="requests alone, each round (default: %(default)s)")
    parser.add_argument("--hostile", type=int, default=16, help="attempts at once (default: %(default)s)")
    parser.add_argument("--isolation", default="local", help="(default: %(default)s)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, embedded(options.isolation, Path(folder)) as url:
        redis_url = (Path(folder) / REDIS_URL_FILE).read_text("utf-8").strip()
        honest, hostile = asyncio.run(make_keys(redis_url))
        seen = Seen(url, honest, hostile)
        measure(seen, options.rounds, options.alone, options.hostile)
        step_bytes = redis_bytes(seen, redis_url)
    sys.stdout.write(json.dumps({**_summary(seen), "redis_bytes_of_a_step": step_bytes}, indent=2) + "\n")


async def make_keys(redis_url: str) -> list[str]:
    """Of an honest and of a hostile owner."""
    keys = []
    async with Store(Settings(redis_url=SecretStr(redis_url))) as store:
        for name in ("honest", "hostile"):
            key, kept = api_keys.make(name, Scope.USE, 1e6, None)
            await store.api_keys.add(kept)
            keys.append(key)
    await asyncio.sleep(_KNOWN_S)
    return keys


def measure(seen: Seen, rounds: int, alone: int, hostile: int) -> None:
    """Takes turns: alone, beside neighbours that return nothing, beside hostile ones."""
    numbers, solution = itertools.count(), load_tasks(_ROOT / "gateway" / "tasks")[_HONEST_TASK].solution
    with client(seen.url, seen.honest) as honest:
        for _ in range(3):
            honest_s(honest, solution, next(numbers))
        for _ in track(range(rounds), "measuring", console=Console(stderr=True), transient=True):
            for _ in range(alone):
                seen.seconds["alone"].append(honest_s(honest, solution, next(numbers)))
            for kind in ("quiet", "hostile"):
                with burst(kind, hostile, seen) as threads:
                    while any(thread.is_alive() for thread in threads):
                        seen.seconds[f"beside {kind}"].append(honest_s(honest, solution, next(numbers)))


def client(url: str, key: str) -> httpx.Client:
    return httpx.Client(base_url=url, headers={"X-API-Key": key}, timeout=_TIMEOUT_S)


def honest_s(honest: httpx.Client, solution: str, number: int) -> float:
    """Seconds of grading a source that nobody has seen."""
    started = time.perf_counter()
    body = {"task_id": _HONEST_TASK, "source": f"{solution}\n_NUMBER = {number}\n"}
    honest.post("/grade", json=body).raise_for_status()
    return time.perf_counter() - started


@contextmanager
def burst(kind: str, count: int, seen: Seen) -> Iterator[list[threading.Thread]]:
    """So many attempts of the kind, sent at once; all are answered in the end."""
    threads = [threading.Thread(target=_attempt, args=(kind, number, seen)) for number in range(count)]
    for thread in threads:
        thread.start()
    try:
        yield threads
    finally:
        for thread in threads:
            thread.join()


def _attempt(kind: str, number: int, seen: Seen) -> None:
    source = _SOURCES[kind].format(name=_ENTRY_POINT) + f"_NUMBER = {number}, {os.urandom(8)!r}\n"
    started = time.perf_counter()
    with client(seen.url, seen.hostile) as hostile:
        answer = hostile.post("/grade", json={"task_id": _TASK, "source": source})
    seen.statuses[kind][answer.status_code] += 1
    seen.neighbours_s[kind].append(time.perf_counter() - started)


def redis_bytes(seen: Seen, redis_url: str) -> float:
    """MEMORY USAGE of all keys that hostile steps made, by step: what one leaves behind."""
    with client(seen.url, seen.hostile) as hostile, redis.Redis.from_url(redis_url) as store:
        before = _used_bytes(store)
        episode = hostile.post("/reset", json={"task_id": _TASK}).raise_for_status().json()["episode_id"]
        for number in range(_SEEN_STEPS):
            source = _SOURCES["hostile"].format(name=_ENTRY_POINT) + f"_NUMBER = {number}\n"
            step = {"episode_id": episode, "proposed_fix": source, "request_id": f"r-{number}"}
            hostile.post("/step", json=step).raise_for_status()
        return (_used_bytes(store) - before) / _SEEN_STEPS


def _used_bytes(store: "redis.Redis") -> int:
    return sum(store.memory_usage(key, samples=0) or 0 for key in store.scan_iter("*"))


def _summary(seen: Seen) -> dict[str, object]:
    alone = statistics.median(seen.seconds["alone"])
    return {
        "alone_median_s": round(alone, 4),
        "median_times_alone": {name: round(statistics.median(each) / alone, 2) for name, each in seen.seconds.items()},
        "p90_times_alone": {
            name: round(statistics.quantiles(each, n=10)[-1] / alone, 2)
            for name, each in seen.seconds.items()
            if len(each) > 1
        },
        "worst_times_alone": {name: round(max(each) / alone, 2) for name, each in seen.seconds.items()},
        "requests": {name: len(each) for name, each in seen.seconds.items()},
        "neighbours": {
            kind: {
                "statuses": dict(statuses),
                "median_s": round(statistics.median(seen.neighbours_s[kind]), 2),
                "worst_s": round(max(seen.neighbours_s[kind]), 2),
            }
            for kind, statuses in seen.statuses.items()
        },
        "load": os.getloadavg(),
    }


if __name__ == "__main__":
    main()
