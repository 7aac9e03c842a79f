"""The `codearena` command: talks to a gateway over HTTP, or starts one that lasts as long as the command."""

import importlib.util
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.progress import track
from rich.table import Column, Table
from rich.text import Text

from codearena.client import DEFAULT_URL, CodeArena
from codearena.embedded import embedded_gateway
from codearena.errors import CodeArenaError
from codearena.models import StepResponse, Verdict
from codearena.task import Task, TaskError, load_tasks
from codearena.transport import RetryPolicy
from codearena.verify import Verification
from codearena.verify import verify as verify_task

app = typer.Typer(help=__doc__, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
tasks_app = typer.Typer(help="List and verify tasks.", no_args_is_help=True)
app.add_typer(tasks_app, name="tasks")
console = Console()


class Isolation(StrEnum):
    AUTO = "auto"
    CONTAINER = "container"
    LOCAL = "local"


BaseURL = Annotated[
    str | None, typer.Option(help=f"Gateway to use; none: the one on {DEFAULT_URL} if it answers, else one of our own.")
]
OwnIsolation = Annotated[
    Isolation | None, typer.Option(help="Start a gateway of our own with this; auto: container where it works.")
]
TasksFolder = Annotated[Path, typer.Option("--tasks", help="Folder of tasks.", exists=True, file_okay=False)]
DEFAULT_TASKS = Path(__file__).resolve().parent.parent / "tasks"


@app.command()
def version() -> None:
    """Print the version."""
    console.print(installed_version("codearena"), highlight=False)


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on; 0: any.")] = 7860,
    isolation: Annotated[Isolation, typer.Option(help="auto: container where it works, else local.")] = Isolation.AUTO,
) -> None:
    """Serve everything from one process, with a Redis of its own."""
    _require_server()
    command = ["-m", "gateway.embedded", "--host", host, "--port", str(port), "--isolation", isolation.value]
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, *command])  # becomes it, so that signals reach it directly


@app.command()
def demo(base_url: BaseURL = None, isolation: OwnIsolation = None, tasks: TasksFolder = DEFAULT_TASKS) -> None:
    """Play an episode of every task: its buggy code, then its reference. Fails if a reference does not solve."""
    with _reported(), _gateway(base_url, isolation, tasks) as arena:
        served = {task.id for task in arena.tasks()}
        chosen = [task for task in load_tasks(tasks).values() if task.id in served]
        plays = [_play(arena, task) for task in track(chosen, "playing", console=console, transient=True)]
        isolated = arena.ready().isolation
    console.print(_demo_table(plays, isolated.name if isolated else "unknown"))
    if not plays or not all(play.solved for play in plays):
        console.print("not every reference solved its task", style="red")
        raise typer.Exit(1)


@tasks_app.command("list")
def list_tasks(tasks: TasksFolder = DEFAULT_TASKS) -> None:
    """List the tasks of a folder."""
    with _reported():
        loaded = load_tasks(tasks)
    names = ("task", "level", "tests", "hidden", "checks", "probe", "optimal", "title")
    console.print(_table(names, [_task_row(task) for task in loaded.values()]))


def _task_row(task: Task) -> list[str]:
    hidden = sum(not test.visible for test in task.all_tests)
    counts = [str(len(task.all_tests)), str(hidden), str(len(task.checks) or "")]
    probe = f"n = {task.probe.sizes[-1]}" if task.probe else ""
    return [task.id, task.level.value, *counts, probe, task.optimal_complexity, escape(task.title)]


@tasks_app.command()
def verify(
    task_ids: Annotated[list[str] | None, typer.Argument(help="Only these tasks; none: all.")] = None,
    base_url: BaseURL = None,
    isolation: OwnIsolation = None,
    tasks: TasksFolder = DEFAULT_TASKS,
) -> None:
    """Run every task through the real pipeline: full marks for its reference, not for its buggy code."""
    with _reported():
        chosen = _chosen(tasks, task_ids or [])
        with _gateway(base_url, isolation, tasks) as arena:
            found = [verify_task(arena, task) for task in track(chosen, "verifying", console=console, transient=True)]
    console.print(_verify_table(found))
    problems = [(item.task_id, problem) for item in found for problem in item.problems]
    for task_id, problem in problems:
        console.print(f"{task_id}: {problem}", style="red", markup=False)
    if problems:
        raise typer.Exit(1)


@dataclass(frozen=True)
class _Play:
    """One episode: the answers to the buggy code and to the reference."""

    task: Task
    buggy: StepResponse
    reference: StepResponse

    @property
    def solved(self) -> bool:
        return self.reference.info.solved and not self.buggy.info.solved


def _play(arena: CodeArena, task: Task) -> _Play:
    episode_id = arena.reset(task.id).episode_id
    buggy = arena.step(task.buggy, episode_id=episode_id)
    return _Play(task, buggy, arena.step(task.solution, episode_id=episode_id))


def _table(names: Sequence[str], rows: Sequence[Sequence[str]], title: str = "", caption: str = "") -> Table:
    """Where the terminal is narrow the last column is cut; none is wrapped."""
    widths = [max(Text.from_markup(cell).cell_len for cell in column) for column in zip(names, *rows, strict=True)]
    columns = [Column(name, no_wrap=True, min_width=width) for name, width in zip(names[:-1], widths, strict=False)]
    columns.append(Column(names[-1], no_wrap=True, overflow="ellipsis"))
    table = Table(*columns, title=title or None, caption=caption or None, box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for row in rows:
        table.add_row(*row)
    return table


def _demo_table(plays: Sequence[_Play], isolation: str) -> Table:
    names = ("task", "level", "buggy", "reference", "tests", "efficient", "growth", "solved")
    caption = f"isolation: {isolation}"
    return _table(names, [_demo_row(play) for play in plays], "Rewards of one episode per task", caption)


def _demo_row(play: _Play) -> list[str]:
    info = play.reference.info
    ran, components, growth = info.execution_metadata, info.reward_components, info.complexity
    return [
        play.task.id,
        play.task.level.value,
        _number(play.buggy.reward),
        _number(play.reference.reward),
        f"{ran.test_passed}/{ran.test_total}" if ran else "",
        _number(components.efficiency_score if components else None),
        (growth.measured or growth.estimated) if growth else "",
        "[green]yes[/green]" if play.solved else "[red]no[/red]",
    ]


def _verify_table(found: Sequence[Verification]) -> Table:
    names = ("task", "reference", "tests", "efficient", "buggy", "tests", "verified")
    return _table(names, [_verify_row(item) for item in found])


def _verify_row(item: Verification) -> list[str]:
    efficiency = item.reference.reward_components.efficiency_score if item.reference else None
    verified = "[red]no[/red]" if item.problems else "[green]yes[/green]"
    return [item.task_id, *_marks(item.reference), _number(efficiency), *_marks(item.buggy), verified]


def _marks(verdict: Verdict | None) -> tuple[str, str]:
    if verdict is None:
        return "", ""
    ran = verdict.execution_metadata
    return _number(verdict.reward), f"{ran.test_passed}/{ran.test_total}"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def _chosen(folder: Path, task_ids: list[str]) -> list[Task]:
    tasks = load_tasks(folder)
    unknown = [task_id for task_id in task_ids if task_id not in tasks]
    if unknown:
        raise TaskError(f"{folder}: no task {', '.join(unknown)}")
    return [tasks[task_id] for task_id in task_ids] or list(tasks.values())


@contextmanager
def _gateway(base_url: str | None, isolation: Isolation | None, tasks: Path) -> Iterator[CodeArena]:
    """A client of the gateway named, else of the one that is running, else of one of our own.

    Naming the isolation asks for one of our own: that of another gateway is not ours to choose.
    """
    if base_url is not None and isolation is not None:
        raise typer.BadParameter("--isolation is for a gateway of our own, --base-url names another")
    if base_url is None and isolation is None and _answers(DEFAULT_URL):
        base_url = DEFAULT_URL
    if base_url is not None:
        with CodeArena(base_url, agent_id="codearena-cli") as arena:
            yield arena
        return
    _require_server()
    console.print("starting a gateway for this command", style="dim")
    with (
        embedded_gateway((isolation or Isolation.AUTO).value, tasks) as url,
        CodeArena(url, agent_id="codearena-cli") as arena,
    ):
        yield arena


def _answers(url: str) -> bool:
    with CodeArena(url, timeout_s=2.0, retry=RetryPolicy(attempts=1)) as arena:
        try:
            return arena.health().status == "healthy"
        except CodeArenaError:  # nobody there, or something that is not ours
            return False


@contextmanager
def _reported() -> Iterator[None]:
    """Errors that a person can act on are one line, not a traceback."""
    try:
        yield
    except (CodeArenaError, TaskError) as error:
        console.print(str(error), style="red", markup=False)
        raise typer.Exit(1) from error


def _require_server() -> None:
    if any(importlib.util.find_spec(name) is None for name in ("grpc", "fastapi", "gateway")):
        console.print('this needs the services: pip install "codearena\\[server]"', style="red")
        raise typer.Exit(1)
