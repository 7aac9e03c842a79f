"""Figures that are matrices: a colour for each mean reward, another palette for differences, where 0 is white."""

import statistics
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage

from codearena.plots import labels, means, style
from codearena.plots.data import LEVELS, Run

_CELL_HEIGHT = 0.36
_MOST_COLUMNS_WITH_NUMBERS = 14
_LEAST_RANGE = 0.2  # of differences: smaller ones are no stronger in colour


def difficulty_matrix(runs: Sequence[Run]) -> Figure:
    """Mean reward of the episodes by level; of several runs also how each differs from the mean of the runs."""
    title = "Mean final reward by level"
    levels = _levels(runs)
    if not levels:
        return style.empty(title, "No episode has ended: each one broke off with an error.")
    rewards = [[[final.reward for final in run.finals if final.level == level] for level in levels] for run in runs]
    cells = np.array([[_mean(values) for values in own] for own in rewards])
    texts = [[_described(values) for values in own] for own in rewards]
    note = (
        "± is the standard deviation of the episodes' rewards. The final reward of an episode is that of its last step."
    )
    note += " n: episodes."
    names = labels.shortened([run.name for run in runs])
    if len(runs) == 1:
        made = style.titled(title, note, 7.0, 1.3 + 1.3 * _CELL_HEIGHT)
        _colored(made, made.add_subplot(), cells, texts, levels, names)
        return made
    made = style.titled(title, note, 9.0, 1.5 + _CELL_HEIGHT * len(runs))
    left, right = made.subplots(1, 2, sharey=True)
    _colored(made, left, cells, texts, levels, names)
    _differing(made, right, cells, levels)
    return made


def _levels(runs: Sequence[Run]) -> list[str]:
    found = {final.level for run in runs for final in run.finals}
    return [level for level in LEVELS if level in found] + sorted(found - set(LEVELS))


def _mean(values: Sequence[float]) -> float:
    return statistics.fmean(values) if values else float("nan")


def _described(values: Sequence[float]) -> str:
    if not values:
        return "none"
    spread = f" ± {np.std(values, ddof=1):.2f}" if len(values) > 1 else ""
    return f"{statistics.fmean(values):.2f}{spread}\nn = {len(values):,}"


def task_matrix(
    title: str, note: str, runs: Sequence[Run], tasks: Sequence[str], rewards: Sequence[Sequence[Sequence[float]]]
) -> Figure:
    """Mean rewards of tasks (rows) in runs (columns). rewards: by run, by task, of the episodes."""
    cells = np.array([[_mean(own[row]) for own in rewards] for row in range(len(tasks))])
    numbers = len(runs) <= _MOST_COLUMNS_WITH_NUMBERS
    texts = [["" if np.isnan(cell) or not numbers else f"{cell:.2f}" for cell in row] for row in cells]
    counts = [len(values) for own in rewards for values in own if values]
    note = f"{note} Each cell is of {labels.span(counts)} episodes; a white one of none."
    names = labels.shortened([run.name for run in runs])
    made = style.titled(title, note, 8.5, 1.3 + 0.065 * max(map(len, names)) + 0.24 * len(tasks))
    axes = made.add_subplot()
    _colored(made, axes, cells, texts, names, labels.shortened(tasks))
    axes.tick_params(axis="x", labelrotation=90)
    return made


def _colored(
    made: Figure, axes: Axes, cells: means.Numbers, texts: Sequence[Sequence[str]], columns: list[str], rows: list[str]
) -> None:
    """A matrix of mean rewards: a palette that goes one way, from 0 to 1."""
    image = axes.imshow(cells, cmap=style.SEQUENTIAL, vmin=0.0, vmax=1.0, aspect="auto")
    _dressed(axes, columns, rows)
    _written(axes, image, cells, texts)
    axes.set_title("mean final reward")
    _bar(made, image, [0, 0.5, 1], ["0", "0.5", "1"])


def _differing(made: Figure, axes: Axes, cells: means.Numbers, columns: list[str]) -> None:
    """A matrix of differences from the mean of each column's cells: a palette of two directions, 0 in its middle."""
    counts = np.sum(~np.isnan(cells), axis=0)
    differences = cells - np.nansum(cells, axis=0) / np.maximum(counts, 1)
    reach = max(_LEAST_RANGE, float(np.nanmax(np.abs(differences))))
    image = axes.imshow(differences, cmap=style.DIVERGING, vmin=-reach, vmax=reach, aspect="auto")
    _dressed(axes, columns, None)
    texts = [["" if np.isnan(cell) else _signed(cell) for cell in row] for row in differences]
    _written(axes, image, differences, texts)
    axes.set_title("difference from the mean of the runs")
    _bar(made, image, [-reach, 0, reach], [f"{-reach:+.2f}", "0", f"{reach:+.2f}"])


def _signed(difference: float) -> str:
    """Nothing has no sign."""
    return "0.00" if round(difference, 2) == 0 else f"{difference:+.2f}"


def _bar(made: Figure, image: AxesImage, ticks: list[float], names: list[str]) -> None:
    """What the colours stand for, beside the matrix and as high as it."""
    rows, _ = image.get_size()
    bar = made.colorbar(image, ax=image.axes, fraction=0.05, pad=0.02, aspect=max(8, 2.4 * rows))
    bar.set_ticks(ticks, labels=names)
    bar.outline.set_visible(False)


def _dressed(axes: Axes, columns: list[str], rows: list[str] | None) -> None:
    axes.grid(visible=False)
    axes.set_xticks(range(len(columns)), columns)
    if rows is not None:
        axes.set_yticks(range(len(rows)), rows)
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)


def _written(axes: Axes, image: AxesImage, cells: means.Numbers, texts: Sequence[Sequence[str]]) -> None:
    """The text of each cell, in the colour that is read on the cell's own."""
    low, high = image.get_clim()
    for row, written in enumerate(texts):
        for column, text in enumerate(written):
            value = float(cells[row, column])
            color = "black" if np.isnan(value) else style.ink(image.cmap((value - low) / (high - low)))
            axes.text(column, row, text, ha="center", va="center", fontsize=7.5, color=color, linespacing=1.1)
