"""How well efficiency is measured: accuracy of the growth class, stability on a busy host, and cost.

    python -m benchmarks.efficiency [--part accuracy|stability] [--budget S ...] [--rounds N] [--task T ...]
                                    [--repeats N] [--plot F]

Accuracy: every function of benchmarks/labelled, whose growth is known, is measured against its family's reference as an
attempt would be, by the real runner in local isolation and the real grader, once for each budget and round. Stability:
the same fixes of the same tasks, first as the host is, then with every core burning. Cost is the CPU time of
all processes of a measurement, the reference's included. Nothing here is a mock.

The constants of the fit were chosen on these functions, all but the families `common`, `palindromes` and `tails`: the
accuracy of the others is that of a set that was tuned on.
"""

import argparse
import ast
import asyncio
import importlib
import inspect
import multiprocessing
import os
import pkgutil
import random
import statistics
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import track
from rich.table import Table

from benchmarks import labelled
from codearena import values
from codearena.task import COMPLEXITIES, TaskLimits, load_tasks
from codearena.v1 import common_pb2, executor_pb2, grader_pb2
from executor_service.attempts import Attempts
from executor_service.capacity import PoolLimits
from executor_service.codec import duration, seconds
from executor_service.isolation.choice import choose
from executor_service.pool import Pool
from executor_service.settings import Settings as ExecutorSettings
from gateway.jobs import JobMaker, Probing, probe_points
from gateway.limits import ceilings, for_probing
from grader_service.efficiency import measure
from grader_service.settings import Settings as GraderSettings

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

ROOT = Path(__file__).resolve().parent.parent
_POOL = PoolLimits(minimum=1, maximum=2, leases=2, start_concurrency=1, waiting=8, ready_age_s=600, shrink_s=600)
_INPUT = values.ValueLimits(nodes=2_000_000, size_bytes=16 * 1024 * 1024)
_SURE = 0.6  # confidence from which a wrong class counts as claimed with confidence
_ABSTAINED = "none"
_STOP_RATIO = 64.0
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


@dataclass(frozen=True)
class Labelled:
    """One function of the set. source: that function alone, with what its module imports."""

    family: str
    name: str
    label: str
    source: str


@dataclass(frozen=True)
class Found:
    """What was measured of it. measured: empty if the fit abstained; cpu_s: of the attempt's processes."""

    function: Labelled
    measured: str
    confidence: float
    cpu_s: float


@asynccontextmanager
async def executor() -> AsyncIterator[Attempts]:
    settings = ExecutorSettings(isolation="local")
    isolation = await choose(settings)
    pool = Pool(isolation, _POOL)
    pool.start()
    try:
        yield Attempts(pool, isolation, settings)
    finally:
        await pool.close()
        await isolation.close()


# --------------------------------------------------------------------------------------------------------- accuracy


def families() -> Iterator[tuple[ModuleType, str, list[Labelled]]]:
    """Each family, the growth class of its reference or empty, and its labelled functions."""
    for info in pkgutil.iter_modules(labelled.__path__):
        module = importlib.import_module(f"{labelled.__name__}.{info.name}")
        functions = [
            Labelled(info.name, name, label, _source(module, name))
            for name, label in _documented(module)
            if label in COMPLEXITIES
        ]
        known = dict(_documented(module))[module.REFERENCE]
        yield module, known if known in COMPLEXITIES else "", functions


def _documented(module: ModuleType) -> list[tuple[str, str]]:
    found = inspect.getmembers(module, inspect.isfunction)
    return [(name, function.__doc__ or "") for name, function in found if function.__module__ == module.__name__]


def _source(module: ModuleType, name: str) -> str:
    """The function alone: the static estimate, which a fit may lean on, should see no other."""
    kept = (ast.Import, ast.ImportFrom, ast.Assign)
    body = ast.parse(inspect.getsource(module)).body
    parts = [ast.unparse(node) for node in body if isinstance(node, kept) or getattr(node, "name", "") == name]
    return "\n\n".join([*parts, f"entry = {name}", "ready = len"])


def labelled_job(module: ModuleType, function: Labelled, budget_s: float, rng: random.Random) -> executor_pb2.Job:
    """The job of a task whose only test is trivial and whose probe is the family's."""
    limits = for_probing(ceilings(TaskLimits(value_bytes=1024 * 1024)), budget_s)
    reference = _source(module, module.REFERENCE)
    job = executor_pb2.Job(source=function.source.encode(), reference_source=reference.encode(), limits=limits)
    job.calls.add(call_id="1", function=_call("ready", [[]]))
    for number, size in probe_points(module.SIZES, budget_s):
        args = list(module.make_input(size, random.Random(rng.getrandbits(64))))
        call = executor_pb2.Call(call_id=f"p{number}", function=_call("entry", args))
        job.probe.add(size=size, call=call, vary=getattr(module, "VARY", None), lend=getattr(module, "LEND", None))
    job.probe_cpu.CopyFrom(duration(budget_s))
    job.probe_stop_ratio = _STOP_RATIO
    return job


def _call(entry_point: str, args: list[object]) -> executor_pb2.FunctionCall:
    return executor_pb2.FunctionCall(entry_point=entry_point, args=_encoded(args), kwargs=_encoded({}))


def _encoded(value: object) -> common_pb2.EncodedValue:
    return common_pb2.EncodedValue(json=values.encode(value, _INPUT))


async def accuracy(attempts: Attempts, budget_s: float, rounds: int, console: Console) -> list[Found]:
    found = []
    plan = [(module, known, function) for module, known, functions in families() for function in functions] * rounds
    rng = random.Random(rounds)
    for module, known, function in track(plan, f"budget {budget_s} s", console=console, transient=True):
        report = await attempts.execute("benchmark", labelled_job(module, function, budget_s, rng))
        expectations = grader_pb2.Expectations(optimal_complexity=known)
        request = grader_pb2.GradeRequest(report=report, expectations=expectations)
        fit = measure(request, GraderSettings()).fit
        found.append(Found(function, fit.measured, fit.confidence, cost_s(report)))
    return found


def accuracy_table(by_budget: dict[float, list[Found]]) -> Table:
    table = Table("budget, s", "right", "abstained", "wrong", "wrong, confident", "CPU s, median", "CPU s, most")
    for budget_s, found in by_budget.items():
        right = sum(each.measured == each.function.label for each in found)
        abstained = sum(not each.measured for each in found)
        wrong = [each for each in found if each.measured not in ("", each.function.label)]
        sure = sum(each.confidence >= _SURE for each in wrong)
        costs = sorted(each.cpu_s for each in found)
        shares = [f"{count / len(found):.1%}" for count in (right, abstained, len(wrong), sure)]
        table.add_row(f"{budget_s:g}", *shares, f"{statistics.median(costs):.3f}", f"{costs[-1]:.3f}")
    return table


def confusion_table(found: list[Found]) -> Table:
    counts = Counter((each.function.label, each.measured or _ABSTAINED) for each in found)
    columns = [*COMPLEXITIES, _ABSTAINED]
    table = Table("true \\ measured", *columns)
    for label in COMPLEXITIES:
        table.add_row(label, *(str(counts[label, column] or "") for column in columns))
    return table


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


def cost_s(report: executor_pb2.Report) -> float:
    """CPU time of a measuring job with a probe: the attempt's and the reference's."""
    process = report.reference_probe_process
    calls = (point.reference for point in report.probe)
    reference_s = sum(seconds(call.usage.cpu) + seconds(call.overhead_cpu) for call in calls)
    return seconds(report.usage.cpu) + reference_s + seconds(process.load_cpu) + seconds(process.other_cpu)


async def measured(attempts: Attempts, chosen: list[str], repeats: int, console: Console) -> Fixes:
    """Each fix, measured again and again on new inputs."""
    tasks, settings, found = load_tasks(ROOT / "tasks"), GraderSettings(), Fixes()
    plan = [(task, fix) for task in chosen for fix in FIXES[task]] * repeats
    rng = random.Random(repeats)
    for task_id, fix in track(plan, "stability", console=console, transient=True):
        task = tasks[task_id]
        folder = ROOT / "tests" / "attempts" / task_id / fix
        source = task.solution if fix == "solution" else (folder / "fix.py").read_text("utf-8")
        brief = await JobMaker(task, rng, Probing(0.3, _STOP_RATIO, 1)).brief()
        brief.measurement.limits.CopyFrom(for_probing(ceilings(task.limits), 0.3))
        brief.measurement.source = source.encode()
        report = await attempts.execute("benchmark", brief.measurement)
        request = grader_pb2.GradeRequest(report=report, expectations=brief.expectations)
        found.setdefault((task_id, fix), []).append(Measured(measure(request, settings).score, cost_s(report)))
    return found


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


def drawn(by_budget: Mapping[float, Sequence[Found]], idle: Fixes, busy: Fixes) -> "Figure":
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


def _share(found: Sequence[Found], right: bool) -> float:
    """Of functions that were given a class, which is the right one, or is not."""
    return sum(bool(each.measured) and (each.measured == each.function.label) is right for each in found) / len(found)


def _scores(axes: "Axes", fixes: Fixes, shift: float, color: str) -> "Line2D":
    """A dot and a bar for each fix; returns the dots, for a legend."""
    rows = [row + shift for row in range(len(fixes))]
    scores = [scores_of(each) for each in fixes.values()]
    axes.hlines(rows, [min(each) for each in scores], [max(each) for each in scores], color=color, linewidth=1.2)
    (dots,) = axes.plot([statistics.fmean(each) for each in scores], rows, "o", color=color, markersize=4)
    return dots


def plot(by_budget: Mapping[float, Sequence[Found]], idle: Fixes, busy: Fixes, path: Path) -> None:
    from codearena.plots import style

    with style.applied():
        drawn(by_budget, idle, busy).savefig(path)


async def run(options: argparse.Namespace, console: Console) -> None:
    by_budget: dict[float, list[Found]] = {}
    idle, busy = Fixes(), Fixes()
    console.print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores at the start")
    async with executor() as attempts:
        if options.part in ("accuracy", "all"):
            for budget in options.budget:
                by_budget[budget] = await accuracy(attempts, budget, options.rounds, console)
            show_accuracy(by_budget, console)
        if options.part in ("stability", "all"):
            idle = await measured(attempts, options.task, options.repeats, console)
            with every_core_burning():
                busy = await measured(attempts, options.task, options.repeats, console)
            console.print(stability_table(idle, busy))
            console.print(f"least of a good fix less most of a slow one: {least_difference(idle, busy):.3f}")
    if options.plot and options.part == "all":
        plot(by_budget, idle, busy, options.plot)


def show_accuracy(by_budget: dict[float, list[Found]], console: Console) -> None:
    console.print(accuracy_table(by_budget))
    for budget_s, found in by_budget.items():
        console.print(f"budget {budget_s:g} s")
        console.print(confusion_table(found))
        for each in found:
            if each.measured != each.function.label:
                of = f"{each.function.family}.{each.function.name}, {each.function.label}"
                console.print(f"{of}: {each.measured or 'none'}, confidence {each.confidence:.2f}")


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
    parser.add_argument("--rounds", type=int, default=1, help="over the labelled set (default: %(default)s)")
    parser.add_argument("--repeats", type=int, default=10, help="of each fix, each way (default: %(default)s)")
    parser.add_argument(
        "--task", nargs="+", choices=list(FIXES), default=list(FIXES), help="for stability (default: all)"
    )
    parser.add_argument("--plot", type=Path, help="write a plot there")
    asyncio.run(run(parser.parse_args(), Console(width=_COLUMNS)))


if __name__ == "__main__":
    main()
