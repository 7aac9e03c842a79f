"""Who proposes the fixes: the service's fixer, the reference, the buggy code, a model, or a file of yours."""

import importlib.util
import inspect
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from codearena.errors import InvalidRequestError
from codearena.evaluation.records import Use
from codearena.models import Observation
from codearena.sdk.async_client import AsyncCodeArena
from codearena.tasks.task import Task


class AgentError(Exception):
    """The agent could not propose a fix; the message says why. The episode ends there, and nothing is made up."""


@dataclass(frozen=True)
class Proposal:
    """A fix, and what it took. no_answer: why there is none; the source is empty then, and is graded as that."""

    source: str
    use: Use
    no_answer: str | None = None


class Agent(Protocol):
    """Proposes the next fix of an episode."""

    async def propose(self, seen: Observation, reward: float | None, seed: int) -> Proposal:
        """seen: as the service showed it last; reward: of the step before, None at first; seed: of the episode.

        Raises:
            AgentError: no fix can be had.
        """


class BuggyAgent:
    """Sends the buggy code back: the floor."""

    async def propose(self, seen: Observation, reward: float | None, seed: int) -> Proposal:
        return Proposal(seen.buggy_code, Use(method="buggy"))


class FixerAgent:
    """Asks the service's own fixer, with the last attempt and what it got. An answer of `none` is sent as it is."""

    def __init__(self, arena: AsyncCodeArena) -> None:
        self._arena = arena

    async def propose(self, seen: Observation, reward: float | None, seed: int) -> Proposal:
        started = time.monotonic()
        code = seen.previous_attempts[-1] if seen.previous_attempts else seen.buggy_code
        answer = await self._arena.fix(code, seen.error_log, hint=seen.hint, reward=reward, task_id=seen.task_id)
        return Proposal(answer.fixed_code, Use(method=answer.method, seconds=time.monotonic() - started))


class ReferenceAgent:
    """Sends the reference: the ceiling. Needs the folder of the tasks, since no service shows it."""

    def __init__(self, tasks: Mapping[str, Task]) -> None:
        self._tasks = tasks

    async def propose(self, seen: Observation, reward: float | None, seed: int) -> Proposal:
        task = self._tasks.get(seen.task_id)
        if task is None:
            raise AgentError(f"the folder of tasks has no {seen.task_id}")
        return Proposal(task.solution, Use(method="reference"))


class ScriptAgent:
    """Calls `propose(observation) -> str` of a file of yours; it may be a coroutine function. Runs in this process."""

    def __init__(self, file: Path) -> None:
        """Raises InvalidRequestError if the file cannot be run, or does not define it."""
        self._function = _function_of(file)

    async def propose(self, seen: Observation, reward: float | None, seed: int) -> Proposal:
        started = time.monotonic()
        try:
            found = self._function(seen)
            source = await found if inspect.isawaitable(found) else found
        except Exception as error:  # whatever a person's own code raises is that person's to read
            raise AgentError(f"{type(error).__name__}: {error}") from error
        if not isinstance(source, str):
            raise AgentError(f"propose returned a {type(source).__name__}, not a str")
        return Proposal(source, Use(method="script", seconds=time.monotonic() - started))


def _function_of(file: Path) -> Callable[[Observation], str | Awaitable[str]]:
    spec = importlib.util.spec_from_file_location("codearena_agent", file) if file.exists() else None
    if spec is None or spec.loader is None:
        raise InvalidRequestError(f"{file} is no Python file")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:  # whatever a person's own code raises is that person's to read
        raise InvalidRequestError(f"{file} cannot be run: {type(error).__name__}: {error}") from error
    function: Callable[[Observation], str | Awaitable[str]] | None = getattr(module, "propose", None)
    if not callable(function):
        raise InvalidRequestError(f"{file} defines no propose(observation)")
    return function
