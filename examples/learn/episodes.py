"""Episodes of up to five attempts on the held-out tasks: repair@1 to repair@5, of the model and beside it of others.

python -m examples.learn.episodes --output episodes                       # the untrained model, the fixer, both
python -m examples.learn.episodes --output episodes --trained runs/seed0/model --agents model fallback
codearena plot episodes/*                                                 # the figures, method against method

Each agent's run is a folder as of `codearena eval`: it is resumed where it was, and `codearena eval compare` takes two.
"""

import argparse
import asyncio
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table
from transformers import AutoModelForCausalLM, AutoTokenizer

from codearena.embedded import embedded_gateway
from codearena.evaluation.agents import Agent, FixerAgent
from codearena.evaluation.folder import RunFolder
from codearena.evaluation.play import play, units
from codearena.evaluation.records import Trajectory
from codearena.evaluation.summary import Summary, summarize
from codearena.models import TaskSummary
from codearena.pretrained import LOCAL, model_path
from codearena.sdk.async_client import AsyncCodeArena
from examples.learn.agent import BatchedModelAgent, FallbackAgent
from examples.learn.attention import use_groups
from examples.learn.sampling import Decoding
from examples.learn.tasks import PACKED, unpacked

_AGENTS = ("model", "fixer", "fallback")
_SAMPLING = {"temperature": 0.7}


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, default=Path("episodes"), help="folder of runs (%(default)s)")
    parser.add_argument("--model", default=LOCAL, help="the untrained model: name or folder (%(default)s)")
    parser.add_argument("--trained", type=Path, help="folder of a trained model, which plays instead")
    parser.add_argument("--name", help="of the model's runs; none: untrained or trained")
    parser.add_argument("--agents", nargs="+", choices=_AGENTS, default=_AGENTS, help="who plays (all)")
    parser.add_argument("--tasks", type=Path, default=PACKED, help="file of tasks (%(default)s)")
    parser.add_argument("--isolation", default="cell", help="of the gateway that is started (%(default)s)")
    parser.add_argument("--tokens", type=int, default=160, help="longest answer (%(default)s)")
    parser.add_argument("--at-once", type=int, default=48, help="episodes (%(default)s)")
    options = parser.parse_args(arguments)
    tasks = unpacked(options.tasks, options.output)
    with embedded_gateway(options.isolation, tasks) as url:
        found = asyncio.run(_play(options, url))
    Console().print(_table(found))


async def _play(options: argparse.Namespace, url: str) -> dict[str, Summary]:
    found = {}
    name = options.name or ("trained" if options.trained else "untrained")
    async with AsyncCodeArena(url, agent_id="eval-learn", timeout_s=600.0) as arena:
        tasks = [task for task in await arena.tasks() if task.split == "held_out"]
        asks_model = set(options.agents) != {"fixer"}
        model = _model(options, {task.id: task.entry_point for task in tasks}) if asks_model else None
        agents: dict[str, Agent] = {"fixer": FixerAgent(arena)}
        if model is not None:
            agents |= {"model": model, "fallback": FallbackAgent(model, agents["fixer"])}
        for kind in options.agents:
            run = {"model": name, "fixer": "fixer", "fallback": f"{name}-then-fixer"}[kind]
            trajectories = await _run(arena, agents[kind], tasks, options.output / run, options.at_once)
            found[run] = summarize(trajectories)
    return found


def _model(options: argparse.Namespace, entry_points: dict[str, str]) -> BatchedModelAgent:
    path = str(options.trained) if options.trained else model_path(options.model)
    tokenizer = AutoTokenizer.from_pretrained(path)
    model = AutoModelForCausalLM.from_pretrained(path, dtype="bfloat16").eval()
    use_groups(model)
    ends = frozenset({tokenizer.eos_token_id})
    decoding = Decoding(options.tokens, [_SAMPLING["temperature"]], ends, tokenizer.pad_token_id)

    def ids_of(prompt: Sequence[dict[str, str]]) -> list[int]:
        made = tokenizer.apply_chat_template(prompt, add_generation_prompt=True, tokenize=True, return_dict=True)
        return list(made["input_ids"])

    def text_of(ids: Sequence[int]) -> str:
        return str(tokenizer.decode(ids, skip_special_tokens=True))

    return BatchedModelAgent(model, decoding, ids_of, text_of, entry_points, options.at_once)


async def _run(
    arena: AsyncCodeArena, agent: Agent, tasks: Sequence[TaskSummary], path: Path, at_once: int
) -> list[Trajectory]:
    """Plays what is missing of a run."""
    folder = RunFolder(path)
    ended = folder.begin({"agent": path.name, "tasks": [task.revision for task in tasks], **_SAMPLING})
    names = {trajectory.episode_id for trajectory in ended}
    todo = [unit for unit in units(tasks, 1, 0, folder.run_id) if unit.episode_id not in names]
    await play(arena, agent, todo, at_once, folder.append)
    every = list(folder.trajectories())
    folder.write_summary(json.loads(json.dumps(asdict(summarize(every)))))
    return every


def _table(found: dict[str, Summary]) -> Table:
    steps = max((len(summary.solved_by_step) for summary in found.values()), default=0)
    table = Table("agent", *(f"repair@{step}" for step in range(1, steps + 1)), "mean final reward", "episodes")
    for name, summary in found.items():
        solved = [f"{share:.2f}" for share in summary.solved_by_step]
        mean = f"{summary.reward.mean:.3f}" if summary.reward else ""
        table.add_row(name, *solved, *[""] * (steps - len(solved)), mean, f"{summary.graded}/{summary.episodes}")
    return table


if __name__ == "__main__":
    main()
