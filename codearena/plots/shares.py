"""Figures of shares: what part of a run's attempts is of each kind, as a whole and along the run."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from codearena.plots import labels, means, style
from codearena.plots.data import LEVELS, OTHER, UNKNOWN, Run

_CLASSES = ("O(1)", "O(log n)", "O(n)", "O(n log n)", "O(n^2)", "O(n^2 log n)", "O(n^3)", "O(2^n)")
_OUTCOMES = {
    "solved": "#009E73",
    "tests pass": "#56B4E9",
    "tests fail": "#E69F00",
    "load error": "#D55E00",
    "compile error": "#333333",
}
_LEAST_WRITTEN = 0.06  # of a bar's length: a smaller share has no number on it
Color = Any  # what matplotlib takes: a name or four numbers


def complexity_distribution(runs: Sequence[Run]) -> Figure:
    """Shares of the attempts by growth class, a bar for each run."""
    title = "Growth class of the attempts"
    found = {step.complexity for run in runs for step in run.steps}
    if found == {UNKNOWN}:
        return style.empty(title, "No attempt has a growth class: the log has no column `complexity`, or it is empty.")
    colors = _class_colors(found)
    note = "The class is the one measured, else the one estimated from the source. n: graded steps."
    height, entries = 1.0 + 0.34 * len(runs), ["growth class", *colors]
    made, axes = style.figure(title, note, "share of attempts", "", height=height, entries=entries)
    for row, run in enumerate(runs):
        _bar(axes, row, Counter(step.complexity for step in run.steps), colors)
    style.rows_axis(axes, labels.over_counts([run.name for run in runs], [len(run.steps) for run in runs]))
    style.unit_axis(axes, "x")
    _kinds_legend(made, colors, "growth class")
    return made


def _class_colors(found: set[str]) -> dict[str, Color]:
    """From the slowest growth, which is light, to the fastest; grey for what is not known."""
    names = [name for name in _CLASSES if name in found] + sorted(found - set(_CLASSES) - {UNKNOWN})
    colors: dict[str, Color] = dict(zip(names, style.scale(len(names)), strict=True))
    return colors | ({UNKNOWN: "#cccccc"} if UNKNOWN in found else {})


def _bar(axes: Axes, row: int, counts: Counter[str], colors: Mapping[str, Color]) -> None:
    left, total = 0.0, counts.total()
    for name, color in colors.items():
        share = counts[name] / total
        (patch,) = axes.barh(row, share, left=left, height=0.72, color=color)
        if share >= _LEAST_WRITTEN:
            ink = style.ink(patch.get_facecolor())
            axes.text(left + share / 2, row, f"{share:.0%}", ha="center", va="center", fontsize=7.5, color=ink)
        left += share


def curriculum_level(runs: Sequence[Run]) -> Figure:
    """Shares of the tasks' levels along the run."""
    title = "Level of the tasks along the run"
    colors: dict[str, Color] = dict(zip(LEVELS, ("#cfe1f2", "#6aaed6", "#08519c"), strict=True))
    if not {step.level for run in runs for step in run.steps} & set(LEVELS):
        return style.empty(
            title, "No task has a level: it is in the column `level`, or the task's name begins with it."
        )
    return _along(title, "level", "share of steps", colors, runs)


def outcome_shares(runs: Sequence[Run]) -> Figure:
    """Shares of what became of the attempts, along the run."""
    return _along("Outcomes along the run", "outcome", "share of attempts", dict(_OUTCOMES), runs)


def _along(title: str, attribute: str, y: str, colors: dict[str, Color], runs: Sequence[Run]) -> Figure:
    """A panel for each run; in it, for each stretch, the shares of the attribute's values on top of each other."""
    found = {getattr(step, attribute) for run in runs for step in run.steps}
    rest: dict[str, Color] = {} if found <= colors.keys() else {OTHER: "#bbbbbb"}
    colors = {name: color for name, color in colors.items() if name in found} | rest
    note = f"Shares in stretches of {means.stretch_sizes(runs)}. n: graded steps."
    made, flat = style.panels(title, note, len(runs), height=1.5, entries=[attribute, *colors])
    names = labels.over_counts([run.name for run in runs], [len(run.steps) for run in runs], style.TITLE_CHARS)
    for axes, run, name in zip(flat, runs, names, strict=True):
        _stack(axes, run, attribute, colors)
        axes.set_title(name)
    style.edge_labels(flat, "step of the run", y)
    _kinds_legend(made, colors, attribute)
    return made


def _stack(axes: Axes, run: Run, attribute: str, colors: Mapping[str, Color]) -> None:
    parts = means.stretches(len(run.steps))
    kinds = [value if (value := getattr(step, attribute)) in colors else OTHER for step in run.steps]
    counts = [Counter(kinds[start:end]) for start, end in parts]
    edges = [start + 0.5 for start, _ in parts] + [parts[-1][1] + 0.5]
    shares = [[count[name] / count.total() for count in [*counts, counts[-1]]] for name in colors]
    axes.stackplot(edges, shares, colors=list(colors.values()), step="post", linewidth=0)
    axes.grid(visible=False)
    style.unit_axis(axes)
    style.count_axis(axes, len(run.steps))
    axes.set_xlim(edges[0], edges[-1])
    axes.set_ylim(*style.REWARD_LIMITS)


def _kinds_legend(made: Figure, colors: Mapping[str, Color], title: str) -> None:
    patches = [Patch(facecolor=color) for color in colors.values()]
    style.legend(made, patches, labels.shortened(list(colors)), title=title)
