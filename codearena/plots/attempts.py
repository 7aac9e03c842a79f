"""Figures of the attempts: who made them, how they grow, what became of them."""

from collections import Counter
from collections.abc import Sequence

from matplotlib.figure import Figure

from codearena.plots import style
from codearena.plots.data import COMPONENTS, Run, Step

_CLASSES = ("O(1)", "O(log n)", "O(n)", "O(n log n)", "O(n^2)", "O(n^2 log n)", "O(n^3)", "O(2^n)")
_OUTCOMES = ("solved", "tests pass", "tests fail", "load error", "compile error")
_LEVELS = ("easy", "medium", "hard")
_BINS = 40  # along a run, at most


def complexity_distribution(runs: Sequence[Run]) -> Figure:
    """How many attempts are of which growth class."""
    found = {step.complexity for run in runs for step in run.steps}
    names = [name for name in _CLASSES if name in found] + sorted(found - set(_CLASSES))
    made, axes = style.figure("Growth class of the attempts", "measured, else estimated", "attempts")
    width = 0.8 / len(runs)
    for index, (run, color) in enumerate(zip(runs, style.colors(len(runs)), strict=True)):
        counts = Counter(step.complexity for step in run.steps)
        places = [place + (index - (len(runs) - 1) / 2) * width for place in range(len(names))]
        axes.bar(places, [counts[name] for name in names], width, color=color, label=run.name)
    style.name_ticks(axes, names)
    style.legend(axes)
    return made


def reward_by_method(runs: Sequence[Run]) -> Figure:
    """Box plot of the reward by who made the fix: quartiles, whiskers of 1.5 quartile distances, outliers."""
    groups = _by_method(runs)
    made, axes = style.figure("Reward by method", "", "reward")
    boxes = axes.boxplot([[step.reward for step in steps] for steps in groups.values()], patch_artist=True)
    for box, color in zip(boxes["boxes"], style.colors(len(groups)), strict=True):
        box.set(facecolor=color, alpha=0.6)
    for line in boxes["medians"]:
        line.set(color="black")
    axes.set_xticks(range(1, len(groups) + 1), list(groups))
    axes.set_ylim(*style.REWARD_LIMITS)
    return made


def method_scatter(runs: Sequence[Run]) -> Figure:
    """Each attempt by its share of tests and its efficiency, coloured by who made it; size: how many lie there."""
    made, axes = style.figure("Attempts by method", "share of tests passed", "efficiency score", height=5.0)
    groups = _by_method(runs)
    for (method, steps), color in zip(groups.items(), style.colors(len(groups)), strict=True):
        points = Counter(
            (round(step.components.get("test_ratio", 0.0), 2), round(step.components.get("efficiency_score", 0.0), 2))
            for step in steps
        )
        sizes = [20 + 12 * count for count in points.values()]
        shares, efficiencies = [point[0] for point in points], [point[1] for point in points]
        axes.scatter(shares, efficiencies, s=sizes, color=color, alpha=0.6, linewidths=0, label=method)
    axes.set_xlim(-0.05, 1.05)
    axes.set_ylim(-0.05, 1.05)
    style.legend(axes)
    return made


def components_over_time(runs: Sequence[Run]) -> Figure:
    """Means of the components along the runs, on top of each other."""
    steps = [step for run in runs for step in run.steps]
    bins = _binned(steps)
    made, axes = style.figure("Components over time", "step", "sum of mean components")
    places = [(start + end) / 2 for start, end, _ in bins]
    means = [[_mean(group, name) for _, _, group in bins] for name in COMPONENTS]
    axes.stackplot(places, means, labels=COMPONENTS, colors=style.colors(len(COMPONENTS)), alpha=0.85)
    style.legend_below(axes, columns=6)
    return made


def curriculum_level(runs: Sequence[Run]) -> Figure:
    """Level of the task at each step."""
    made, axes = style.figure("Level of the tasks", "step of the run", "", height=2.8)
    for run, color in zip(runs, style.colors(len(runs)), strict=True):
        known = [
            (number, _LEVELS.index(step.level)) for number, step in enumerate(run.steps, 1) if step.level in _LEVELS
        ]
        if known:
            axes.step(*zip(*known, strict=True), where="post", color=color, linewidth=1.5, label=run.name)
    axes.set_yticks(range(len(_LEVELS)), _LEVELS)
    axes.set_ylim(-0.3, len(_LEVELS) - 0.7)
    if axes.get_legend_handles_labels()[0]:
        style.legend(axes)
    return made


def outcome_shares(runs: Sequence[Run]) -> Figure:
    """What became of the attempts along the runs, as shares."""
    steps = [step for run in runs for step in run.steps]
    bins = _binned(steps)
    made, axes = style.figure("Outcomes over time", "step", "share of attempts")
    places = [(start + end) / 2 for start, end, _ in bins]
    shares = [[sum(step.outcome == name for step in group) / len(group) for _, _, group in bins] for name in _OUTCOMES]
    axes.stackplot(places, shares, labels=_OUTCOMES, colors=style.colors(len(_OUTCOMES)), alpha=0.85)
    axes.set_ylim(0, 1)
    style.legend_below(axes, columns=5)
    return made


def _by_method(runs: Sequence[Run]) -> dict[str, list[Step]]:
    groups: dict[str, list[Step]] = {}
    for run in runs:
        for step in run.steps:
            groups.setdefault(step.method, []).append(step)
    return groups


def _binned(steps: Sequence[Step]) -> list[tuple[int, int, Sequence[Step]]]:
    """First step, last step and the steps of each of at most _BINS stretches."""
    size = -(-len(steps) // _BINS)
    starts = range(0, len(steps), size)
    return [(start + 1, min(start + size, len(steps)), steps[start : start + size]) for start in starts]


def _mean(steps: Sequence[Step], name: str) -> float:
    return sum(step.components.get(name, 0.0) for step in steps) / len(steps)
