"""A model behind an OpenAI-compatible endpoint as the agent."""

import time
from dataclasses import dataclass

import openai

from codearena.completions import source_of
from codearena.evaluation.agents import AgentError, Proposal
from codearena.evaluation.records import Use
from codearena.models import Observation

_TOKENS_OF_A_PRICE = 1_000_000
_SYSTEM = (
    "You repair Python code. You are given a task, code with a bug, and what happened when it was run. "
    "Answer with the whole repaired source in one ```python block, and nothing that reads input or prints."
)


@dataclass(frozen=True)
class ModelOptions:
    """How to ask. price_in, price_out: of a million tokens; timeout_s: for one answer; tries: in all."""

    model: str
    base_url: str | None
    api_key: str
    temperature: float = 0.0
    max_tokens: int = 4096
    timeout_s: float = 120.0
    tries: int = 3
    price_in: float = 0.0
    price_out: float = 0.0


class ModelAgent:
    """Asks a chat model; each step is one request that shows the task, the last attempt and its log."""

    def __init__(self, options: ModelOptions) -> None:
        self._options = options
        self._client = openai.AsyncOpenAI(
            base_url=options.base_url,
            api_key=options.api_key,
            timeout=options.timeout_s,
            max_retries=options.tries - 1,
        )

    async def propose(self, seen: Observation, reward: float | None, seed: int) -> Proposal:
        options, started = self._options, time.monotonic()
        try:
            answer = await self._client.chat.completions.create(
                model=options.model,
                messages=[{"role": "system", "content": _SYSTEM}, {"role": "user", "content": prompt(seen)}],
                temperature=options.temperature,
                max_tokens=options.max_tokens,
                seed=seed,
            )
        except openai.OpenAIError as error:
            raise AgentError(f"the model's endpoint: {type(error).__name__}: {error}") from error
        text = answer.choices[0].message.content if answer.choices else None
        if not text or not text.strip():
            raise AgentError("the model's endpoint: an answer without text")
        tokens_in = answer.usage.prompt_tokens if answer.usage else 0
        tokens_out = answer.usage.completion_tokens if answer.usage else 0
        cost = (tokens_in * options.price_in + tokens_out * options.price_out) / _TOKENS_OF_A_PRICE
        seconds = time.monotonic() - started
        use = Use(method=options.model, tokens_in=tokens_in, tokens_out=tokens_out, cost=cost, seconds=seconds)
        return Proposal(source_of(text), use)


def prompt(seen: Observation) -> str:
    """What the model is shown of an observation."""
    parts = [("Task", seen.description), ("Buggy code", _fenced(seen.buggy_code))]
    if seen.previous_attempts:
        parts.append(("Your last attempt", _fenced(seen.previous_attempts[-1])))
    parts += [("What happened", seen.error_log), ("Tests", seen.test_results), ("Hint", seen.hint)]
    return "\n\n".join(f"# {name}\n{text.strip()}" for name, text in parts if text.strip())


def _fenced(source: str) -> str:
    return f"```python\n{source.rstrip()}\n```"
