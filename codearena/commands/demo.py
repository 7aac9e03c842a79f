"""`codearena demo`: an episode of every task."""

from dataclasses import dataclass

import typer
from rich.progress import track

from codearena.commands.console import console, number, reported, table
from codearena.commands.gateways import DEFAULT_TASKS, BaseURL, OwnIsolation, TasksFolder, gateway
from codearena.models import StepResponse
from codearena.sdk.client import CodeArena
from codearena.tasks.folder import load_tasks
from codearena.tasks.task import Task


def demo(base_url: BaseURL = None, isolation: OwnIsolation = None, tasks: TasksFolder = DEFAULT_TASKS) -> None:
    """Play an episode of every task: its buggy code, then its reference. Fails if a reference does not solve."""
    with reported(), gateway(base_url, isolation, tasks) as arena:
        served = {task.id for task in arena.tasks()}
        chosen = [task for task in load_tasks(tasks).values() if task.id in served]
        plays = [_play(arena, task) for task in track(chosen, "playing", console=console, transient=True)]
        isolated = arena.ready().isolation
    names = ("task", "level", "buggy", "reference", "tests", "efficient", "growth", "solved")
    caption = f"isolation: {isolated.name if isolated else 'unknown'}"
    console.print(table(names, [_demo_row(play) for play in plays], "Rewards of one episode per task", caption))
    if not plays or not all(play.solved for play in plays):
        console.print("not every reference solved its task", style="red")
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


def _demo_row(play: _Play) -> list[str]:
    info = play.reference.info
    ran, components, growth = info.execution_metadata, info.reward_components, info.complexity
    return [
        play.task.id,
        play.task.level.value,
        number(play.buggy.reward),
        number(play.reference.reward),
        f"{ran.test_passed}/{ran.test_total}" if ran else "",
        number(components.efficiency_score if components else None),
        (growth.measured or growth.estimated) if growth else "",
        "[green]yes[/green]" if play.solved else "[red]no[/red]",
    ]
