"""Attempts under load, whose right verdicts are known, sent by clients that send again what was refused.

CODEARENA_TESTS_FAULT_ATTEMPTS=100 pytest tests/faults
"""

import asyncio
import os
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import httpx

from codearena.models import Episode, StepResponse, Verdict
from tests.exploits.campaign import essence
from tests.integration.playing import TASKS
from tests.integration.waiting import PATIENCE_S, until

ATTEMPTS = int(os.environ.get("CODEARENA_TESTS_FAULT_ATTEMPTS", "20"))
"""Attempts in the middle of which something fails."""
AT_ONCE = 6
STEPS = 2
_PAUSE_S = 0.1
_SLOW = "import time\ntime.sleep(0.3)\n"
"""So that a fault finds attempts in their middle."""

SOURCES = {
    ("security_bugs-2", "right"): TASKS["security_bugs-2"].solution,
    ("security_bugs-2", "wrong"): TASKS["security_bugs-2"].buggy,
    ("easy-1", "right"): TASKS["easy-1"].solution,
    ("easy-1", "partly"): "def average_list(numbers):\n    return sum(numbers) / len(numbers)\n",
    ("easy-1", "broken"): TASKS["easy-1"].buggy,
}
_ORDER = sorted(SOURCES)

Essence = tuple[float | int | str, ...]
Known = Mapping[tuple[str, str], Essence]


@dataclass
class Load:
    """What the clients saw. statuses: of every answer to a step, in the order they came; problems: those not 200.

    name: begins the ids of its episodes.
    """

    name: str = field(default_factory=lambda: uuid.uuid4().hex)
    statuses: list[int] = field(default_factory=list)
    problems: list[httpx.Response] = field(default_factory=list)

    @property
    def graded(self) -> int:
        return self.statuses.count(200)

    async def until_graded(self, count: int) -> None:
        """Returns when so many steps were answered with a verdict."""

        async def enough() -> bool:
            return self.graded >= count

        await until(enough, f"{count} steps are graded", 3 * PATIENCE_S)

    async def until_refused(self, count: int) -> None:
        """Returns when so many steps were refused."""

        async def enough() -> bool:
            return len(self.problems) >= count

        await until(enough, f"{count} steps are refused")


async def known_verdicts(client: httpx.AsyncClient) -> Known:
    """What each source gets when nothing fails."""

    async def known(key: tuple[str, str]) -> Essence:
        body = {"task_id": key[0], "source": _SLOW + SOURCES[key]}
        answer = await _until_answered(client, "/grade", body, Load())
        return essence(Verdict.model_validate_json(answer.content))

    return {key: await known(key) for key in _ORDER}


async def play(client: httpx.AsyncClient, load: Load) -> list["Played"]:
    """All attempts, AT_ONCE at a time, as episodes of a few steps; each step is sent until it is graded."""
    places = asyncio.Semaphore(AT_ONCE)

    async def one(number: int) -> Played:
        async with places:
            return await _episode(client, load, number)

    return await asyncio.gather(*(one(number) for number in range(ATTEMPTS // STEPS)))


@dataclass(frozen=True)
class Played:
    """One episode. keys: which source each step tried; answers: the first one with a verdict to each."""

    episode_id: str
    keys: Sequence[tuple[str, str]]
    answers: Sequence[StepResponse]


async def _episode(client: httpx.AsyncClient, load: Load, number: int) -> Played:
    task_id = ("security_bugs-2", "easy-1")[number % 2]
    unsolved = [key for key in _ORDER if key[0] == task_id and key[1] != "right"]
    keys = [unsolved[number % len(unsolved)], (task_id, "right")]
    body = {"task_id": task_id, "episode_id": f"{load.name}-{number}", "request_id": "reset"}
    episode_id = (await _until_answered(client, "/reset", body, Load())).json()["episode_id"]
    answers = []
    for step, key in enumerate(keys):
        fix = {"episode_id": episode_id, "proposed_fix": _SLOW + SOURCES[key], "request_id": f"step{step}"}
        answers.append(StepResponse.model_validate_json((await _until_answered(client, "/step", fix, load)).content))
    return Played(episode_id, keys, answers)


async def _until_answered(
    client: httpx.AsyncClient, path: str, body: Mapping[str, object], load: Load
) -> httpx.Response:
    while True:
        answer = await client.post(path, json=body)
        load.statuses.append(answer.status_code)
        if answer.is_success:
            return answer
        load.problems.append(answer)
        await asyncio.sleep(_PAUSE_S)  # a client's pause before it sends again


def assert_refusals_are_ours(load: Load) -> None:
    """Whatever was not graded was refused as our failure: a problem document, no reward, and when to come back."""
    for answer in load.problems:
        assert answer.status_code == 503, answer.text
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert int(answer.headers["Retry-After"]) >= 1
        assert "reward" not in answer.json()


async def assert_no_step_is_lost_doubled_or_made_up(
    client: httpx.AsyncClient, played: Sequence[Played], known: Known
) -> None:
    """Each step is stored once, in order, and its verdict is the one that it gets when nothing fails."""
    assert len(played) == ATTEMPTS // STEPS
    for it in played:
        episode = Episode.model_validate_json((await client.get(f"/episodes/{it.episode_id}")).content)
        steps = list(range(1, STEPS + 1))
        assert [attempt.step for attempt in episode.attempts] == steps
        assert [answer.observation.step for answer in it.answers] == steps
        assert [attempt.verdict.reward for attempt in episode.attempts] == [answer.reward for answer in it.answers]
        assert [essence(attempt.verdict) for attempt in episode.attempts] == [known[key] for key in it.keys]
