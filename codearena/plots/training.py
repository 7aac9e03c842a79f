"""Figures of trainings, from what the trainer logged: rewards, reward functions, and what tells whether it is sound."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from codearena.plots import labels, means, style
from codearena.plots.history import Curve, Training

_MOST_RECORDS, _MOST_POINTS = 60, 400
_MOST_FUNCTIONS = 12
_SHARES = ("frac_reward_zero_std", "completions/clipped_ratio")
_OUTCOME = "codearena/outcome/"
_HELD_OUT = {
    "eval_reward": "reward, likeliest answer",
    "eval_solved": "share solved, likeliest answer",
    "eval_sampled_reward": "reward, sampled answer",
    "eval_sampled_solved": "share solved, sampled answer",
    "eval_compile_score": "compile score",
    "eval_test_pass_ratio": "share of tests",
    "eval_efficiency_score": "efficiency",
}
_SIGNALS = {
    "reward_std": "standard deviation of the reward",
    "frac_reward_zero_std": "share of groups with equal rewards",
    "completions/mean_length": "mean length of a completion, tokens",
    "completions/clipped_ratio": "share of completions cut off",
    "kl": "KL divergence, nats",
    "entropy": "entropy of a token, nats",
    "loss": "loss",
    "grad_norm": "norm of the gradient",
    "learning_rate": "learning rate",
}


def training_reward(trainings: Sequence[Training]) -> Figure:
    """Mean reward of the completions along the training, and of the evaluations; of many a panel for each."""
    window, title, y = _window(trainings, ["reward"]), "Reward in training", "mean reward of a completion"
    entries, looks = _named(trainings), style.series(len(trainings))
    evaluated = any(len(run.curve("eval_reward")[0]) for training in trainings for run in training.runs)
    note = _note(trainings, window, entries, " Dots: evaluations." if evaluated else "")
    if len(trainings) > style.MOST_TOGETHER:
        made, flat = style.panels(title, note, len(trainings), height=1.3)
        names = _named(trainings, style.TITLE_CHARS, "\n")
        for axes, training, name in zip(flat, trainings, names, strict=True):
            _reward(axes, training, window, looks[0])
            axes.set_title(name)
        y = "reward"
    else:
        made, axes = style.figure(title, note, "", "", entries=entries)
        lines = [_reward(axes, training, window, look) for training, look in zip(trainings, looks, strict=True)]
        style.legend(made, lines, entries)
        flat = [axes]
    for axes in flat:
        _limits(axes, trainings, ["reward", "eval_reward"])
        style.count_axis(axes, *_reach(trainings))
    style.edge_labels(flat, _x(trainings), y)
    return made


def _reward(axes: Axes, training: Training, window: int, look: style.Series) -> Line2D:
    """The line of a training, and a dot for each evaluation of its runs."""
    line = _curves(axes, training, "reward", window, look)
    for run in training.runs:
        steps, values = run.curve("eval_reward")
        axes.plot(steps, values, "o", color=look.color, markersize=3.5, markeredgecolor="white", markeredgewidth=0.5)
    return line


def training_functions(trainings: Sequence[Training]) -> Figure:
    """Mean of each reward function during the training."""
    title = "Reward functions in training"
    keys = [key for key in _keys(trainings) if key.startswith("rewards/") and key.endswith("/mean")]
    if not keys:
        return style.empty(title, "No record has the mean of a reward function (rewards/<name>/mean).")
    shown = keys[:_MOST_FUNCTIONS]
    names = {key: key.removeprefix("rewards/").removesuffix("/mean") for key in shown}
    left_out = "" if len(shown) == len(keys) else f" The first {len(shown)} of {len(keys)} functions."
    return _grid(title, left_out, trainings, names, shown)


def training_signals(trainings: Sequence[Training]) -> Figure:
    """What tells whether a training is sound: spread of the rewards, lengths, divergence, loss."""
    title = "Signals of the training"
    known = _keys(trainings)
    names = {key: name for key, name in _SIGNALS.items() if key in known}
    if not names:
        return style.empty(title, f"No record has one of {', '.join(_SIGNALS)}.")
    return _grid(title, "", trainings, names, _SHARES)


def training_held_out(trainings: Sequence[Training]) -> Figure:
    """What the evaluations on held-out tasks found along the training."""
    title = "Held-out tasks during the training"
    known = _keys(trainings)
    names = {key: name for key, name in _HELD_OUT.items() if key in known}
    if not names:
        return style.empty(title, f"No record has one of {', '.join(_HELD_OUT)}.")
    return _grid(title, "", trainings, names, [*names])


def training_outcomes(trainings: Sequence[Training]) -> Figure:
    """What became of the attempts during the training, by kind."""
    title = "Outcomes of the attempts in training"
    kinds = [key for key in _keys(trainings) if key.startswith(_OUTCOME)]
    if not kinds:
        return style.empty(title, f"No record has the share of an outcome ({_OUTCOME}<kind>).")
    names = {key: key.removeprefix(_OUTCOME).replace("_", " ") for key in kinds}
    return _grid(title, " Shares of the graded attempts.", trainings, names, kinds)


def _grid(title: str, more: str, trainings: Sequence[Training], names: dict[str, str], units: Sequence[str]) -> Figure:
    """A panel for each key; in it a line for each training, or one for all if there are many.

    units: keys whose axis goes from 0 to 1, where their values do.
    """
    if len(trainings) > style.MOST_TOGETHER:
        everything = [run for training in trainings for run in training.runs]
        trainings = [Training(f"all {len(trainings)} trainings", everything)]
    window, entries, looks = _window(trainings, list(names)), _named(trainings), style.series(len(trainings))
    note = _note(trainings, window, entries, more)
    made, flat = style.panels(title, note, len(names), height=1.9, entries=entries, share_y=False)
    lines: list[Line2D] = []
    for axes, (key, name) in zip(flat, names.items(), strict=True):
        lines = [_curves(axes, each, key, window, look) for each, look in zip(trainings, looks, strict=True)]
        axes.set_title(labels.one(name, 40))
        axes.ticklabel_format(axis="y", scilimits=(-3, 4))
        if key in units:
            _limits(axes, trainings, [key])
        style.count_axis(axes, *_reach(trainings))
    style.edge_labels(flat, _x(trainings), "")
    style.legend(made, lines, entries)
    return made


def _keys(trainings: Sequence[Training]) -> list[str]:
    return sorted({key for training in trainings for run in training.runs for key in run.curves})


def _x(trainings: Sequence[Training]) -> str:
    with_steps = [run.has_steps for training in trainings for run in training.runs]
    return "update step" if all(with_steps) else "update step, or record" if any(with_steps) else "record of the log"


def _reach(trainings: Sequence[Training]) -> tuple[int, int]:
    """The last and the first step of all."""
    runs = [run for training in trainings for run in training.runs]
    return max(run.last for run in runs), min(run.first for run in runs)


def _named(trainings: Sequence[Training], most: int = 32, separator: str = " ") -> list[str]:
    """Names with their records, and with their runs if a line is of several."""
    names = labels.shortened([training.name for training in trainings], most)
    return [
        f"{name}{separator if len(training.runs) == 1 else chr(10)}{_counts(training)}"
        for name, training in zip(names, trainings, strict=True)
    ]


def _counts(training: Training) -> str:
    records = labels.span([len(run.curve("reward")[0]) for run in training.runs])
    return f"({records})" if len(training.runs) == 1 else f"mean of {len(training.runs)} runs ({records})"


def _window(trainings: Sequence[Training], keys: Sequence[str]) -> int:
    """Records that a point of a line is the mean of: more where there are many."""
    longest = max(len(run.curve(key)[0]) for training in trainings for run in training.runs for key in keys)
    return 1 if longest <= _MOST_RECORDS else max(5, longest // 40)


def _note(trainings: Sequence[Training], window: int, entries: Sequence[str], more: str) -> str:
    several = [len(training.runs) > 1 for training in trainings]
    faint = "" if all(several) else "; faint: each record"
    note = labels.alone(entries)
    note += f"Means of {window:,} records that follow each other{faint}." if window > 1 else "A line joins the records."
    note += (
        " Of several runs: their mean where all have values; band: from the lowest to the highest."
        if any(several)
        else ""
    )
    return f"{note}{more} n: records with a reward."


def _curves(axes: Axes, training: Training, key: str, window: int, look: style.Series) -> Line2D:
    """The line of a training, also where it has no point; around it its records, or the range of its runs."""
    curves = [_smooth(*run.curve(key), window) for run in training.runs]
    if len(curves) > 1:
        grid, rows = means.together(curves)
        axes.fill_between(grid, rows.min(axis=0), rows.max(axis=0), color=look.color, alpha=0.2, linewidth=0)
        return _line(axes, (grid, rows.mean(axis=0)), look)
    if window > 1:
        steps, values = training.runs[0].curve(key)
        kept = means.thinned(len(steps), 5 * _MOST_POINTS)
        axes.plot(steps[kept], values[kept], color=look.color, alpha=0.2, linewidth=0.7)
    return _line(axes, curves[0], look)


def _smooth(steps: means.Numbers, values: means.Numbers, window: int) -> Curve:
    """Rolling means, each at the middle of its records; of fewer records than that they are as they are."""
    if window == 1 or len(steps) < window:
        return steps, values
    return means.rolling_mean(steps, window), means.rolling_mean(values, window)


def _line(axes: Axes, curve: Curve, look: style.Series) -> Line2D:
    steps, values = curve
    kept = means.thinned(len(steps), _MOST_POINTS)
    marker = "o" if len(kept) == 1 else None
    (line,) = axes.plot(steps[kept], values[kept], color=look.color, linestyle=look.dash, marker=marker, markersize=4)
    return line


def _limits(axes: Axes, trainings: Sequence[Training], keys: Sequence[str]) -> None:
    """From 0 to 1 where all values are in it: rewards of other functions may have any size."""
    found = [run.curve(key)[1] for training in trainings for run in training.runs for key in keys]
    values = np.concatenate(found)
    if len(values) and values.min() >= 0 and values.max() <= 1:
        style.unit_axis(axes)
