"""What a run writes down while it goes, and what it shows."""

import json
import os
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from transformers import Trainer, TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from examples.learn import held_out
from examples.learn.clock import Clock
from examples.learn.held_out import HeldOut
from examples.learn.trainer import GroupTrainer, evaluating

UNTRAINED = -1
"""The step of the evaluation before a warm start; step 0 is behind it."""
LOG, ANSWERS = "log.jsonl", "answers.jsonl"
"""Records of the training and its evaluations, a line each; the answers of the evaluations."""


class LogFile(TrainerCallback):
    """Writes each record as it comes: a run that is killed has what it had logged.

    A resumed run logs the steps behind its checkpoint again; of those with the same step the last one counts.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file = folder / LOG

    def on_log(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        logs: dict[str, Any] | None = None,
        **_: Any,
    ) -> None:
        if logs and state.is_world_process_zero:
            with self._file.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"step": state.global_step, **logs}) + "\n")
                file.flush()
                os.fsync(file.fileno())


class Evaluations(TrainerCallback):
    """Evaluates on the held-out tasks before the first step, and after every few.

    `trainer` is to be set before the training begins.
    """

    def __init__(self, held: HeldOut, every: int, temperatures: list[float], folder: Path, clock: Clock) -> None:
        self.trainer: GroupTrainer | None = None
        self._held, self._every, self._temperatures = held, every, temperatures
        self._folder, self._clock = folder, clock

    def on_train_begin(self, args: TrainingArguments, state: TrainerState, *_: Any, **__: Any) -> None:
        if state.global_step == 0:
            self.evaluate(args.seed, state.global_step)

    def on_step_end(self, args: TrainingArguments, state: TrainerState, *_: Any, **__: Any) -> None:
        if state.global_step % self._every == 0 or state.global_step == state.max_steps:
            self.evaluate(args.seed, state.global_step)

    def evaluate(self, seed: int, step: int) -> None:
        """Asks, writes down and logs. step: what it is written down as."""
        trainer = self.trainer
        if trainer is None or not trainer.is_world_process_zero():
            return
        with self._clock.timed("evaluation"):
            model = trainer.sampling_model()
            with evaluating(model):
                attempts = self._held.attempts(model, trainer.decoding(self._temperatures), seed)
        held_out.append(self._folder / ANSWERS, step, attempts)
        due = trainer.control.should_log  # which any record takes back, and the step's own is still to come
        # Not GRPOTrainer's: it would add what it has of the step.
        Trainer.log(trainer, held_out.summary(attempts) | ({"step": step} if step == UNTRAINED else {}))
        trainer.control.should_log = due


class ShownProgress(TrainerCallback):
    """A bar with the step's reward and the last evaluation."""

    def __init__(self, console: Console) -> None:
        columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
        self._progress = Progress(*columns, TextColumn("{task.description}"), console=console)
        self._console = console
        self._reward = self._held_out = ""
        self._bar = self._progress.add_task("")

    def on_train_begin(self, args: TrainingArguments, state: TrainerState, *_: Any, **__: Any) -> None:
        self._progress.update(self._bar, total=state.max_steps, completed=state.global_step)
        self._progress.start()

    def on_step_end(self, args: TrainingArguments, state: TrainerState, *_: Any, **__: Any) -> None:
        self._progress.update(self._bar, completed=state.global_step)

    def on_log(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        logs: dict[str, Any] | None = None,
        **_: Any,
    ) -> None:
        found = logs or {}
        if isinstance(found.get("reward"), float):
            self._reward = f"reward {found['reward']:.3f}"
        if "eval_reward" in found:
            solved = f"{found['eval_solved']:.0%} solved"
            self._held_out = f"held out {found['eval_reward']:.3f}, {solved}"
            self._console.print(f"step {state.global_step}: {self._held_out}", highlight=False)
        self._progress.update(self._bar, description=f"{self._reward}  {self._held_out}")

    def on_train_end(self, *_: Any, **__: Any) -> None:
        self._progress.stop()
