"""`codearena tasks generate`: bugs put into right programs by the thousand, each certified."""

import asyncio
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from codearena.commands.console import console, reported, table
from codearena.commands.gateways import Isolation, OwnIsolation, require_server
from codearena.embedded import embedded_gateway
from codearena.errors import ServiceError
from codearena.generation.bases import all_bases
from codearena.generation.campaign import Tools
from codearena.generation.fixer import Fixer
from codearena.generation.generation import Generation, Plan, Result
from codearena.generation.journal import Journal
from codearena.generation.original import Original, of_base, of_task
from codearena.generation.replaying import Replays
from codearena.sdk.async_client import AsyncCodeArena
from codearena.tasks.folder import write_folder
from codearena.tasks.jsonl import read_jsonl, write_jsonl
from codearena.tasks.task import Task

_TIMEOUT_S = 600.0


def generate(
    out: Annotated[Path, typer.Argument(help="File of tasks to write, as JSONL.", dir_okay=False)] = Path("tasks.jsonl"),
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


@contextmanager
def arena_of(tasks: Sequence[Task], isolation: Isolation | None) -> Iterator[str]:
    """The URL of a gateway of our own that serves the tasks.

    Raises:
        ServiceError: it does not start.
    """
    with TemporaryDirectory(prefix="codearena-") as folder:
        for task in tasks:
            write_folder(task, Path(folder))
        if isolation is not None:
            with embedded_gateway(isolation.value, Path(folder)) as url:
                yield url
            return
        try:
            started = embedded_gateway(Isolation.CELL.value, Path(folder))
            url = started.__enter__()
        except ServiceError:
            console.print("no cells here: attempts run in what isolation there is", style="yellow")
            started = embedded_gateway(Isolation.AUTO.value, Path(folder))
            url = started.__enter__()
        try:
            yield url
        finally:
            started.__exit__(None, None, None)


async def _generated(plan: Plan, originals: Sequence[Original], journal: Journal, url: str) -> Result:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        bar = progress.add_task("certified tasks", total=plan.count)

        def told(certified: int, programs: int) -> None:
            progress.update(bar, completed=certified, description=f"certified tasks, of {programs} programs")

        async with AsyncExitStack() as stack:
            arena = await stack.enter_async_context(AsyncCodeArena(url, agent_id="generate", timeout_s=_TIMEOUT_S))
            replays = await stack.enter_async_context(Replays())
            fixer = await stack.enter_async_context(Fixer())
            return await Generation(plan, originals, Tools(arena, replays, fixer), journal).run(told)


def _tell(result: Result, out: Path, took_s: float) -> None:
    console.print(_yield_table(result.counts))
    for name, reason in result.refused.items():
        console.print(f"{name}: {reason}", style="yellow", markup=False)
    each = took_s / max(1, len(result.tasks))
    console.print(f"{len(result.tasks)} tasks in {out}: {took_s:.0f} s, {each:.2f} s each", highlight=False)


def _yield_table(counts: Mapping[str, Mapping[str, int]]) -> object:
    fates = list(dict.fromkeys(fate for each in counts.values() for fate in sorted(each)))
    rows = [[operator, *(str(each.get(fate, "")) for fate in fates)] for operator, each in counts.items()]
    return table(("operator", *fates), rows, title="bugs by operator")
