"""Median step over HTTP on a warm pool, against `docker run` of the same container with the same code.

    python -m benchmarks.step_latency [--rounds N] [--task ID]

Both are measured in one run, taking turns, so that their ratio does not depend on the machine's speed or load. A step
is what a user pays for: HTTP in, container, judge, grader, Redis committed, HTTP out. `docker run` is what people use
otherwise: start the same image with the same limits, hand it the same workload, read the report, remove it. It does no
judging, no grading and no storing.
"""

import argparse
import contextlib
import json
import os
import platform
import random
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import httpx
from rich.console import Console
from rich.progress import track
from rich.table import Table

from codearena.tasks.folder import load_tasks
from codearena.tasks.task import Task
from executor_service import codec
from executor_service.settings import Settings as ExecutorSettings
from gateway.attempt.briefs import BriefMaker
from gateway.attempt.limits import ceilings

ROOT = Path(__file__).resolve().parent.parent
_POOL_STATES = ("ready", "leased", "starting", "ending")
_LENGTH = struct.Struct(">I")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=40, help="measurements of each kind (default: %(default)s)")
    parser.add_argument("--task", default="easy-1", help="task id (default: %(default)s)")
    options = parser.parse_args()
    task = load_tasks(ROOT / "gateway" / "tasks")[options.task]
    console = Console()
    with embedded() as url, httpx.Client(base_url=url, timeout=60) as client:
        samples = measure(task, client, options.rounds, console)
    report(task, samples, options.rounds, console)


@contextmanager
def embedded(isolation: str = "container", state: Path | None = None) -> Iterator[str]:
    """The embedded services on a free port with fresh state; yields the URL. state: its folder, or one of its own."""
    with contextlib.ExitStack() as stack:
        state = state or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        command = [sys.executable, "-m", "gateway.embedded", "--port", "0", "--isolation", isolation]
        command += ["--state", str(state)]
        with (state / "stdout").open("wb") as output:
            server = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=output)
        try:
            yield _wait_until_ready(state, server)
        finally:
            server.terminate()
            server.wait(timeout=60)


def _wait_until_ready(state: Path, server: subprocess.Popen[bytes]) -> str:
    for _ in range(1200):
        if server.poll() is not None:
            raise SystemExit((state / "stdout").read_text())
        url_file = state / "url"
        if url_file.exists():
            return url_file.read_text().strip()
        time.sleep(0.1)
    raise SystemExit("the embedded services did not start within two minutes")


def measure(task: Task, client: httpx.Client, rounds: int, console: Console) -> dict[str, list[float]]:
    """Seconds of each round, by kind; the kinds take turns."""
    workload = docker_workload(task)
    kinds: dict[str, Callable[[int], float]] = {
        "step, a source seen before": lambda _: step(client, task, task.solution),
        "step, a new source": lambda number: step(client, task, f"{task.solution}\n_NUMBER = {number}\n"),
        "docker run": lambda _: docker_run(workload),
    }
    for measured in kinds.values():  # warm: connections, caches, page cache
        measured(random.getrandbits(30))
    samples: dict[str, list[float]] = {kind: [] for kind in kinds}
    for number in track(range(rounds), description="measuring", console=console):
        for kind, measured in kinds.items():
            until_warm(client)
            samples[kind].append(measured(number))
    return samples


def until_warm(client: httpx.Client) -> None:
    """Returns when the pool is full and at rest: nothing leased, starting or being removed."""
    for _ in range(300):
        lines = client.get("/metrics").text.splitlines()
        pool = dict(line.rsplit(" ", 1) for line in lines if line.startswith("codearena_executor_sandboxes{"))
        count = {state: float(pool[f'codearena_executor_sandboxes{{state="{state}"}}']) for state in _POOL_STATES}
        if count["ready"] >= 1 and not any(count[state] for state in _POOL_STATES if state != "ready"):
            time.sleep(0.2)  # for the engine to finish what it does after it has answered
            return
        time.sleep(0.05)
    raise SystemExit("the pool did not come to rest")


def step(client: httpx.Client, task: Task, source: str) -> float:
    """Seconds of one POST /step in a fresh episode."""
    episode = client.post("/reset", json={"task_id": task.id}).raise_for_status().json()["episode_id"]
    started = time.perf_counter()
    answer = client.post("/step", json={"episode_id": episode, "proposed_fix": source}).raise_for_status().json()
    elapsed = time.perf_counter() - started
    if not answer["info"]["solved"]:
        raise SystemExit(f"the reference did not solve {task.id}: {answer['observation']['error_log']}")
    return elapsed


def docker_workload(task: Task) -> bytes:
    """The frame that the executor would send for the task's reference."""
    workload = BriefMaker(task).brief.workload
    workload.source = task.solution.encode()
    workload.limits.CopyFrom(ceilings(task.limits))
    body = codec.encode_workload(workload)
    return _LENGTH.pack(len(body)) + body


def docker_run(workload: bytes) -> float:
    """Seconds of one `docker run` of the sandbox image, from its start to its end."""
    settings = ExecutorSettings()
    limit = settings.memory_bytes + settings.runner_memory_bytes
    command = ["docker", "run", "--rm", "--interactive", "--read-only", "--network", "none", "--tmpfs", "/tmp"]
    command += ["--cap-drop", "ALL", "--cap-add", "SETUID", "--cap-add", "SETGID", "--cap-add", "KILL"]
    command += ["--security-opt", "no-new-privileges", "--memory", str(limit), "--memory-swap", str(limit)]
    command += ["--cpus", str(settings.cpus), "--pids-limit", str(settings.processes), settings.image]
    started = time.perf_counter()
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as run:
        assert run.stdin and run.stdout
        _read_frame(run.stdout)  # the runner says that it is ready
        run.stdin.write(workload)
        run.stdin.flush()
        seen = json.loads(_read_frame(run.stdout))
    elapsed = time.perf_counter() - started
    if any(call["status"] not in ("returned", "raised") for call in seen["calls"]):
        raise SystemExit("docker run: a call of the reference did not end as it should")
    return elapsed


def _read_frame(stream: IO[bytes]) -> bytes:
    (length,) = _LENGTH.unpack(stream.read(_LENGTH.size))
    return stream.read(length)


def report(task: Task, samples: dict[str, list[float]], rounds: int, console: Console) -> None:
    baseline = statistics.median(samples["docker run"])
    table = Table(title=f"{task.id}, {rounds} rounds, {os.cpu_count()} cores, {platform.machine()}")
    for heading in ("", "median ms", "p95 ms", "docker run is slower by"):
        table.add_column(heading, justify="left" if not heading else "right")
    for kind, seconds in samples.items():
        median = statistics.median(seconds)
        p95 = statistics.quantiles(seconds, n=20)[-1]
        table.add_row(kind, f"{median * 1000:.1f}", f"{p95 * 1000:.1f}", f"{baseline / median:.1f}x")
    console.print(table)


if __name__ == "__main__":
    main()
