"""What benchmarks/mix.py found: Markdown tables, and a figure."""

import os
import platform
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.policy import KINDS
from benchmarks.rates import Rate

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BARE, DOCKER_RUN, CHURN, FORK = "bare python -I -S", "docker run", "engine churn", "namespace fork"
NEW, KNOWN = "new sources", "the same again"
_TICKS_MS = (1, 3, 10, 30, 100, 300, 1_000, 3_000, 10_000)
Found = dict[tuple[str, str], list[Rate]]
"""By what did it and in which mix: a rate for each round."""


@dataclass(frozen=True)
class KindCost:
    """What one attempt of a kind takes alone, in ms: CPU of the whole machine, and a share of the batch's time."""

    what: str
    task: str
    probed: bool
    kind: str
    cpu_ms: float
    wall_ms: float


@dataclass(frozen=True)
class Spread:
    """What the rounds gave."""

    median: float
    least: float
    greatest: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        """At least one value."""
        return cls(statistics.median(values), min(values), max(values))

    def shown(self, digits: int) -> str:
        """The median, and beside it what the rounds lay between if there were several."""
        alone = f"{self.median:.{digits}f}"
        return (
            alone if self.least == self.greatest else f"{alone} ({self.least:.{digits}f} to {self.greatest:.{digits}f})"
        )


def ratios(found: Found, of: tuple[str, str], to: tuple[str, str]) -> Spread | None:
    """Of two rates of one round, over the rounds; None: one of them was not measured, or nothing was done in it."""
    if not found.get(of) or not all(rate.per_s for rate in found.get(to, ())) or to not in found:
        return None
    return Spread.of([one.per_s / other.per_s for one, other in zip(found[of], found[to], strict=True)])


def text(found: Found, costs: Sequence[KindCost], tasks: Sequence[str], rounds: int) -> str:
    """Everything, in Markdown."""
    machine = f"{os.cpu_count()} cores, {platform.machine()}, {rounds} rounds, load at the end {os.getloadavg()[0]:.1f}"
    parts = [f"{machine}; tasks: {', '.join(tasks)}", _rates(found), *_known(found)]
    for what in dict.fromkeys(cost.what for cost in costs):
        parts.append(_kinds(what, [cost for cost in costs if cost.what == what]))
    return "\n\n".join(parts)


def _rates(found: Found) -> str:
    heading = ["", "mix", "attempts/s", "CPU ms", "busy", "p50 ms", "p99 ms", f"/ {BARE}", f"/ {CHURN}"]
    rows = []
    for (what, mix), rates in found.items():
        if mix in (NEW, KNOWN):
            continue
        figures = [Spread.of([rate.per_s for rate in rates]).shown(1)]
        figures += [f"{statistics.median([rate.cpu_ms for rate in rates]):.1f}"]
        figures += [f"{statistics.median([rate.busy for rate in rates]):.0%}"]
        figures += [f"{statistics.median(each):.0f}" for each in ([r.p50_ms for r in rates], [r.p99_ms for r in rates])]
        beside = [ratios(found, (what, mix), to) for to in ((BARE, mix), (CHURN, ""))]
        rows.append([what, mix, *figures, *(each.shown(2) if each else "" for each in beside)])
    return markdown(heading, rows)


def _known(found: Found) -> list[str]:
    """What a new source costs beside one that was seen before: a sentence for each isolation."""
    said = []
    for what in dict.fromkeys(what for what, mix in found if mix == KNOWN):
        new, known = found[what, NEW], found[what, KNOWN]
        ratio = Spread.of([one.cpu_ms / other.cpu_ms for one, other in zip(new, known, strict=True)])
        cpu_ms = [statistics.median([rate.cpu_ms for rate in rates]) for rates in (new, known)]
        said.append(
            f"{what}: a new source takes {ratio.shown(2)} times the CPU of the same one again, "
            f"{cpu_ms[0]:.1f} ms and {cpu_ms[1]:.1f} ms (batches without hangs)."
        )
    return said


def _kinds(what: str, costs: Sequence[KindCost]) -> str:
    """CPU and wall of each kind at each task."""
    by = {(cost.task, cost.kind): f"{cost.cpu_ms:.0f} / {cost.wall_ms:.0f}" for cost in costs}
    names = {cost.task: f"{cost.task} (probe)" if cost.probed else cost.task for cost in costs}
    heading = [f"{what}: CPU ms / wall ms of one attempt", *KINDS]
    return markdown(heading, [[name, *(by.get((task, kind), "") for kind in KINDS)] for task, name in names.items()])


def markdown(heading: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table."""
    lines = [heading, ["---"] * len(heading), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def plot(found: Found, costs: Sequence[KindCost], rounds: int, path: Path) -> None:
    """Writes the figure."""
    from codearena.plots import style  # only where a plot is asked for

    with style.applied():
        drawn(found, costs, rounds).savefig(path)


def drawn(found: Found, costs: Sequence[KindCost], rounds: int) -> "Figure":
    """Attempts a second of both mixes, each with what the rounds lay between; CPU of one attempt by its kind."""
    from codearena.plots import style

    note = f"A policy's answers, all new. Left: the median of {rounds} rounds, and what they lay between. Dotted: what "
    note += "does less than to run a source. Right: a dot is one task, a line the median of the tasks."
    made = style.titled("What a policy gets graded", note, 11.0, 4.4)
    rates, kinds = made.subplots(1, 2, width_ratios=(1.1, 1.0))
    _draw_rates(rates, found)
    _draw_kinds(kinds, costs)
    for axes in (rates, kinds):
        axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=4, handlelength=1.2, columnspacing=1.0)
    return made


def _draw_rates(axes: "Axes", found: Found) -> None:
    from codearena.plots import style

    mixes = list(dict.fromkeys(mix for _, mix in found if mix not in ("", NEW, KNOWN)))
    rows = list(dict.fromkeys(what for what, mix in found if mix in mixes))
    for look, (shift, mix) in zip(style.series(len(mixes)), enumerate(mixes), strict=True):
        for row, what in enumerate(rows):
            spread = Spread.of([rate.per_s for rate in found[what, mix]])
            at = row + 0.28 * (shift - (len(mixes) - 1) / 2)
            axes.plot([spread.least, spread.greatest], [at, at], color=look.color)
            label = mix if row == 0 else None
            axes.plot(spread.median, at, "o", color=look.color, markersize=5, label=label)
            axes.annotate(
                f"{spread.median:.1f}",
                (spread.greatest, at),
                (5, 0),
                textcoords="offset points",
                va="center",
                fontsize=7,
            )
    _draw_lines(axes, {what: rates for (what, mix), rates in found.items() if not mix})
    axes.set(xscale="log", xlabel="attempts a second")
    style.plain_axis(axes.xaxis)
    style.rows_axis(axes, rows)
    axes.set_xlim(axes.get_xlim()[0], 1.7 * axes.get_xlim()[1])


def _draw_lines(axes: "Axes", lines: Mapping[str, Sequence[Rate]]) -> None:
    from codearena.plots import style

    for what, rates in lines.items():
        per_s = statistics.median([rate.per_s for rate in rates])
        axes.axvline(per_s, linestyle=":", color=style.MUTED, linewidth=1)
        above = axes.get_xaxis_transform()
        axes.text(per_s, 0.01, f" {what}", transform=above, rotation=90, ha="right", va="bottom", fontsize=7)


def _draw_kinds(axes: "Axes", costs: Sequence[KindCost]) -> None:
    from codearena.plots import style

    whats = list(dict.fromkeys(cost.what for cost in costs))
    for look, (shift, what) in zip(style.series(len(whats)), enumerate(whats), strict=True):
        for row, kind in enumerate(KINDS):
            values = [cost.cpu_ms for cost in costs if (cost.what, cost.kind) == (what, kind)]
            at = row + 0.2 * (shift - (len(whats) - 1) / 2)
            axes.plot(values, [at] * len(values), "o", color=look.color, markersize=4, alpha=0.5)
            if values:
                label = what if row == 0 else None
                axes.plot([statistics.median(values)] * 2, [at - 0.09, at + 0.09], color=look.color, label=label)
    axes.set(xscale="log", xlabel="CPU of the whole machine for one attempt, ms")
    style.plain_axis(axes.xaxis, _TICKS_MS)
    style.rows_axis(axes, KINDS)
