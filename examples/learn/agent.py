"""The model as an agent of `codearena eval`: the episodes that are played at once are asked in one batch."""

import ast
import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import torch
from transformers import PreTrainedModel

from codearena.completions import answer_of
from codearena.evaluation.agents import Agent, Proposal
from codearena.evaluation.records import Use
from codearena.integrations.trl import conversation, task_text
from codearena.models import Observation
from examples.learn.layout import Ids
from examples.learn.sampling import Decoding, complete

_GATHER_S = 0.3
"""How long a question waits for others to be answered with."""


@dataclass(frozen=True)
class _Question:
    ids: Ids
    answer: "asyncio.Future[list[int]]"


class BatchedModelAgent:
    """Asks a model in memory. An attempt sees the one before it, its error log and hint, as if it were the task's code.

    So a later attempt is asked just as a first one is, which is what the model was trained on. decoding: of one
    completion for each question.
    """

    def __init__(
        self,
        model: PreTrainedModel,
        decoding: Decoding,
        ids_of: Callable[[Sequence[dict[str, str]]], Ids],
        text_of: Callable[[Ids], str],
        entry_points: Mapping[str, str],
        at_once: int,
        seed: int = 0,
    ) -> None:
        self._model, self._decoding, self._at_once = model, decoding, at_once
        self._ids_of, self._text_of, self._entry_points = ids_of, text_of, entry_points
        self._rng = torch.Generator(model.device).manual_seed(seed)
        self._waiting: list[_Question] = []
        self._answering: asyncio.Task[None] | None = None

    async def propose(self, seen: Observation, reward: float | None, seed: int) -> Proposal:
        started = time.monotonic()
        prompt = conversation(asked(seen))
        question = _Question(self._ids_of(prompt), asyncio.get_running_loop().create_future())
        self._waiting.append(question)
        if self._answering is None or self._answering.done():
            self._answering = asyncio.create_task(self._answer())
        ids = await question.answer
        found = answer_of(self._text_of(ids), self._entry_points.get(seen.task_id))
        use = Use(
            method="model",
            tokens_in=len(question.ids),
            tokens_out=len(ids),
            seconds=time.monotonic() - started,
            finish_reason="stop" if ids[-1] in self._decoding.ends else "length",
        )
        return Proposal(found.source, use, found.missing)

    async def _answer(self) -> None:
        """Until nobody waits: those that wait, a batch at a time."""
        while self._waiting:
            await asyncio.sleep(_GATHER_S)
            part, self._waiting = self._waiting[: self._at_once], self._waiting[self._at_once :]
            part.sort(key=lambda question: len(question.ids))
            prompts = [question.ids for question in part]
            try:
                found = await asyncio.to_thread(complete, self._model, prompts, self._decoding, self._rng)
            except Exception as error:
                for question in part:
                    question.answer.set_exception(error)
                raise
            for question, completions in zip(part, found, strict=True):
                question.answer.set_result(completions[0])


def asked(seen: Observation) -> str:
    """The task's text, with the last attempt in the place of the code as given, and the hint."""
    last = next((attempt for attempt in reversed(seen.previous_attempts) if attempt.strip()), seen.buggy_code)
    text = task_text(seen.model_copy(update={"buggy_code": last}))
    return f"{text}\nHint: {seen.hint}\n" if seen.hint else text


class FallbackAgent:
    """Asks one agent, and another one where the first has nothing new: no answer, no Python, or what was tried."""

    def __init__(self, first: Agent, second: Agent) -> None:
        self._first, self._second = first, second

    async def propose(self, seen: Observation, reward: float | None, seed: int) -> Proposal:
        proposal = await self._first.propose(seen, reward, seed)
        known = {seen.buggy_code.strip(), *(attempt.strip() for attempt in seen.previous_attempts)}
        if proposal.source.strip() not in known and _is_python(proposal.source):
            return proposal
        return await self._second.propose(seen, reward, seed)


def _is_python(source: str) -> bool:
    try:
        ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return bool(source.strip())
