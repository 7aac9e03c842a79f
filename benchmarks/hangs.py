"""What attempts that hang cost the honest ones of the same caller: a batch with and without them, in one run.

    python -m benchmarks.hangs [--rounds N] [--batch N] [--share S] [--isolation NAME] [--ahead N]

The batches take turns, so that their ratio does not depend on the machine's speed or load. Every source is new. A time
is from the batch being sent to the attempt's own line of the answer, and counts honest attempts alone. Hangs are loops
without end and sleeps in turn, spread over the batch; with --ahead so many of them are sent by other requests just
before each batch, which then has none of its own.
"""

import argparse
import concurrent.futures
import itertools
import json
import os
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import httpx
from rich.console import Console
from rich.table import Table

from benchmarks.step_latency import ROOT, embedded
from codearena.tasks.task import Task, load_tasks

_TASKS = ("easy-1", "medium-1", "hard-1")
_HANGS = ("    while True:\n        pass\n", "    import time\n\n    time.sleep(1000)\n")
_TIMEOUT_S = 600.0
_HONEST_REWARD = 0.5  # what the references earn is far above it, what hangs far below
_Item = dict[str, str]


@dataclass
class Times:
    """Seconds until honest attempts were graded, over all rounds, and until whole batches were.

    cut_off: attempts that had a sandbox for longer than usual, and gave it up for others.
    """

    honest_s: list[float] = field(default_factory=list)
    batches_s: list[float] = field(default_factory=list)
    cut_off: int = 0

    def quantile_ms(self, share: float) -> float:
        """The time that this share of the honest ones took at most."""
        ordered = sorted(self.honest_s)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]


class Sources:
    """Attempts that nobody has sent before."""

    def __init__(self, tasks: Sequence[Task]) -> None:
        self._tasks = itertools.cycle(tasks)
        self._hangs = itertools.cycle(_HANGS)
        self._numbers = itertools.count()

    def honest(self) -> _Item:
        task = next(self._tasks)
        return {"task_id": task.id, "source": f"{task.solution}\n_NUMBER = {next(self._numbers)}\n"}

    def hang(self) -> _Item:
        task = next(self._tasks)
        function = f"def {task.entry_point}(*args):\n{next(self._hangs)}"
        return {"task_id": task.id, "source": f"{function}\n\n_NUMBER = {next(self._numbers)}\n"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5, help="batches of each kind (default: %(default)s)")
    parser.add_argument("--batch", type=int, default=64, help="attempts in a batch (default: %(default)s)")
    parser.add_argument("--share", type=float, default=0.1, help="of a batch that hangs (default: %(default)s)")
    parser.add_argument("--ahead", type=int, default=0, help="hangs sent before a batch (default: %(default)s)")
    parser.add_argument("--isolation", choices=("container", "cell", "local"), default="local")
    options = parser.parse_args()
    tasks = load_tasks(ROOT / "gateway" / "tasks")
    sources = Sources([tasks[task_id] for task_id in _TASKS])
    hanging = 0 if options.ahead else round(options.share * options.batch)
    kinds: dict[str, Callable[[httpx.Client], Iterator[float | None]]] = {
        "without": lambda client: answers(client, mixed(sources, options.batch, 0)),
        "with": lambda client: answers(client, mixed(sources, options.batch, hanging), sources, options.ahead),
    }
    with embedded(options.isolation) as url, httpx.Client(base_url=url, timeout=_TIMEOUT_S) as client:
        found = measure(client, kinds, options.rounds)
    title = f"{options.ahead} hangs ahead of" if options.ahead else f"{hanging} hangs among"
    Console().print(table(f"{title} {options.batch} attempts, {options.isolation}, {os.cpu_count()} cores", found))


def mixed(sources: Sources, size: int, hanging: int) -> list[_Item]:
    """A batch in which so many hang, at even distances."""
    places = {round((number + 0.5) * size / hanging) for number in range(hanging)} if hanging else set()
    return [sources.hang() if number in places else sources.honest() for number in range(size)]


def measure(
    client: httpx.Client, kinds: dict[str, Callable[[httpx.Client], Iterator[float | None]]], rounds: int
) -> dict[str, Times]:
    """The times of each kind; the kinds take turns, after a round that warms up."""
    found = {kind: Times() for kind in kinds}
    for number in range(rounds + 1):
        for kind, sent in kinds.items():
            started, cut_off = time.perf_counter(), counted(client, "codearena_executor_outlived_total")
            honest_s = [taken_s for taken_s in sent(client) if taken_s is not None]
            if number:
                found[kind].honest_s += honest_s
                found[kind].batches_s.append(time.perf_counter() - started)
                found[kind].cut_off += counted(client, "codearena_executor_outlived_total") - cut_off
    return found


def answers(
    client: httpx.Client, items: Sequence[_Item], sources: Sources | None = None, ahead: int = 0
) -> Iterator[float | None]:
    """Seconds until each line; None for what hangs. ahead: hangs that are sent first, and answered before it ends."""
    with concurrent.futures.ThreadPoolExecutor(max(1, ahead)) as others:
        hangs = [others.submit(client.post, "/grade", json=sources.hang()) for _ in range(ahead)] if sources else []
        if hangs:
            _until_under_way(client, ahead)
        started = time.perf_counter()
        request = {"json": {"items": items}, "headers": {"Accept": "application/x-ndjson"}}
        with client.stream("POST", "/grade/batch", **request) as answer:  # type: ignore[arg-type]
            for line in answer.iter_lines():
                verdict = json.loads(line)["verdict"]
                if verdict is None:
                    raise SystemExit(f"an attempt was not graded: {line}")
                yield time.perf_counter() - started if verdict["reward"] > _HONEST_REWARD else None
        for hang in concurrent.futures.as_completed(hangs):
            hang.result().raise_for_status()


def _until_under_way(client: httpx.Client, count: int) -> None:
    """Returns when the gateway has taken in so many attempts."""
    for _ in range(200):
        if counted(client, "codearena_gateway_attempts_running", "codearena_gateway_queued_attempts") >= count:
            return
        time.sleep(0.01)
    raise SystemExit("what hangs did not arrive")


def counted(client: httpx.Client, *series: str) -> int:
    """The sum of these metrics now."""
    values = dict(line.rsplit(" ", 1) for line in client.get("/metrics").text.splitlines() if line[0] != "#")
    return sum(round(float(values[name])) for name in series)


def table(title: str, found: dict[str, Times]) -> Table:
    """Both kinds, and how many times the second one is the first."""
    made = Table(title=title)
    for heading in ("batch", "honest attempts", "p50 ms", "p99 ms", "whole batch ms", "cut off"):
        made.add_column(heading, justify="right" if made.columns else "left")
    rows = []
    for kind, times in found.items():
        figures = [times.quantile_ms(0.5), times.quantile_ms(0.99), 1000 * statistics.median(times.batches_s)]
        made.add_row(kind, str(len(times.honest_s)), *(f"{each:.0f}" for each in figures), str(times.cut_off))
        rows.append(figures)
    made.add_row("ratio", "", *(f"{after / before:.2f}" for before, after in zip(*rows, strict=True)))
    return made


if __name__ == "__main__":
    main()
