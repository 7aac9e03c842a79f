"""What every command prints with: one console, one kind of table, errors as one line."""

import importlib.util
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import typer
from rich import box
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from codearena.errors import CodeArenaError
from codearena.tasks.faults import TaskError

console = Console()


def table(names: Sequence[str], rows: Sequence[Sequence[str]], title: str = "", caption: str = "") -> Table:
    """Rows under names. Where the terminal is narrow the last column is cut, with a mark; none is wrapped."""
    widths = [max(Text.from_markup(cell).cell_len for cell in column) for column in zip(names, *rows, strict=True)]
    columns = [Column(name, no_wrap=True, min_width=width) for name, width in zip(names[:-1], widths, strict=False)]
    columns.append(Column(names[-1]))  # the only one that Rich may narrow
    made = Table(*columns, title=title or None, caption=caption or None, box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for *cells, last in rows:
        cut = Text.from_markup(last, overflow="ellipsis")
        cut.no_wrap = True
        made.add_row(*cells, cut)
    return made


def number(value: float | None) -> str:
    """Two digits; empty for none."""
    return "" if value is None else f"{value:.2f}"


def require(extra: str, *modules: str) -> None:
    """Ends the command, and says what to install, if one of the modules is not there. extra: of this project's."""
    missing = [name for name in modules if importlib.util.find_spec(name) is None]
    if missing:
        told = f'this needs {", ".join(missing)}: pip install "codearena[{extra}]"'
        console.print(told, style="red", markup=False, highlight=False)
        raise typer.Exit(1)


@contextmanager
def reported() -> Iterator[None]:
    """Errors that a person can act on are one line, not a traceback; those of the system about a file among them."""
    try:
        yield
    except (CodeArenaError, TaskError, OSError) as error:
        console.print(str(error), style="red", markup=False)
        raise typer.Exit(1) from error
