"""The Python SDK: `CodeArena`, which is `AsyncCodeArena` without `await`.

    with CodeArena("http://localhost:7860") as arena:
        episode = arena.reset("hard-1")
        answer = arena.step(my_model(episode.observation))
        print(answer.reward, answer.observation.error_log)

What is tried again for you, and what is raised, is said in async_client.py.
"""

from collections.abc import AsyncIterator, Iterator, Sequence
from types import TracebackType
from typing import Self, TypeVar

import httpx

from codearena.background import BackgroundLoop
from codearena.errors import CodeArenaError
from codearena.models import (
    DEFAULT_AGENT,
    CurriculumState,
    Episode,
    Event,
    FixResponse,
    Health,
    IsolationName,
    Memory,
    Ready,
    RunRawResponse,
    State,
    Stats,
    StepResponse,
    StepReward,
    TaskDetail,
    TaskSummary,
    Verdict,
)
from codearena.retry import RetryPolicy
from codearena.sdk.async_client import DEFAULT_URL, AsyncCodeArena, Progress
from codearena.sdk.bulk import JobStatus
from codearena.sdk.live import LiveEpisode

T = TypeVar("T")


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

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connections; closing twice does no harm."""
        if not self._closed:
            self._closed = True
            self._loop.run(self._arena.close())
            self._loop.close()

    def reset(
        self,
        task_id: str | None = None,
        *,
        seed: int | None = None,
        episode_id: str | None = None,
        strategy: str | None = None,
        group_id: str | None = None,
        use_memory: bool = False,
        step_reward: StepReward = "absolute",
    ) -> StepResponse:
        """Starts an episode: `episode = arena.reset("hard-1")`."""
        reset = self._arena.reset(
            task_id,
            seed=seed,
            episode_id=episode_id,
            strategy=strategy,
            group_id=group_id,
            use_memory=use_memory,
            step_reward=step_reward,
        )
        return self._loop.run(reset)

    def step(
        self,
        proposed_fix: str,
        *,
        episode_id: str | None = None,
        request_id: str | None = None,
        method: str | None = None,
    ) -> StepResponse:
        """Proposes a fix and gets it graded: `reward = arena.step(source).reward`."""
        step = self._arena.step(proposed_fix, episode_id=episode_id, request_id=request_id, method=method)
        return self._loop.run(step)

    def play(self, task_id: str | None = None, *, seed: int | None = None) -> LiveEpisode:
        """An episode as a context manager: `with arena.play("hard-1") as episode: episode.step(source)`."""
        return LiveEpisode(self, task_id, seed)

    def state(self, episode_id: str | None = None) -> State:
        """Where an episode stands: `arena.state().step_count`."""
        return self._loop.run(self._arena.state(episode_id))

    def episode(self, episode_id: str) -> Episode:
        """An episode with its attempts: `arena.episode(name).attempts[-1].verdict`."""
        return self._loop.run(self._arena.episode(episode_id))

    def grade(self, task_id: str, source: str, *, group_id: str | None = None) -> Verdict:
        """Grades one source, without an episode: `arena.grade("easy-1", source).reward`."""
        return self._loop.run(self._arena.grade(task_id, source, group_id=group_id))

    def grade_batch(
        self,
        items: Sequence[tuple[str, str]],
        *,
        group_id: str | None = None,
        group_ids: Sequence[str | None] | None = None,
        progress: Progress | None = None,
    ) -> list[Verdict | CodeArenaError]:
        """Grades many in parallel, in order: `arena.grade_batch([("easy-1", source), ("hard-1", other)])`."""
        graded = self._arena.grade_batch(items, group_id=group_id, group_ids=group_ids, progress=progress)
        return self._loop.run(graded)

    def submit_job(
        self, items: Sequence[tuple[str, str]], *, group_id: str | None = None, job_id: str | None = None
    ) -> JobStatus:
        """Has many graded in the background: `job = arena.submit_job([("easy-1", source)] * 5000)`."""
        return self._loop.run(self._arena.submit_job(items, group_id=group_id, job_id=job_id))

    def job(self, job_id: str) -> JobStatus:
        """Where a job stands: `arena.job(job.job_id).done`."""
        return self._loop.run(self._arena.job(job_id))

    def jobs(self) -> list[JobStatus]:
        """The jobs that are kept, newest first: `arena.jobs()[0].state`."""
        return self._loop.run(self._arena.jobs())

    def job_results(self, job_id: str) -> Iterator[tuple[int, Verdict | CodeArenaError]]:
        """Every outcome as it comes: `for place, answer in arena.job_results(job.job_id): ...`."""
        found = self._arena.job_results(job_id)
        while (outcome := self._loop.run(_next(found))) is not None:
            yield outcome

    def cancel_job(self, job_id: str) -> JobStatus:
        """Ends a job; what is graded stays: `arena.cancel_job(job.job_id)`."""
        return self._loop.run(self._arena.cancel_job(job_id))

    def run_raw(self, code: str, stdin: str = "") -> RunRawResponse:
        """Runs a script in the sandbox: `arena.run_raw("print(1)").stdout.text`."""
        return self._loop.run(self._arena.run_raw(code, stdin))

    def fix(
        self,
        code: str,
        error_log: str = "",
        *,
        hint: str = "",
        reward: float | None = None,
        task_id: str | None = None,
        use_memory: bool = False,
    ) -> FixResponse:
        """Asks the service's own fixer for a repair: `arena.fix(source, error_log, task_id="easy-1").fixed_code`."""
        return self._loop.run(
            self._arena.fix(code, error_log, hint=hint, reward=reward, task_id=task_id, use_memory=use_memory)
        )

    def tasks(self) -> list[TaskSummary]:
        """Every task that is served: `[task.id for task in arena.tasks()]`."""
        return self._loop.run(self._arena.tasks())

    def task(self, task_id: str) -> TaskDetail:
        """One task as an agent may know it: `arena.task("hard-1").buggy_code`."""
        return self._loop.run(self._arena.task(task_id))

    def stats(self) -> Stats:
        """What all steps came to: `arena.stats().by_task["hard-1"].mean_reward`."""
        return self._loop.run(self._arena.stats())

    def memory(self, task_id: str | None = None) -> Memory:
        """This agent's best attempts and last failures: `arena.memory("hard-1").best[0].source`."""
        return self._loop.run(self._arena.memory(task_id))

    def curriculum(self) -> CurriculumState:
        """Where this agent stands: `arena.curriculum().level`."""
        return self._loop.run(self._arena.curriculum())

    def events(self, after: str | None = None, *, to_end: bool = False) -> Iterator[Event]:
        """What happens, as it happens: `for event in arena.events(): ...`."""
        found = self._arena.events(after, to_end=to_end)
        while (event := self._loop.run(_next(found))) is not None:
            yield event

    def health(self) -> Health:
        """That the gateway answers: `arena.health().status`."""
        return self._loop.run(self._arena.health())

    def ready(self) -> Ready:
        """Whether attempts can be graded: `arena.ready().checks`."""
        return self._loop.run(self._arena.ready())


async def _next(found: AsyncIterator[T]) -> T | None:
    return await anext(found, None)
