"""How good the model is at tasks of programs that it was not trained on."""

import json
import statistics
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from transformers import PreTrainedModel

from codearena.completions import Answer, answer_of
from codearena.errors import CodeArenaError
from codearena.integrations.trl import conversation, task_text
from codearena.models import Verdict
from codearena.outcomes import Outcome, outcome_of
from codearena.sdk.client import CodeArena
from examples.learn.layout import Ids
from examples.learn.sampling import Decoding, complete

_AT_ONCE = 64
"""Completions."""
_COMPONENTS = ("compile_score", "test_pass_ratio", "efficiency_score")

Message = dict[str, str]


@dataclass(frozen=True)
class HeldOutTask:
    """A task as the model is asked it. prompt: the conversation, as in training."""

    task_id: str
    entry_point: str
    prompt: list[Message]


@dataclass(frozen=True)
class Attempt:
    """One answer to one task. greedy: of the likeliest tokens; verdict: None if the service failed to grade it."""

    task: HeldOutTask
    greedy: bool
    completion: str
    answer: Answer
    verdict: Verdict | None


def held_out_tasks(arena: CodeArena, most: int) -> list[HeldOutTask]:
    """Those that the gateway holds out; of more than `most` some of each program, in turns."""
    served = arena.tasks(split="held_out")
    turns = sorted(served, key=lambda task: (task.id.rpartition("-")[2], task.id))
    return [
        HeldOutTask(
            task.id,
            task.entry_point,
            conversation(task_text(arena.reset(task.id).observation)),
        )
        for task in turns[:most]
    ]


class HeldOut:
    """Asks a model all held-out tasks, and has the answers graded in one call.

    Every evaluation is graded on the same hidden inputs. ids_of, text_of: the model's template and its tokenizer.
    """

    def __init__(
        self,
        arena: CodeArena,
        tasks: Sequence[HeldOutTask],
        ids_of: Callable[[Sequence[Message]], Ids],
        text_of: Callable[[Ids], str],
    ) -> None:
        self._arena, self._tasks = arena, tasks
        self._ids_of, self._text_of = ids_of, text_of

    def attempts(self, model: PreTrainedModel, decoding: Decoding, seed: int) -> list[Attempt]:
        """decoding: its temperatures say how many answers to each task there are."""
        rng = torch.Generator(model.device).manual_seed(seed)
        ordered = sorted(((self._ids_of(task.prompt), task) for task in self._tasks), key=lambda pair: len(pair[0]))
        at_once = max(1, _AT_ONCE // len(decoding.temperatures))
        asked = []
        for start in range(0, len(ordered), at_once):
            part = ordered[start : start + at_once]
            found = complete(model, [ids for ids, _ in part], decoding, rng)
            for (_, task), completions in zip(part, found, strict=True):
                for ids, temperature in zip(completions, decoding.temperatures, strict=True):
                    asked.append((task, not temperature, self._text_of(ids)))
        return self._graded(asked)

    def _graded(self, asked: Sequence[tuple[HeldOutTask, bool, str]]) -> list[Attempt]:
        answers = [answer_of(text, task.entry_point) for task, _, text in asked]
        pairs = [(task.task_id, answer.source) for (task, _, _), answer in zip(asked, answers, strict=True)]
        verdicts = self._arena.grade_batch(pairs, group_ids=[f"held-out-{task.task_id}" for task, _, _ in asked])
        return [
            Attempt(task, greedy, text, answer, None if isinstance(verdict, CodeArenaError) else verdict)
            for (task, greedy, text), answer, verdict in zip(asked, answers, verdicts, strict=True)
        ]


def summary(attempts: Sequence[Attempt]) -> dict[str, float]:
    """What goes into the log: of the likeliest answers as `eval_...`, of the sampled ones as `eval_sampled_...`."""
    found: dict[str, float] = {}
    for prefix, greedy in (("eval_", True), ("eval_sampled_", False)):
        part = [attempt for attempt in attempts if attempt.greedy is greedy]
        if part:
            found |= {f"{prefix}{name}": value for name, value in _summary(part).items()}
    return found


def _summary(attempts: Sequence[Attempt]) -> dict[str, float]:
    graded = [attempt for attempt in attempts if attempt.verdict is not None]
    found: dict[str, float] = {"tasks": float(len(attempts)), "not_graded": float(len(attempts) - len(graded))}
    if not graded:
        return found
    verdicts = [attempt.verdict for attempt in graded if attempt.verdict is not None]
    outcomes = Counter(outcome(attempt) for attempt in graded)
    found |= {
        "reward": statistics.fmean(verdict.reward for verdict in verdicts),
        "solved": statistics.fmean(verdict.solved for verdict in verdicts),
    }
    for name in _COMPONENTS:
        found[name] = statistics.fmean(getattr(verdict.reward_components, name) or 0.0 for verdict in verdicts)
    return found | {f"outcome/{kind}": outcomes[kind] / len(graded) for kind in Outcome}


def outcome(attempt: Attempt) -> Outcome | None:
    """None if it was not graded."""
    return outcome_of(attempt.verdict, answered=attempt.answer.missing is None) if attempt.verdict else None


def append(file: Path, step: int, attempts: Sequence[Attempt]) -> None:
    """A line for each answer, so that a reader sees what the model wrote."""
    with file.open("a", encoding="utf-8") as opened:
        for attempt in attempts:
            opened.write(json.dumps(_line(step, attempt)) + "\n")


def _line(step: int, attempt: Attempt) -> Mapping[str, object]:
    return {
        "step": step,
        "task_id": attempt.task.task_id,
        "greedy": attempt.greedy,
        "reward": attempt.verdict.reward if attempt.verdict else None,
        "outcome": outcome(attempt),
        "completion": attempt.completion,
    }
