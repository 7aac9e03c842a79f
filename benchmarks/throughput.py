"""How many steps a second each isolation sustains, against what people do without one. One run, one table, one plot.

    python -m benchmarks.throughput [--task ID] [--seconds N] [--clients N ...] [--isolation NAME ...] [--plot FILE]
        [--others PYTHON] [--others-image IMAGE]

A step is all that a user pays for: HTTP in, sandbox, judge, grader, Redis committed, HTTP out; an episode is begun for
each in the same time. The baselines do less, and each runs at the concurrency that suits it best:

    engine churn     create, start and remove by force a container with our configuration; nothing runs in it
    docker run       our image, the same workload, the report read
    bare python -I   the reference and the calls of its tests in a new interpreter; no isolation, no grading; -S too,
                     so that what a host keeps in its site-packages does not count
    epicbox, llm-sandbox
                     the same in a container of these packages, where --others names an interpreter that has them
    namespace fork   fork of a warm interpreter into fresh namespaces with a leased control group; nothing runs in it

Last, for each isolation, steps come at random times at 80 % of the most that it sustained: what they take then is told
by p50 to p99, waiting included.

CPU is that of the whole machine, engine and kernel included, so run it alone.
"""

import argparse
import http.client
import itertools
import json
import os
import platform
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from rich.console import Console
from rich.table import Table

from benchmarks import baselines
from benchmarks.rates import Rate, Work, offered, sustained
from benchmarks.step_latency import embedded
from codearena.tasks.folder import load_tasks
from codearena.tasks.task import Task

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from codearena.plots.style import Series

ROOT = baselines.ROOT
_ISOLATIONS = ("container", "cell", "local")
_COLUMNS = 220
_SHARE, _CONNECTIONS, _PERIODS = 0.8, 64, 4  # of what was sustained, for the times of steps below it
_AT_ONCE = (1, 2, 4)  # of a baseline
_OTHERS, _OTHERS_S = ("epicbox", "llm-sandbox"), 18.0
_IDLE_S = 2.0
_QUANTILES: dict[str, Callable[[Rate], float]] = {
    "p50": lambda rate: rate.p50_ms,
    "p95": lambda rate: rate.p95_ms,
    "p99": lambda rate: rate.p99_ms,
}
_CHURN, _DOCKER_RUN, _INTERPRETER, _FORK = "engine churn", "docker run", "bare python -I", "namespace fork"


class Client:
    """One connection to a gateway, which it plays one episode after the other on."""

    def __init__(self, url: str, task: Task, number: int, fresh: Callable[[], str]) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=120)
        self._task = task
        self._agent = f"throughput-{number}"
        self._fresh = fresh
        self._used = time.monotonic()

    def step(self) -> float | None:
        """A reset and the step that solves the task; the whole time counts."""
        if time.monotonic() - self._used > _IDLE_S:
            self._connection.close()  # before the server does; it is opened again by itself
        episode = self._post("/reset", {"task_id": self._task.id, "agent_id": self._agent})["episode_id"]
        answer = self._post("/step", {"episode_id": episode, "proposed_fix": self._task.solution + self._fresh()})
        if not answer["info"]["solved"]:
            raise SystemExit(f"the reference did not solve {self._task.id}: {answer['observation']['error_log']}")
        self._used = time.monotonic()
        return None

    def _post(self, path: str, body: dict[str, object]) -> dict[str, dict[str, object]]:
        self._connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
        response = self._connection.getresponse()
        answer: dict[str, dict[str, object]] = json.loads(response.read())
        if response.status != 200:
            raise SystemExit(f"{path}: {response.status} {answer}")
        return answer


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--task", default="easy-1", help="task id (default: %(default)s)")
    parser.add_argument("--seconds", type=float, default=8.0, help="of each measurement (default: %(default)s)")
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 4, 16, 64], help="(default: %(default)s)")
    parser.add_argument("--isolation", choices=_ISOLATIONS, nargs="+", default=_ISOLATIONS)
    parser.add_argument("--without-baselines", action="store_true")
    parser.add_argument("--new-sources", action="store_true", help="each source is new to the judge, too")
    parser.add_argument("--others", type=Path, help="interpreter with benchmarks/other_sandboxes.txt installed")
    parser.add_argument(
        "--others-image", default="python:3.11-slim", help="for their containers (default: %(default)s)"
    )
    parser.add_argument("--plot", type=Path, help="write a plot there")
    options = parser.parse_args()
    task, console = load_tasks(ROOT / "gateway" / "tasks")[options.task], Console(width=_COLUMNS)
    rates = [] if options.without_baselines else measure_baselines(task, options.seconds, console)
    if options.others:
        rates += measure_others(task, options.others, options.others_image, options.seconds, console)
    numbers = itertools.count()
    fresh = (lambda: f"\n_NUMBER = {next(numbers)}\n") if options.new_sources else (lambda: "")
    for isolation in options.isolation:
        rates += measure_steps(isolation, task, options.clients, options.seconds, fresh, console)
    console.print(table(task, rates))
    if options.plot:
        plot(task, rates, options.plot)


def measure_baselines(task: Task, seconds: float, console: Console) -> list[Rate]:
    """Each at the number of workers at which it is fastest."""
    kinds: list[tuple[str, Callable[[int], list[Work]]]] = [
        (_CHURN, lambda count: [baselines.churn() for _ in range(count)]),
        (_DOCKER_RUN, lambda count: [baselines.docker_runs(task)] * count),
        (_INTERPRETER, lambda count: [baselines.interpreters(task)] * count),
        (f"{_INTERPRETER} -S", lambda count: [baselines.interpreters(task, "-S")] * count),
    ]
    best = []
    for what, works in kinds:
        best.append(_fastest(sustained(what, works(count), seconds / 2) for count in _said(what, _AT_ONCE, console)))
    found = []
    for count in _said(_FORK, _AT_ONCE, console):
        with baselines.forks(count) as made:
            found.append(sustained(_FORK, made, seconds / 2))
    return [*best, _fastest(found)]


def measure_others(task: Task, python: Path, image: str, seconds: float, console: Console) -> list[Rate]:
    """What other packages do for one program, as fast as it goes; one takes seconds for it, hence the longer time."""
    best = []
    for name in _OTHERS:
        found = []
        for count in _said(name, _AT_ONCE[:2], console):
            with baselines.others(name, python, image, task, count) as works:
                found.append(sustained(name, works, max(_OTHERS_S, seconds)))
        best.append(_fastest(found))
    return best


def _said(what: str, counts: Sequence[int], console: Console) -> Sequence[int]:
    console.print(f"{what}, at once: {', '.join(map(str, counts))}")
    return counts


def _fastest(rates: Iterable[Rate]) -> Rate:
    return max(rates, key=lambda rate: rate.per_s)


def measure_steps(
    isolation: str, task: Task, clients: Sequence[int], seconds: float, fresh: Callable[[], str], console: Console
) -> list[Rate]:
    """The steps of one isolation, with more and more clients."""
    rates = []
    with embedded(isolation) as url:
        for count in clients:
            console.print(f"{isolation}, clients: {count}")
            works = [Client(url, task, number, fresh).step for number in range(count)]
            rates.append(sustained(isolation, works, seconds))
        per_s = _SHARE * _fastest(rates).per_s
        console.print(f"{isolation}, at random times, {per_s:.1f} a second")
        works = [Client(url, task, number, fresh).step for number in range(_CONNECTIONS)]
        rates.append(offered(f"{isolation} at {_SHARE:.0%}", works, per_s, _PERIODS * seconds))
    return rates


def table(task: Task, rates: Sequence[Rate]) -> Table:
    """All rates, each beside the baselines."""
    title = f"steps of {task.id}, {os.cpu_count()} cores, {platform.machine()}"
    made = Table(title=title)
    by_what = {rate.what: rate.per_s for rate in rates if _isolation(rate) is None}
    headings = [
        "",
        "clients",
        "1/s",
        "CPU ms",
        "busy",
        "p50 ms",
        "p95 ms",
        "p99 ms",
        "p99 / p50",
        *(f"/ {what}" for what in by_what),
    ]
    for heading in headings:
        made.add_column(heading, justify="right" if heading else "left")
    for rate in rates:
        times = [f"{each:.0f}" for each in (rate.p50_ms, rate.p95_ms, rate.p99_ms)]
        ratios = [f"{rate.per_s / base:.2f}" if base else "" for base in by_what.values()]
        times.append(f"{rate.p99_ms / rate.p50_ms:.1f}" if rate.p50_ms else "")
        measured = [f"{rate.per_s:.1f}", f"{rate.cpu_ms:.1f}", f"{rate.busy:.0%}"]
        made.add_row(rate.what, str(rate.clients), *measured, *times, *ratios)
    return made


def _isolation(rate: Rate) -> str | None:
    """Whose steps they are; None: a baseline's."""
    return next((name for name in _ISOLATIONS if rate.what.split()[0] == name), None)


def drawn(task: Task, rates: Sequence[Rate]) -> "Figure":
    """Steps a second over clients, with baselines as lines across; times of steps below the sustained rate."""
    from codearena.plots import style  # only where a plot is asked for

    note = (
        f"Steps of {task.id}. Dotted: baselines, which do less than a step. Right: steps that come at random times, at"
    )
    note += f" {_SHARE:.0%} of the most that was sustained."
    made = style.titled("Steps a second, and the time of a step", note, 9.0, 3.8)
    many, times = made.subplots(1, 2)
    isolations = list(dict.fromkeys(name for rate in rates if (name := _isolation(rate))))
    looks = dict(zip(isolations, style.series(len(isolations)), strict=True))
    lines = []
    for isolation, look in looks.items():
        own = [rate for rate in rates if rate.what == isolation]
        clients, steps = [rate.clients for rate in own], [rate.per_s for rate in own]
        lines += many.plot(clients, steps, marker="o", markersize=4, color=look.color, linestyle=look.dash)
    for rate in rates:
        if _isolation(rate) is None:
            many.axhline(rate.per_s, linestyle=":", color=style.MUTED, linewidth=1)
            beside = {"xy": (1.02, rate.per_s), "xycoords": ("axes fraction", "data")}
            many.annotate(rate.what, **beside, va="center", fontsize=7, annotation_clip=False)
    many.set(xscale="log", yscale="log", xlabel="clients", ylabel="steps a second")
    style.plain_axis(many.xaxis, sorted({rate.clients for rate in rates if _isolation(rate)}))
    style.plain_axis(many.yaxis)
    _times(times, [rate for rate in rates if _isolation(rate) not in (None, rate.what)], looks)
    style.legend(made, lines, isolations, title="isolation")
    return made


def _times(axes: "Axes", loaded: Sequence[Rate], looks: Mapping[str, "Series"]) -> None:
    """A dot for each quantile of each isolation, with its number."""
    from codearena.plots import style

    for row, rate in enumerate(loaded):
        values = [of(rate) for of in _QUANTILES.values()]
        color = looks[_isolation(rate) or ""].color
        axes.plot(values, [row] * len(values), "o-", color=color, markersize=5)
        for name, value in zip(_QUANTILES, values, strict=True):
            axes.annotate(
                f"{name}\n{value:.0f}", (value, row), (0, 6), textcoords="offset points", ha="center", fontsize=7
            )
    axes.set(xscale="log", xlabel="time of a step, ms")
    style.plain_axis(axes.xaxis)
    axes.set_xlim(min(rate.p50_ms for rate in loaded) / 1.4, max(rate.p99_ms for rate in loaded) * 1.4)
    axes.set_yticks(range(len(loaded)), [rate.what for rate in loaded])
    axes.set_ylim(len(loaded) - 0.5, -0.7)
    axes.grid(visible=False, axis="y")
    axes.grid(visible=True, axis="x")


def plot(task: Task, rates: Sequence[Rate], path: Path) -> None:
    from codearena.plots import style

    with style.applied():
        drawn(task, rates).savefig(path)


if __name__ == "__main__":
    main()
