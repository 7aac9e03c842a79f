"""The Python SDK: `CodeArena`, which is `AsyncCodeArena` without `await`.

    with CodeArena("http://localhost:7860") as arena:
        episode = arena.reset("hard-1")
        answer = arena.step(my_model(episode.observation))
        print(answer.reward, answer.observation.error_log)

What is tried again for you, and what is raised, is said in async_client.py.
"""

import functools
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

import httpx

from codearena.background import BackgroundLoop
from codearena.models import DEFAULT_AGENT, IsolationName
from codearena.retry import RetryPolicy
from codearena.sdk.async_client import DEFAULT_URL, AsyncCodeArena
from codearena.sdk.live import LiveEpisode

P = ParamSpec("P")
T = TypeVar("T")


def _waited(
    method: Callable[Concatenate[AsyncCodeArena, P], Coroutine[Any, Any, T]],
) -> "Callable[Concatenate[CodeArena, P], T]":
    """The same method, which returns when it is done."""

    @functools.wraps(method)
    def waited(self: "CodeArena", /, *args: P.args, **kwargs: P.kwargs) -> T:
        return self._loop.run(method(self._arena, *args, **kwargs))

    return waited


def _iterated(
    method: Callable[Concatenate[AsyncCodeArena, P], AsyncIterator[T]],
) -> "Callable[Concatenate[CodeArena, P], Iterator[T]]":
    """The same method, for a plain `for`."""

    @functools.wraps(method)
    def iterated(self: "CodeArena", /, *args: P.args, **kwargs: P.kwargs) -> Iterator[T]:
        found = method(self._arena, *args, **kwargs)
        while (item := self._loop.run(_next(found))) is not None:
            yield item

    return iterated


async def _next(found: AsyncIterator[T]) -> T | None:
    return await anext(found, None)


class CodeArena:
    """A connection to a gateway, without `await`; thread-safe. Close it, or use it as a context manager.

    Arguments, methods and errors are those of `AsyncCodeArena`, where they are documented.
    """

    def __init__(
        self,
        base_url: str = DEFAULT_URL,
        *,
        agent_id: str = DEFAULT_AGENT,
        api_key: str | None = None,
        isolation: IsolationName | None = None,
        timeout_s: float = 120.0,
        retry: RetryPolicy | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._arena = AsyncCodeArena(
            base_url,
            agent_id=agent_id,
            api_key=api_key,
            isolation=isolation,
            timeout_s=timeout_s,
            retry=retry,
            transport=transport,
        )
        self._loop = BackgroundLoop()
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connections; closing twice does no harm."""
        if not self._closed:
            self._closed = True
            self._loop.run(self._arena.close())
            self._loop.close()

    def play(self, task_id: str | None = None, *, seed: int | None = None) -> LiveEpisode:
        """An episode as a context manager: `with arena.play("hard-1") as episode: episode.step(source)`."""
        return LiveEpisode(self, task_id, seed)

    reset = _waited(AsyncCodeArena.reset)
    step = _waited(AsyncCodeArena.step)
    state = _waited(AsyncCodeArena.state)
    episode = _waited(AsyncCodeArena.episode)
    grade = _waited(AsyncCodeArena.grade)
    grade_batch = _waited(AsyncCodeArena.grade_batch)
    submit_job = _waited(AsyncCodeArena.submit_job)
    job = _waited(AsyncCodeArena.job)
    jobs = _waited(AsyncCodeArena.jobs)
    job_results = _iterated(AsyncCodeArena.job_results)
    cancel_job = _waited(AsyncCodeArena.cancel_job)
    send_tasks = _waited(AsyncCodeArena.send_tasks)
    sent_tasks = _waited(AsyncCodeArena.sent_tasks)
    forget_task = _waited(AsyncCodeArena.forget_task)
    run_raw = _waited(AsyncCodeArena.run_raw)
    fix = _waited(AsyncCodeArena.fix)
    tasks = _waited(AsyncCodeArena.tasks)
    task = _waited(AsyncCodeArena.task)
    stats = _waited(AsyncCodeArena.stats)
    memory = _waited(AsyncCodeArena.memory)
    curriculum = _waited(AsyncCodeArena.curriculum)
    events = _iterated(AsyncCodeArena.events)
    health = _waited(AsyncCodeArena.health)
    ready = _waited(AsyncCodeArena.ready)
