"""How well the growth class of a function is told from its times.

    python -m benchmarks.growth [--set held_out|labelled] [--budget S ...] [--rounds N] [--with-help] [--record FILE]

Every function of the set, whose growth is known, is measured against its family's reference as an attempt would be, by
the real runner in local isolation and the real grader, once for each budget and round. The probes have sizes and inputs
and nothing else; `--with-help` adds the `vary` and `lend` that some families of `labelled` name. The constants of the
fit were chosen on `labelled`; what is reported is told of `held_out`. `--record` writes down the times, for
tests/grader_service/test_recorded_growth.py. Cost is the CPU time of all processes of a measurement.
"""

import argparse
import asyncio
import importlib
import json
import os
import random
import statistics
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table

from benchmarks.families import Family, Labelled, families, measuring_workload
from codearena import values
from codearena.tasks.task import COMPLEXITIES
from codearena.v1 import executor_pb2, grader_pb2
from executor_service.attempts import Attempts
from executor_service.capacity import PoolLimits
from executor_service.codec import seconds
from executor_service.isolation.choice import choose
from executor_service.pool import Pool
from executor_service.settings import Settings as ExecutorSettings
from gateway.attempt.measuring import reach_of
from grader_service.efficiency import Efficiency, measure
from grader_service.reading import Reader
from grader_service.settings import Settings as GraderSettings
from judge_service.analysis.analyse import analyse

SETS = ("held_out", "labelled")
SURE = 0.6  # confidence from which a wrong class counts as claimed with confidence
_POOL = PoolLimits(minimum=1, maximum=2, leases=2, start_concurrency=1, waiting=8, ready_age_s=600, shrink_s=600)
_ABSTAINED = "none"
_COLUMNS = 130


@dataclass(frozen=True)
class Found:
    """What was measured of a function.

    likely: what the fit was told beside the times; cpu_s: of all processes; screened: a screening was enough.
    """

    function: Labelled
    speed: Efficiency
    likely: tuple[str, str]
    cpu_s: float
    screened: bool = False

    @property
    def measured(self) -> str:
        """The class, or empty if the fit abstained."""
        return self.speed.fit.measured

    @property
    def right(self) -> bool:
        return self.measured == self.function.label

    @property
    def wrong(self) -> bool:
        return bool(self.measured) and not self.right

    @property
    def surely_wrong(self) -> bool:
        return self.wrong and self.speed.fit.confidence >= SURE


@asynccontextmanager
async def executor() -> AsyncIterator[Attempts]:
    """An executor of local isolation in this process."""
    settings = ExecutorSettings(isolation="local")
    isolation = await choose(settings)
    pool = Pool(isolation, _POOL)
    pool.start()
    try:
        yield Attempts(pool, isolation, settings)
    finally:
        await pool.close()
        await isolation.close()


def cost_s(report: executor_pb2.Report) -> float:
    """CPU time of a measuring workload with a probe: the attempt's and the reference's."""
    process = report.reference_probe_process
    calls = [point.reference for point in report.probe]
    reference_s = sum(
        seconds(call.usage.cpu) + seconds(call.overhead_cpu) + seconds(call.repeated_cpu) for call in calls
    )
    return seconds(report.usage.cpu) + reference_s + seconds(process.load_cpu) + seconds(process.other_cpu)


def graded(request: grader_pb2.GradeRequest) -> Efficiency:
    """What the grader makes of a measurement, with its usual settings."""
    settings = GraderSettings()
    limits = values.ValueLimits(size_bytes=settings.value_bytes)
    return measure(request, settings, Reader(limits, settings.report_nodes, settings.report_bytes))


async def measured(
    attempts: Attempts, chosen: Sequence[Family], budget_s: float, rng: random.Random, console: Console
) -> list[Found]:
    """Each function of the families, once: by all sizes where a screening told too little."""
    found, reaches = [], dict[str, int]()
    plan = [(family, function) for family in chosen for function in family.functions]
    for family, function in track(plan, f"budget {budget_s} s", console=console, transient=True):
        expectations = grader_pb2.Expectations(optimal_complexity=family.known)
        reach, spent_s = reaches.get(family.reference, 0), 0.0
        while True:
            workload = measuring_workload(family, function, budget_s, rng, reach)
            request = executor_pb2.AttemptRequest(attempt_id="benchmark", workload=workload)
            report = await attempts.execute(request)
            report.analysis.CopyFrom(analyse(function.source.encode(), []))
            spent_s += cost_s(report)
            speed = graded(grader_pb2.GradeRequest(report=report, expectations=expectations))
            if not (report.screening and speed.untold):
                break
            reach = 0
        if not report.screening:
            reaches[family.reference] = reach_of(report)
        likely = (report.analysis.estimated_complexity, family.known)
        found.append(Found(function, speed, likely, spent_s, report.screening))
    return found


def budget_table(by_budget: Mapping[float, Sequence[Found]]) -> Table:
    """Shares of all functions."""
    table = Table(
        "budget, s",
        "functions",
        "right",
        "abstained",
        "wrong",
        "wrong, confident",
        "screened",
        "CPU s, median",
        "CPU s, most",
    )
    for budget_s, found in by_budget.items():
        counts = [sum(each.right for each in found), sum(not each.measured for each in found)]
        counts += [sum(each.wrong for each in found), sum(each.surely_wrong for each in found)]
        counts.append(sum(each.screened for each in found))
        costs = [each.cpu_s for each in found]
        shares = [f"{count / len(found):.1%}" for count in counts]
        most = (f"{statistics.median(costs):.3f}", f"{max(costs):.3f}")
        table.add_row(f"{budget_s:g}", str(len(found)), *shares, *most)
    return table


def class_table(by_budget: Mapping[float, Sequence[Found]]) -> Table:
    """For each class and budget: right, abstained, wrong, and wrong with confidence, in functions."""
    table = Table("class", *(f"{budget_s:g} s: right / none / wrong / confident" for budget_s in by_budget))
    for label in COMPLEXITIES:
        cells = []
        for found in by_budget.values():
            own = [each for each in found if each.function.label == label]
            counts = (
                sum(each.right for each in own),
                sum(not each.measured for each in own),
                sum(each.wrong for each in own),
                sum(each.surely_wrong for each in own),
            )
            cells.append(" / ".join(map(str, counts)) if own else "")
        table.add_row(label, *cells)
    return table


def record(by_budget: Mapping[float, Sequence[Found]], path: Path) -> None:
    """One function a line: what the fit was told, its sizes and times."""
    with path.open("w", encoding="utf-8") as file:
        for budget_s, found in by_budget.items():
            for each in found:
                function = each.function
                times = [
                    [size, float(f"{s:.4g}")] for size, s in zip(each.speed.sizes, each.speed.times_s, strict=True)
                ]
                line = {"function": f"{function.family}.{function.name}", "label": function.label, "budget_s": budget_s}
                file.write(json.dumps({**line, "likely": each.likely, "times": times}) + "\n")


def show(by_budget: Mapping[float, Sequence[Found]], console: Console) -> None:
    """The tables, and what was not right."""
    console.print(budget_table(by_budget))
    console.print(class_table(by_budget))
    for budget_s, found in by_budget.items():
        console.print(f"budget {budget_s:g} s")
        for each in found:
            if not each.right:
                of, fit = each.function, each.speed.fit
                line = (
                    f"{of.family}.{of.name}, {of.label}: {fit.measured or _ABSTAINED}, confidence {fit.confidence:.2f}"
                )
                console.print(f"{line}, by the code {each.likely[0] or _ABSTAINED}, {len(each.speed.sizes)} sizes")


async def run(options: argparse.Namespace, console: Console) -> None:
    package = importlib.import_module(f"benchmarks.{options.set}")
    chosen = list(families(package, plain=not options.with_help))
    by_budget: dict[float, list[Found]] = {budget: [] for budget in options.budget}
    rng = random.Random()
    console.print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores at the start")
    async with executor() as attempts:
        for budget in options.budget:
            for _ in range(options.rounds):
                by_budget[budget] += await measured(attempts, chosen, budget, rng, console)
    console.print(f"load average {os.getloadavg()[0]:.1f} at the end")
    show(by_budget, console)
    if options.record:
        record(by_budget, options.record)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", choices=SETS, default=SETS[0], help="of functions (default: %(default)s)")
    parser.add_argument("--budget", type=float, nargs="+", default=[0.3, 1.5], help="CPU s (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=1, help="over the set (default: %(default)s)")
    parser.add_argument("--with-help", action="store_true", help="probes as their family's author helped them")
    parser.add_argument("--record", type=Path, metavar="FILE", help="write the times there")
    asyncio.run(run(parser.parse_args(), Console(width=_COLUMNS)))


if __name__ == "__main__":
    main()
