"""What the services themselves cost: CPU of a step without its sandbox, as the number of episodes in Redis grows.

    python -m benchmarks.own_cost [--steps N] [--task ID] [--episodes N ...]

The four services run in one process, with reports played back (benchmarks/recorded.py) and the judge's analyses known,
so that what is left is HTTP, Redis, gRPC, grading and storing; Redis' own CPU is counted too. Every figure stands
beside the CPU of starting a bare `python -I`, taken in the same run.
"""

import argparse
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
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
from codearena.tasks.task import Task, load_tasks
from gateway.store.keys import Keys

ROOT = Path(__file__).resolve().parent.parent
_WARM_STEPS = 50
_BARE_STARTS = 20
_PER_PIPELINE = 1000


@dataclass(frozen=True)
class Cost:
    """Of one step, in ms. services_cpu: of the four; redis_cpu: of the server; wall: median over HTTP."""

    episodes: int
    services_cpu: float
    redis_cpu: float
    wall: float

    @property
    def cpu(self) -> float:
        return self.services_cpu + self.redis_cpu


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=500, help="steps of each measurement (default: %(default)s)")
    parser.add_argument("--task", default="easy-1", help="task id (default: %(default)s)")
    parser.add_argument("--episodes", type=int, nargs="+", default=[100, 10_000, 100_000], help="in Redis; ascending")
    options = parser.parse_args()
    task, console = load_tasks(ROOT / "gateway" / "tasks")[options.task], Console()
    with services() as (url, store, server), httpx.Client(base_url=url, timeout=60) as client:
        measure(client, task, server, 0, _WARM_STEPS)  # warm: connections, caches
        costs = []
        for episodes in options.episodes:
            fill(store, episodes, console)
            costs.append(measure(client, task, server, episodes, options.steps))
    report(task, costs, bare_start_cpu_ms(), console)


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


def measure(client: httpx.Client, task: Task, server: psutil.Process, episodes: int, count: int) -> Cost:
    """The cost of a step, resets not counted."""
    started = [_reset(client, task) for _ in range(count)]
    before, walls = _cpu_s(server), []
    for episode in started:
        begun = time.perf_counter()
        client.post("/step", json={"episode_id": episode, "proposed_fix": task.solution}).raise_for_status()
        walls.append(time.perf_counter() - begun)
    after = _cpu_s(server)
    own, its_redis = ((now - then) * 1000 / count for now, then in zip(after, before, strict=True))
    return Cost(episodes, own, its_redis, statistics.median(walls) * 1000)


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


def bare_start_cpu_ms() -> float:
    """CPU of starting and ending a Python interpreter that does nothing."""
    interpreter = os.path.realpath(sys.executable)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    for _ in range(_BARE_STARTS):
        subprocess.run([interpreter, "-I", "-c", "pass"], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1000 / _BARE_STARTS


def report(task: Task, costs: list[Cost], bare_ms: float, console: Console) -> None:
    title = (
        f"own cost of a step, {task.id}, {os.cpu_count()} cores, {platform.machine()}; bare python -I: {bare_ms:.1f} ms"
    )
    table = Table(title=title)
    for heading in ("episodes", "services CPU ms", "Redis CPU ms", "wall ms", "CPU / first row", "CPU / python -I"):
        table.add_column(heading, justify="right")
    for cost in costs:
        relative, to_bare = cost.cpu / costs[0].cpu, cost.cpu / bare_ms
        own, its_redis = f"{cost.services_cpu:.2f}", f"{cost.redis_cpu:.2f}"
        table.add_row(str(cost.episodes), own, its_redis, f"{cost.wall:.1f}", f"{relative:.2f}", f"{to_bare:.2f}")
    console.print(table)


if __name__ == "__main__":
    main()
