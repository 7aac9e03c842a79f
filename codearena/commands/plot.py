"""`codearena plot`: the figures of runs and trainings."""

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from codearena.commands.console import console, reported, require
from codearena.plots import Format

_RUNS = "Folders of runs, or files like rewards_log.csv; trainer_state.json, or folders of checkpoints or trainings."


def plot(
    runs: Annotated[list[Path], typer.Argument(help=_RUNS, exists=True)],
    out: Annotated[Path | None, typer.Option(help="Folder of the figures; none: `plots` in the first run.")] = None,
    formats: Annotated[list[Format], typer.Option("--format", help="May be given again.")] = [Format.PNG, Format.SVG],  # noqa: B006
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
        page = report.write(read, folder, trainings, list(dict.fromkeys(formats)), lambda: progress.advance(drawing))
    console.print(f"{page} and {number} figures beside it", highlight=False)
