"""`codearena regrade`: verdicts again from stored reports, and how they differ."""

import asyncio
import itertools
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import typer

from codearena.commands.console import console, reported, table
from codearena.commands.gateways import require_server
from codearena.errors import InvalidRequestError
from codearena.trajectories.lines import Line, read


@dataclass
class _Differences:
    """What changed, counted: attempts whose verdict differs by name, the sum of what the rewards changed by."""

    attempts: int = 0
    changed: Counter[str] = field(default_factory=Counter)
    problems: Counter[str] = field(default_factory=Counter)
    moved: dict[str, float] = field(default_factory=dict)


def regrade(
    run: Annotated[
        Path, typer.Argument(help="File of `codearena export --format jsonl`.", exists=True, dir_okay=False)
    ],
    grader: Annotated[str | None, typer.Option(help="host:port of a grader; none: one of our own.")] = None,
    show: Annotated[int, typer.Option(min=0, help="Attempts whose differences are shown.")] = 10,
    fail_on_difference: Annotated[bool, typer.Option(help="Exit with 1 if any verdict differs.")] = False,
) -> None:
    """Grade stored attempts again, from what was seen of them: nothing is run, no judge is asked."""
    require_server()
    with reported():
        lines = read(run)
        first = next(lines)  # a foreign file is told before a grader is started
        found = asyncio.run(_regraded(itertools.chain([first], lines), grader, show))
        if not found.attempts:
            raise InvalidRequestError(f"{run} holds no attempt")
    graded = found.attempts - found.problems.total()
    rows = [[name, str(count), f"{found.moved.get(name, 0.0) / graded:+.4f}"] for name, count in found.changed.items()]
    console.print(table(("part", "verdicts that differ", "mean change"), rows, f"{found.attempts} attempts"))
    for problem, count in found.problems.items():
        console.print(f"{count} not graded: {problem}", style="red", markup=False)
    if found.problems or (fail_on_difference and found.changed):
        raise typer.Exit(1)


async def _regraded(lines: Iterable[Line], address: str | None, show: int) -> _Differences:
    from codearena.trajectories import grader  # here: the command lists without the services

    if address is not None:
        named = await grader.named(address)
        return await named.during(_compared(lines, named.address, show))
    async with grader.own() as own:
        return await own.during(_compared(lines, own.address, show))


async def _compared(lines: Iterable[Line], address: str, show: int) -> _Differences:
    from codearena.trajectories.regrade import regrade as graded_again  # here, too

    found = _Differences()
    async for each in graded_again(lines, address):
        found.attempts += 1
        if each.problem:
            found.problems[each.problem] += 1
        for name in each.changed:
            found.changed[name] += 1
            found.moved[name] = found.moved.get(name, 0.0) + each.after[name] - each.before[name]
        if each.changed and sum(found.changed.values()) <= show:
            parts = ", ".join(f"{name} {each.before[name]:.4f} -> {each.after[name]:.4f}" for name in each.changed)
            console.print(f"{each.task_id} {each.attempt_id}: {parts}", highlight=False, markup=False)
    return found
