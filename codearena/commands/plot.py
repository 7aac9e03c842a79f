"""`codearena plot`: the figures of runs."""

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from codearena.commands.console import console, reported, require


def plot(
    runs: Annotated[list[Path], typer.Argument(help="Folders of runs, or files like rewards_log.csv.", exists=True)],
    out: Annotated[Path | None, typer.Option(help="Folder of the figures; none: `plots` in the first run.")] = None,
) -> None:
    """Draw the figures of runs, as PNG, SVG and one HTML page."""
    require("eval", "matplotlib")
    from codearena.plots import data, report  # here: it takes a second, which other commands need not wait

    folder = out or (runs[0] if runs[0].is_dir() else runs[0].parent) / "plots"
    with reported(), Progress(console=console, transient=True) as progress:
        drawing = progress.add_task("drawing", total=len(report.FIGURES))
        page = report.write(data.load(runs), folder, lambda name: progress.advance(drawing))
    console.print(f"{page} and {len(report.FIGURES)} figures beside it", highlight=False)
