"""The Python SDK for an event loop: `AsyncCodeArena`; client.py has the same without `await`.

    async with AsyncCodeArena("http://localhost:7860") as arena:
        episode = await arena.reset("hard-1")
        answer = await arena.step(await my_model(episode.observation))
        print(answer.reward, answer.observation.error_log)

Whatever can be repeated without harm is repeated for you when the service is busy or the line breaks: a step carries a
request id, so that a repeated one gets the first one's answer and is never counted twice. What fails for good is raised
as one of the errors of `codearena.errors`: `CallerError` for your mistake, `ServiceError` for ours.
"""

import os
import uuid
from collections.abc import AsyncIterator, Sequence
from typing import Self
from urllib.parse import quote

import httpx

from codearena.errors import (
    CodeArenaError,
)
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
    SentTask,
    SplitName,
    State,
    Stats,
    StepResponse,
    StepReward,
    TaskDetail,
    TaskSummary,
    Verdict,
)
from codearena.retry import RetryPolicy
from codearena.sdk.batches import Batches, Progress
from codearena.sdk.batching import CHUNK_ITEMS as CHUNK_ITEMS
from codearena.sdk.batching import sent_source
from codearena.sdk.bulk import JobStatus
from codearena.sdk.following import follow, follow_job
from codearena.sdk.live import AsyncLiveEpisode
from codearena.sdk.sending import Sending, Task, TaskRecord
from codearena.sdk.transport import Transport, error_from_problem, validated

DEFAULT_URL = "http://localhost:7860"
API_KEY_VARIABLE = "CODEARENA_API_KEY"
"""Environment variable whose API key is sent where none is given."""
_PAGE = 1000  # tasks that a gateway lists at once


class AsyncCodeArena:
    """A connection to a gateway, for use in one event loop. Close it, or use it as a context manager.

    base_url: of the gateway. agent_id: whose curriculum and memory the episodes count for, one per training run.
    api_key: where the gateway wants one; none: CODEARENA_API_KEY, if that is set.
    isolation: where attempts run, for keys that may name one: "container", "cell" or "local"; none: the service's.
    timeout_s: longest wait for one answer. retry: how often and when to try again. transport: for proxies and tests.

    Every method raises:
        CallerError: the request cannot be served as it is; its subclasses say why.
        ServiceError: the service failed, also when tried again; nothing was counted.
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
        self._agent_id = agent_id
        self._isolation = isolation
        self._retry = retry or RetryPolicy()
        own_key = api_key or os.environ.get(API_KEY_VARIABLE)
        self._transport = Transport(base_url, timeout_s, self._retry, transport, own_key)
        self._sending = Sending(self._transport)
        self._batches = Batches(self._transport, self._retry, self._sending, isolation)
        self._last_episode: str | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Closes the connections."""
        await self._transport.close()

    async def reset(
        self,
        task_id: Task | None = None,
        *,
        seed: int | None = None,
        split: SplitName | None = None,
        episode_id: str | None = None,
        strategy: str | None = None,
        group_id: str | None = None,
        use_memory: bool = False,
        step_reward: StepReward = "absolute",
    ) -> StepResponse:
        """Starts an episode.

        task_id: a task's id, a category, a level or "auto", or a whole task of your own, as a line of a file has it;
        none: the service's choice. seed: fixes the choice among several. split: of which tasks are chosen, "held_out"
        for evaluation; none: "train". episode_id: names the episode; one is made if none is given, so that a repeated
        reset is the same one.
        strategy: "threshold" or "learning_progress". group_id: all resets of a group get the same task. use_memory: the
        observations tell of the agent's best attempt at the task and its last failures. step_reward: "delta" makes each
        step's reward what it adds to the best one before it, so that their sum is the episode's return.

            episode = await arena.reset("type_errors", seed=7)
        """
        body: dict[str, object] = {
            "seed": seed,
            "split": split,
            "episode_id": episode_id or uuid.uuid4().hex,
            "agent_id": self._agent_id,
            "request_id": uuid.uuid4().hex,
            "strategy": strategy,
            "group_id": group_id,
            "use_memory": use_memory or None,
            "step_reward": step_reward if step_reward != "absolute" else None,
            "isolation": self._isolation,
        }
        post = self._transport.post
        answered = await self._sending.named(task_id, lambda named: post("/reset", body | named))
        answer = validated(StepResponse, answered)
        self._last_episode = answer.episode_id
        return answer

    async def step(
        self,
        proposed_fix: str,
        *,
        episode_id: str | None = None,
        request_id: str | None = None,
        method: str | None = None,
    ) -> StepResponse:
        """Proposes a fix and gets it graded.

        episode_id: none means this object's last reset. request_id: made if none is given; a step sent twice with one
        id is one step. method: what made the fix; `stats` tells rewards apart by it.

            answer = await arena.step("def f(): ...", episode_id=episode.episode_id)
        """
        body = {
            "proposed_fix": sent_source(proposed_fix),
            "episode_id": episode_id or self._last_episode,
            "agent_id": self._agent_id,
            "request_id": request_id or uuid.uuid4().hex,
            "method": method,
        }
        return validated(StepResponse, await self._transport.post("/step", body))

    def play(self, task_id: str | None = None, *, seed: int | None = None) -> AsyncLiveEpisode:
        """An episode as a context manager; any number of them may be played at once.

        async with arena.play("hard-1") as episode:
            while not episode.done:
                await episode.step(my_model(episode.observation))
        """
        return AsyncLiveEpisode(self, task_id, seed)

    async def state(self, episode_id: str | None = None) -> State:
        """Where an episode stands; none means this object's last reset.

        (await arena.state()).step_count
        """
        chosen = episode_id or self._last_episode
        query = {"agent_id": self._agent_id} | ({"episode_id": chosen} if chosen else {})
        return validated(State, await self._transport.get("/state", query))

    async def episode(self, episode_id: str) -> Episode:
        """An episode with its attempts.

        best = max(attempt.verdict.reward for attempt in (await arena.episode(name)).attempts)
        """
        return validated(Episode, await self._transport.get(f"/episodes/{episode_id}"))

    async def grade(self, task_id: Task, source: str, *, group_id: str | None = None) -> Verdict:
        """Grades one source, without an episode. task_id: or a whole task of your own, which takes a key for that.

        group_id: all of a group get the same hidden inputs.

        (await arena.grade("easy-1", source)).reward
        """
        body, post = self._batches.item({}, source, group_id), self._transport.post
        return validated(Verdict, await self._sending.named(task_id, lambda named: post("/grade", body | named)))

    async def grade_batch(
        self,
        items: Sequence[tuple[Task, str]],
        *,
        group_id: str | None = None,
        group_ids: Sequence[str | None] | None = None,
        progress: Progress | None = None,
    ) -> list[Verdict | CodeArenaError]:
        """Grades many (task, source) pairs in parallel; answers in their order.

        A task is the id of one that is served, or a whole one of your own, which is sent once, however many sources
        there are for it.

        group_id: all of a group get the same hidden inputs, and the same source the same verdict, so that their rewards
        compare. group_ids: instead of it, one for each item. progress: called with how many are done and how many there
        are, whenever some more are.

        An item that could not be graded has its error in its place, so that one bad item costs only itself. Those that
        failed on our side have been tried again.

            rewards = [v.reward if isinstance(v, Verdict) else None for v in await arena.grade_batch(pairs)]
        """
        return await self._batches.grade(items, group_id, group_ids, progress)

    async def submit_job(
        self, items: Sequence[tuple[Task, str]], *, group_id: str | None = None, job_id: str | None = None
    ) -> JobStatus:
        """Has many (task, source) pairs graded in the background: more than one would wait for in one call.

        group_id: all of a group get the same hidden inputs. job_id: made if none is given; a job submitted twice with
        one id is one job. It outlives this object, and the gateway that took it.

            job = await arena.submit_job(pairs)
        """
        return await self._batches.submit(items, group_id, job_id or uuid.uuid4().hex)

    async def send_tasks(self, records: Sequence[TaskRecord]) -> list[SentTask | CodeArenaError]:
        """Sends tasks of your own ahead of their use, which `grade`, `grade_batch`, `submit_job` and `reset` do anyway.

        One that the gateway refuses has its error in its place. Takes a key of the scope tasks.

            refused = [each for each in await arena.send_tasks(records) if isinstance(each, CodeArenaError)]
        """
        return await self._sending.send(records)

    async def sent_tasks(self) -> list[SentTask]:
        """The tasks of your own that the gateway keeps, those used last first.

        [task.task_ref for task in await arena.sent_tasks()]
        """
        found: list[SentTask] = []
        while True:
            query = {"offset": str(len(found)), "limit": str(_PAGE)}
            new = [validated(SentTask, each) for each in await self._transport.get("/sent-tasks", query)]
            found += new
            if len(new) != _PAGE:
                return found

    async def forget_task(self, task_ref: str) -> None:
        """Has the gateway forget a task of your own; episodes that have begun go on."""
        self._sending.forget([task_ref])
        await self._transport.delete(f"/sent-tasks/{task_ref}")

    async def job(self, job_id: str) -> JobStatus:
        """Where a job stands.

        (await arena.job(job.job_id)).done
        """
        return validated(JobStatus, await self._transport.get(f"/jobs/{job_id}"))

    async def jobs(self) -> list[JobStatus]:
        """The jobs that are kept, newest first."""
        return [validated(JobStatus, each) for each in await self._transport.get("/jobs")]

    async def job_results(self, job_id: str) -> AsyncIterator[tuple[int, Verdict | CodeArenaError]]:
        """Every answer with its item's place, from the first, in the order in which they come, until the job is over.

        An item that could not be graded has its error, as in `grade_batch`. Broken connections are made again.

            async for place, answer in arena.job_results(job.job_id): ...
        """
        async for line in follow_job(self._transport, self._retry, job_id):
            yield line.index, line.verdict or error_from_problem(line.problem)

    async def cancel_job(self, job_id: str) -> JobStatus:
        """Ends a job; what is graded stays. One that is over stays as it is."""
        return validated(JobStatus, await self._transport.post(f"/jobs/{job_id}/cancel", {}))

    async def run_raw(self, code: str, stdin: str = "") -> RunRawResponse:
        """Runs a script in the sandbox.

        (await arena.run_raw("print(input())", "hello")).stdout.text
        """
        return validated(RunRawResponse, await self._transport.post("/run_raw", {"code": code, "stdin": stdin}))

    async def fix(
        self,
        code: str,
        error_log: str = "",
        *,
        hint: str = "",
        reward: float | None = None,
        task_id: str | None = None,
        use_memory: bool = False,
    ) -> FixResponse:
        """Asks the service's own fixer for a repair.

        error_log, hint, reward: what the code last got. task_id: whose visible tests choose among repairs. use_memory:
        models are also shown what this agent remembers of the task.

            fixed = (await arena.fix(source, observation.error_log, task_id="easy-1")).fixed_code
        """
        body = {"code": code, "error_log": error_log, "hint": hint, "reward": reward, "task_id": task_id}
        body |= {"agent_id": self._agent_id, "use_memory": use_memory}
        return validated(FixResponse, await self._transport.post("/fix", body))

    async def tasks(
        self,
        *,
        category: str | None = None,
        level: str | None = None,
        split: SplitName | None = None,
        tag: str | None = None,
        source: str | None = None,
    ) -> list[TaskSummary]:
        """Every task that is served, or those that have every value named; held out ones are among them.

        [task.id for task in await arena.tasks(split="train")]
        """
        named = {"category": category, "level": level, "split": split, "tag": tag, "source": source}
        query = {name: value for name, value in named.items() if value is not None}
        found: list[TaskSummary] = []
        while True:
            answer = await self._transport.get("/tasks", query | {"offset": str(len(found)), "limit": str(_PAGE)})
            if not isinstance(answer, list):
                raise CodeArenaError("the list of tasks is none")
            new = [validated(TaskSummary, item) for item in answer]
            if found and new and new[0] == found[0]:  # of an older gateway, which tells all at once, whatever is asked
                return found
            found += new
            if len(new) != _PAGE:
                return found

    async def task(self, task_id: str) -> TaskDetail:
        """One task as an agent may know it.

        print((await arena.task("hard-1")).buggy_code)
        """
        return validated(TaskDetail, await self._transport.get(f"/tasks/{quote(task_id)}"))

    async def stats(self) -> Stats:
        """What all steps came to: rewards by task, level, method and more, outcomes, timings.

        (await arena.stats()).by_task["hard-1"].mean_reward
        """
        return validated(Stats, await self._transport.get("/stats"))

    async def memory(self, task_id: str | None = None) -> Memory:
        """This agent's best attempts and last failures; of one task with the source.

        (await arena.memory("hard-1")).best[0].source
        """
        query = {"agent_id": self._agent_id} | ({"task_id": task_id} if task_id else {})
        return validated(Memory, await self._transport.get("/memory", query))

    async def curriculum(self) -> CurriculumState:
        """Where this agent stands, and what "auto" would choose next and why.

        (await arena.curriculum()).level
        """
        return validated(CurriculumState, await self._transport.get("/curriculum", {"agent_id": self._agent_id}))

    async def events(self, after: str | None = None, *, to_end: bool = False) -> AsyncIterator[Event]:
        """What happens, as it happens, each event once; broken connections are made again.

        after: id of the last event seen, "0" for all that are kept, none for what comes from now on. to_end: stops
        after what is there.

            async for event in arena.events("0", to_end=True): ...
        """
        async for event in follow(self._transport, self._retry, after, to_end):
            yield event

    async def health(self) -> Health:
        """That the gateway answers; not tried again."""
        return validated(Health, await self._transport.get("/health", tries=1))

    async def ready(self) -> Ready:
        """Whether attempts can be graded, and what is missing if not; not tried again."""
        return validated(Ready, await self._transport.get("/ready", tries=1, also_status=503))
