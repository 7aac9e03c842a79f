"""How every figure looks: one font, colours that colour-blind readers tell apart, a title, a note that says what n is.

Figures are drawn and saved inside `applied()`. The legend is always outside of the axes, and what is drawn is never
covered.
"""

import math
import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import matplotlib
import matplotlib.style
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, LogLocator, MaxNLocator, NullFormatter

from codearena.plots.labels import FONT

# Okabe and Ito, "Color Universal Design" (2008): told apart with every common kind of colour blindness. Their yellow is
# left out, since a line of it cannot be seen on paper.
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
_DASHES: tuple[str | tuple[int, tuple[int, ...]], ...] = ("-", (0, (4, 1.5)), (0, (1, 1.2)), (0, (5, 1.5, 1, 1.5)))  # type: ignore[assignment]
MOST_SERIES = len(PALETTE) * len(_DASHES)
MOST_TOGETHER = 7  # lines in one panel that cross each other: more than that nobody follows
TITLE_CHARS = 22  # of a panel's title, at the width that four panels leave
MUTED = "#8c8c8c"
TEXT = "#333333"
SEQUENTIAL = "cividis"  # even in lightness, and the same for who sees no red or green
DIVERGING = "PuOr"  # told apart without red and green, and nearly white in its middle
REWARD_LIMITS = (0.0, 1.0)
_FEW_STEPS = 5  # each of which has a tick
_MARGIN = 0.02  # of an axis from 0 to 1, so that marks on its ends are whole

_SETTINGS: dict[str, Any] = {
    "font.family": [FONT],
    "font.size": 9,
    "axes.titlesize": 8,
    "axes.titlelocation": "left",
    "axes.labelsize": 9,
    "legend.fontsize": 8,
    "legend.frameon": False,
    "xtick.labelsize": 8,
    "ytick.labelsize": 8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "grid.color": "#dddddd",
    "grid.linewidth": 0.7,
    "lines.linewidth": 1.5,
    "text.parse_math": False,  # a task may be called $x$
    "pdf.fonttype": 42,  # text that can be selected and searched
    "svg.hashsalt": "codearena",  # ids that chance has no part in
    "figure.dpi": 200,
}
_NOTE_CHARS_PER_INCH = 15.5
_LEGEND_LINE_INCHES, _LEGEND_CHAR_INCHES, _LEGEND_KEY_INCHES = 0.19, 0.068, 0.5
_LEGEND_FREE_INCHES = 1.3  # of a legend's width, for which a figure is not made wider


class Series(NamedTuple):
    """How one line among others is drawn."""

    color: str
    dash: str | tuple[int, tuple[int, ...]]


@contextmanager
def applied() -> Iterator[None]:
    """What is drawn and saved inside looks like all figures do, whatever the reader's own settings are."""
    with matplotlib.style.context(_SETTINGS, after_reset=True):
        yield


def series(count: int) -> list[Series]:
    """Styles of `count` lines, all different; four of them on paper without colours, too.

    Raises ValueError for more than MOST_SERIES.
    """
    if count > MOST_SERIES:
        raise ValueError(f"{count} series cannot be told apart, at most {MOST_SERIES} can")
    looks = [(index % len(PALETTE), index // len(PALETTE)) for index in range(count)]
    return [Series(PALETTE[color], _DASHES[(color + turn) % len(_DASHES)]) for color, turn in looks]


def colors(count: int) -> list[str]:
    """One for each of `count` things; they repeat after seven."""
    return [PALETTE[index % len(PALETTE)] for index in range(count)]


def scale(count: int) -> list[tuple[float, float, float, float]]:
    """Colours of `count` ordered things, from light to dark."""
    taken = matplotlib.colormaps[SEQUENTIAL]
    return [taken(0.95 - 0.9 * index / max(1, count - 1)) for index in range(count)]


def ink(color: tuple[float, float, float, float]) -> str:
    """Black or white, whichever is read more easily on the colour (WCAG 2.1, relative luminance)."""
    parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in color[:3]]
    luminance = 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
    return "black" if luminance > 0.179 else "white"


def titled(title: str, note: str, width: float, height: float) -> Figure:
    """An empty figure. title: what it shows; note: what n is and how it was made; sizes in inches, without the note."""
    wrapped = textwrap.wrap(note, int(width * _NOTE_CHARS_PER_INCH))
    made = Figure(figsize=(width, height + 0.15 * len(wrapped)), layout="constrained")
    made.suptitle(title, x=0.01, ha="left", fontsize=11, fontweight="bold")
    made.supxlabel("\n".join(wrapped), x=0.01, ha="left", fontsize=8, color=TEXT)
    return made


def _legend_size(entries: Sequence[str]) -> tuple[float, float]:
    """What a legend needs, in inches of the figure's width and height."""
    lines = [line for entry in entries for line in entry.split("\n")]
    wide = _LEGEND_KEY_INCHES + _LEGEND_CHAR_INCHES * max(map(len, lines), default=0) if lines else 0.0
    return max(0.0, wide - _LEGEND_FREE_INCHES), 0.8 + _LEGEND_LINE_INCHES * len(lines)


def figure(
    title: str, note: str, x: str, y: str, *, height: float = 3.7, entries: Sequence[str] = ()
) -> tuple[Figure, Axes]:
    """A figure of one panel with named axes. height: in inches; entries: of the legend, for which it has room."""
    wide, tall = _legend_size(entries)
    made = titled(title, note, 7.0 + wide, max(height, tall))
    axes = made.add_subplot()
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    return made, axes


def panels(
    title: str, note: str, count: int, *, height: float = 2.0, entries: Sequence[str] = (), share_y: bool = True
) -> tuple[Figure, list[Axes]]:
    """A figure of `count` panels beside and below each other. height: of one panel."""
    columns = count if count <= 3 else 2 if count == 4 else 3 if count <= 9 else 4
    rows = math.ceil(count / columns)
    wide, least = _legend_size(entries)
    tall = max(least, 0.5 + (1.5 if count == 1 else 1.0) * height * rows)
    made = titled(title, note, (7.0 if columns < 3 else 8.5) + wide, tall)
    grid = made.subplots(rows, columns, sharey=share_y, squeeze=False)
    flat = [axes for row in grid for axes in row]
    for axes in flat[count:]:
        axes.remove()
    return made, flat[:count]


def empty(title: str, message: str) -> Figure:
    """In the place of a figure for which there is no data: says so."""
    made = titled(title, "", 7.0, 1.2)
    made.text(0.01, 0.4, message, ha="left", va="center", color=TEXT)
    return made


def unit_axis(axes: Axes, name: str = "y") -> None:
    """The axis goes from 0 to 1, with a margin in which no tick stands."""
    limits = (REWARD_LIMITS[0] - _MARGIN, REWARD_LIMITS[1] + _MARGIN)
    ticks = [0.0, 0.25, 0.5, 0.75, 1.0]
    if name == "y":
        axes.set_ylim(*limits)
        axes.set_yticks(ticks, ["0", "0.25", "0.5", "0.75", "1"])
    else:
        axes.set_xlim(*limits)
        axes.set_xticks(ticks, ["0", "0.25", "0.5", "0.75", "1"])


def count_axis(axes: Axes, last: int, first: int = 1) -> None:
    """The x axis counts steps from `first` to `last`, in whole numbers."""
    margin = 0.02 * (last - first) or 1.0
    axes.set_xlim(first - margin, last + margin)
    few = last - first < _FEW_STEPS
    axes.xaxis.set_major_locator(FixedLocator(range(first, last + 1)) if few else MaxNLocator(5, integer=True))
    axes.xaxis.set_major_formatter(FuncFormatter(_plain))


def _plain(value: float, _: int | None) -> str:
    """Thousands are set apart; no power of ten."""
    return f"{value:,.0f}" if value == round(value) else f"{value:g}"


def plain_axis(axis: Axis, ticks: Sequence[float] = ()) -> None:
    """A logarithmic axis with plain numbers. ticks: where they stand; none: at 1, 2 and 5 times powers of ten."""
    axis.set_major_locator(FixedLocator(ticks) if ticks else LogLocator(subs=(1.0, 2.0, 5.0)))
    axis.set_major_formatter(FuncFormatter(_plain))
    axis.set_minor_formatter(NullFormatter())


def sum_axis(axes: Axes) -> None:
    """The y axis begins at 0."""
    axes.set_ylim(0, None)
    axes.yaxis.set_major_formatter(FuncFormatter(_plain))


def rows_axis(axes: Axes, names: Sequence[str]) -> None:
    """A name beside each whole number of y, the first one on top; lines along x only."""
    axes.set_yticks(range(len(names)), list(names))
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.tick_params(axis="y", length=0)
    axes.grid(visible=False, axis="y")
    axes.grid(visible=True, axis="x")


def edge_labels(flat: Sequence[Axes], x: str, y: str) -> None:
    """Names the axes of `panels`: y at the first column, x under the lowest panel of each column."""
    for axes in flat:
        spec = axes.get_subplotspec()
        assert spec is not None
        if spec.is_first_col():
            axes.set_ylabel(y)
        below = spec.rowspan.stop * spec.get_gridspec().ncols + spec.colspan.start
        if below >= len(flat):
            axes.set_xlabel(x)


def legend(
    made: Figure, handles: Sequence[Artist], names: Sequence[str], title: str | None = None, spacing: float = 0.5
) -> None:
    """To the right of all panels; the names as they are given. spacing: between entries, in heights of a letter.

    A single name without a title gets no legend: a note says it.
    """
    if len(names) == 1 and title is None:
        return
    shown = {"title": title, "alignment": "left", "labelspacing": spacing, "handletextpad": 0.8 if spacing < 1 else 1.3}
    made.legend(list(handles), list(names), loc="outside right upper", **shown)
