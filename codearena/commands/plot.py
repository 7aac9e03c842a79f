"""`codearena plot`: the figures of runs and trainings."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from codearena.commands.console import console, reported, require

_RUNS = "Folders of runs, or files like rewards_log.csv; trainer_state.json, or folders of checkpoints or trainings."


class Kind(StrEnum):
    """Formats of figures; beside the module that draws, since this one is read whether or not there is matplotlib."""

    PNG = "png"
    SVG = "svg"
    PDF = "pdf"


def plot(
    runs: Annotated[list[Path], typer.Argument(help=_RUNS, exists=True)],
    out: Annotated[Path | None, typer.Option(help="Folder of the figures; none: `plots` in the first run.")] = None,
    formats: Annotated[list[Kind], typer.Option("--format", help="May be given again.")] = [Kind.PNG, Kind.SVG],  # noqa: B006
) -> None:
    """Draw the figures of runs and of trainings, as files and as one HTML page."""
    require("eval", "matplotlib")
    from codearena.plots import data, history, report  # here: it takes a second, which other commands need not wait

    folder = out or (runs[0] if runs[0].is_dir() else runs[0].parent) / "plots"
    with reported(), Progress(console=console, transient=True) as progress:
        trained = [path for path in runs if history.is_training(path)]
        trainings = history.load(trained)
        read = data.load([path for path in runs if path not in trained])
        number = report.count(read, trainings)
        drawing = progress.add_task("drawing", total=number)
        chosen = [report.Format(each) for each in dict.fromkeys(formats)]
        page = report.write(read, folder, trainings, chosen, lambda: progress.advance(drawing))
    console.print(f"{page} and {number} figures beside it", highlight=False)
