"""Replicas of the judge that share a Redis make one call of equal questions; without that Redis all goes on."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import redis.asyncio as aioredis
from pydantic import SecretStr

from judge_service.asking import AskingJudge
from judge_service.judge import JudgeKind
from judge_service.llm import Model
from judge_service.settings import Settings
from judge_service.shared import Shared
from judge_service.static import StaticJudge
from tests.fakes import ScriptedLLM
from tests.judge_service.build import evidence
from tests.judge_service.verdicts import verdict

CODE = b"def f(x):\n    return x + 1\n"
OTHER = CODE + b"y = 1\n"
NOWHERE = "redis://127.0.0.1:9/0"
pytestmark = pytest.mark.redis


@pytest.fixture
async def llm() -> AsyncIterator[ScriptedLLM]:
    async with ScriptedLLM(lambda _: (200, verdict(quality=False))) as scripted:
        yield scripted


@pytest.fixture
async def replica(llm: ScriptedLLM, redis_url: str) -> AsyncIterator[Callable[..., AskingJudge]]:
    made: list[AskingJudge] = []

    def judge(**more: Any) -> AskingJudge:
        given = {"llm_model": "m", "llm_base_url": llm.url, "llm_timeout_s": 20, "redis_url": SecretStr(redis_url)}
        settings = Settings(**{**given, **more})
        shared = Shared(settings)
        made.append(AskingJudge(settings, StaticJudge(settings), Model(settings, shared), shared))
        return made[-1]

    yield judge
    for each in made:
        await each.close()


async def test_a_reply_serves_every_replica_and_is_the_same(
    replica: Callable[..., AskingJudge], llm: ScriptedLLM
) -> None:
    found = [await replica().judge(evidence(CODE)) for _ in range(3)]
    assert found[0].kind is JudgeKind.LLM
    assert found[1:] == [found[0]] * 2
    assert len(llm.requests) == 1


async def test_equal_questions_to_several_replicas_at_once_make_one_call(
    replica: Callable[..., AskingJudge], llm: ScriptedLLM
) -> None:
    llm.free.clear()
    asking = [asyncio.create_task(replica().judge(evidence(CODE))) for _ in range(3)]
    await llm.arrived.wait()
    llm.free.set()
    assert {each.kind for each in await asyncio.gather(*asking)} == {JudgeKind.LLM}
    assert len(llm.requests) == 1


async def test_where_one_gets_no_reply_the_next_asks_itself(
    replica: Callable[..., AskingJudge], llm: ScriptedLLM
) -> None:
    llm.reply = lambda _: (500, "broken") if len(llm.requests) <= 2 else (200, verdict())
    llm.free.clear()
    asking = [asyncio.create_task(replica().judge(evidence(CODE))) for _ in range(2)]
    await llm.arrived.wait()
    llm.free.set()
    assert {each.kind for each in await asyncio.gather(*asking)} == {JudgeKind.STATIC, JudgeKind.LLM}


async def test_a_replica_that_was_killed_while_it_asked_stalls_no_judgement(
    replica: Callable[..., AskingJudge], llm: ScriptedLLM, redis_url: str
) -> None:
    await replica().judge(evidence(CODE))
    async with aioredis.from_url(redis_url) as connection:
        [kept] = await connection.keys("*:reply:*")
        await connection.delete(kept)
        await connection.set(kept.replace(b":reply:", b":asking:"), "of one that is gone", px=60_000)
    assert (await replica(llm_timeout_s=0.3).judge(evidence(CODE))).kind is JudgeKind.STATIC
    assert len(llm.requests) == 1


async def test_the_tokens_of_the_day_are_those_of_all(replica: Callable[..., AskingJudge], llm: ScriptedLLM) -> None:
    first, second = replica(llm_tokens_per_day=100), replica(llm_tokens_per_day=100)
    assert (await first.judge(evidence(CODE))).kind is JudgeKind.LLM
    assert (await second.judge(evidence(OTHER))).kind is JudgeKind.STATIC
    assert len(llm.requests) == 1


async def test_without_the_server_each_asks_for_itself(replica: Callable[..., AskingJudge], llm: ScriptedLLM) -> None:
    for _ in range(2):
        assert (await replica(redis_url=SecretStr(NOWHERE)).judge(evidence(CODE))).kind is JudgeKind.LLM
    assert len(llm.requests) == 2
