"""`codearena regrade`: verdicts again from stored reports, and how they differ."""

import asyncio
import os
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import typer

from codearena.commands.console import console, reported, table
from codearena.commands.gateways import require_server
from codearena.trajectories.lines import read


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
    with reported(), _grader(grader) as address:
        found = asyncio.run(_compared(run, address, show))
    rows = [
        [name, str(count), f"{found.moved.get(name, 0.0) / found.attempts:+.4f}"]
        for name, count in found.changed.items()
    ]
    console.print(table(("part", "verdicts that differ", "mean change"), rows, f"{found.attempts} attempts"))
    for problem, count in found.problems.items():
        console.print(f"{count} not graded: {problem}", style="red", markup=False)
    if found.problems or (fail_on_difference and found.changed):
        raise typer.Exit(1)


async def _compared(run: Path, address: str, show: int) -> _Differences:
    from codearena.trajectories.regrade import regrade as graded_again  # here: the command lists without the services

    found = _Differences()
    async for each in graded_again(read(run), address):
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


@contextmanager
def _grader(address: str | None) -> Iterator[str]:
    """The grader named, else one of our own, which calls wait for and which ends with the command."""
    if address is not None:
        yield address
        return
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = os.environ | {"CODEARENA_GRADER_PORT": str(port), "CODEARENA_GRADER_LOG_LEVEL": "WARNING"}
    process = subprocess.Popen([sys.executable, "-m", "grader_service"], env=environment)
    try:
        yield f"127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()
