"""What trainers send, all at once: episodes of a policy, its batches, hostile attempts; each again until answered."""

import asyncio
import itertools
import json
import random
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from benchmarks import policy
from benchmarks.soak.known import Rewards, kinds
from codearena.models import Episode, StepResponse, Verdict
from codearena.tasks.task import Task
from tests.exploits.cases import Case

_PAUSE_S = (0.2, 2.0)
_AGAIN = ("episode-busy", "rate-limited", "over-quota")
"""Problems beside those of ours after which the same request is right a little later."""
_STEPS = 5
_BATCH = 8
_TURNS = ("episode", "episode", "episode", "episode", "batch", "hostile")
_CHECKED_AGAIN_AT_ONCE = 8
GROUP = "soak"


@dataclass(frozen=True)
class Answer:
    """An attempt that was graded. at: epoch seconds; took_s: from when it was first sent."""

    at: float
    took_s: float
    kind: str
    status: str


@dataclass
class Played:
    """An episode as its client knows it: what it sent, and was told."""

    episode_id: str
    kinds: list[tuple[str, str]] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    rewards: list[float | None] = field(default_factory=list)


class Load:
    """Many clients of the gateways. What they saw is in its attributes.

    refused: answers that were no success, by their problem; refused_at: when, in epoch seconds. steps_wrong: those
    that were lost, doubled or changed, in words.
    """

    def __init__(self, urls: Sequence[str], tasks: Sequence[Task], hostile: Sequence[Case], rewards: Rewards) -> None:
        self._urls = urls
        self._tasks = tasks
        self._hostile = itertools.cycle(hostile)
        self._rewards = rewards
        self._numbers = itertools.count()
        self._chance = random.Random(1)
        self._client = httpx.AsyncClient(timeout=300, limits=httpx.Limits(max_connections=None))
        self.over = asyncio.Event()
        self.answers: list[Answer] = []
        self.played: list[Played] = []
        self.refused: Counter[str] = Counter()
        self.refused_at: list[float] = []
        self.steps_wrong: list[str] = []

    async def calm(self, times: int) -> None:
        """Learns what each kind of each task gets, while nothing else goes on; one after the other."""
        for task, kind in kinds(self._tasks) * times:
            body = {"task_id": task.id, "source": self._source(task, kind), "group_id": GROUP}
            graded = await self._answered("/grade", body)
            self._rewards.learn((task.id, kind), Verdict.model_validate(graded))

    async def run(self, clients: int) -> None:
        """So many clients at work until it is over; each ends with what it has begun."""
        async with asyncio.TaskGroup() as group:
            for number in range(clients):
                group.create_task(self._work(number))

    async def check_episodes(self) -> None:
        """Compares what is stored of every episode with what its client was told."""
        places = asyncio.Semaphore(_CHECKED_AGAIN_AT_ONCE)

        async def one(played: Played) -> None:
            async with places:
                found = await self._answered(f"/episodes/{played.episode_id}", None)
            self._compare(played, Episode.model_validate(found))

        await asyncio.gather(*(one(played) for played in self.played))

    async def close(self) -> None:
        await self._client.aclose()

    async def _work(self, number: int) -> None:
        for turn in itertools.count(number):
            if self.over.is_set():
                return
            await {"episode": self._episode, "batch": self._batch, "hostile": self._attack}[
                _TURNS[turn % len(_TURNS)]
            ]()

    async def _episode(self) -> None:
        number, task = next(self._numbers), self._chance.choice(self._tasks)
        played = Played(f"soak-{number}")
        body = {"task_id": task.id, "episode_id": played.episode_id, "group_id": GROUP, "request_id": "reset"}
        await self._answered("/reset", body)
        self.played.append(played)
        for step in range(_STEPS):
            kind = self._kind()
            source = self._source(task, kind)
            fix = {"episode_id": played.episode_id, "proposed_fix": source, "request_id": f"step-{step}"}
            answer = await self._attempt("/step", fix, f"step, {kind}")
            played.kinds.append((task.id, kind))
            played.sources.append(source)
            played.rewards.append(answer["reward"])
            if StepResponse.model_validate(answer).done:
                return

    async def _batch(self) -> None:
        task = self._chance.choice(self._tasks)
        sent = [self._kind() for _ in range(_BATCH)]
        items = [{"task_id": task.id, "source": self._source(task, kind), "group_id": GROUP} for kind in sent]
        left = dict(enumerate(items))
        began = time.time()
        while left:  # those that got a problem are sent again
            answer = await self._answered("/grade/batch", {"items": list(left.values())})
            for number, item in zip(list(left), answer["items"], strict=True):
                if item.get("verdict") is not None:
                    del left[number]
                    verdict = Verdict.model_validate(item["verdict"])
                    self._note(began, f"batch, {sent[number]}", verdict.execution_metadata.status)
                    self._rewards.check((task.id, sent[number]), verdict)
                else:
                    await self._refuse(str(item["problem"]["type"]).rpartition(":")[2])

    async def _attack(self) -> None:
        case = next(self._hostile)
        body = {"task_id": case.task_id, "source": case.source, "group_id": f"{GROUP}-{next(self._numbers)}"}
        graded = await self._attempt("/grade", body, "hostile")
        self._rewards.check_hostile(case, Verdict.model_validate(graded))

    async def _attempt(self, path: str, body: Mapping[str, Any], kind: str) -> dict[str, Any]:
        began = time.time()
        answer = await self._answered(path, body)
        counts = answer.get("execution_metadata") or answer["info"]["execution_metadata"]
        self._note(began, kind, counts["status"])
        return answer

    async def _answered(self, path: str, body: Mapping[str, Any] | None) -> dict[str, Any]:
        """Asks one gateway, then another, until there is an answer. Raises ValueError for a mistake of ours."""
        for tries in itertools.count(next(self._numbers)):
            url = f"{self._urls[tries % len(self._urls)]}{path}"
            try:
                answer = await (self._client.get(url) if body is None else self._posted(url, body))
            except httpx.TransportError as error:
                await self._refuse(type(error).__name__)
                continue
            if answer.is_success:
                found: dict[str, Any] = answer.json()
                return found
            problem = _kind_of(answer)
            if answer.status_code < 500 and problem not in _AGAIN:
                raise ValueError(f"{path}: {answer.status_code} {answer.text}")
            await self._refuse(problem)
        raise AssertionError("a count has no end")

    async def _posted(self, url: str, body: Mapping[str, Any]) -> httpx.Response:
        """As escapes, since a hostile source may have halves of surrogate pairs."""
        content = json.dumps(body).encode("ascii")
        return await self._client.post(url, content=content, headers={"Content-Type": "application/json"})

    async def _refuse(self, why: str) -> None:
        self.refused[why] += 1
        self.refused_at.append(time.time())
        await asyncio.sleep(self._chance.uniform(*_PAUSE_S))

    def _note(self, began: float, kind: str, status: str) -> None:
        now = time.time()
        self.answers.append(Answer(now, now - began, kind, status))

    def _kind(self) -> str:
        return self._chance.choices(list(policy.SHARES), list(policy.SHARES.values()))[0]

    def _source(self, task: Task, kind: str) -> str:
        return policy.source(task, kind, next(self._numbers))

    def _compare(self, played: Played, stored: Episode) -> None:
        steps = [attempt.step for attempt in stored.attempts]
        told = {
            "steps": (steps, list(range(1, len(played.sources) + 1))),
            "sources": ([attempt.proposed_fix for attempt in stored.attempts], played.sources),
            "rewards": ([attempt.verdict.reward for attempt in stored.attempts], played.rewards),
        }
        for what, (found, expected) in told.items():
            if found != expected:
                self.steps_wrong.append(f"{played.episode_id}: {what} {found} instead of {expected}"[:400])
        for kind, attempt in zip(played.kinds, stored.attempts, strict=False):
            self._rewards.check(kind, attempt.verdict)


def _kind_of(answer: httpx.Response) -> str:
    """Of the problem that an answer is; its status, if it is no problem document."""
    if answer.headers.get("content-type", "").startswith("application/problem+json"):
        return str(answer.json()["type"]).rpartition(":")[2]
    return str(answer.status_code)
