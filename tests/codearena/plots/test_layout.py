"""Every figure, of every shape of data: nothing is cut off, nothing covers anything, all axes are named."""

from collections.abc import Callable, Sequence

import pytest
from matplotlib.figure import Figure

from codearena.plots import report, style
from codearena.plots.data import Run
from codearena.plots.history import Training
from tests.codearena.plots import geometry
from tests.codearena.plots.build import run, training

_LONG = "a_name_that_goes_on_and_on_until_no_axis_has_room_for_it_{}_$x^2$_{{"
_RUNS: dict[str, Callable[[], list[Run]]] = {
    "one run": lambda: [run("model", 300, methods=("openai", "builtin"))],
    "two runs": lambda: [run("model-a", 300), run("model-b", 200, 1)],
    "twenty runs": lambda: [run(_LONG.format(number), 60, number) for number in range(20)],
    "long names": lambda: [
        run(_LONG.format(0), 300, 0, tuple(map(_LONG.format, range(60))), tuple(map(_LONG.format, range(14))))
    ],
    "one point": lambda: [run("model", 1)],
    "many steps": lambda: [run("model", 5_000)],
}
_TRAININGS: dict[str, Callable[[], list[Training]]] = {
    "one training": lambda: [training("grpo")],
    "two of seeds": lambda: [training("grpo-a", 3), training("grpo-b", 3)],
    "twenty trainings": lambda: [training(_LONG.format(number)) for number in range(20)],
    "one record": lambda: [training("grpo", count=1)],
}
_CASES = [(name, shape) for name in report.FIGURES for shape in _RUNS]
_CASES += [(name, shape) for name in report.TRAINING_FIGURES for shape in _TRAININGS]


def _drawn(name: str, shape: str) -> Figure:
    if shape in _RUNS:
        return report.FIGURES[name](_RUNS[shape]())
    return report.TRAINING_FIGURES[name](_TRAININGS[shape]())


@pytest.mark.parametrize(("name", "shape"), _CASES)
def test_nothing_is_cut_off_or_covered_and_everything_is_named(name: str, shape: str) -> None:
    figure = geometry.laid_out(_drawn(name, shape))
    assert geometry.cut_off(figure) == []
    assert geometry.covered(figure) == []
    assert not geometry.legend_on_axes(figure)
    assert figure.get_suptitle()
    assert "n: " in geometry.note(figure) or "n = " in geometry.note(figure)
    _all_axes_are_named(figure)


def _all_axes_are_named(figure: Figure) -> None:
    """Beside or below the panels, or by the names of their ticks."""
    panels = [axes for axes in figure.axes if axes.get_label() != "<colorbar>"]
    named = [axes for axes in panels if not _is_number(_ticks(axes, "x"))]
    assert any(axes.get_xlabel() for axes in panels) or named
    rows = [axes for axes in panels if not _is_number(_ticks(axes, "y"))]
    assert any(axes.get_ylabel() for axes in panels) or rows or all(axes.get_title("left") for axes in panels)


def _ticks(axes: object, of: str) -> Sequence[str]:
    return [text.get_text() for text in getattr(axes, f"get_{of}ticklabels")()]


def _is_number(names: Sequence[str]) -> bool:
    return all(name.replace(",", "").replace("\N{MINUS SIGN}", "").replace(".", "").isdigit() for name in names)


@pytest.mark.parametrize("name", report.FIGURES)
def test_an_axis_of_rewards_or_shares_goes_from_0_to_1(name: str) -> None:
    figure = report.FIGURES[name]([run("model-a", 300), run("model-b", 200, 1)])
    values = ("reward", "share", "mean", "efficiency")
    for axes in figure.axes:
        for label, low, high in ((axes.get_xlabel(), *axes.get_xlim()), (axes.get_ylabel(), *axes.get_ylim())):
            if label.startswith(values):
                assert -0.15 <= low <= 0
                assert 1 <= high <= 1.15


def test_a_reader_without_colours_tells_four_lines_apart_and_no_two_of_all_are_alike() -> None:
    looks = style.series(style.MOST_SERIES)
    assert len({str(look.dash) for look in looks[:4]}) == 4
    assert len({(look.color, str(look.dash)) for look in looks}) == style.MOST_SERIES


def test_a_figure_without_data_says_so() -> None:
    figure = style.empty("Title", "There is nothing.")
    assert "There is nothing." in [text.get_text() for text in geometry.texts(figure)]
