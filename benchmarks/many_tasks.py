"""What it costs to serve a hundred thousand tasks: the start, the memory, and a reset, beside the same with nine.

    python -m benchmarks.many_tasks [--tasks N] [--resets N] [--isolation local]

The start and the memory are those of the catalogue alone, in a fresh process for each kind of file. Resets are HTTP
requests to two gateways, one with nine tasks and one with all, by turns. Those of the nine are of tasks whose code as
given has been run ahead. Of all they are "known" likewise, or "new": nobody has asked for the task before. All tasks
but some have certificates, which hold for these gateways, so that nothing is run for a new one; of the others the code
as given is. The ratio of the medians is what counts; times depend on what else the machine does, whose load is told.
"""

import argparse
import contextlib
import hashlib
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
from codearena.tasks.baseline import Shown
from codearena.tasks.task import Level
from gateway.attempt.seals import Origin, Seals
from gateway.catalogue.index import Filters
from gateway.catalogue.opening import open_catalogue
from gateway.settings import Settings
from judge_service.analyses import Analyses
from judge_service.settings import Settings as JudgeSettings
from judge_service.source_analyser import SourceAnalyser

Body = dict[str, object]

LIMIT = 1.2
"""A reset with all tasks may take so many times as long as one with nine, unless the code as given has to be run."""
_NINE = 9
_LEVELS = ("easy", "medium", "hard")
_ROWS = 5000
_FIRST = 1_000_000
"""The number that the first task finds, so that it stands in no other place."""
_UNCERTIFIED = 50
"""Each of so many has no certificate."""
_FEW = 20
_MIB = 1024 * 1024


def record(number: int) -> dict[str, Any]:
    """One task of the size that data sets' have: it finds a number in a list, and forgets the last one.

    In the form that revisions are of: fields in their order, without defaults.
    """
    level, split = _LEVELS[number % 3], "held_out" if number % 10 == 0 else ""
    wanted = _FIRST + number
    return {
        "schema": 1,
        "id": f"synthetic/{number}",
        "title": f"Find {wanted}",
        "category": f"family-{number % 20}",
        **({"level": level} if level != "medium" else {}),
        **({"split": split} if split else {}),
        "source": "synthetic",
        "tags": [f"group-{number % 100}"],
        "description": f"Return the first place of {wanted} in the list, and -1 where it is not. " * 8,
        "entry_point": "find",
        "buggy": _code(wanted, "len(items) - 1"),
        "solution": _code(wanted, "len(items)"),
        "tests": [
            {"name": f"test-{at}", "args": [[at, at + 1, wanted]], "expect": 2, **({"visible": True} if at < 3 else {})}
            for at in range(10)
        ],
        "hints": ["Look at the end of the list."],
    }


def _code(wanted: int, end: str) -> str:
    lines = ["def find(items):", f"    for at in range({end}):", f"        if items[at] == {wanted}:"]
    return "\n".join([*lines, "            return at", "    return -1", ""])


class Certificates:
    """What certificates say of the synthetic tasks' code as given: as of one that was run, but for its number.

    To run each of them would take hours. Their seals are reckoned as the gateway does it.
    """

    def __init__(self, gateway: str) -> None:
        with httpx.Client(base_url=gateway, timeout=120) as client:
            self._run = client.post("/reset", json={"task_id": "synthetic/1"}).raise_for_status().json()
            attempt = {"task_id": "synthetic/1", "source": record(1)["solution"]}
            verdict = client.post("/grade", json=attempt).raise_for_status().json()
            packages = client.get("/ready").raise_for_status().json()["isolation"]["packages"]
        judge = JudgeSettings()
        origin = Origin(
            grader=verdict["revisions"]["grader"],
            reader=SourceAnalyser(judge, Analyses(judge)).revision,
            runner=verdict["revisions"]["runner"],
            isolation=verdict["execution_metadata"]["isolation"],
            packages=tuple(packages),
        )
        self._seals = Seals(Settings(), origin)
        if self.of(1)["baseline"]["seal"] != self._run["info"]["baseline_seal"]:
            raise AssertionError("the gateway reckons another seal")

    def of(self, number: int) -> dict[str, Any]:
        """The certificate of a task."""
        told = {name: self._run["observation"][name] for name in Shown.model_fields}
        shown = Shown(**{name: text.replace(str(_FIRST + 1), str(_FIRST + number)) for name, text in told.items()})
        revision = hashlib.sha256(json.dumps(record(number), separators=(",", ":")).encode()).hexdigest()
        return {
            "revision": revision,
            "baseline": {**shown.model_dump(), "seal": self._seals.seal(revision, shown)},
        }


def is_certified(number: int) -> bool:
    """Whether the task has a certificate."""
    return number % _UNCERTIFIED != 1


def write(folder: Path, count: int, certificates: Certificates | None = None) -> tuple[Path, Path]:
    """The same tasks as lines and as Parquet."""
    lines, rows = folder / "tasks.jsonl", folder / "tasks.parquet"
    arrow, parquet = importlib.import_module("pyarrow"), importlib.import_module("pyarrow.parquet")
    schema = arrow.schema([("record", arrow.string())])
    with lines.open("w") as file, parquet.ParquetWriter(rows, schema) as table:
        for first in range(0, count, _ROWS):
            part = [_line(number, certificates) for number in range(first, min(first + _ROWS, count))]
            file.writelines(f"{line}\n" for line in part)
            table.write_table(arrow.table({"record": part}, schema))
    return lines, rows


def _line(number: int, certificates: Certificates | None) -> str:
    certificate = {"certificate": certificates.of(number)} if certificates and is_certified(number) else {}
    return json.dumps(record(number) | certificate)


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
    nine = [number for number in range(_NINE) if number % 10]
    train = rng.sample([number for number in range(_NINE, count) if number % 10], count // 2)
    certified, run = ([*filter(kind, train)] for kind in (is_certified, lambda number: not is_certified(number)))
    known, new = certified[: len(nine)], iter(certified[len(nine) :])
    with httpx.Client(base_url=few, timeout=120) as one, httpx.Client(base_url=many, timeout=120) as all_:
        for first in (*nine, *known):
            client = one if first < _NINE else all_
            _reset_s(client, task_id=f"synthetic/{first}")

        def both(kind: str, of_nine: Body, of_all: Body) -> Iterator[tuple[str, str, float]]:
            yield kind, "nine", _reset_s(one, **of_nine)
            yield kind, "all", _reset_s(all_, **of_all)

        for turn in range(rounds):
            usual: Body = {"task_id": f"synthetic/{rng.choice(nine)}"}
            yield from both("known, by id", usual, {"task_id": f"synthetic/{rng.choice(known)}"})
            group: Body = {"group_id": f"g{turn % 4}"}
            yield from both("known, of a group by auto", group, group)
            again: Body = {"strategy": "learning_progress", "group_id": f"p{turn % 4}", "agent_id": "learner"}
            yield from both("known, of a group by progress", again, again)
            yield from both("new and certified, by id", usual, {"task_id": f"synthetic/{next(new)}"})
            yield from both("new and certified, by auto", {}, {})
        for number in run[:_FEW]:
            usual = {"task_id": f"synthetic/{rng.choice(nine)}"}
            yield from both("new, not certified", usual, {"task_id": f"synthetic/{number}"})


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
    with embedded_gateway(options.isolation, nine) as few:
        certificates = Certificates(few)
    lines, rows = write(folder, options.tasks, certificates)
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
