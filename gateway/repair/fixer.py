"""POST /fix: a chain of links, each of which may find a repair; the first that does answers."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import openai

from codearena import models
from codearena.server.breaker import Breaker
from codearena.server.fairness import FairPlaces
from codearena.tasks.task import Task
from gateway import metrics
from gateway.catalogue.catalogue import Catalogue
from gateway.deadline import Deadline
from gateway.repair.searches import Searches
from gateway.series.tally import Tally
from gateway.settings import FixerModel, Settings

log = logging.getLogger(__name__)

_RETRY_AFTER_S = 5.0


@dataclass(frozen=True)
class FixOrder:
    """What is to be repaired. reward: what the code earned, None if unknown; task: None if none was named.

    memory: what the agent is reminded of, None: nothing.
    """

    code: str
    error_log: str
    reward: float | None
    task: Task | None
    hint: str = ""
    memory: models.EpisodeMemory | None = None


@dataclass(frozen=True)
class Fix:
    """A repair that parses and differs. complexity and algo_hint are empty if unknown."""

    source: str
    explanation: str
    complexity: str = ""
    algo_hint: str = ""


class Link(Protocol):
    """One way to repair code. name: told as the method; kind: its label in metrics, of a closed set."""

    name: str
    kind: str

    async def fix(self, order: FixOrder, deadline: Deadline) -> Fix | None:
        """A repair, or None if it finds none.

        Raises:
            ServiceError: what it needs failed, or its time was over.
        """


_SYSTEM = (
    "You repair Python code. Answer with the whole repaired source in one ```python block, and nothing that reads "
    "input or prints."
)
_ANSWER_WALL_S = 10.0


def focus(reward: float | None) -> str:
    """What a repair should look at first, by what the code earned: running at all, being right, being quick."""
    if reward is None or reward < 0.4:
        return "The code barely works. First make it valid Python that loads and runs; change no more than that needs."
    if reward < 0.7:
        return "The code runs. Now make it right for every input that the task allows, edge cases included."
    return "The code is nearly right. Keep what it returns, and bring the growth of its running time down."


def prompt(order: FixOrder) -> str:
    """What a model is shown: the task if one was named, memory, the code, its log and hint, and where to look first."""
    parts = [
        ("Task", order.task.description if order.task else ""),
        *(_reminders(order.memory) if order.memory else ()),
    ]
    parts += [("Code", _block(order.code)), ("What happened when it was run", order.error_log), ("Hint", order.hint)]
    parts += [("What to do", focus(order.reward))]
    return "\n\n".join(f"# {name}\n{text.strip()}" for name, text in parts if text.strip())


def _reminders(memory: models.EpisodeMemory) -> Iterator[tuple[str, str]]:
    if memory.best is not None and memory.best.source:
        yield f"The best attempt so far, which earned {memory.best.reward:.2f}", _block(memory.best.source)
    told = [f"- {failure.signature} ({failure.count} times)" for failure in memory.failures]
    yield "How attempts failed before", "\n".join(told)


def _block(source: str) -> str:
    return f"```python\n{source.rstrip()}\n```"


class ModelLink:
    """Asks a chat model. What fails, does not parse or does not differ is no repair, and the next link is asked."""

    kind = "model"

    def __init__(self, settings: FixerModel, searches: Searches) -> None:
        self.name = settings.name
        self._settings = settings
        self._searches = searches
        self._breaker = Breaker(settings.breaker_failures, settings.breaker_open_s)
        key = settings.api_key.get_secret_value() if settings.api_key else ""
        self._client = openai.AsyncOpenAI(base_url=settings.base_url or None, api_key=key or "none", max_retries=0)

    async def fix(self, order: FixOrder, deadline: Deadline) -> Fix | None:
        if not self._breaker.allows():
            return None
        try:
            async with asyncio.timeout(min(self._settings.timeout_s, deadline.left_s())):
                reply = await self._answer(prompt(order))
        except (openai.OpenAIError, TimeoutError) as error:
            log.warning("the fixer's model %s failed: %s", self.name, type(error).__name__)
            self._breaker.failed()
            return None
        except BaseException:
            self._breaker.gave_up()
            raise
        self._breaker.succeeded()
        if not reply.strip():
            return None
        entry_point = order.task.entry_point if order.task else None
        found = await self._searches.answer(reply, entry_point, min(_ANSWER_WALL_S, deadline.left_s()))
        if found is None or found.text.strip() == order.code.strip():
            return None
        return Fix(found.text, f"the answer of {self._settings.model}", found.complexity, found.hint)

    async def _answer(self, text: str) -> str:
        answer = await self._client.chat.completions.create(
            model=self._settings.model,
            messages=[{"role": "system", "content": _SYSTEM}, {"role": "user", "content": text}],
            temperature=0,
            max_tokens=self._settings.max_tokens,
        )
        return (answer.choices[0].message.content or "") if answer.choices else ""


Remember = Callable[[models.FixRequest, Task], Awaitable[models.EpisodeMemory]]
"""What the agent of a request remembers of a task. Raises InvalidRequestError for one in evaluation."""


class Fixer:
    """Asks the links in turn. So many calls at once, so many waiting, the rest refused. names: of the links."""

    def __init__(
        self, settings: Settings, tasks: Catalogue, links: Sequence[Link], remember: Remember, tally: Tally
    ) -> None:
        self.names = [link.name for link in links]
        self._remember = remember
        self._tally = tally
        self._settings = settings
        self._tasks = tasks
        self._links = links
        self._places = FairPlaces(
            settings.fixer_concurrency, most_waiting=settings.fixer_waiting, retry_after_s=_RETRY_AFTER_S
        )

    async def fix(self, request: models.FixRequest) -> models.FixResponse:
        """Repairs the code of the request, or says that it cannot.

        Raises:
            UnknownTaskError: there is no such task.
            InvalidRequestError: an agent in evaluation asks for its memory.
            ServiceError: we failed.
        """
        task = self._tasks.find(request.task_id) if request.task_id else None
        memory = await self._remember(request, task) if request.use_memory and task else None
        order = FixOrder(request.code, request.error_log, request.reward, task, request.hint, memory)
        async with self._places.place():
            return await self._answer(order)

    async def _answer(self, order: FixOrder) -> models.FixResponse:
        started = time.perf_counter()
        deadline = Deadline(self._settings.fixer_deadline_s)
        code = order.code.encode("utf-8", "replace").decode()
        for link in self._links if len(code.encode()) <= self._settings.source_bytes else ():
            if fix := await link.fix(order, deadline):
                self._count(link.kind, link.name, started)
                return models.FixResponse(
                    fixed_code=fix.source,
                    method=link.name,
                    success=True,
                    explanation=fix.explanation,
                    complexity=fix.complexity,
                    algo_hint=fix.algo_hint,
                )
        self._count("none", "none", started)
        explanation = "no repair was found that does better"
        return models.FixResponse(
            fixed_code=code, method="none", success=False, explanation=explanation, complexity="", algo_hint=""
        )

    def _count(self, kind: str, method: str, started: float) -> None:
        metrics.FIXES.labels(kind).inc()
        metrics.FIX_SECONDS.observe(time.perf_counter() - started)
        self._tally.fix(method)
