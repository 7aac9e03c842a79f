"""`codearena tasks import`: a data set as it is published becomes a file of tasks."""

import json
import random
from collections import Counter
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.progress import track

from codearena.commands.console import console, reported, table
from codearena.generation import mutants
from codearena.generation.operators.source import Source as OperatorSource
from codearena.tasks.importers.importing import Breaks, imported
from codearena.tasks.importers.item import Refusal
from codearena.tasks.importers.registry import FORMATS
from codearena.tasks.jsonl import write_jsonl
from codearena.tasks.tagged import JSON
from codearena.tasks.task import Split, Task

FormatName = StrEnum("FormatName", {name: name for name in FORMATS})  # type: ignore[misc]

_REASONS_SHOWN = 20


def import_tasks(
    data_set: Annotated[FormatName, typer.Argument(metavar="FORMAT", help=", ".join(FORMATS))],
    source: Annotated[str, typer.Argument(help="A file (.jsonl, .json, .parquet), a folder, or hub:NAME[:SPLIT].")],
    out: Annotated[Path, typer.Option("--to", help="File of tasks to write, as JSONL.", dir_okay=False)],
    bugs: Annotated[int, typer.Option(min=0, help="Bugs to make of each right program without a buggy one.")] = 0,
    seed: Annotated[int, typer.Option(help="Draws these bugs: the same one makes the same.")] = 0,
    split: Annotated[Split, typer.Option(help="What the tasks are for.")] = Split.TRAIN,
    limit: Annotated[int | None, typer.Option(min=1, help="Read only so many items.")] = None,
) -> None:
    """Bring in a data set. What cannot be mapped is counted by its reason, and listed in OUT.refused.jsonl.

    The tasks are not certified: `codearena tasks certify` does that.
    """
    with reported():
        refused: list[Refusal] = []
        left_out: list[tuple[str, str]] = []

        def tasks() -> Iterator[Task]:
            found = imported(FORMATS[data_set], source, bugs_of(bugs, seed), split.value, limit)
            for each in track(found, "importing", console=console, transient=True):
                if isinstance(each, Refusal):
                    refused.append(each)
                else:
                    left_out.extend((each.task.id, part) for part in each.left_out)
                    yield each.task

        count = write_jsonl(tasks(), out)
        _write(refused, left_out, out.with_name(f"{out.name}.refused.jsonl"))
    _tell(count, refused, left_out, out)
    if count == 0:
        raise typer.Exit(1)


def bugs_of(count: int, seed: int) -> Breaks | None:
    """Bugs of the operators of `codearena tasks generate`, as many of each program; None: none are to be made."""
    if count == 0:
        return None

    def breaks(record: Mapping[str, JSON]) -> Iterator[Mapping[str, JSON]]:
        right, task_id = str(record["solution"]), str(record["id"])
        rng = random.Random(f"{seed}/{task_id}")
        for number, mutant in enumerate(mutants.singles(OperatorSource(right), rng, count), start=1):
            tags = record.get("tags") or []
            made: dict[str, JSON] = {"id": f"{task_id}/bug-{number}", "buggy": mutant.text}
            yield {**record, **made, "tags": [*(tags if isinstance(tags, list) else []), *mutant.operators]}

    return breaks


def _write(refused: list[Refusal], left_out: list[tuple[str, str]], path: Path) -> None:
    path.unlink(missing_ok=True)
    lines = [{"place": each.place, "item": each.item, "reason": each.reason} for each in refused]
    lines += [{"task": task_id, "left_out": part} for task_id, part in left_out]
    if lines:
        path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), "utf-8")


def _tell(count: int, refused: list[Refusal], left_out: list[tuple[str, str]], out: Path) -> None:
    console.print(f"{count} tasks in {out}; {len(refused)} items refused; {len(left_out)} tasks lack a part of theirs")
    reasons = Counter(_kind(each.reason) for each in refused).most_common(_REASONS_SHOWN)
    if reasons:
        console.print(table(("items", "refused because"), [[str(times), escape(reason)] for reason, times in reasons]))


def _kind(reason: str) -> str:
    """The reason up to what is of one item alone."""
    return ": ".join(reason.split(": ")[:2])
