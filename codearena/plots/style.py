"""How every figure looks: colours that colour-blind readers tell apart, few lines, units on the axes."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

# Okabe and Ito, "Color Universal Design" (2008): told apart with every common kind of colour blindness.
PALETTE = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#000000")
MUTED = "#999999"
HEAT = "cividis"  # even in lightness, and the same for who sees no red or green
REWARD_LIMITS = (0.0, 1.02)


def colors(count: int) -> list[str]:
    """One for each of `count` things; they repeat after eight."""
    return [PALETTE[index % len(PALETTE)] for index in range(count)]


def figure(title: str, x: str, y: str, width: float = 8.0, height: float = 4.2) -> tuple[Figure, Axes]:
    """An empty figure of one panel; sizes in inches."""
    made = Figure(figsize=(width, height), layout="constrained")
    axes = made.add_subplot()
    axes.set_title(title, loc="left", fontsize=12, fontweight="bold")
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.grid(axis="y", color="#dddddd", linewidth=0.7)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    return made, axes


def name_ticks(axes: Axes, names: Sequence[str]) -> None:
    """A name under each whole number of x, slanted where there are many."""
    many = len(names) > 6
    axes.set_xticks(range(len(names)), list(names), rotation=30 if many else 0, ha="right" if many else "center")


def legend(axes: Axes) -> None:
    axes.legend(frameon=False, fontsize=9)


def legend_below(axes: Axes, columns: int) -> None:
    """Where the drawing fills the panel."""
    axes.legend(frameon=False, fontsize=9, ncols=columns, loc="upper left", bbox_to_anchor=(0.0, -0.14))
