"""All figures of some runs: as files, and as one page that needs nothing else."""

import html
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from matplotlib.figure import Figure

from codearena.errors import InvalidRequestError
from codearena.plots import Format, attempts, matrices, means, rewards, shares, style, training
from codearena.plots.data import Run
from codearena.plots.history import Training

FIGURES: dict[str, Callable[[Sequence[Run]], Figure]] = {
    "reward_curve": rewards.reward_curve,
    "reward_by_task": rewards.reward_by_task,
    "difficulty_matrix": matrices.difficulty_matrix,
    "complexity_distribution": shares.complexity_distribution,
    "reward_by_method": attempts.reward_by_method,
    "cumulative_reward": rewards.cumulative_reward,
    "method_scatter": attempts.method_scatter,
    "components_over_time": attempts.components_over_time,
    "curriculum_level": shares.curriculum_level,
    "outcome_shares": shares.outcome_shares,
}
TRAINING_FIGURES: dict[str, Callable[[Sequence[Training]], Figure]] = {
    "training_reward": training.training_reward,
    "training_functions": training.training_functions,
    "training_signals": training.training_signals,
    "training_held_out": training.training_held_out,
    "training_outcomes": training.training_outcomes,
}
_LAST_RECORDS = 10
Read = TypeVar("Read")
_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem;color:#222}"
    "table{border-collapse:collapse}th,td{text-align:left;padding:.25rem 1.5rem .25rem 0;border-bottom:1px solid #ddd}"
    "figure{margin:2.5rem 0}figcaption{color:#555}svg{max-width:100%;height:auto}"
)


@dataclass(frozen=True)
class _Drawing:
    """A figure that is to be drawn. caption: one sentence."""

    name: str
    caption: str
    draw: Callable[[], Figure]


def count(runs: Sequence[Run], trainings: Sequence[Training]) -> int:
    """How many figures `write` writes."""
    return len(_drawings(runs, trainings))


def write(
    runs: Sequence[Run],
    folder: Path,
    trainings: Sequence[Training] = (),
    formats: Sequence[Format] = (Format.PNG, Format.SVG),
    told: Callable[[], None] = lambda: None,
) -> Path:
    """Writes every figure in every format, and report.html; returns its path. told: called after each figure.

    Raises:
        InvalidRequestError: there are more runs than can be told apart.
    """
    if max(len(runs), len(trainings)) > style.MOST_SERIES:
        raise InvalidRequestError(f"more than {style.MOST_SERIES} runs cannot be told apart in a figure; name fewer")
    folder.mkdir(parents=True, exist_ok=True)
    pictures = {}
    with style.applied():
        for drawing in _drawings(runs, trainings):
            figure = _laid_out(drawing.draw())
            svg = _file(figure, Format.SVG)
            for each in formats:
                (folder / f"{drawing.name}.{each}").write_bytes(svg if each is Format.SVG else _file(figure, each))
            pictures[drawing.caption] = svg.decode("utf-8")
            told()
    report = folder / "report.html"
    report.write_text(_page(runs, trainings, pictures), "utf-8")
    return report


def _drawings(runs: Sequence[Run], trainings: Sequence[Training]) -> list[_Drawing]:
    of_runs = [_drawing(name, draw, runs) for name, draw in FIGURES.items()] if runs else []
    of_trainings = [_drawing(name, draw, trainings) for name, draw in TRAINING_FIGURES.items()] if trainings else []
    return of_runs + of_trainings


def _drawing(name: str, draw: Callable[[Sequence[Read]], Figure], read: Sequence[Read]) -> _Drawing:
    return _Drawing(name, (draw.__doc__ or "").partition("\n")[0], lambda: draw(read))


def _laid_out(figure: Figure) -> Figure:
    """The figure with everything in its place, once for all formats: that takes longer than to draw it."""
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    return figure


def _file(figure: Figure, kind: Format) -> bytes:
    """The same figure gives the same bytes: no date is in it."""
    written = io.BytesIO()
    dates: dict[Format, dict[str, str | None]] = {Format.SVG: {"Date": None}, Format.PDF: {"CreationDate": None}}
    figure.savefig(written, format=kind.value, metadata=dates.get(kind, {}))
    return written.getvalue()


def _page(runs: Sequence[Run], trainings: Sequence[Training], pictures: dict[str, str]) -> str:
    figures = "".join(
        f"<figure>{svg[svg.index('<svg') :]}<figcaption>{html.escape(caption)}</figcaption></figure>"
        for caption, svg in pictures.items()
    )
    title = html.escape(", ".join([*(run.name for run in runs), *(training.name for training in trainings)]))
    head = f'<meta charset="utf-8"><title>CodeArena: {title}</title><style>{_STYLE}</style>'
    body = f"<h1>{title}</h1>{_runs_table(runs)}{_trainings_table(trainings)}{figures}"
    return f'<!doctype html><html lang="en"><head>{head}</head><body>{body}</body></html>\n'


def _runs_table(runs: Sequence[Run]) -> str:
    cells = []
    for run in runs:
        mean = means.mean_reward(run)
        shown = f"{mean.mean:.3f} ({mean.low:.3f} to {mean.high:.3f})" if mean else "none"
        solved = sum(final.solved for final in run.finals)
        cells.append([run.name, f"{len(run.steps):,}", f"{len(run.finals):,}", f"{solved:,}", shown])
    return _table(("run", "graded steps", "graded episodes", "solved", "mean final reward (95 %)"), cells)


def _trainings_table(trainings: Sequence[Training]) -> str:
    cells = []
    for each in trainings:
        for run in each.runs:
            _, values = run.curve("reward")
            last = f"{values[-_LAST_RECORDS:].mean():.3f}" if len(values) else "none"
            cells.append([each.name, str(run.path), f"{len(values):,}", f"{run.last:,}", last])
    names = ("training", "log", "records", "last step", f"reward, mean of the last {_LAST_RECORDS} records")
    return _table(names, cells)


def _table(names: Sequence[str], cells: Sequence[Sequence[str]]) -> str:
    if not cells:
        return ""
    head = "".join(f"<th>{name}</th>" for name in names)
    rows = "".join("<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in cells)
    return f"<table><tr>{head}</tr>{rows}</table>"
