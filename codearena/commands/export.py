"""`codearena export`: stored attempts as files, straight from Redis, for whoever operates the service."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from codearena.commands.console import console, reported, require
from codearena.commands.gateways import DEFAULT_TASKS, TasksFolder, require_server
from codearena.errors import ServiceError
from codearena.tasks.folder import load_tasks
from codearena.trajectories import rows
from codearena.trajectories.lines import Line, parsed, resume

_URL = "CODEARENA_GATEWAY_REDIS_URL"


class Format(StrEnum):
    """What is written."""

    JSONL = "jsonl"
    PARQUET = "parquet"
    SFT = "sft"
    DPO = "dpo"


def export(
    out: Annotated[Path, typer.Argument(help="File to write, gone on with if it is there; of parquet a folder.")],
    kind: Annotated[Format, typer.Option("--format", help="jsonl and parquet: everything; sft, dpo: for training.")] = (
        Format.JSONL
    ),
    redis_url: Annotated[
        str | None, typer.Option(help=f"Where the state is; none: {_URL}, else the running `serve`.")
    ] = None,
    gap: Annotated[float, typer.Option(min=0.0, help="Least difference of rewards in a dpo pair.")] = 0.2,
    tasks: TasksFolder = DEFAULT_TASKS,
) -> None:
    """Export every stored attempt, or rows for training made of them. Run again, it goes on where it stopped."""
    require_server()
    with reported():
        if kind is Format.PARQUET:
            require("server,parquet", "pyarrow")
            from codearena.trajectories import parquet  # here: it takes a second, which other commands need not wait

            with _lines(redis_url, parquet.resume(out)) as lines:
                count = parquet.write(lines, out)
        else:
            after = resume(out, training=kind is not Format.JSONL)
            with _lines(redis_url, after) as lines:
                count = _append(_of_kind(kind, lines, tasks, gap), out)
    console.print(f"{count} lines more in {out}", highlight=False)


def _of_kind(kind: Format, lines: Iterable[Line], tasks: Path, gap: float) -> Iterable[rows.Row]:
    if kind is Format.JSONL:
        return lines
    known = load_tasks(tasks)
    return rows.sft(lines, known) if kind is Format.SFT else rows.dpo(lines, known, gap)


def _append(found: Iterable[rows.Row], out: Path) -> int:
    count = 0
    out.parent.mkdir(parents=True, exist_ok=True)
    with out.open("a", encoding="utf-8") as file:
        for row in found:
            file.write(json.dumps(row) + "\n")
            count += 1
    return count


@contextmanager
def _lines(redis_url: str | None, after: str | None) -> Iterator[Iterator[Line]]:
    """What `python -m gateway.trajectories` writes, line by line. Raises ServiceError if it fails."""
    command = [sys.executable, "-m", "gateway.trajectories", *(["--after", after] if after else [])]
    environment = os.environ | ({_URL: redis_url} if redis_url else {})
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        yield (parsed(text, "the export") for text in process.stdout)
        if process.wait():
            raise ServiceError("the stored attempts could not be read to the end; run it again to go on")
