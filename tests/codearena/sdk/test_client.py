"""The SDK: typed answers, typed errors, order kept, and no step counted twice."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

import codearena
from codearena import AsyncCodeArena, CodeArena, CodeArenaError, RetryPolicy, Verdict
from codearena.errors import (
    EpisodeBusyError,
    OverloadedError,
    RateLimitedError,
    ServiceError,
    UnknownTaskError,
    UnreachableError,
)
from codearena.sdk.batching import CHUNK_BYTES, CHUNK_ITEMS, SOURCE_BYTES

VERDICT = {
    "task_id": "easy-1",
    "reward": 0.9,
    "base": 0.91,
    "solved": True,
    "reward_components": dict.fromkeys(
        ["compile_score", "test_pass_ratio", "efficiency_score", "llm_correctness", "llm_security", "llm_quality"], 1.0
    ),
    "penalties": {"step": 0.01, "identical": 0.0},
    "execution_metadata": {
        "status": "ran",
        "test_passed": 1,
        "test_total": 1,
        "hidden_passed": 0,
        "hidden_total": 0,
        "cpu_s": 0.1,
        "wall_s": 0.1,
        "peak_memory_bytes": 1,
        "isolation": "container",
        "degradations": [],
    },
    "tests": [],
    "complexity": {"measured": "", "confidence": 0.0, "estimated": "", "optimal": "", "ratio": None},
    "error_log": "",
    "hint": "",
    "judge": "static",
    "revisions": dict.fromkeys(["task", "grader", "runner", "judge"], "r"),
    "timings": dict.fromkeys(["queued_s", "execute_s", "sandbox_s", "judge_s", "grade_s"], 0.0),
}
STEP = {
    "episode_id": "e-1",
    "observation": {
        "buggy_code": "",
        "error_log": "",
        "test_results": "",
        "previous_attempts": [],
        "task_id": "easy-1",
        "description": "",
        "hint": "",
        "step": 1,
        "max_steps": 5,
        "a_field_of_a_newer_service": 1,
    },
    "reward": 0.9,
    "done": True,
    "info": {"episode_id": "e-1", "task_id": "easy-1", "difficulty": "easy", "category": "easy"},
}


def problem(slug: str, status: int, **headers: str) -> httpx.Response:
    document = {"type": f"urn:codearena:problem:{slug}", "title": slug, "status": status, "detail": "because"}
    return httpx.Response(status, json=document, headers=headers)


class Script:
    """A gateway that gives the answers of a list, one a request, and remembers what it was asked."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self._answers = list(answers)
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    @property
    def bodies(self) -> list[Any]:
        return [json.loads(request.content) for request in self.requests]


class Waits(list[float]):
    """Records the waits instead of waiting."""

    async def __call__(self, seconds: float) -> None:
        self.append(seconds)


def arena(script: Callable[[httpx.Request], httpx.Response], waits: Waits | None = None) -> AsyncCodeArena:
    retry = RetryPolicy(
        attempts=4, first_wait_s=1.0, max_wait_s=3.0, sleep=Waits() if waits is None else waits, spread=lambda: 1.0
    )
    return AsyncCodeArena(retry=retry, transport=httpx.MockTransport(script))


async def test_an_answer_is_typed_and_may_hold_fields_not_known_here() -> None:
    answer = await arena(Script(httpx.Response(200, json=STEP))).step("x", episode_id="e-1")
    assert (answer.reward, answer.observation.max_steps) == (0.9, 5)


async def test_a_repeated_step_carries_the_same_request_id() -> None:
    script = Script(httpx.ReadError("line broke"), problem("unavailable", 503), httpx.Response(200, json=STEP))
    await arena(script).step("x", episode_id="e-1")
    ids = {body["request_id"] for body in script.bodies}
    assert len(script.bodies) == 3
    assert len(ids) == 1


async def test_two_steps_carry_different_request_ids() -> None:
    script = Script(httpx.Response(200, json=STEP), httpx.Response(200, json=STEP))
    client = arena(script)
    await client.step("x", episode_id="e-1")
    await client.step("x", episode_id="e-1")
    assert script.bodies[0]["request_id"] != script.bodies[1]["request_id"]


async def test_a_repeated_reset_names_the_same_episode() -> None:
    script = Script(httpx.ConnectError("refused"), httpx.Response(200, json=STEP))
    await arena(script).reset("easy-1")
    assert script.bodies[0] == script.bodies[1]
    assert script.bodies[0]["episode_id"]


async def test_a_step_without_an_id_goes_to_the_last_reset_of_this_client() -> None:
    script = Script(httpx.Response(200, json=STEP), httpx.Response(200, json=STEP))
    client = arena(script)
    await client.reset("easy-1")
    await client.step("x")
    assert script.bodies[1]["episode_id"] == "e-1"


async def test_waits_double_up_to_the_longest_and_honour_retry_after() -> None:
    waits = Waits()
    script = Script(
        httpx.ConnectError("refused"),
        problem("overloaded", 503, **{"Retry-After": "2.5"}),
        httpx.ConnectError("refused"),
        httpx.Response(200, json=STEP),
    )
    await arena(script, waits).step("x")
    assert waits == [1.0, 2.5, 3.0]


async def test_a_failure_that_stays_is_raised_after_the_last_try() -> None:
    waits = Waits()
    script = Script(*[problem("overloaded", 503)] * 4)
    with pytest.raises(OverloadedError, match="because"):
        await arena(script, waits).grade("easy-1", "x")
    assert len(waits) == 3


async def test_the_callers_mistake_is_not_tried_again() -> None:
    script = Script(problem("unknown-task", 404))
    with pytest.raises(UnknownTaskError):
        await arena(script).reset("nope")
    assert len(script.requests) == 1


async def test_a_busy_episode_is_raised_at_the_first_try_and_waited_for_after_one() -> None:
    with pytest.raises(EpisodeBusyError):
        await arena(Script(problem("episode-busy", 409))).step("x")
    script = Script(httpx.ReadTimeout("slow"), problem("episode-busy", 409), httpx.Response(200, json=STEP))
    assert (await arena(script).step("x")).reward == 0.9


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (httpx.Response(502, text="<html>bad gateway</html>"), ServiceError),
        (httpx.Response(404, text="not here"), UnreachableError),
        (httpx.Response(500, text="oops"), UnreachableError),
        (httpx.Response(200, text="<html>a portal</html>"), UnreachableError),
        (httpx.Response(200, json={"reward": "high"}), CodeArenaError),
        (problem("of-a-newer-service", 418), codearena.CallerError),
        (problem("of-a-newer-service", 503), ServiceError),
    ],
)
async def test_an_answer_that_is_not_ours_is_an_error_never_a_reward(
    answer: httpx.Response, kind: type[CodeArenaError]
) -> None:
    with pytest.raises(CodeArenaError) as caught:
        await arena(Script(*[answer] * 4)).grade("easy-1", "x")
    assert type(caught.value) is kind


async def test_a_source_with_lone_surrogates_is_sent() -> None:
    script = Script(httpx.Response(200, json=VERDICT))
    await arena(script).grade("easy-1", "x = '\ud800\x00'")
    assert script.bodies[0]["source"] == "x = '\ud800\x00'"


def echo(request: httpx.Request) -> httpx.Response:
    items = json.loads(request.content)["items"]
    answers = [{"verdict": VERDICT | {"task_id": item["task_id"]}} for item in items]
    return httpx.Response(200, json={"items": answers})


async def test_a_long_batch_is_sent_in_several_and_answered_in_order() -> None:
    pairs = [(f"task-{number}", "x") for number in range(3 * CHUNK_ITEMS + 1)]
    answers = await arena(echo).grade_batch(pairs)
    assert [answer.task_id for answer in answers if isinstance(answer, Verdict)] == [task for task, _ in pairs]


async def test_in_a_batch_only_what_failed_on_our_side_is_tried_again() -> None:
    ours = {"type": "urn:codearena:problem:sandbox", "title": "", "status": 503, "detail": "lost"}
    theirs = {"type": "urn:codearena:problem:unknown-task", "title": "", "status": 404, "detail": "no such"}
    script = Script(
        httpx.Response(200, json={"items": [{"problem": ours}, {"problem": theirs}, {"verdict": VERDICT}]}),
        httpx.Response(200, json={"items": [{"verdict": VERDICT}]}),
    )
    answers = await arena(script).grade_batch([("a", "x"), ("b", "x"), ("c", "x")])
    assert [type(answer) for answer in answers] == [Verdict, UnknownTaskError, Verdict]
    assert [item["task_id"] for item in script.bodies[1]["items"]] == ["a"]


async def test_an_item_over_the_callers_share_is_tried_again_too() -> None:
    busy = {"type": "urn:codearena:problem:over-quota", "title": "", "status": 429, "detail": "too many"}
    script = Script(
        httpx.Response(200, json={"items": [{"problem": busy}]}),
        httpx.Response(200, json={"items": [{"verdict": VERDICT}]}),
    )
    assert [type(answer) for answer in await arena(script).grade_batch([("a", "x")])] == [Verdict]
    often = Script(*[httpx.Response(200, json={"items": [{"problem": busy}]})] * 4)
    [answer] = await arena(often).grade_batch([("a", "x")])
    assert isinstance(answer, RateLimitedError)


async def test_each_item_may_be_of_a_group_of_its_own() -> None:
    script = Script(httpx.Response(200, json={"items": [{"verdict": VERDICT}] * 3}))
    await arena(script).grade_batch([("a", "x"), ("b", "x"), ("c", "x")], group_ids=["g", None, "h"])
    assert [item.get("group_id") for item in script.bodies[0]["items"]] == ["g", None, "h"]
    for wrong in ({"group_ids": ["g"]}, {"group_ids": ["g"] * 3, "group_id": "g"}):
        with pytest.raises(codearena.CallerError, match="one for each item"):
            await arena(Script()).grade_batch([("a", "x")] * 3, **wrong)


async def test_a_batch_is_cut_by_its_encoded_size_and_where_that_is_too_large_in_halves() -> None:
    sizes: list[int] = []

    def small(request: httpx.Request) -> httpx.Response:
        sizes.append(len(request.content))
        return problem("body-too-large", 413) if sizes[-1] > 2 * SOURCE_BYTES else echo(request)

    pairs = [(f"task-{number}", "\u4e00" * 90_000) for number in range(CHUNK_ITEMS)]
    answers = await arena(echo).grade_batch(pairs)
    assert [type(answer) for answer in answers] == [Verdict] * len(pairs)
    answers = await arena(small).grade_batch(pairs)
    assert [answer.task_id for answer in answers if isinstance(answer, Verdict)] == [task for task, _ in pairs]
    assert max(sizes) <= CHUNK_BYTES + 100


async def test_an_item_that_is_too_large_by_itself_costs_only_itself() -> None:
    def strict(request: httpx.Request) -> httpx.Response:
        return httpx.Response(413, text="<html>too large") if len(request.content) > 300 else echo(request)

    answers = await arena(strict).grade_batch([("a", "x"), ("b", "x" * 300), ("c", "x")])
    assert [type(answer) for answer in answers] == [Verdict, codearena.BodyTooLargeError, Verdict]


async def test_a_batch_answered_in_part_is_an_error() -> None:
    with pytest.raises(CodeArenaError, match="0 answers to a batch of 1"):
        await arena(Script(httpx.Response(200, json={"items": []}))).grade_batch([("a", "x")])


async def test_ready_says_what_is_missing() -> None:
    answer = httpx.Response(503, json={"ready": False, "checks": {"store": "no answer"}})
    assert not (await arena(Script(answer)).ready()).ready


def test_the_client_without_await_gives_the_same_answers() -> None:
    script = Script(httpx.Response(200, json=STEP), httpx.Response(200, json=STEP), problem("unknown-task", 404))
    with CodeArena(transport=httpx.MockTransport(script)) as client:
        client.reset("easy-1")
        assert client.step("x").reward == 0.9
        with pytest.raises(UnknownTaskError):
            client.grade("nope", "x")


async def test_the_client_without_await_works_inside_a_running_loop() -> None:
    """As in a notebook."""
    with CodeArena(transport=httpx.MockTransport(Script(httpx.Response(200, json=STEP)))) as client:
        assert client.step("x").reward == 0.9


async def test_steps_at_once_do_not_wait_for_each_other() -> None:
    both = asyncio.Barrier(2)

    async def meet(_: httpx.Request) -> httpx.Response:
        await both.wait()
        return httpx.Response(200, json=STEP)

    client = AsyncCodeArena(transport=httpx.MockTransport(meet))
    await asyncio.wait_for(asyncio.gather(client.step("a"), client.step("b")), 20)
