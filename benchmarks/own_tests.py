"""The rate of a batch whose items bring their own tests, beside one of tasks that are served.

    python -m benchmarks.own_tests [--rounds N] [--items N] [--isolation local]

Every round grades the same attempts at the same tasks three times, in turns: named by id, with the whole task in every
item, and as the SDK sends them, by reference. Every source is new. What has to be found out about a task before its
first attempt is found out before the first round, for all three. The ratio of the medians is what counts.
"""

import argparse
import os
import random
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from rich.table import Table

from codearena import CodeArena
from codearena.embedded import embedded_gateway
from codearena.errors import CodeArenaError
from codearena.tasks.folder import load_tasks
from codearena.tasks.record import to_record

ROOT = Path(__file__).resolve().parent.parent
LEAST = 0.8
"""Of the rate of tasks that are served."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5, help="(default: %(default)s)")
    parser.add_argument("--items", type=int, default=32, help="attempts of a batch (default: %(default)s)")
    parser.add_argument("--isolation", default="local", help="(default: %(default)s)")
    options = parser.parse_args()
    folder = ROOT / "gateway" / "tasks"
    with embedded_gateway(options.isolation, folder) as url, CodeArena(url, timeout_s=600) as arena:
        _report(_rates(arena, url, folder, options), Console())


def _rates(arena: CodeArena, url: str, folder: Path, options: argparse.Namespace) -> dict[str, list[float]]:
    tasks = list(load_tasks(folder).values())
    records: dict[str, dict[str, Any]] = {task.id: dict(to_record(task)) for task in tasks}
    kinds: dict[str, Callable[[list[tuple[str, str]]], None]] = {
        "by id": lambda pairs: _all_graded(arena.grade_batch(pairs)),
        "whole in every item": lambda pairs: _whole(url, records, pairs),
        "by reference": lambda pairs: _all_graded(arena.grade_batch([(records[name], text) for name, text in pairs])),
    }
    rng, rates = random.Random(1), dict[str, list[float]]()
    for turn in range(options.rounds + 1):
        for kind, grade in kinds.items():
            chosen = [tasks[number % len(tasks)] for number in range(options.items)]
            pairs = [(task.id, f"{task.solution}\n_NUMBER = {rng.getrandbits(60)}\n") for task in chosen]
            started = time.perf_counter()
            grade(pairs)
            if turn:  # the first one warms
                rates.setdefault(kind, []).append(len(pairs) / (time.perf_counter() - started))
    return rates


def _whole(url: str, records: dict[str, dict[str, Any]], pairs: list[tuple[str, str]]) -> None:
    items = [{"task": records[name], "source": text} for name, text in pairs]
    answer = httpx.post(f"{url}/grade/batch", json=items, timeout=600).raise_for_status().json()
    if failed := [item["problem"] for item in answer["items"] if item["problem"]]:
        raise SystemExit(f"not graded: {failed[0]}")


def _all_graded(answers: list[Any]) -> None:
    if failed := [answer for answer in answers if isinstance(answer, CodeArenaError)]:
        raise SystemExit(f"not graded: {failed[0]}")


def _report(rates: dict[str, list[float]], console: Console) -> None:
    table = Table(
        "tasks", "attempts/s", "of the rate by id", title=f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    )
    usual = statistics.median(rates["by id"])
    for kind, found in rates.items():
        table.add_row(kind, f"{statistics.median(found):.2f}", f"{statistics.median(found) / usual:.2f}")
    console.print(table)


if __name__ == "__main__":
    main()
