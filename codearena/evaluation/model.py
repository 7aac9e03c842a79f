"""A model behind an OpenAI-compatible endpoint as the agent."""

import time
from collections.abc import Mapping

from codearena.completions import answer_of, code_of
from codearena.evaluation.agents import Proposal
from codearena.evaluation.endpoint import Endpoint, ModelOptions
from codearena.evaluation.records import Use
from codearena.evaluation.reply import Reply
from codearena.models import Observation

_TOKENS_OF_A_PRICE = 1_000_000
_SYSTEM = (
    "You repair Python code. You are given a task, code with a bug, and what happened when it was run. "
    "Answer with the whole repaired source in one ```python block, and nothing that reads input or prints."
)


class ModelAgent:
    """Asks a chat model; each step is one request that shows the task, the last attempt and its log."""

    def __init__(self, endpoint: Endpoint, options: ModelOptions, entry_points: Mapping[str, str]) -> None:
        """entry_points: what a fix has to define, by task."""
        self._entry_points = entry_points
        self._endpoint = endpoint
        self._options = options

    async def propose(self, seen: Observation, reward: float | None, seed: int) -> Proposal:
        started = time.monotonic()
        messages = [{"role": "system", "content": _SYSTEM}, {"role": "user", "content": prompt(seen)}]
        answer = await self._endpoint.ask(messages, seed)
        use = Use(
            method=self._options.model,
            tokens_in=answer.tokens_in,
            tokens_out=answer.tokens_out,
            cost=_cost(answer, self._options),
            seconds=time.monotonic() - started,
            finish_reason=answer.finish_reason,
        )
        return proposal(answer, use, self._entry_points.get(seen.task_id))


def proposal(answer: Reply, use: Use, entry_point: str | None = None) -> Proposal:
    """The source in an answer; of one that has none the empty source, and why."""
    if answer.tool_source is not None:
        return Proposal(code_of(answer.tool_source), use)
    if answer.text is None:
        return Proposal("", use, answer.absence)
    found = answer_of(answer.text, entry_point)
    return Proposal(found.source, use, found.missing)


def _cost(answer: Reply, options: ModelOptions) -> float:
    tokens = (answer.tokens_in or 0) * options.price_in + (answer.tokens_out or 0) * options.price_out
    return tokens / _TOKENS_OF_A_PRICE


def prompt(seen: Observation) -> str:
    """What the model is shown of an observation. Lone surrogates, which no request can carry, are shown escaped."""
    parts = [("Task", seen.description), ("Buggy code", _fenced(seen.buggy_code))]
    if seen.previous_attempts:
        parts.append(("Your last attempt", _fenced(seen.previous_attempts[-1])))
    parts += [("What happened", seen.error_log), ("Tests", seen.test_results), ("Hint", seen.hint)]
    text = "\n\n".join(f"# {name}\n{text.strip()}" for name, text in parts if text.strip())
    return text.encode("utf-8", "backslashreplace").decode()


def _fenced(source: str) -> str:
    return f"```python\n{source.rstrip()}\n```"
