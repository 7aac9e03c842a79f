"""Figures of the reward itself: over time, summed up, and by task."""

import itertools
import statistics
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from codearena.evaluation.chance import MIN_EPISODES
from codearena.evaluation.rewards import FinalReward
from codearena.plots import labels, matrices, means, style
from codearena.plots.data import Run

WINDOW = 10
_MOST_DOTS, _MOST_POINTS = 2_000, 800
_MOST_TASKS, _MOST_RUNS_BESIDE = 40, 6
_TASKS_NOTE = "The final reward of an episode is that of its last step."


def reward_curve(runs: Sequence[Run]) -> Figure:
    """Reward along the run: steps and their rolling mean; of many runs a panel for each."""
    longest, total = max(len(run.steps) for run in runs), sum(len(run.steps) for run in runs)
    window, dots = max(WINDOW, longest // 20), total <= _MOST_DOTS
    banded = not dots and len(runs) == 1
    names = labels.counted([run.name for run in runs], [len(run.steps) for run in runs])
    note = f"{labels.alone(names)}{'A dot is a step; a line' if dots else 'A line'} is the mean of {window:,} steps,"
    note += " ending with the one at which it stands."
    note += f" Band: the middle half of {means.stretch_sizes(runs)}." if banded else ""
    title, note, x, y = "Reward along the run", f"{note} n: graded steps.", "step of the run", "reward of a step"
    if len(runs) > style.MOST_TOGETHER:
        made, flat = style.panels(title, note, len(runs), height=1.3)
        looks = style.series(1) * len(runs)
        titles = labels.over_counts([run.name for run in runs], [len(run.steps) for run in runs], style.TITLE_CHARS)
        for axes, name in zip(flat, titles, strict=True):
            axes.set_title(name)
    else:
        made, axes = style.figure(title, note, "", "", entries=names)
        looks, flat = style.series(len(runs)), [axes]
    places = itertools.cycle(flat)
    lines = [_rewards(next(places), run, window, dots, look) for run, look in zip(runs, looks, strict=True)]
    if len(flat) == 1:
        style.legend(made, lines, names)
    if banded:
        _middle_half(flat[0], runs[0], looks[0])
    for axes in flat:
        style.unit_axis(axes)
        style.count_axis(axes, longest)
    style.edge_labels(flat, x, y)
    return made


def _middle_half(axes: Axes, run: Run, look: style.Series) -> None:
    """Between the quartiles of each stretch."""
    parts = means.stretches(len(run.steps))
    quartiles = [np.quantile([step.reward for step in run.steps[start:end]], (0.25, 0.75)) for start, end in parts]
    low, high = np.transpose(quartiles)
    places = [(start + 1 + end) / 2 for start, end in parts]
    axes.fill_between(places, low, high, color=look.color, alpha=0.15, linewidth=0)


def _rewards(axes: Axes, run: Run, window: int, dots: bool, look: style.Series) -> Line2D:
    """The steps as dots, if they are to be seen, and the line of their rolling mean."""
    rewards = [step.reward for step in run.steps]
    if dots:
        axes.scatter(range(1, len(rewards) + 1), rewards, s=7, color=look.color, alpha=0.3, linewidths=0)
    return _rolling(axes, rewards, min(window, len(rewards)), look)


def _rolling(axes: Axes, rewards: Sequence[float], window: int, look: style.Series) -> Line2D:
    """A line, or a mark where it would be a single point."""
    rolled = means.rolling_mean(rewards, window)
    kept = means.thinned(len(rolled), _MOST_POINTS)
    marker = "o" if len(kept) == 1 else None
    (line,) = axes.plot(kept + window, rolled[kept], color=look.color, linestyle=look.dash, marker=marker)
    return line


def cumulative_reward(runs: Sequence[Run]) -> Figure:
    """Rewards of the steps summed up, beside a reward of 1 for every step."""
    longest = max(len(run.steps) for run in runs)
    names = [*labels.counted([run.name for run in runs], [len(run.steps) for run in runs]), "1 for every step"]
    note = "Dotted: a reward of 1 for every step. n: graded steps."
    made, axes = style.figure("Cumulative reward", note, "step of the run", "sum of rewards", entries=names)
    (most,) = axes.plot([0, longest], [0, longest], color=style.MUTED, linestyle=":", linewidth=1)
    lines = []
    for run, look in zip(runs, style.series(len(runs)), strict=True):
        sums = np.concatenate([[0.0], np.cumsum([step.reward for step in run.steps])])
        kept = means.thinned(len(sums), _MOST_POINTS)
        lines += axes.plot(kept, sums[kept], color=look.color, linestyle=look.dash)
    style.sum_axis(axes)
    style.count_axis(axes, longest, first=0)
    style.legend(made, [*lines, most], names)
    return made


def reward_by_task(runs: Sequence[Run]) -> Figure:
    """Mean reward of the episodes of each task, with its interval; of many runs as a matrix."""
    title = "Mean final reward by task"
    groups = [means.grouped(run.finals, lambda final: final.task_id) for run in runs]
    tasks = _by_mean(groups)
    if not tasks:
        return style.empty(title, "No episode has ended: each one broke off with an error.")
    shown = means.extremes(tasks, _MOST_TASKS)
    left_out = "" if len(shown) == len(tasks) else f" Of {len(tasks):,} tasks the {len(shown)} with most and least."
    rewards = [[[final.reward for final in group.get(task, [])] for task in shown] for group in groups]
    if len(runs) > _MOST_RUNS_BESIDE:
        return matrices.task_matrix(title, _TASKS_NOTE + left_out, runs, shown, rewards)
    return _intervals(title, _TASKS_NOTE + left_out, runs, shown, rewards)


def _by_mean(groups: Sequence[dict[str, list[FinalReward]]]) -> list[str]:
    """Tasks from the most to the least mean reward over all runs' episodes."""
    rewards: dict[str, list[float]] = {}
    for task, finals in itertools.chain(*(group.items() for group in groups)):
        rewards.setdefault(task, []).extend(final.reward for final in finals)
    return sorted(rewards, key=lambda task: (-statistics.fmean(rewards[task]), task))


def _intervals(
    title: str, note: str, runs: Sequence[Run], tasks: Sequence[str], rewards: Sequence[Sequence[Sequence[float]]]
) -> Figure:
    """A row for each task, in it a dot with its interval for each run."""
    names = labels.counted([run.name for run in runs], [len(run.finals) for run in runs])
    few = f"a hollow dot is of fewer than {MIN_EPISODES} episodes, without one."
    note = f"{labels.alone(names)}A bar is the bootstrap interval of 95 %; {few} {note} n: episodes."
    height = 0.9 + len(tasks) * (0.14 + 0.1 * len(runs))
    made, axes = style.figure(title, note, "mean final reward of the episodes", "", height=height, entries=names)
    looks = style.colors(len(runs))
    for index, (own, color) in enumerate(zip(rewards, looks, strict=True)):
        offset = 0.6 * ((index + 0.5) / len(runs) - 0.5)
        found = [(row + offset, each) for row, values in enumerate(own) if (each := means.interval(values))]
        for row, each in found:
            enough = each.n >= MIN_EPISODES
            if enough:
                axes.plot([each.low, each.high], [row, row], color=color, linewidth=1.2)
            axes.plot(
                each.mean, row, marker="o", markersize=4, color=color, markerfacecolor=color if enough else "white"
            )
    counts = [[len(own[row]) for own in rewards if own[row]] for row in range(len(tasks))]
    rows = zip(labels.shortened(tasks), counts, strict=True)
    style.rows_axis(axes, [f"{task} ({labels.span(n)})" for task, n in rows])
    style.unit_axis(axes, "x")
    if len(runs) > 1:
        handles = [axes.plot([], [], marker="o", markersize=4, color=color)[0] for color in looks]
        style.legend(made, handles, names)
    return made
