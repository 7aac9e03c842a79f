"""The judge with a model, against a scripted endpoint: who speaks, what is asked once, what a failing model costs."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from codearena.errors import ServiceError
from codearena.server.breaker import BreakerState
from codearena.v1 import common_pb2
from judge_service.asking import AskingJudge
from judge_service.judge import JudgeKind, Unscored
from judge_service.llm import Model
from judge_service.settings import Settings
from judge_service.static import StaticJudge
from tests.fakes import ScriptedLLM
from tests.judge_service.build import evidence, report
from tests.judge_service.verdicts import asked, verdict

CODE = b"def f(x):\n    return x + 1\n"
Reply = tuple[int, str]


@pytest.fixture
async def llm() -> AsyncIterator[ScriptedLLM]:
    async with ScriptedLLM(lambda _: (200, verdict(quality=False))) as scripted:
        yield scripted


@pytest.fixture
async def make(llm: ScriptedLLM) -> AsyncIterator[Callable[..., AskingJudge]]:
    made: list[AskingJudge] = []

    def judge(**settings: Any) -> AskingJudge:
        options = Settings(llm_model="m", llm_base_url=llm.url, **{"llm_timeout_s": 20, **settings})
        made.append(AskingJudge(options, StaticJudge(options), Model(options)))
        return made[-1]

    yield judge
    for each in made:
        await each.close()


async def test_the_model_speaks_and_is_named(make: Callable[..., AskingJudge], llm: ScriptedLLM) -> None:
    found = await make().judge(evidence(CODE))
    assert (found.kind, found.model) == (JudgeKind.LLM, "m")
    assert (found.correctness.score, found.security.score, found.quality.score) == (1, 1, 0)
    assert (llm.requests[0]["temperature"], llm.requests[0]["response_format"]["type"]) == (0, "json_schema")
    assert "x + 1" in asked(llm.requests[0])


FAILURES: dict[str, tuple[Reply, Unscored, int]] = {
    "500": ((500, "broken"), Unscored.LLM_ERROR, 2),
    "429": ((429, "too many"), Unscored.LLM_ERROR, 2),
    "garbage": ((200, "I like it."), Unscored.LLM_UNUSABLE, 2),
    "truncated": ((200, verdict()[:-40]), Unscored.LLM_UNUSABLE, 2),
    "empty": ((200, ""), Unscored.LLM_UNUSABLE, 2),
}


@pytest.mark.parametrize("name", FAILURES)
async def test_without_a_usable_reply_the_static_judge_speaks_and_is_named(
    make: Callable[..., AskingJudge], llm: ScriptedLLM, name: str
) -> None:
    reply, _, tries = FAILURES[name]
    llm.reply = lambda _: reply
    found = await make().judge(evidence(CODE))
    assert (found.kind, found.model, found.security.score) == (JudgeKind.STATIC, "", 1)
    assert len(llm.requests) == tries


@pytest.mark.parametrize("name", FAILURES)
async def test_or_nothing_is_scored_and_the_reason_is_told(
    make: Callable[..., AskingJudge], llm: ScriptedLLM, name: str
) -> None:
    reply, cause, _ = FAILURES[name]
    llm.reply = lambda _: reply
    found = await make(llm_on_failure="unscored").judge(evidence(CODE))
    assert (found.kind, found.correctness.score, found.correctness.unscored) == (JudgeKind.LLM, None, cause)
    assert found.correctness.reason


async def test_or_it_is_a_retryable_error(make: Callable[..., AskingJudge], llm: ScriptedLLM) -> None:
    llm.reply = lambda _: (500, "broken")
    with pytest.raises(ServiceError):
        await make(llm_on_failure="error").judge(evidence(CODE))


async def test_a_model_that_hangs_costs_its_time_limit_and_no_judgement(
    make: Callable[..., AskingJudge], llm: ScriptedLLM
) -> None:
    llm.free.clear()
    found = await make(llm_timeout_s=0.2).judge(evidence(CODE))
    assert found.kind is JudgeKind.STATIC


async def test_an_unusable_reply_is_asked_for_once_more(make: Callable[..., AskingJudge], llm: ScriptedLLM) -> None:
    llm.reply = lambda _: (200, verdict() if len(llm.requests) == 2 else "hm")
    assert (await make().judge(evidence(CODE))).kind is JudgeKind.LLM


async def test_an_endpoint_without_schemas_is_asked_without_one_from_then_on(
    make: Callable[..., AskingJudge], llm: ScriptedLLM
) -> None:
    llm.reply = lambda request: (400, "no schema") if "response_format" in request else (200, verdict())
    judge = make()
    for source in (CODE, CODE + b"y = 1\n"):
        assert (await judge.judge(evidence(source))).kind is JudgeKind.LLM
    assert ["response_format" in request for request in llm.requests] == [True, False, False]


async def test_equal_questions_make_one_call(make: Callable[..., AskingJudge], llm: ScriptedLLM) -> None:
    judge = make()
    llm.free.clear()
    asking = [asyncio.create_task(judge.judge(evidence(CODE + comment))) for comment in (b"", b"# a\n", b"# b\n")]
    await llm.arrived.wait()
    llm.free.set()
    assert {each.kind for each in await asyncio.gather(*asking)} == {JudgeKind.LLM}
    await judge.judge(evidence(CODE))
    assert len(llm.requests) == 1


async def test_a_caller_that_leaves_takes_the_answer_from_nobody(
    make: Callable[..., AskingJudge], llm: ScriptedLLM
) -> None:
    judge = make()
    llm.free.clear()
    first = asyncio.create_task(judge.judge(evidence(CODE)))
    await llm.arrived.wait()
    second = asyncio.create_task(judge.judge(evidence(CODE)))
    first.cancel()
    llm.free.set()
    assert (await second).kind is JudgeKind.LLM
    assert len(llm.requests) == 1


async def test_the_breaker_opens_and_closes(make: Callable[..., AskingJudge], llm: ScriptedLLM) -> None:
    judge = make(llm_breaker_failures=2, llm_breaker_open_s=0.001)
    now = [0.0]
    judge._model.breaker._clock = lambda: now[0]
    llm.reply = lambda _: (500, "broken")
    sources = [CODE + f"y = {number}\n".encode() for number in range(4)]
    for source in sources[:2]:
        await judge.judge(evidence(source))
    assert judge._model.breaker.state is BreakerState.OPEN
    asked_before = len(llm.requests)
    assert (await judge.judge(evidence(sources[2]))).kind is JudgeKind.STATIC
    assert len(llm.requests) == asked_before
    now[0], llm.reply = 1.0, lambda _: (200, verdict())
    assert (await judge.judge(evidence(sources[3]))).kind is JudgeKind.LLM
    assert judge._model.breaker.state is BreakerState.CLOSED


async def test_beyond_the_tokens_of_the_day_nothing_is_asked(
    make: Callable[..., AskingJudge], llm: ScriptedLLM
) -> None:
    judge = make(llm_tokens_per_day=100)
    assert (await judge.judge(evidence(CODE))).kind is JudgeKind.LLM
    assert (await judge.judge(evidence(CODE + b"y = 1\n"))).kind is JudgeKind.STATIC
    assert len(llm.requests) == 1


@pytest.mark.parametrize(("when", "calls"), [("never", 0), ("calls_end", 0), ("compiles", 1)])
async def test_the_settings_say_when_to_ask(
    make: Callable[..., AskingJudge], llm: ScriptedLLM, when: str, calls: int
) -> None:
    seen = evidence(CODE, report(common_pb2.CALL_STATUS_CRASHED))
    await make(llm_when=when).judge(seen)
    assert len(llm.requests) == calls


@pytest.mark.parametrize(
    ("when", "passed", "calls"),
    [("always", False, 1), ("compiles", False, 1), ("all_tests_pass", False, 0), ("all_tests_pass", True, 1)],
)
async def test_the_settings_say_whether_failing_tests_are_worth_a_question(
    make: Callable[..., AskingJudge], llm: ScriptedLLM, when: str, passed: bool, calls: int
) -> None:
    found = await make(llm_when=when).judge(evidence(CODE, all_tests_passed=passed))
    assert (len(llm.requests), found.kind is JudgeKind.LLM) == (calls, calls == 1)


async def test_what_cannot_be_shown_is_not_asked_about(make: Callable[..., AskingJudge], llm: ScriptedLLM) -> None:
    found = await make().judge(evidence(b"x = '\xff'\n"))
    assert (found.kind, llm.requests) == (JudgeKind.STATIC, [])
