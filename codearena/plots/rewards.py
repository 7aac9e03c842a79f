"""Figures of the reward itself: over time, by task, by level, summed up."""

import itertools
import statistics
from collections.abc import Sequence

from matplotlib.figure import Figure

from codearena.plots import style
from codearena.plots.data import Run, Step

ROLLING_STEPS = 10
_LEVEL_ORDER = ("easy", "medium", "hard")


def reward_curve(runs: Sequence[Run]) -> Figure:
    """Reward of each step with its rolling mean."""
    made, axes = style.figure("Reward by step", "step of the run", "reward")
    for run, color in zip(runs, style.colors(len(runs)), strict=True):
        rewards = [step.reward for step in run.steps]
        numbers = range(1, len(rewards) + 1)
        axes.scatter(numbers, rewards, s=16, color=color, alpha=0.4, linewidths=0)
        axes.plot(numbers, rolling_mean(rewards), color=color, linewidth=1.8, label=run.name)
    axes.set_ylim(*style.REWARD_LIMITS)
    axes.text(
        1.0, 1.01, f"line: mean of the last {ROLLING_STEPS} steps", transform=axes.transAxes, ha="right", fontsize=8
    )
    style.legend(axes)
    return made


def rolling_mean(values: Sequence[float]) -> list[float]:
    """Mean of each value and the up to nine before it."""
    return [statistics.fmean(values[max(0, end - ROLLING_STEPS) : end]) for end in range(1, len(values) + 1)]


def reward_by_task(runs: Sequence[Run]) -> Figure:
    """Mean reward of each task, a bar for each run; the whisker is the standard deviation."""
    tasks = sorted({step.task_id for run in runs for step in run.steps})
    made, axes = style.figure("Reward by task", "", "mean reward of a step", width=max(8.0, 0.8 * len(tasks)))
    width = 0.8 / len(runs)
    for index, (run, color) in enumerate(zip(runs, style.colors(len(runs)), strict=True)):
        groups = [[step.reward for step in run.steps if step.task_id == task] for task in tasks]
        places = [place + (index - (len(runs) - 1) / 2) * width for place in range(len(tasks))]
        means = [statistics.fmean(group) if group else 0.0 for group in groups]
        spread = [statistics.pstdev(group) if group else 0.0 for group in groups]
        axes.bar(places, means, width, yerr=spread, color=color, ecolor=style.MUTED, label=run.name)
    axes.set_ylim(*style.REWARD_LIMITS)
    style.name_ticks(axes, tasks)
    style.legend(axes)
    return made


def difficulty_matrix(runs: Sequence[Run]) -> Figure:
    """Mean, largest and standard deviation of the reward, by level, over all runs."""
    steps = [step for run in runs for step in run.steps]
    levels = _levels(steps)
    names = ("mean", "max", "std. dev.")
    cells = []
    for level in levels:
        rewards = [step.reward for step in steps if step.level == level]
        cells.append([statistics.fmean(rewards), max(rewards), statistics.pstdev(rewards)])
    made, axes = style.figure("Reward by level", "", "", width=6.0, height=1.2 + 0.7 * len(levels))
    axes.imshow(cells, cmap=style.HEAT, vmin=0.0, vmax=1.0, aspect="auto")
    axes.grid(visible=False)
    style.name_ticks(axes, names)
    axes.set_yticks(range(len(levels)), levels)
    for (row, values), column in itertools.product(enumerate(cells), range(len(names))):
        value = values[column]
        axes.text(column, row, f"{value:.2f}", ha="center", va="center", color="black" if value > 0.55 else "white")
    return made


def _levels(steps: Sequence[Step]) -> list[str]:
    found = {step.level for step in steps}
    return [level for level in _LEVEL_ORDER if level in found] + sorted(found - set(_LEVEL_ORDER))


def cumulative_reward(runs: Sequence[Run]) -> Figure:
    """Rewards summed up, against what a perfect run would have."""
    made, axes = style.figure("Cumulative reward", "step of the run", "sum of rewards")
    longest = max(len(run.steps) for run in runs)
    axes.plot([0, longest], [0, longest], color=style.MUTED, linestyle=":", label="1 a step")
    for run, color in zip(runs, style.colors(len(runs)), strict=True):
        sums = [0.0, *itertools.accumulate(step.reward for step in run.steps)]
        axes.plot(range(len(sums)), sums, color=color, linewidth=1.8, label=run.name)
    style.legend(axes)
    return made
