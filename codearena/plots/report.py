"""All figures of some runs: as files, and as one page that needs nothing else."""

import html
import io
from collections.abc import Callable, Sequence
from pathlib import Path

import matplotlib
from matplotlib.figure import Figure

from codearena.evaluation.summary import interval
from codearena.plots import attempts, rewards
from codearena.plots.data import Run

FIGURES: dict[str, Callable[[Sequence[Run]], Figure]] = {
    "reward_curve": rewards.reward_curve,
    "reward_by_task": rewards.reward_by_task,
    "difficulty_matrix": rewards.difficulty_matrix,
    "complexity_distribution": attempts.complexity_distribution,
    "reward_by_method": attempts.reward_by_method,
    "cumulative_reward": rewards.cumulative_reward,
    "method_scatter": attempts.method_scatter,
    "components_over_time": attempts.components_over_time,
    "curriculum_level": attempts.curriculum_level,
    "outcome_shares": attempts.outcome_shares,
}
_PNG_DPI = 144
_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem;color:#222}"
    "table{border-collapse:collapse}th,td{text-align:left;padding:.25rem 1.5rem .25rem 0;border-bottom:1px solid #ddd}"
    "figure{margin:2rem 0}figcaption{color:#555}svg{max-width:100%;height:auto}"
)


def write(runs: Sequence[Run], folder: Path, told: Callable[[str], None] = lambda name: None) -> Path:
    """Writes every figure as PNG and SVG, and report.html; returns its path. told: called with each figure's name."""
    folder.mkdir(parents=True, exist_ok=True)
    drawn = {}
    for name, draw in FIGURES.items():
        figure = draw(runs)
        figure.savefig(folder / f"{name}.png", dpi=_PNG_DPI)
        drawn[name] = _svg(figure)
        (folder / f"{name}.svg").write_text(drawn[name], "utf-8")
        told(name)
    report = folder / "report.html"
    report.write_text(_page(runs, drawn), "utf-8")
    return report


def _svg(figure: Figure) -> str:
    """The same figure gives the same text: no date in it, and ids that chance has no part in."""
    text = io.StringIO()
    with matplotlib.rc_context({"svg.hashsalt": "codearena"}):
        figure.savefig(text, format="svg", metadata={"Date": None})
    return text.getvalue()


def _page(runs: Sequence[Run], drawn: dict[str, str]) -> str:
    figures = "".join(
        f"<figure>{svg[svg.index('<svg') :]}<figcaption>{html.escape(_caption(name))}</figcaption></figure>"
        for name, svg in drawn.items()
    )
    title = html.escape(", ".join(run.name for run in runs))
    head = f'<meta charset="utf-8"><title>CodeArena: {title}</title><style>{_STYLE}</style>'
    body = f"<h1>{title}</h1>{_table(runs)}{figures}"
    return f'<!doctype html><html lang="en"><head>{head}</head><body>{body}</body></html>\n'


def _caption(name: str) -> str:
    return (FIGURES[name].__doc__ or "").partition("\n")[0]


def _table(runs: Sequence[Run]) -> str:
    cells = []
    for run in runs:
        mean = interval([final.reward for final in run.finals], seed=0)
        shown = f"{mean.mean:.3f} ({mean.low:.3f} to {mean.high:.3f})" if mean else "none"
        solved = sum(final.solved for final in run.finals)
        cells.append([run.name, str(len(run.steps)), str(len(run.finals)), str(solved), shown])
    names = ("run", "graded steps", "graded episodes", "solved", "mean final reward (95 %)")
    head = "".join(f"<th>{name}</th>" for name in names)
    rows = "".join("<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in cells)
    return f"<table><tr>{head}</tr>{rows}</table>"
