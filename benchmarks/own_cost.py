"""What the services themselves cost: CPU of a step, and of an item of a batch, without their sandboxes.

    python -m benchmarks.own_cost [--steps N] [--task ID] [--episodes N ...]

The four services run in one process, with reports played back (benchmarks/recorded.py) and the judge's analyses known,
so that what is left is HTTP, Redis, gRPC, grading and storing; Redis' own CPU is counted too. A row is for so many
episodes in Redis. Every figure stands beside the CPU of starting a bare `python -I`, taken before and after it.
"""

import argparse
import math
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
import redis
from rich.console import Console
from rich.progress import track
from rich.table import Table

from benchmarks.recorded import REDIS_FILE
from codearena.server.state import URL_FILE
from codearena.tasks.folder import load_tasks
from codearena.tasks.task import Task
from gateway.store.keys import Keys

ROOT = Path(__file__).resolve().parent.parent
_WARM = 64
_BARE_STARTS = 20
_BATCH = 64
_PER_PIPELINE = 1000


Work = Callable[[], list[float]]
"""Does it so many times; the seconds of each."""


@dataclass(frozen=True)
class Cost:
    """CPU of one step or item in ms; services: of the four; redis: of the server; bare: of a bare Python's start.

    what: a step or an item; episodes: in Redis; wall_ms: of one over HTTP, the median.
    """

    what: str
    episodes: int
    services: float
    redis: float
    bare: float
    wall_ms: float

    @property
    def relative(self) -> float:
        """As a share of the start of a bare Python."""
        return (self.services + self.redis) / self.bare


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=500, help="steps of each measurement (default: %(default)s)")
    parser.add_argument("--task", default="easy-1", help="task id (default: %(default)s)")
    parser.add_argument("--episodes", type=int, nargs="+", default=[100, 10_000, 100_000], help="in Redis; ascending")
    options = parser.parse_args()
    task, console = load_tasks(ROOT / "gateway" / "tasks")[options.task], Console()
    with services() as (url, store, server), httpx.Client(base_url=url, timeout=60) as client:
        for prepare in (_steps, _items):
            prepare(client, task, _WARM)()  # connections, caches, the reports
        costs = []
        for episodes in options.episodes:
            fill(store, episodes, console)
            costs.append(_cost("step", episodes, _steps(client, task, options.steps), server))
            costs.append(_cost(f"item of {_BATCH}", episodes, _items(client, task, options.steps), server))
    report(task, costs, console)


@contextmanager
def services() -> Iterator[tuple[str, "redis.Redis", psutil.Process]]:
    """The services without sandboxes: their URL, their Redis, their process."""
    with tempfile.TemporaryDirectory() as folder:
        state = Path(folder)
        with (state / "output").open("wb") as output:
            command = [sys.executable, "-m", "benchmarks.recorded", folder]
            server = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=output)
        try:
            while not (state / URL_FILE).exists():
                if server.poll() is not None:
                    raise SystemExit((state / "output").read_text())
                time.sleep(0.1)
            store = redis.Redis.from_url((state / REDIS_FILE).read_text())
            yield (state / URL_FILE).read_text(), store, psutil.Process(server.pid)
        finally:
            server.terminate()
            server.wait(timeout=60)


def fill(store: "redis.Redis", episodes: int, console: Console) -> None:
    """Adds episodes, as a reset stores them, until there are so many keys."""
    keys = Keys("codearena")
    fields: dict[str | bytes, str | int] = {"nonce": "0" * 32, "task_id": "easy-1", "task_revision": "0" * 64}
    fields |= {"agent_id": "default", "level": "easy", "max_steps": 5, "created_ms": 0, "request_id": ""}
    fields |= {"step": 0, "done": 0}
    have = int(store.dbsize())  # type: ignore[arg-type]
    for first in track(range(have, episodes, _PER_PIPELINE), description=f"{episodes} episodes", console=console):
        pipe = store.pipeline(transaction=False)
        for number in range(first, min(first + _PER_PIPELINE, episodes)):
            record = keys.episode(f"filler-{number}").record
            pipe.hset(record, mapping=fields)
            pipe.expire(record, 86400)
        pipe.execute()


def _reset(client: httpx.Client, task: Task) -> str:
    return str(client.post("/reset", json={"task_id": task.id}).raise_for_status().json()["episode_id"])


def _steps(client: httpx.Client, task: Task, count: int) -> Work:
    """Steps, the resets of which are made at once."""
    episodes = [_reset(client, task) for _ in range(count)]

    def take(episode: str) -> float:
        begun = time.perf_counter()
        client.post("/step", json={"episode_id": episode, "proposed_fix": task.solution}).raise_for_status()
        return time.perf_counter() - begun

    return lambda: [take(episode) for episode in episodes]


def _items(client: httpx.Client, task: Task, count: int) -> Work:
    """Items of full batches, at least so many."""
    sources = [f"{task.solution}\n# {number}\n" for number in range(_BATCH)]
    batch = {"items": [{"task_id": task.id, "source": source} for source in sources]}

    def grade() -> list[float]:
        begun = time.perf_counter()
        answer = client.post("/grade/batch", json=batch).raise_for_status().json()
        assert all(item["verdict"]["solved"] for item in answer["items"])
        return [(time.perf_counter() - begun) / _BATCH] * _BATCH

    return lambda: [wall for _ in range(math.ceil(count / _BATCH)) for wall in grade()]


def _cost(what: str, episodes: int, work: Work, server: psutil.Process) -> Cost:
    bare = _bare_start_cpu_ms()
    before = _cpu_s(server)
    walls = work()
    after = _cpu_s(server)
    bare = (bare + _bare_start_cpu_ms()) / 2
    own, its_redis = ((now - then) * 1000 / len(walls) for now, then in zip(after, before, strict=True))
    return Cost(what, episodes, own, its_redis, bare, statistics.median(walls) * 1000)


def _cpu_s(server: psutil.Process) -> tuple[float, float]:
    """CPU seconds of the services, the judge's children included, and of Redis."""
    own, its_redis = 0.0, 0.0
    for process in (server, *server.children(recursive=True)):
        times = process.cpu_times()
        if "redis" in process.name():
            its_redis += times.user + times.system
        else:
            own += times.user + times.system
    return own, its_redis


def _bare_start_cpu_ms() -> float:
    """CPU of starting and ending a Python interpreter that does nothing."""
    interpreter = os.path.realpath(sys.executable)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    for _ in range(_BARE_STARTS):
        subprocess.run([interpreter, "-I", "-c", "pass"], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1000 / _BARE_STARTS


def report(task: Task, costs: list[Cost], console: Console) -> None:
    table = Table(title=f"own cost, {task.id}, {os.cpu_count()} cores, {platform.machine()}")
    table.add_column("what")
    for heading in ("episodes", "services CPU ms", "Redis CPU ms", "python -I CPU ms", "CPU / python -I", "wall ms"):
        table.add_column(heading, justify="right")
    for cost in costs:
        figures = (f"{each:.2f}" for each in (cost.services, cost.redis, cost.bare, cost.relative, cost.wall_ms))
        table.add_row(cost.what, str(cost.episodes), *figures)
    console.print(table)


if __name__ == "__main__":
    main()
