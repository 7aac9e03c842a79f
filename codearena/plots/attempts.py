"""Figures of the attempts: who made them, how good they are, and their components along the run."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from codearena.plots import labels, means, style
from codearena.plots.data import COMPONENTS, Run, Step

_MOST_BOXES, _LEAST_OF_BOX = 40, 5
_MOST_PANELS = 12
_GRID = 20  # parts of an axis from 0 to 1
_LARGEST = 400.0  # square points of the mark that stands for all attempts of its panel
_SIZES = (1.0, 0.5, 0.1, 0.01)
_BOX_LOOK: dict[str, dict[str, object]] = {
    "flierprops": {"marker": ".", "markersize": 3, "markeredgewidth": 0, "alpha": 0.4},
    "medianprops": {"color": "black", "linewidth": 1.5},
}

Key = tuple[int, str]
"""The place of a run, and a method."""


def reward_by_method(runs: Sequence[Run]) -> Figure:
    """Rewards of the steps by who made the fix, as box plots."""
    groups = _by_method(runs)
    shown = sorted(groups, key=lambda key: -len(groups[key]))[:_MOST_BOXES]
    ordered = sorted(shown, key=lambda key: (key[1], key[0]))
    note = "A box is the middle half with its median, a whisker ends at the last step within 1.5 times its length, dots"
    note += f" are beyond. Fewer than {_LEAST_OF_BOX} steps are dots alone. n: graded steps."
    note += _left_out(len(shown), len(groups))
    single = labels.alone(labels.counted([run.name for run in runs], [len(run.steps) for run in runs]))
    height = 0.9 + 0.34 * len(shown)
    made, axes = style.figure("Reward by method", single + note, "reward of a step", "", height=height)
    methods = list(dict.fromkeys(method for _, method in ordered))
    several = len(runs) > 1 and len(methods) <= len(style.PALETTE)
    for row, key in enumerate(ordered):
        color = style.PALETTE[methods.index(key[1]) if several else 0]
        _box(axes, row, [step.reward for step in groups[key]], color)
    names = _names(runs, ordered)
    style.rows_axis(axes, [f"{name}\nn = {len(groups[key]):,}" for name, key in zip(names, ordered, strict=True)])
    style.unit_axis(axes, "x")
    return made


def _by_method(runs: Sequence[Run]) -> dict[Key, list[Step]]:
    return {
        (place, method): steps
        for place, run in enumerate(runs)
        for method, steps in means.grouped(run.steps, lambda step: step.method).items()
    }


def _names(runs: Sequence[Run], keys: Sequence[Key], separator: str = ", ", most: int = 28) -> list[str]:
    """Methods, with their runs if there are several."""
    methods = labels.shortened([method for _, method in keys], most)
    if len(runs) == 1:
        return methods
    names = labels.shortened([run.name for run in runs], most)
    return [f"{method}{separator}{names[place]}" for method, (place, _) in zip(methods, keys, strict=True)]


def _left_out(shown: int, found: int) -> str:
    return "" if shown == found else f" Shown are the {shown} with the most steps of {found:,}."


def _box(axes: Axes, row: int, rewards: Sequence[float], color: str) -> None:
    if len(rewards) < _LEAST_OF_BOX:
        axes.plot(rewards, [row] * len(rewards), "o", color=color, markersize=4, alpha=0.7, linestyle="none")
        return
    drawn = axes.boxplot(
        [rewards],
        positions=[row],
        widths=0.6,
        orientation="horizontal",
        patch_artist=True,
        manage_ticks=False,
        **_BOX_LOOK,  # type: ignore[arg-type]
    )
    for box in drawn["boxes"]:
        box.set(facecolor=color, alpha=0.55)
    for fliers in drawn["fliers"]:  # thousands that lie on each other would make a large file, and look alike
        places = np.unique(np.round(fliers.get_xdata(), 3))
        fliers.set(xdata=places, ydata=np.full(len(places), row), markerfacecolor=color)


def method_scatter(runs: Sequence[Run]) -> Figure:
    """Attempts by share of tests passed and efficiency, a panel for each method."""
    title = "Tests and efficiency of the attempts, by method"
    points = {key: _points(steps) for key, steps in _by_method(runs).items()}
    found = {key: counts for key, counts in points.items() if counts}
    if not found:
        return style.empty(title, "No attempt has both a share of tests and an efficiency.")
    shown = sorted(found, key=lambda key: (-found[key].total(), key))[:_MOST_PANELS]
    total, known = sum(len(run.steps) for run in runs), sum(counts.total() for counts in found.values())
    single = labels.alone(labels.counted([run.name for run in runs], [len(run.steps) for run in runs]))
    note = (
        f"{single}The area of a mark is the share of the panel's attempts within {0.5 / _GRID:g} of it on both axes. n:"
    )
    note += f" graded steps with both scores, {known:,} of {total:,} in all.{_left_out(len(shown), len(found))}"
    made, flat = style.panels(title, note, len(shown), height=2.0, entries=["share of a panel"] * 10)
    for axes, key, name in zip(flat, shown, _names(runs, shown, "\n", style.TITLE_CHARS), strict=True):
        _bubbles(axes, found[key])
        axes.set_title(f"{name}\nn = {found[key].total():,}")
    style.edge_labels(flat, "share of tests passed", "efficiency score")
    marks, sizes = [_mark(share) for share in _SIZES], [f"{share:.0%}" for share in _SIZES]
    style.legend(made, marks, sizes, title="share of a panel", spacing=1.4)
    return made


def _points(steps: Sequence[Step]) -> Counter[tuple[int, int]]:
    both = [(step.components.get("test_ratio"), step.components.get("efficiency_score")) for step in steps]
    return Counter((round(x * _GRID), round(y * _GRID)) for x, y in both if x is not None and y is not None)


def _area(share: float) -> float:
    return max(6.0, _LARGEST * share)


def _mark(share: float) -> Line2D:
    size = _area(share) ** 0.5
    look = {"color": style.PALETTE[0], "alpha": 0.6, "markeredgewidth": 0, "linestyle": "none"}
    return Line2D([], [], marker="o", markersize=size, **look)  # type: ignore[arg-type]


def _bubbles(axes: Axes, counts: Counter[tuple[int, int]]) -> None:
    places, total = list(counts), counts.total()
    xs, ys = [x / _GRID for x, _ in places], [y / _GRID for _, y in places]
    areas = [_area(counts[place] / total) for place in places]
    axes.scatter(xs, ys, s=areas, color=style.PALETTE[0], alpha=0.6, linewidths=0)
    style.unit_axis(axes)
    style.unit_axis(axes, "x")
    axes.set_xlim(-0.14, 1.14)  # so that the largest marks are whole
    axes.set_ylim(-0.14, 1.14)
    axes.grid(visible=True, axis="x")


def components_over_time(runs: Sequence[Run]) -> Figure:
    """Means of each component of the reward along the run; of many runs their mean, lowest and highest."""
    title = "Components of the reward along the run"
    names = [name for name in COMPONENTS if any(name in step.components for run in runs for step in run.steps)]
    if not names:
        return style.empty(title, "No attempt has a component that is known.")
    missing = [name for name in COMPONENTS if name not in names]
    pooled = len(runs) > style.MOST_TOGETHER
    entries = labels.counted([run.name for run in runs], [len(run.steps) for run in runs])
    note = f"{labels.alone(entries)}Means in stretches of {means.stretch_sizes(runs)}, of the steps that have the"
    note += " component. n: graded steps; of a component those that have it, of all runs."
    note += " Line: mean of the runs that have it; band: from the lowest to the highest run." if pooled else ""
    note += f" Not in the logs: {', '.join(missing)}." if missing else ""
    made, flat = style.panels(title, note, len(names), height=1.7, entries=() if pooled else entries)
    lines: list[Line2D] = []
    for axes, name in zip(flat, names, strict=True):
        lines = [_pool(axes, runs, name)] if pooled else _each(axes, runs, name)
        scored = sum(name in step.components for run in runs for step in run.steps)
        axes.set_title(f"{name} (n = {scored:,})")
        style.unit_axis(axes)
        style.count_axis(axes, max(len(run.steps) for run in runs))
    style.edge_labels(flat, "step of the run", "mean")
    if not pooled:
        style.legend(made, lines, entries)
    return made


def _each(axes: Axes, runs: Sequence[Run], name: str) -> list[Line2D]:
    """A line for each run."""
    lines = []
    for run, look in zip(runs, style.series(len(runs)), strict=True):
        places, heights = _stretched(run, name)
        marker = "o" if len(places) < 4 else None
        lines += axes.plot(
            places, heights, color=look.color, linestyle=look.dash, marker=marker, markersize=4, clip_on=False
        )
    return lines


def _pool(axes: Axes, runs: Sequence[Run], name: str) -> Line2D:
    """The mean of the runs, and their range, where all runs have values."""
    curves = [(np.array(places), np.array(heights)) for places, heights in (_stretched(run, name) for run in runs)]
    grid, rows = means.together(
        [(places[known], heights[known]) for places, heights in curves if (known := ~np.isnan(heights)).any()]
    )
    color = style.PALETTE[0]
    axes.fill_between(grid, rows.min(axis=0), rows.max(axis=0), color=color, alpha=0.2, linewidth=0)
    (line,) = axes.plot(grid, rows.mean(axis=0), color=color, marker="o" if len(grid) < 4 else None, markersize=4)
    return line


def _stretched(run: Run, name: str) -> tuple[list[float], list[float]]:
    """The middle of each stretch and the mean of the component in it; NaN where no step has it."""
    parts = means.stretches(len(run.steps))
    values = [
        [step.components[name] for step in run.steps[start:end] if name in step.components] for start, end in parts
    ]
    heights = [float(np.mean(known)) if known else float("nan") for known in values]
    return [(start + 1 + end) / 2 for start, end in parts], heights
