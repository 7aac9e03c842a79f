"""Where things are in a figure, in pixels, once it is laid out."""

import itertools
from collections.abc import Iterator

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

_SLACK = 2.0  # pixels at 200 dpi: what rounding of letters may take


def laid_out(figure: Figure) -> Figure:
    """The same figure, with everything in its place."""
    FigureCanvasAgg(figure).draw()
    return figure


def box(artist: object, figure: Figure) -> Bbox:
    renderer = FigureCanvasAgg(figure).get_renderer()
    return artist.get_window_extent(renderer)  # type: ignore[attr-defined,no-any-return]


def texts(figure: Figure) -> list[Text]:
    """All that can be read, ticks outside of the axes' limits left out."""
    found = [each for each in figure.findobj(Text) if each.get_visible() and each.get_text().strip()]
    hidden = {id(label) for axes in figure.axes for label in _unseen_ticks(axes)}
    return [each for each in found if id(each) not in hidden]  # type: ignore[misc]


def _unseen_ticks(axes: Axes) -> Iterator[Text]:
    for axis in (axes.xaxis, axes.yaxis):
        low, high = sorted(axis.get_view_interval())
        for tick in itertools.chain(axis.get_major_ticks(), axis.get_minor_ticks()):
            slack = 1e-9 * (high - low)
            if not low - slack <= tick.get_loc() <= high + slack:
                yield from (tick.label1, tick.label2)


def cut_off(figure: Figure) -> list[str]:
    """Texts that are not wholly in the figure."""
    whole = figure.bbox.padded(_SLACK)
    return [each.get_text() for each in texts(figure) if not _within(box(each, figure), whole)]


def _within(inner: Bbox, outer: Bbox) -> bool:
    return bool(inner.x0 >= outer.x0 and inner.y0 >= outer.y0 and inner.x1 <= outer.x1 and inner.y1 <= outer.y1)


def covered(figure: Figure) -> list[tuple[str, str]]:
    """Pairs of texts that lie on each other."""
    found = [(each.get_text(), box(each, figure).padded(-_SLACK)) for each in texts(figure)]
    pairs = itertools.combinations(found, 2)
    return [(one[0], other[0]) for one, other in pairs if one[1].overlaps(other[1])]


def legend_on_axes(figure: Figure) -> bool:
    """Whether a legend covers a panel."""
    return any(box(legend, figure).overlaps(axes.bbox) for legend in figure.legends for axes in figure.axes)


def note(figure: Figure) -> str:
    return " ".join(figure.get_supxlabel().split())


def legend(figure: Figure) -> list[str]:
    return [text.get_text() for each in figure.legends for text in each.get_texts()]
