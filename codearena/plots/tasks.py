"""The figure of a file of tasks: levels, families, kinds of bugs, and how strong the hidden tests are."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from codearena.generation.statistics import Statistics
from codearena.plots import style

_MOST_ROWS = 24
_BINS = 20
_ROW_INCHES = 0.19


def draw(found: Statistics, name: str) -> Figure:
    """Four panels. name: of the file."""
    rows = [_rows(found.counts.get(subject, Counter())) for subject in ("family", "kind")]
    height = 3.4 + _ROW_INCHES * max(len(each) for each in rows)
    note = (
        f"{found.tasks:,} tasks, {found.certified:,} certified. A task of several bugs counts for the kind of each. "
        "Mutation score: of the hidden tests of a task's program, the share of its mutants that they fail, equivalent "
        "ones left out."
    )
    made = style.titled(f"Tasks in {name}", note, 9.0, height)
    grid = made.add_gridspec(2, 2, height_ratios=[1.6, height - 3.2])
    _levels(made.add_subplot(grid[0, 0]), found)
    _scores(made.add_subplot(grid[0, 1]), found.scores)
    _bars(made.add_subplot(grid[1, 0]), "families", rows[0], style.PALETTE[2])
    _bars(made.add_subplot(grid[1, 1]), "kinds of bugs", rows[1], style.PALETTE[1])
    return made


def _rows(counts: Counter[str]) -> list[tuple[str, int]]:
    """The most frequent, and the others as one."""
    rows = sorted(counts.items(), key=lambda row: (-row[1], row[0]))
    rest = sum(number for _, number in rows[_MOST_ROWS:])
    return [*rows[:_MOST_ROWS], *([("others", rest)] if rest else [])]


def _levels(axes: Axes, found: Statistics) -> None:
    levels = ("easy", "medium", "hard")
    counts = found.counts.get("level", Counter())
    _bars(axes, "levels", [(level, counts[level]) for level in levels], style.PALETTE[0])


def _bars(axes: Axes, title: str, rows: Sequence[tuple[str, int]], color: str) -> None:
    axes.set_title(title)
    if not rows:
        axes.text(0.5, 0.5, "none", ha="center", va="center", color=style.MUTED, transform=axes.transAxes)
        axes.set_axis_off()
        return
    axes.barh(range(len(rows)), [number for _, number in rows], height=0.72, color=color)
    style.rows_axis(axes, [name.replace("_", " ") for name, _ in rows])
    longest = max(number for _, number in rows)
    axes.set_xlim(0, longest * 1.18 or 1)
    for row, (_, number) in enumerate(rows):
        axes.text(number + longest * 0.015, row, f"{number:,}", va="center", fontsize=7.5, color=style.TEXT)
    axes.set_xlabel("tasks")


def _scores(axes: Axes, scores: Sequence[float]) -> None:
    axes.set_title("mutation score of the hidden tests")
    edges = [edge / _BINS for edge in range(_BINS + 1)]
    axes.hist(scores, bins=edges, color=style.PALETTE[5], edgecolor="white", linewidth=0.5)
    style.unit_axis(axes, "x")
    style.sum_axis(axes)
    axes.set_xlabel("score")
    axes.set_ylabel("tasks")


def save(found: Statistics, name: str, path: Path) -> None:
    """Draws and writes it; the suffix of the path says in which format."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with style.applied():
        draw(found, name).savefig(path)
