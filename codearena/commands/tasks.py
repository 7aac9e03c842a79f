"""`codearena tasks`: list them, verify them."""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.progress import track
from rich.table import Table

from codearena import probe_report
from codearena.commands import generate, importing, task_files
from codearena.commands.console import console, number, reported, table
from codearena.commands.gateways import DEFAULT_TASKS, BaseURL, Isolation, OwnIsolation, TasksFolder, gateway
from codearena.models import Verdict
from codearena.tasks.author_view import all_visible
from codearena.tasks.faults import TaskError
from codearena.tasks.folder import load_tasks
from codearena.tasks.jsonl import write_jsonl
from codearena.tasks.task import Task
from codearena.tasks.verify import Verification
from codearena.tasks.verify import verify as verify_task

app = typer.Typer(help="List, verify and make tasks.", no_args_is_help=True)
app.command()(generate.generate)
app.command("import")(importing.import_tasks)
app.command()(task_files.certify)
app.command()(task_files.stats)
app.command()(task_files.export)


@app.command("list")
def list_tasks(tasks: TasksFolder = DEFAULT_TASKS) -> None:
    """List the tasks of a folder."""
    with reported():
        loaded = load_tasks(tasks)
    names = ("task", "level", "tests", "hidden", "checks", "probe", "optimal", "title")
    console.print(table(names, [_task_row(task) for task in loaded.values()]))


def _task_row(task: Task) -> list[str]:
    hidden = sum(not test.visible for test in task.all_tests)
    counts = [str(len(task.all_tests)), str(hidden), str(len(task.checks) or "")]
    probe = f"n = {task.probe.sizes[-1]}" if task.probe else ""
    return [task.id, task.level.value, *counts, probe, task.optimal_complexity, escape(task.title)]


@app.command()
def verify(
    task_ids: Annotated[list[str] | None, typer.Argument(help="Only these tasks; none: all.")] = None,
    base_url: BaseURL = None,
    isolation: OwnIsolation = None,
    tasks: TasksFolder = DEFAULT_TASKS,
) -> None:
    """Run every task through the real pipeline: full marks for its reference, not for its buggy code.

    Of a reference that fails hidden tests it is told which, on a gateway of our own. Of a probe it is told what it
    cannot tell apart, which fails nothing.
    """
    with reported():
        chosen = _chosen(tasks, task_ids or [])
        with gateway(base_url, isolation, tasks) as arena:
            found = [verify_task(arena, task) for task in track(chosen, "verifying", console=console, transient=True)]
        console.print(_verify_table(found))
        failing = {item.task_id for item in found if _fails_hidden(item.reference)}
        # The references are the author's own code, which local isolation is good enough for, and needs no image.
        seen = _seen([task for task in chosen if task.id in failing], isolation or Isolation.LOCAL)
    for item in found:
        for problem in item.problems:
            console.print(f"{item.task_id}: {problem}", style="red", markup=False)
        for warning in item.warnings:
            console.print(f"{item.task_id}: {warning}", style="yellow", markup=False)
        if log := seen.get(item.task_id) or _error_log(item.reference):
            console.print(log, markup=False, highlight=False)
    if any(item.problems for item in found):
        raise typer.Exit(1)


def _fails_hidden(verdict: Verdict | None) -> bool:
    if verdict is None:
        return False
    ran = verdict.execution_metadata
    return ran.hidden_passed < ran.hidden_total


def _error_log(verdict: Verdict | None) -> str:
    """Of a verdict that is not full marks."""
    return verdict.error_log if verdict is not None and not verdict.solved else ""


def _seen(failing: Sequence[Task], isolation: Isolation) -> Mapping[str, str]:
    """The error logs of the tasks' references where every test is visible, by task."""
    if not failing:
        return {}
    with tempfile.TemporaryDirectory(prefix="codearena-") as copies:
        write_jsonl(map(all_visible, failing), Path(copies, "tasks.jsonl"))
        with gateway(None, isolation, Path(copies)) as arena:
            return {task.id: arena.grade(task.id, task.solution).error_log for task in failing}


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


def _chosen(folder: Path, task_ids: list[str]) -> list[Task]:
    tasks = load_tasks(folder)
    unknown = [task_id for task_id in task_ids if task_id not in tasks]
    if unknown:
        raise TaskError(f"{folder}: no task {', '.join(unknown)}")
    return [tasks[task_id] for task_id in task_ids] or list(tasks.values())
