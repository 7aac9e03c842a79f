"""How well efficiency is measured: accuracy of the growth class, stability on a busy host, and cost.

    python -m benchmarks.efficiency [--part accuracy|stability] [--budget S ...] [--task T ...] [--repeats N] [--plot F]

Accuracy: as `python -m benchmarks.growth` measures it. Stability: the same fixes of the same tasks, first as the host
is, then with every core burning. Cost is the CPU time of all processes of a measurement, the reference's included.
Nothing here is a mock.
"""

import argparse
import asyncio
import multiprocessing
import os
import random
import statistics
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import track
from rich.table import Table

from benchmarks import growth, held_out
from codearena.tasks.folder import load_tasks
from codearena.tasks.task import Task
from codearena.v1 import executor_pb2, grader_pb2
from executor_service.attempts import Attempts
from gateway.attempt.briefs import BriefMaker
from gateway.attempt.limits import ceilings, for_probing
from gateway.attempt.measuring import Measuring, Probing
from judge_service.analysis.analyse import analyse

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

ROOT = Path(__file__).resolve().parent.parent
_STOP_RATIO, _BUDGET_S = 64.0, 0.3
_COLUMNS = 130
FIXES = {  # task: fixes that pass every test, "solution" or a folder of tests/attempts
    "medium-1": ("solution", "with-bisect", "linear", "index-of-the-list"),
    "hard-1": ("solution", "with-accumulate", "quadratic", "cubic"),
    "security_bugs-1": ("solution", "decoder-in-a-try", "quadratic"),
    "type_errors-1": ("solution", "quadratic"),
    "type_errors-2": ("solution", "with-counter", "quadratic"),
    "type_errors-3": ("solution", "in-a-loop", "quadratic"),
}
SLOW = {  # those of them that grow by a power of n too much
    "medium-1": ("linear", "index-of-the-list"),
    "hard-1": ("quadratic", "cubic"),
    "security_bugs-1": ("quadratic",),
    "type_errors-1": ("quadratic",),
    "type_errors-2": ("quadratic",),
    "type_errors-3": ("quadratic",),
}


# -------------------------------------------------------------------------------------------------------- stability


@contextmanager
def every_core_burning() -> Iterator[None]:
    burners = [multiprocessing.Process(target=_burn, daemon=True) for _ in range(os.cpu_count() or 1)]
    for burner in burners:
        burner.start()
    try:
        yield
    finally:
        for burner in burners:
            burner.kill()
            burner.join()


def _burn() -> None:
    while True:
        sum(range(100_000))


@dataclass(frozen=True)
class Measured:
    """One measurement of a fix."""

    score: float
    cpu_s: float


Fixes = dict[tuple[str, str], list[Measured]]  # by task and fix


async def measured(attempts: Attempts, chosen: list[str], repeats: int, console: Console) -> Fixes:
    """Each fix, measured again and again on new inputs."""
    tasks, found = load_tasks(ROOT / "gateway" / "tasks"), Fixes()
    plan = [(task, fix) for task in chosen for fix in FIXES[task]] * repeats
    rng = random.Random(repeats)
    measurers = {task_id: Measurer(attempts, tasks[task_id], rng) for task_id in chosen}
    for task_id, fix in track(plan, "stability", console=console, transient=True):
        folder = ROOT / "tests" / "attempts" / task_id / fix
        source = tasks[task_id].solution if fix == "solution" else (folder / "fix.py").read_text("utf-8")
        found.setdefault((task_id, fix), []).append(await measurers[task_id].measured(source.encode()))
    return found


class Measurer:
    """Measures attempts at one task, each on new inputs, as the gateway does: by all sizes where a screening fails."""

    def __init__(self, attempts: Attempts, task: Task, rng: random.Random) -> None:
        self._attempts = attempts
        self._limits = for_probing(ceilings(task.limits), _BUDGET_S)
        self._brief = BriefMaker(task).brief
        assert task.probe is not None
        probing = Probing(_BUDGET_S, _STOP_RATIO, 1)
        self._measuring = Measuring(task, task.probe, self._brief.workload.checks, rng, probing)

    async def measured(self, source: bytes) -> Measured:
        """Of one attempt that passes every test."""
        cost_s, speed, again = 0.0, None, False
        while speed is None or (speed.untold and not again):
            again = speed is not None
            workload = await self._measuring.workload("", 1, again=again)
            workload.limits.CopyFrom(self._limits)
            workload.source = source
            report = await self._attempts.execute(
                executor_pb2.AttemptRequest(attempt_id="benchmark", workload=workload)
            )
            report.analysis.CopyFrom(analyse(source, self._brief.workload.checks))
            self._measuring.note(report)
            cost_s += growth.cost_s(report)
            speed = growth.graded(grader_pb2.GradeRequest(report=report, expectations=self._brief.expectations))
        return Measured(speed.score, cost_s)


def stability_table(idle: Fixes, busy: Fixes) -> Table:
    table = Table("task", "fix", "mean", "mean, burning", "deviation", "deviation, burning", "CPU s, most")
    for key in idle:
        pair = (scores_of(idle[key]), scores_of(busy[key]))
        means = [f"{statistics.fmean(each):.3f}" for each in pair]
        deviations = [f"{statistics.pstdev(each):.4f}" for each in pair]
        table.add_row(*key, *means, *deviations, f"{max(each.cpu_s for each in [*idle[key], *busy[key]]):.3f}")
    return table


def scores_of(measured: list[Measured]) -> list[float]:
    return [each.score for each in measured]


# ----------------------------------------------------------------------------------------------------------- output


def drawn(by_budget: Mapping[float, Sequence[growth.Found]], idle: Fixes, busy: Fixes) -> "Figure":
    """Shares of right and wrong growth classes by budget; scores of each fix, on an idle machine and on a busy one."""
    from codearena.plots import labels, style  # only where a plot is asked for

    budgets = sorted(by_budget)
    counts = labels.span([len(by_budget[budget]) for budget in budgets])
    repeats = labels.span([len(each) for each in [*idle.values(), *busy.values()]])
    note = (
        f"Left: {counts} functions whose class is known; the others are those where the fit abstained. Right: a dot is"
    )
    note += f" the mean of {repeats} measurements of the same fix, a bar goes from the lowest to the highest."
    made = style.titled("Growth classes and efficiency scores", note, 9.0, 0.8 + 0.2 * len(idle))
    left, right = made.subplots(1, 2, width_ratios=(2, 3))
    for (name, picked), look in zip((("right", True), ("wrong", False)), style.series(2), strict=True):
        shares = [_share(by_budget[budget], picked) for budget in budgets]
        left.plot(budgets, shares, marker="o", markersize=4, color=look.color, linestyle=look.dash)
        left.annotate(
            name, (budgets[-1], shares[-1]), (0, -12 if picked else 6), textcoords="offset points", ha="right"
        )
    left.set(xlabel="budget of the measurement, CPU s", ylabel="share of functions")
    style.unit_axis(left)
    handles = [
        _scores(right, found, shift, color)
        for found, shift, color in zip((idle, busy), (-0.2, 0.2), style.PALETTE, strict=False)
    ]
    style.rows_axis(right, ["/".join(key) for key in idle])
    style.unit_axis(right, "x")
    right.set_xlabel("efficiency score")
    style.legend(made, handles, ["as the machine is", "every core burning"], title="machine")
    return made


def _share(found: Sequence[growth.Found], right: bool) -> float:
    """Of functions that were given the right class, or a wrong one."""
    return sum(each.right if right else each.wrong for each in found) / len(found)


def _scores(axes: "Axes", fixes: Fixes, shift: float, color: str) -> "Line2D":
    """A dot and a bar for each fix; returns the dots, for a legend."""
    rows = [row + shift for row in range(len(fixes))]
    scores = [scores_of(each) for each in fixes.values()]
    axes.hlines(rows, [min(each) for each in scores], [max(each) for each in scores], color=color, linewidth=1.2)
    (dots,) = axes.plot([statistics.fmean(each) for each in scores], rows, "o", color=color, markersize=4)
    return dots


def plot(by_budget: Mapping[float, Sequence[growth.Found]], idle: Fixes, busy: Fixes, path: Path) -> None:
    from codearena.plots import style

    with style.applied():
        drawn(by_budget, idle, busy).savefig(path)


async def run(options: argparse.Namespace, console: Console) -> None:
    by_budget: dict[float, list[growth.Found]] = {}
    idle, busy = Fixes(), Fixes()
    console.print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores at the start")
    async with growth.executor() as attempts:
        if options.part in ("accuracy", "all"):
            chosen = list(growth.families(held_out, plain=True))
            for budget in options.budget:
                by_budget[budget] = await growth.measured(attempts, chosen, budget, random.Random(), console)
            growth.show(by_budget, console)
        if options.part in ("stability", "all"):
            idle = await measured(attempts, options.task, options.repeats, console)
            with every_core_burning():
                busy = await measured(attempts, options.task, options.repeats, console)
            console.print(stability_table(idle, busy))
            console.print(f"least of a good fix less most of a slow one: {least_difference(idle, busy):.3f}")
    if options.plot and options.part == "all":
        plot(by_budget, idle, busy, options.plot)


def least_difference(*found: Fixes) -> float:
    """Over tasks: the worst score of a fix as good as the reference, less the best of a slow one."""
    differences = []
    for task_id in {task_id for task_id, _ in found[0]}:
        slow = SLOW[task_id]
        every = {fix: [score for each in found for score in scores_of(each[task_id, fix])] for fix in FIXES[task_id]}
        good = min(min(scores) for fix, scores in every.items() if fix not in slow)
        differences += [good - max(every[fix]) for fix in slow]
    return min(differences)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--part", choices=["accuracy", "stability", "all"], default="all", help="(default: %(default)s)"
    )
    parser.add_argument("--budget", type=float, nargs="+", default=[0.3, 1.5], help="CPU s (default: %(default)s)")
    parser.add_argument("--repeats", type=int, default=10, help="of each fix, each way (default: %(default)s)")
    parser.add_argument(
        "--task", nargs="+", choices=list(FIXES), default=list(FIXES), help="for stability (default: all)"
    )
    parser.add_argument("--plot", type=Path, help="write a plot there")
    asyncio.run(run(parser.parse_args(), Console(width=_COLUMNS)))


if __name__ == "__main__":
    main()
