"""`codearena tasks certify` and `stats`: what can be found out about a file of tasks."""

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.progress import Progress

from codearena.commands.arena import arena_of, tools_at
from codearena.commands.console import console, number, reported, require, table
from codearena.commands.gateways import OwnIsolation, require_server
from codearena.generation import statistics
from codearena.generation.certification import Certification, Certified, Group, groups_of
from codearena.tasks.folder import load_tasks
from codearena.tasks.jsonl import write_jsonl

_MOST_ROWS = 100

TasksFile = Annotated[Path, typer.Argument(help="File of tasks, as JSONL, or a folder of tasks.", exists=True)]


def certify(
    file: TasksFile,
    out: Annotated[Path | None, typer.Option(help="Write the tasks that have a certificate, with it.")] = None,
    sample: Annotated[int | None, typer.Option(min=1, help="Only so many tasks, drawn at random.")] = None,
    seed: Annotated[int, typer.Option(help="Draws the sample, and makes the mutants.")] = 0,
    isolation: OwnIsolation = None,
) -> None:
    """Certify tasks by the real pipeline: reference, buggy code, hash seeds, duplicates, strength of the hidden tests.

    Ends with status 1 if a task gets no certificate.
    """
    require_server()
    with reported():
        tasks = list(load_tasks(file).values())
        if sample is not None:
            tasks = random.Random(seed).sample(tasks, min(sample, len(tasks)))
        groups = groups_of(tasks)
        served = [*tasks, *(group.original.examined for group in groups)]
        with arena_of(served, isolation) as url:
            found = asyncio.run(_certified(groups, seed, url, len(tasks)))
        if out is not None:
            write_jsonl(found.tasks, out)
    for task_id, refusal in found.refused.items():
        console.print(f"{task_id}: {refusal}", style="red", markup=False)
    console.print(_reasons(found))
    if found.refused:
        raise typer.Exit(1)


async def _certified(groups: Sequence[Group], seed: int, url: str, total: int) -> Certified:
    with Progress(console=console, transient=True) as progress:
        bar = progress.add_task("certifying", total=total)
        async with tools_at(url) as tools:
            return await Certification(tools, seed).run(groups, lambda done: progress.update(bar, completed=done))


def _reasons(found: Certified) -> object:
    refused = Counter(refusal.reason.value for refusal in found.refused.values())
    rows = [["certified", str(len(found.tasks))], *([reason, str(count)] for reason, count in refused.most_common())]
    return table(("tasks", "number"), rows)


def stats(
    file: TasksFile,
    plot: Annotated[Path | None, typer.Option(help="Draw a figure there: .png, .svg or .pdf.", dir_okay=False)] = None,
) -> None:
    """Say what is in a file of tasks: levels, families, operators, strength of the hidden tests."""
    with reported():
        found = statistics.of_tasks(load_tasks(file).values())
    for subject, counts in found.counts.items():
        rows = [
            [escape(name), str(count), f"{count / found.tasks:.0%}"] for name, count in counts.most_common(_MOST_ROWS)
        ]
        console.print(table((subject, "tasks", "share"), rows))
    console.print(table(("certificates", ""), _figures(found)))
    if plot is not None:
        require("eval", "matplotlib")
        from codearena.plots import tasks as figure  # here: it takes a second, which other uses need not wait

        with reported():
            figure.save(found, file.name, plot)
        console.print(f"{plot}", highlight=False)


def _figures(found: statistics.Statistics) -> list[list[str]]:
    below = sum(score < 0.9 for score in found.scores)
    return [
        ["tasks", str(found.tasks)],
        ["certified", str(found.certified)],
        ["mutation score of hidden tests, median", number(found.median_score)],
        ["tasks whose score is below 0.90", str(below)],
        ["tests that the buggy code fails, mean share", number(_mean(found.failing))],
        ["repairs among the built-in fixer's first candidates", str(found.found_by_fixer)],
    ]


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
