"""What it costs to serve a hundred thousand tasks: the start, the memory, and a reset, beside the same with nine.

    python -m benchmarks.many_tasks [--tasks N] [--resets N] [--isolation local]

The start and the memory are those of the catalogue alone, in a fresh process for each kind of file. Resets are HTTP
requests to two gateways, one with nine tasks and one with all, by turns: "known" ones are of tasks whose code as given
has been run, "new" ones of tasks that nobody has asked for: the nine are prepared ahead by then, and so few of all that
the code as given has to be run first, which is no matter of their number. The ratio of their medians is what counts;
times depend on what else the machine does, whose load is told.
"""

import argparse
import contextlib
import importlib
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from rich.table import Table

from codearena.embedded import embedded_gateway
from codearena.tasks.task import Level
from gateway.catalogue.index import Filters
from gateway.catalogue.opening import open_catalogue
from gateway.settings import Settings

LIMIT = 1.2
"""A reset with all tasks may take so many times as long as one with nine."""
_NINE = 9
_LEVELS = ("easy", "medium", "hard")
_ROWS = 5000
_MIB = 1024 * 1024


def record(number: int) -> dict[str, Any]:
    """One task of the size that data sets' have: it finds a number in a list, and forgets the last one."""
    return {
        "id": f"synthetic/{number}",
        "title": f"Find {number}",
        "category": f"family-{number % 20}",
        "level": _LEVELS[number % 3],
        "split": "held_out" if number % 10 == 0 else "train",
        "source": "synthetic",
        "tags": [f"group-{number % 100}"],
        "description": f"Return the first place of {number} in the list, and -1 where it is not. " * 8,
        "entry_point": "find",
        "buggy": _code(number, "len(items) - 1"),
        "solution": _code(number, "len(items)"),
        "tests": [
            {"name": f"test-{at}", "args": [[at, at + 1, number]], "expect": 2, "visible": at < 3} for at in range(10)
        ],
        "hints": ["Look at the end of the list."],
    }


def _code(number: int, end: str) -> str:
    lines = ["def find(items):", f"    for at in range({end}):", f"        if items[at] == {number}:"]
    return "\n".join([*lines, "            return at", "    return -1", ""])


def write(folder: Path, count: int) -> tuple[Path, Path]:
    """The same tasks as lines and as Parquet."""
    lines, rows = folder / "tasks.jsonl", folder / "tasks.parquet"
    arrow, parquet = importlib.import_module("pyarrow"), importlib.import_module("pyarrow.parquet")
    schema = arrow.schema([("record", arrow.string())])
    with lines.open("w") as file, parquet.ParquetWriter(rows, schema) as table:
        for first in range(0, count, _ROWS):
            part = [json.dumps(record(number)) for number in range(first, min(first + _ROWS, count))]
            file.writelines(f"{line}\n" for line in part)
            table.write_table(arrow.table({"record": part}, schema))
    return lines, rows


def opened(place: Path) -> dict[str, float]:
    """What it costs to open the catalogue, in this process, and to use it. Times in seconds."""
    before = _resident_bytes()
    started, cpu_s = time.perf_counter(), time.process_time()
    with contextlib.closing(open_catalogue(Settings(tasks_dir=place))) as tasks:
        found = {
            "start_s": time.perf_counter() - started,
            "of_cpu_s": time.process_time() - cpu_s,
            "memory_mib": (_resident_bytes() - before) / _MIB,
        }
        rng = random.Random(1)
        kinds: dict[str, Callable[[], object]] = {
            "draw_cpu_us": lambda: rng.choice(tasks.pool(level=Level.HARD)),
            "read_cpu_us": lambda: tasks.find(rng.choice(tasks.pool())),
            "page_of_50_cpu_us": lambda: tasks.page(Filters(tag="group-7"), 0, 50),
        }
        for kind, use in kinds.items():
            found[kind] = 1e6 * statistics.median(_taken_s(use) for _ in range(200 if kind == "draw_cpu_us" else 40))
    return found


def _resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _taken_s(use: Callable[[], object]) -> float:
    """Of CPU time, which says the same whatever else the machine does."""
    started = time.process_time()
    use()
    return time.process_time() - started


def _opened_elsewhere(place: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.many_tasks", "--open", str(place)]
    told = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(told.stdout)
    return found


def resets(few: str, many: str, count: int, rounds: int) -> Iterator[tuple[str, str, float]]:
    """Kind of the reset, of the gateway, and how long it took; the gateways take turns."""
    rng = random.Random(2)
    train = [number for number in range(count) if number % 10]
    known = {"nine": [number for number in range(_NINE) if number % 10], "all": rng.sample(train, _NINE - 1)}
    with httpx.Client(base_url=few, timeout=120) as one, httpx.Client(base_url=many, timeout=120) as other:
        clients = {"nine": one, "all": other}
        for places in zip(*known.values(), strict=True):
            for name, number in zip(known, places, strict=True):
                yield "new", name, _reset_s(clients[name], task_id=f"synthetic/{number}")
        for turn in range(rounds):
            for name, client in clients.items():
                number = rng.choice(known[name])
                yield "known, by id", name, _reset_s(client, task_id=f"synthetic/{number}")
                yield "known, of a group by auto", name, _reset_s(client, group_id=f"g{turn % 4}")
                again = {"strategy": "learning_progress", "group_id": f"p{turn % 4}", "agent_id": "learner"}
                yield "known, of a group by progress", name, _reset_s(client, **again)


def _reset_s(client: httpx.Client, **body: object) -> float:
    started = time.perf_counter()
    client.post("/reset", json=body).raise_for_status()
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tasks", type=int, default=100_000, help="how many (default: %(default)s)")
    parser.add_argument("--resets", type=int, default=200, help="of each kind (default: %(default)s)")
    parser.add_argument("--isolation", default="local", help="of the executor (default: %(default)s)")
    parser.add_argument("--open", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.open is not None:
        sys.stdout.write(json.dumps(opened(options.open)))
        return
    console = Console()
    with tempfile.TemporaryDirectory() as folder:
        _measure(Path(folder), options, console)


def _measure(folder: Path, options: argparse.Namespace, console: Console) -> None:
    (folder / "nine").mkdir()
    nine, _ = write(folder / "nine", _NINE)
    lines, rows = write(folder, options.tasks)
    places = {"nine, lines": nine, f"{options.tasks}, lines": lines, f"{options.tasks}, Parquet": rows}
    found = {name: _opened_elsewhere(place) for name, place in places.items()}
    table = Table("", *found, title=f"catalogue, load {os.getloadavg()[0]:.1f}")
    for kind in next(iter(found.values())):
        table.add_row(kind, *(f"{values[kind]:,.4g}" for values in found.values()))
    console.print(table)
    with (
        embedded_gateway(options.isolation, nine) as few,
        embedded_gateway(options.isolation, lines) as many,
    ):
        _report(list(resets(few, many, options.tasks, options.resets)), console)


def _report(taken: list[tuple[str, str, float]], console: Console) -> None:
    table = Table("reset", "nine: median ms", "all: median ms", "ratio", title=f"load {os.getloadavg()[0]:.1f}")
    for kind in dict.fromkeys(kind for kind, _, _ in taken):
        few_s, many_s = (
            statistics.median(seconds for each, name, seconds in taken if (each, name) == (kind, wanted))
            for wanted in ("nine", "all")
        )
        table.add_row(kind, f"{1000 * few_s:.2f}", f"{1000 * many_s:.2f}", f"{many_s / few_s:.2f}")
    console.print(table)


if __name__ == "__main__":
    main()
