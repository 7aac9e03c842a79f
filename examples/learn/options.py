"""The flags of `python -m examples.learn`."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from codearena.pretrained import LOCAL
from examples.learn.curriculum import STRATEGIES
from examples.learn.tasks import PACKED

_DESCRIPTION = """Teaches a pretrained language model to repair code: GRPO by TRL, against the running service.

python -m examples.learn --output runs/seed0 --seed 0        # an hour or less on two CPU cores
python -m examples.learn --output runs/seed0 --resume        # goes on after a kill
python -m examples.learn --model Qwen/Qwen2.5-Coder-1.5B-Instruct --device cuda --prompts 32 --layers 0 --lora
codearena plot runs                                          # the figures, of all seeds
"""


@dataclass(frozen=True)
class Options:
    """What a run is. tasks: file of tasks; curriculum: the service's strategy that chooses among them, none: all
    in turns; steps: updates; prompts: tasks of each, with `generations` completions.

    temperature: of the training, and of the sampled part of an evaluation. evaluate_every: steps. layers: the last
    ones, which are trained; 0: all. warm_start: repairs of the fixer that are learnt first.
    """

    output: Path
    base_url: str | None
    isolation: str
    tasks: Path
    curriculum: str | None
    model: str
    steps: int
    prompts: int
    generations: int
    tokens: int
    lora: bool
    layers: int
    learning_rate: float
    temperature: float
    seed: int
    device: str
    evaluate_every: int
    evaluation_samples: int
    held_out: int
    warm_start: int
    resume: bool
    report_to: tuple[str, ...]


def options(arguments: Sequence[str] | None = None) -> Options:
    parser = argparse.ArgumentParser(
        "python -m examples.learn", description=_DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    _service(parser)
    _training(parser)
    _evaluation(parser)
    found = parser.parse_args(arguments)
    if found.prompts < 1 or found.generations < 2 or found.steps < 1 or found.tokens < 1:
        parser.error("at least 1 step, 1 prompt, 2 generations and 1 token are needed")
    if not found.temperature > 0:
        parser.error("--temperature has to be above 0: equal answers teach nothing")
    return Options(**{**vars(found), "report_to": tuple(found.report_to)})


def _service(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("service")
    group.add_argument("--base-url", help="gateway that serves the tasks; none: one is started for the run")
    group.add_argument("--isolation", default="cell", help="of the gateway that is started (%(default)s)")
    group.add_argument("--tasks", type=Path, default=PACKED, help="file of tasks, as JSONL or .xz of it (%(default)s)")
    group.add_argument(
        "--curriculum", choices=STRATEGIES, help="the service's curriculum chooses the tasks; none: all in turns"
    )


def _training(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("training")
    group.add_argument("--output", type=Path, default=Path("learned"), help="folder of model and logs (%(default)s)")
    group.add_argument("--model", default=LOCAL, help=f"name or folder; {LOCAL}: SmolLM2-135M-Instruct (%(default)s)")
    group.add_argument("--steps", type=int, default=40, help="updates (%(default)s)")
    group.add_argument("--prompts", type=int, default=4, help="tasks of each update (%(default)s)")
    group.add_argument("--generations", type=int, default=8, help="completions of each task (%(default)s)")
    group.add_argument("--tokens", type=int, default=128, help="longest completion (%(default)s)")
    group.add_argument("--lora", action="store_true", help="train low-rank adapters instead of all weights")
    group.add_argument("--learning-rate", type=float, default=5e-5, help="its highest (%(default)s)")
    group.add_argument("--temperature", type=float, default=0.9, help="of sampling (%(default)s)")
    group.add_argument("--seed", type=int, default=0, help="of everything that is drawn (%(default)s)")
    group.add_argument("--device", default="cpu", help="cpu or cuda (%(default)s)")
    group.add_argument("--layers", type=int, default=10, help="train the last ones only; 0: all (%(default)s)")
    group.add_argument("--warm-start", type=int, default=24, help="repairs of the fixer to begin with (%(default)s)")
    group.add_argument("--resume", action="store_true", help="go on from the last checkpoint, if there is one")
    group.add_argument(
        "--report-to", action="append", default=[], choices=("trackio", "wandb"), help="too; may be given again"
    )


def _evaluation(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("evaluation on held-out tasks")
    group.add_argument("--evaluate-every", type=int, default=20, help="steps (%(default)s)")
    group.add_argument("--evaluation-samples", type=int, default=1, help="beside the likeliest answer (%(default)s)")
    group.add_argument("--held-out", type=int, default=64, help="tasks, of as many programs as can be (%(default)s)")
