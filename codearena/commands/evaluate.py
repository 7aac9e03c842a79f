"""`codearena eval`: plays episodes with an agent, writes them down, says how well it did; or compares two runs."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from codearena.commands import model_options
from codearena.commands.console import console, reported
from codearena.commands.evaluation_tables import show, show_comparison
from codearena.commands.gateways import DEFAULT_TASKS, OwnIsolation, gateway_url
from codearena.errors import InvalidRequestError, ServiceError
from codearena.evaluation.agents import Agent, AgentError, BuggyAgent, FixerAgent, ReferenceAgent, ScriptAgent
from codearena.evaluation.compare import compare
from codearena.evaluation.endpoint import Endpoint, ModelOptions
from codearena.evaluation.folder import RunFolder
from codearena.evaluation.model import ModelAgent
from codearena.evaluation.play import play, units
from codearena.evaluation.progress import Progress
from codearena.evaluation.records import Trajectory
from codearena.evaluation.summary import Summary, summarize
from codearena.models import TaskSummary
from codearena.retry import RetryPolicy
from codearena.sdk.async_client import AsyncCodeArena
from codearena.tasks.folder import load_tasks

_SCRIPT = "script:"
_BELOW, _INCOMPLETE, _INTERRUPTED = 1, 3, 130
"""Exit codes: the mean is too low; more episodes are missing than may be; ended by Ctrl-C, as shells have it."""

GatewayURL = Annotated[
    str | None, typer.Option("--gateway-url", help="Gateway to use; none: the running one, else one of our own.")
]


@dataclass(frozen=True)
class _Run:
    """What is to be played, and how. model: how the openai agent asks, if it plays."""

    agent: str
    model: ModelOptions
    tasks: str | None
    episodes: int
    seed: int
    concurrency: int
    retry_errors: bool
    tasks_dir: Path

    @property
    def plan(self) -> dict[str, object]:
        """What two runs must share to be one."""
        asked = ("temperature", "top_p", "max_tokens", "extra_body")
        model = {name: getattr(self.model, name) for name in asked} if self.agent == "openai" else {}
        plan = {"agent": self.agent, "model": self.model.model or None, "tasks": self.tasks}
        return plan | {"episodes": self.episodes, "seed": self.seed} | model


def evaluate(
    agent: Annotated[
        str | None,
        typer.Option(help="builtin, reference, buggy, openai or script:FILE; none: openai with --model, else builtin."),
    ] = None,
    model: model_options.Model = None,
    base_url: model_options.BaseURL = None,
    tasks: Annotated[
        str | None, typer.Option(help="Ids, levels or categories, separated by commas; none: all tasks.")
    ] = None,
    episodes: Annotated[int, typer.Option(min=1, help="Episodes of each task.")] = 1,
    concurrency: Annotated[int, typer.Option(min=1, help="Episodes at once.")] = 4,
    seed: Annotated[int, typer.Option(help="Fixes the seed of every episode, which the model is also sent.")] = 0,
    out: Annotated[Path | None, typer.Option(help="Folder of the run; one that is there is gone on with.")] = None,
    retry_errors: Annotated[bool, typer.Option(help="Play again what broke off with an error.")] = False,
    temperature: model_options.Temperature = 0.0,
    top_p: model_options.TopP = None,
    max_tokens: model_options.MaxTokens = 4096,
    extra_body: model_options.ExtraBody = None,
    timeout_s: model_options.Timeout = 120.0,
    price_in: model_options.PriceIn = 0.0,
    price_out: model_options.PriceOut = 0.0,
    fail_below: Annotated[float | None, typer.Option(help="Exit with 1 if the mean final reward is less.")] = None,
    max_missing: Annotated[
        int, typer.Option(min=0, help="Exit with 3 if more episodes are missing, because they broke off.")
    ] = 0,
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
        key, more = model_options.api_key(), model_options.parsed_extra_body(extra_body)
        options = ModelOptions(
            *(model or "", base_url, key, temperature, top_p, max_tokens, more),
            timeout_s=timeout_s,
            price_in=price_in,
            price_out=price_out,
        )
        chosen = agent or ("openai" if model else "builtin")
        run = _Run(chosen, options, tasks, episodes, seed, concurrency, retry_errors, tasks_dir)
        name = f"{chosen.partition(':')[0]}-{datetime.now(UTC):%Y%m%d-%H%M%S}"
        folder = RunFolder(out or Path("runs") / name)
        folder.check(run.plan)
        with gateway_url(gateway, isolation, tasks_dir) as url:
            planned, interrupted = asyncio.run(_play(run, folder, url))
        found = summarize(_trajectories(folder), seed, planned)
        folder.write_summary(asdict(found))
    show(found, folder.path)
    if interrupted:
        console.print("interrupted; the same command goes on with it", style="red")
        raise typer.Exit(_INTERRUPTED)
    if (code := _exit_code(found, max_missing, fail_below)) != 0:
        raise typer.Exit(code)


def _exit_code(found: Summary, max_missing: int, fail_below: float | None) -> int:
    if found.missing > max_missing:
        return _INCOMPLETE
    too_low = fail_below is not None and (found.reward is None or found.reward.mean < fail_below)
    return _BELOW if too_low else 0


async def _play(run: _Run, folder: RunFolder, url: str) -> tuple[Counter[str], bool]:
    """Plays what is missing: returns how many episodes each task was to have, and whether Ctrl-C has ended it.

    The folder is made when all that can be known to fail has not.
    """
    async with AsyncExitStack() as stack:
        arena = await stack.enter_async_context(AsyncCodeArena(url, agent_id=f"eval-{folder.run_id}"))
        await _require_ready(arena)
        chosen = _chosen(await arena.tasks(), run.tasks)
        planned = units(chosen, run.episodes, run.seed, folder.run_id)
        agent = await _agent(run, arena, stack)
        ended = _begun(folder, run)
        done = {each.episode_id for each in ended}
        missing = [unit for unit in planned if unit.episode_id not in done]
        counts = Counter(unit.task.id for unit in planned)
        try:
            with Progress(chosen, run.episodes, ended, console) as progress:

                def note(trajectory: Trajectory) -> None:
                    folder.append(trajectory)
                    progress.note(trajectory)

                await play(arena, agent, missing, run.concurrency, note)
        except asyncio.CancelledError:  # by Ctrl-C; what has ended is in the folder, and is shown
            return counts, True
        return counts, False


async def _require_ready(arena: AsyncCodeArena) -> None:
    """Raises ServiceError if the gateway cannot have attempts graded, also after a while."""
    policy, answer = RetryPolicy(), await arena.ready()
    for failures in range(1, policy.attempts):
        if answer.ready:
            return
        await policy.pause(failures, None)
        answer = await arena.ready()
    if not answer.ready:
        broken = ", ".join(f"{name}: {check}" for name, check in answer.checks.items() if check != "ok")
        raise ServiceError(f"the gateway cannot grade: {broken}")


def _begun(folder: RunFolder, run: _Run) -> list[Trajectory]:
    """What the folder holds already, less what is to be played again."""
    ended = folder.begin(run.plan)
    if not (run.retry_errors and any(each.error for each in ended)):
        return ended
    folder.forget([each for each in ended if each.error])
    return folder.begin(run.plan)


def _compare(run_a: RunFolder, run_b: RunFolder) -> None:
    found = compare(_trajectories(run_a), _trajectories(run_b))
    if not found.differences:
        raise InvalidRequestError(f"{run_a.path} and {run_b.path} have no graded episode in common")
    show_comparison(found, run_a.path, run_b.path)


def _trajectories(folder: RunFolder) -> list[Trajectory]:
    folder.plan()
    return list(folder.trajectories())


async def _agent(run: _Run, arena: AsyncCodeArena, stack: AsyncExitStack) -> Agent:
    """Raises InvalidRequestError if there is none of that name, ServiceError if its model cannot be asked."""
    if run.agent == "openai":
        return await _model_agent(run.model, arena, stack)
    if run.agent.startswith(_SCRIPT):
        return ScriptAgent(Path(run.agent.removeprefix(_SCRIPT)))
    if run.agent == "builtin":
        return FixerAgent(arena)
    if run.agent == "reference":
        return ReferenceAgent(load_tasks(run.tasks_dir))
    if run.agent == "buggy":
        return BuggyAgent()
    raise InvalidRequestError(f"no agent {run.agent}")


async def _model_agent(options: ModelOptions, arena: AsyncCodeArena, stack: AsyncExitStack) -> ModelAgent:
    if not options.model:
        raise InvalidRequestError("the openai agent needs --model")
    endpoint = await stack.enter_async_context(Endpoint(options))
    try:
        await endpoint.check()
    except AgentError as error:
        raise ServiceError(f"nothing was played: {error}") from error
    return ModelAgent(endpoint, options, {task.id: task.entry_point for task in await arena.tasks()})


def _chosen(served: Sequence[TaskSummary], wanted: str | None) -> list[TaskSummary]:
    if wanted is None:
        return list(served)
    names = [name.strip() for name in wanted.split(",") if name.strip()]
    known = {name for task in served for name in (task.id, task.category, task.difficulty)}
    if unknown := sorted(set(names) - known):
        raise InvalidRequestError(f"no task, level or category {', '.join(unknown)}")
    if not names:
        raise InvalidRequestError("--tasks names no task, level or category")
    return [task for task in served if {task.id, task.category, task.difficulty} & set(names)]
