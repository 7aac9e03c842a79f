"""`codearena eval`: plays episodes with an agent, writes them down, says how well it did; or compares two runs."""

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from codearena.async_client import AsyncCodeArena
from codearena.commands.console import console, number, reported, table
from codearena.commands.gateways import DEFAULT_TASKS, OwnIsolation, gateway_url
from codearena.errors import InvalidRequestError
from codearena.evaluation.agents import Agent, BuggyAgent, FixerAgent, ReferenceAgent, ScriptAgent
from codearena.evaluation.compare import Difference, compare
from codearena.evaluation.folder import RunFolder
from codearena.evaluation.model import ModelAgent, ModelOptions
from codearena.evaluation.play import Unit, play, units
from codearena.evaluation.progress import Progress
from codearena.evaluation.records import Trajectory
from codearena.evaluation.summary import Interval, Summary, summarize
from codearena.models import TaskSummary
from codearena.task import load_tasks

_SCRIPT = "script:"

GatewayURL = Annotated[
    str | None, typer.Option("--gateway-url", help="Gateway to use; none: the running one, else one of our own.")
]


def evaluate(
    agent: Annotated[
        str | None,
        typer.Option(help="builtin, reference, buggy, openai or script:FILE; none: openai with --model, else builtin."),
    ] = None,
    model: Annotated[str | None, typer.Option(help="Model that the openai agent asks.")] = None,
    base_url: Annotated[
        str | None, typer.Option(help="The model's OpenAI-compatible endpoint; its key is OPENAI_API_KEY.")
    ] = None,
    tasks: Annotated[
        str | None, typer.Option(help="Ids, levels or categories, separated by commas; none: all tasks.")
    ] = None,
    episodes: Annotated[int, typer.Option(min=1, help="Episodes of each task.")] = 1,
    concurrency: Annotated[int, typer.Option(min=1, help="Episodes at once.")] = 4,
    seed: Annotated[int, typer.Option(help="Fixes the seed of every episode.")] = 0,
    out: Annotated[Path | None, typer.Option(help="Folder of the run; one that is there is gone on with.")] = None,
    retry_errors: Annotated[bool, typer.Option(help="Play again what broke off with an error.")] = False,
    temperature: Annotated[float, typer.Option(min=0.0, help="Of the model.")] = 0.0,
    price_in: Annotated[float, typer.Option(min=0.0, help="Of a million tokens sent to the model.")] = 0.0,
    price_out: Annotated[float, typer.Option(min=0.0, help="Of a million tokens received from it.")] = 0.0,
    fail_below: Annotated[float | None, typer.Option(help="Exit with 1 if the mean reward is less.")] = None,
    compared: Annotated[
        tuple[Path, Path] | None, typer.Option("--compare", help="Folders of two runs to compare; plays nothing.")
    ] = None,
    gateway: GatewayURL = None,
    isolation: OwnIsolation = None,
    tasks_dir: Annotated[Path, typer.Option(help="Folder of tasks.", exists=True, file_okay=False)] = DEFAULT_TASKS,
) -> None:
    """Play episodes with an agent and say how well it did; or compare two runs."""
    with reported():
        if compared is not None:
            _compare(*map(RunFolder, compared))
            return
        agent = agent or ("openai" if model else "builtin")
        folder = RunFolder(out or _new_folder(agent))
        plan: dict[str, object] = {"agent": agent, "model": model, "tasks": tasks, "episodes": episodes, "seed": seed}
        ended = _begun(folder, plan | {"temperature": temperature}, retry_errors)
        options = _model_options(model, base_url, temperature, price_in, price_out) if agent == "openai" else None

        async def run(url: str) -> None:
            async with AsyncCodeArena(url, agent_id=f"eval-{folder.run_id}") as arena:
                player = _agent(agent, options, tasks_dir, arena)
                chosen = _chosen(await arena.tasks(), tasks)
                planned = units(chosen, episodes, seed, folder.run_id)
                with Progress(chosen, episodes, ended, console) as progress:
                    await play(arena, player, _missing(planned, ended), concurrency, _noting(folder, progress))

        with gateway_url(gateway, isolation, tasks_dir) as url:
            asyncio.run(run(url))
        found = summarize(_played(folder), seed)
        folder.write_summary(found.to_json())
    _show(found, folder)
    if fail_below is not None and (found.reward is None or found.reward.mean < fail_below):
        raise typer.Exit(1)


def _begun(folder: RunFolder, plan: Mapping[str, object], retry_errors: bool) -> list[Trajectory]:
    """What the folder holds already, less what is to be played again."""
    ended = folder.begin(plan)
    if not (retry_errors and any(each.error for each in ended)):
        return ended
    folder.forget([each for each in ended if each.error])
    return folder.begin(plan)


def _missing(planned: Sequence[Unit], ended: Sequence[Trajectory]) -> list[Unit]:
    done = {each.episode_id for each in ended}
    return [unit for unit in planned if unit.episode_id not in done]


def _noting(folder: RunFolder, progress: Progress) -> Callable[[Trajectory], None]:
    def note(trajectory: Trajectory) -> None:
        folder.append(trajectory)
        progress.note(trajectory)

    return note


def _compare(run_a: RunFolder, run_b: RunFolder) -> None:
    console.print(_compare_table(compare(_played(run_a), _played(run_b)), run_a, run_b))


def _new_folder(agent: str) -> Path:
    return Path("runs") / f"{agent.partition(':')[0]}-{datetime.now(UTC):%Y%m%d-%H%M%S}"


def _played(folder: RunFolder) -> list[Trajectory]:
    folder.plan()
    return list(folder.trajectories())


def _model_options(
    model: str | None, base_url: str | None, temperature: float, price_in: float, price_out: float
) -> ModelOptions:
    if model is None:
        raise InvalidRequestError("the openai agent needs --model")
    key = os.environ.get("OPENAI_API_KEY", "none")  # servers of one's own want some key, and look at none
    return ModelOptions(model, base_url, key, temperature, price_in=price_in, price_out=price_out)


def _agent(name: str, options: ModelOptions | None, tasks_dir: Path, arena: AsyncCodeArena) -> Agent:
    if options is not None:
        return ModelAgent(options)
    if name.startswith(_SCRIPT):
        return ScriptAgent(Path(name.removeprefix(_SCRIPT)))
    if name == "builtin":
        return FixerAgent(arena)
    if name == "reference":
        return ReferenceAgent(load_tasks(tasks_dir))
    if name == "buggy":
        return BuggyAgent()
    raise InvalidRequestError(f"no agent {name}")


def _chosen(served: Sequence[TaskSummary], wanted: str | None) -> list[TaskSummary]:
    if wanted is None:
        return list(served)
    names = [name.strip() for name in wanted.split(",") if name.strip()]
    known = {name for task in served for name in (task.id, task.category, task.difficulty)}
    if unknown := sorted(set(names) - known):
        raise InvalidRequestError(f"no task, level or category {', '.join(unknown)}")
    return [task for task in served if {task.id, task.category, task.difficulty} & set(names)]


def _show(found: Summary, folder: RunFolder) -> None:
    console.print(_task_table(found))
    console.print(_category_table(found))
    solved = "  ".join(f"{step}: {share:.0%}" for step, share in enumerate(found.solved_by_step, start=1))
    console.print(f"solved by step   {solved}")
    console.print("pass@k           " + "  ".join(f"{k}: {chance:.0%}" for k, chance in found.pass_at.items()))
    if found.tokens_in or found.tokens_out:
        console.print(f"tokens           {found.tokens_in} in, {found.tokens_out} out, cost {found.cost:.4f}")
    if found.errors:
        kinds = ", ".join(f"{count} {kind}" for kind, count in found.error_kinds.items())
        told = f"{found.errors} of {found.episodes} episodes broke off ({kinds}) and count as nothing else"
        console.print(told, style="red")
    console.print(f"written to {folder.path}", highlight=False)


def _task_table(found: Summary) -> Table:
    names = ("task", "episodes", "solved", "mean", "best", "steps")
    rows = [
        [
            task.task_id,
            str(task.episodes),
            str(task.solved),
            number(task.mean_reward),
            number(task.best_reward),
            f"{task.mean_steps:.1f}",
        ]
        for task in found.tasks
    ]
    return table(names, rows, "Reward of the last step")


def _category_table(found: Summary) -> Table:
    intervals = [*found.reward_by_category.items(), *([("all", found.reward)] if found.reward else [])]
    return table(("category", "mean", "95 % interval", "episodes"), [_interval_row(*each) for each in intervals])


def _interval_row(name: str, found: Interval) -> list[str]:
    return [name, number(found.mean), f"{found.low:.2f} to {found.high:.2f}", str(found.n)]


def _compare_table(differences: Sequence[Difference], run_a: RunFolder, run_b: RunFolder) -> Table:
    names = ("task", "A", "B", "B - A", "95 % interval", "pairs", "sure")
    rows = [
        [
            each.name,
            number(each.mean_a),
            number(each.mean_b),
            f"{each.difference:+.2f}",
            f"{each.low:+.2f} to {each.high:+.2f}",
            str(each.pairs),
            "yes" if each.sure else "no",
        ]
        for each in differences
    ]
    return table(names, rows, f"A: {run_a.path}, B: {run_b.path}")
