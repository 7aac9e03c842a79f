"""`codearena tasks generate`: bugs put into right programs by the thousand, each certified."""

import asyncio
import json
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from codearena.commands.arena import arena_of, tools_at
from codearena.commands.console import console, reported, table
from codearena.commands.gateways import OwnIsolation, require_server
from codearena.generation.bases import all_bases
from codearena.generation.generation import Generation, Plan, Result
from codearena.generation.journal import Journal
from codearena.generation.original import Original, of_base, of_task
from codearena.tasks.jsonl import read_jsonl, write_jsonl


def generate(
    out: Annotated[Path, typer.Argument(help="File of tasks to write, as JSONL.", dir_okay=False)] = Path(
        "tasks.jsonl"
    ),
    count: Annotated[int, typer.Option("--count", "-n", min=1, help="Tasks to make.")] = 1000,
    seed: Annotated[int, typer.Option(help="The same one gives the same tasks.")] = 0,
    given: Annotated[
        Path | None,
        typer.Option("--from", help="Right programs as tasks, as JSONL; none: those that come along.", exists=True),
    ] = None,
    held_out: Annotated[float, typer.Option(min=0, max=1, help="Share of programs whose tasks are held out.")] = 0.0,
    isolation: OwnIsolation = None,
) -> None:
    """Make tasks: put bugs into right programs, and certify each by the real pipeline.

    Killed and run again it goes on where it was. Isolation: cells where the host has them, else what it has.
    """
    require_server()
    with reported():
        originals = _originals(given, seed)
        plan = Plan(count, seed, held_out)
        began = time.monotonic()
        with (
            Journal(out.with_name(f"{out.name}.journal"), plan.identity(originals)) as journal,
            arena_of([each.examined for each in plan.chosen(originals)], isolation) as url,
        ):
            result = asyncio.run(_generated(plan, originals, journal, url))
            write_jsonl(result.tasks, out)
            took_s = time.monotonic() - began
            report = {"tasks": len(result.tasks), "seconds": round(took_s, 1), "operators": result.counts}
            out.with_name(f"{out.name}.yield.json").write_text(json.dumps(report, indent=1) + "\n", "utf-8")
            journal.remove()
    _tell(result, out, took_s)
    if len(result.tasks) < count:
        console.print(f"no more than {len(result.tasks)} tasks can be made of these programs", style="yellow")
        raise typer.Exit(1)


def _originals(given: Path | None, seed: int) -> list[Original]:
    if given is None:
        return [of_base(base, seed) for base in all_bases().values()]
    return [of_task(task) for task in read_jsonl(given)]


async def _generated(plan: Plan, originals: Sequence[Original], journal: Journal, url: str) -> Result:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        bar = progress.add_task("certified tasks", total=plan.count)

        def told(certified: int, programs: int) -> None:
            progress.update(bar, completed=certified, description=f"certified tasks, of {programs} programs")

        async with tools_at(url) as tools:
            return await Generation(plan, originals, tools, journal).run(told)


def _tell(result: Result, out: Path, took_s: float) -> None:
    console.print(_yield_table(result.counts))
    for name, reason in result.refused.items():
        console.print(f"{name}: {reason}", style="yellow", markup=False)
    each = took_s / max(1, len(result.tasks))
    console.print(f"{len(result.tasks)} tasks in {out}: {took_s:.0f} s, {each:.2f} s each", highlight=False)


def _yield_table(counts: Mapping[str, Mapping[str, int]]) -> object:
    found = {fate for each in counts.values() for fate in each}
    fates = ["certified", *sorted(found - {"certified"})]
    rows = [[operator, *(str(each.get(fate, "")) for fate in fates)] for operator, each in counts.items()]
    return table(("operator", *fates), rows, title="bugs by operator")
