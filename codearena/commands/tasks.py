"""`codearena tasks`: list them, verify them, write them in another form."""

import contextlib
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.progress import track
from rich.table import Table

from codearena import probe_report
from codearena.commands import generate, importing, task_files
from codearena.commands.console import console, number, reported, require, table
from codearena.commands.gateways import DEFAULT_TASKS, Isolation, OwnIsolation, TasksFolder, gateway
from codearena.embedded import embedded_gateway
from codearena.models import Verdict
from codearena.sdk.client import CodeArena
from codearena.tasks import author_report
from codearena.tasks.author_view import all_visible
from codearena.tasks.faults import Fault, TaskError
from codearena.tasks.folder import load_all, write_folder
from codearena.tasks.jsonl import write_jsonl
from codearena.tasks.schema import FILES, Form
from codearena.tasks.task import Split, Task
from codearena.tasks.verify import Verification, verify_all

VerifyingURL = Annotated[
    str | None,
    typer.Option("--gateway-url", "--base-url", help="Gateway to verify on, which serves these tasks; none: our own."),
]

app = typer.Typer(help="List, verify, make and convert tasks.", no_args_is_help=True)
app.command()(generate.generate)
app.command("import")(importing.import_tasks)
app.command()(task_files.certify)
app.command()(task_files.stats)


class Format(StrEnum):
    """What tasks are written as. folder: one for each task; hf: a data set as Hugging Face's `datasets` reads it."""

    JSONL = "jsonl"
    FOLDER = "folder"
    PARQUET = "parquet"
    HF = "hf"


@app.command("list")
def list_tasks(tasks: TasksFolder = DEFAULT_TASKS) -> None:
    """List the tasks of a folder or file."""
    with reported():
        loaded = load_all(tasks)
    names = ("task", "level", "tests", "hidden", "checks", "probe", "optimal", "title")
    console.print(table(names, [_task_row(task) for task in loaded.tasks.values()]))
    _end_with(loaded.faults)


def _task_row(task: Task) -> list[str]:
    hidden = sum(not test.visible for test in task.all_tests)
    counts = [str(len(task.all_tests)), str(hidden), str(len(task.all_checks) or "")]
    probe = f"n = {task.probe.sizes[-1]}" if task.probe else ""
    level = task.level.value if task.split is Split.TRAIN else f"{task.level.value}, held out"
    return [task.id, level, *counts, probe, task.optimal_complexity, escape(task.title)]


def _end_with(faults: Sequence[Fault]) -> None:
    """Tells them, and ends the command if there are any."""
    for fault in faults:
        console.print(str(fault), style="red", markup=False, highlight=False)
    if faults:
        raise typer.Exit(1)


@app.command()
def schema(
    form: Annotated[Form, typer.Argument(help="Of a line of JSON, or of task.yaml.")] = Form.RECORD,
) -> None:
    """Print the JSON schema of a task, for editors and validators."""
    typer.echo(FILES[form].read_text("utf-8"), nl=False)


@app.command()
def convert(
    source: Annotated[Path, typer.Argument(help="Folder of tasks, or a file of them, one a line.", exists=True)],
    target: Annotated[Path, typer.Argument(help="File or folder to write.")],
    kind: Annotated[
        Format | None, typer.Option("--format", help="None: by the target's name, .jsonl or .parquet, else folder.")
    ] = None,
) -> None:
    """Write tasks in another form; nothing of them is lost in any.

    A file is replaced; in a folder tasks of the same category and id are. What cannot be read is told, and left out.
    """
    with reported():
        loaded = load_all(source)
        count = _write(list(loaded.tasks.values()), target, kind or _BY_SUFFIX.get(target.suffix, Format.FOLDER))
    console.print(f"{count} tasks written to {target}", markup=False, highlight=False)
    _end_with(loaded.faults)


_BY_SUFFIX = {".jsonl": Format.JSONL, ".parquet": Format.PARQUET}


def _write(tasks: Sequence[Task], target: Path, kind: Format) -> int:
    if kind is Format.JSONL:
        return write_jsonl(tasks, target)
    if kind is Format.FOLDER:
        return len([write_folder(task, target) for task in tasks])
    require("parquet", "pyarrow")
    from codearena.tasks import exports  # here: it takes a second, which other uses need not wait

    return exports.write_parquet(tasks, target) if kind is Format.PARQUET else exports.write_data_set(tasks, target)


@app.command()
def verify(
    task_ids: Annotated[list[str] | None, typer.Argument(help="Only these tasks; none: all.")] = None,
    base_url: VerifyingURL = None,
    isolation: OwnIsolation = None,
    tasks: TasksFolder = DEFAULT_TASKS,
    tests: Annotated[bool, typer.Option("--tests", help="Tell of every test, on reference and buggy code.")] = False,
) -> None:
    """Run every task through the real pipeline: full marks for its reference, not for its buggy code.

    Of every test that a reference fails it is told what went in, what was expected and what came, hidden or not. Of a
    probe it is told what it cannot tell apart, which fails nothing. Tasks that cannot be read are told, and fail.
    """
    with reported():
        chosen, faults = _chosen(tasks, task_ids or [])
        found = _verified(base_url, isolation, chosen) if chosen else []
        console.print(_verify_table(found))
        told = {item.task_id for item in found if tests or _fails_tests(item.reference)}
        # The codes are the author's own, which local isolation is good enough for, and needs no image.
        seen = _seen([task for task in chosen if task.id in told], isolation or Isolation.LOCAL, whole=tests)
    for item in found:
        _tell(item, seen.get(item.task_id) or _error_log(item.reference))
    _end_with(faults)
    if any(item.problems for item in found):
        raise typer.Exit(1)


def _verified(base_url: str | None, isolation: Isolation | None, chosen: Sequence[Task]) -> list[Verification]:
    """On the gateway named, else on one that serves these tasks alone: any other that answers has tasks of its own."""
    with tempfile.TemporaryDirectory(prefix="codearena-") as folder, contextlib.ExitStack() as held:
        if base_url is None:
            write_jsonl(chosen, Path(folder, "tasks.jsonl"))
            isolation = isolation or Isolation.AUTO
        arena = held.enter_context(gateway(base_url, isolation, Path(folder)))
        running = verify_all(arena, chosen)
        return list(track(running, "verifying", total=len(chosen), console=console, transient=True))


def _tell(item: Verification, log: str) -> None:
    for problem in item.problems:
        console.print(f"{item.task_id}: {problem}", style="red", markup=False)
    for warning in item.warnings:
        console.print(f"{item.task_id}: {warning}", style="yellow", markup=False)
    if log:
        console.print(log, markup=False, highlight=False)


def _fails_tests(verdict: Verdict | None) -> bool:
    return verdict is not None and verdict.execution_metadata.test_passed < verdict.execution_metadata.test_total


def _error_log(verdict: Verdict | None) -> str:
    """Of a verdict that is not full marks."""
    return verdict.error_log if verdict is not None and not verdict.solved else ""


def _seen(told: Sequence[Task], isolation: Isolation, *, whole: bool) -> Mapping[str, str]:
    """What became of the tasks' tests where every one is visible, by task. whole: with those that passed, and of both
    codes; else of the reference.
    """
    if not told:
        return {}
    with tempfile.TemporaryDirectory(prefix="codearena-") as copies:
        file = Path(copies, "tasks.jsonl")
        write_jsonl(map(all_visible, told), file)
        with embedded_gateway(isolation.value, file, author_report.SETTINGS) as url, CodeArena(url) as arena:
            return {task.id: "\n".join(_reports(arena, task, whole)) for task in told}


def _reports(arena: CodeArena, task: Task, whole: bool) -> Iterator[str]:
    yield f"{task.id}, the reference:"
    yield author_report.report(arena.grade(task.id, task.solution), whole=whole)
    if whole:
        yield f"{task.id}, the buggy code:"
        yield author_report.report(arena.grade(task.id, task.buggy), whole=True)


def _verify_table(found: Sequence[Verification]) -> Table:
    names = ("task", "reference", "tests", "efficient", "growth told", "buggy", "tests", "verified")
    return table(names, [_verify_row(item) for item in found])


def _verify_row(item: Verification) -> list[str]:
    efficiency = item.reference.reward_components.efficiency_score if item.reference else None
    verified = "[red]no[/red]" if item.problems else "[green]yes[/green]"
    growth = probe_report.told(item.reference.complexity) if item.reference and item.reference.complexity.sizes else ""
    return [item.task_id, *_marks(item.reference), number(efficiency), growth, *_marks(item.buggy), verified]


def _marks(verdict: Verdict | None) -> tuple[str, str]:
    if verdict is None:
        return "", ""
    ran = verdict.execution_metadata
    return number(verdict.reward), f"{ran.test_passed}/{ran.test_total}"


def _chosen(place: Path, task_ids: list[str]) -> tuple[list[Task], Sequence[Fault]]:
    """Those named, or all, and what is wrong with others."""
    loaded = load_all(place)
    unknown = [task_id for task_id in task_ids if task_id not in loaded.tasks]
    if unknown:
        raise TaskError([*loaded.faults, Fault(str(place), "", f"no task {', '.join(unknown)}")])
    if task_ids:
        return [loaded.tasks[task_id] for task_id in task_ids], ()
    if not loaded.tasks and not loaded.faults:
        raise TaskError([Fault(str(place), "", "no tasks")])
    return list(loaded.tasks.values()), loaded.faults
