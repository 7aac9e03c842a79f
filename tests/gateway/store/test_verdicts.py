"""Verdicts of groups in Redis: the first one noted is everybody's, and the items of a batch read theirs together."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr

from codearena.errors import StoreError
from gateway.settings import Settings
from gateway.store.keys import SLICES
from gateway.store.redis import Store
from gateway.store.verdicts import VerdictRecords
from tests.redis_servers import calls


@pytest.fixture
async def verdicts(redis_url: str) -> AsyncIterator[VerdictRecords]:
    async with Store(Settings(redis_url=SecretStr(redis_url))) as store:
        yield store.verdicts


async def test_the_first_verdict_noted_is_what_everybody_gets(verdicts: VerdictRecords) -> None:
    assert await verdicts.read("a") is None
    assert await verdicts.note("a", b"first") == b"first"
    assert await verdicts.note("a", b"second") == b"first"
    assert await verdicts.read("a") == b"first"


async def test_those_who_ask_at_once_each_get_their_own_in_one_round_trip(
    verdicts: VerdictRecords, redis_url: str
) -> None:
    for number in range(0, 64, 2):
        await verdicts.note(str(number), b"%d" % number)
    before = calls(redis_url, "mget")
    found = await asyncio.gather(*(verdicts.read(str(number)) for number in range(64)))
    assert found == [None if number % 2 else b"%d" % number for number in range(64)]
    commands = calls(redis_url, "mget") - before
    assert commands <= SLICES if "cluster" in redis_url else commands == 1


async def test_one_who_asks_no_more_keeps_nobody_from_the_answer(verdicts: VerdictRecords) -> None:
    await verdicts.note("a", b"noted")
    leaves, stays = (asyncio.create_task(verdicts.read("a")) for _ in range(2))
    await asyncio.sleep(0)  # so that both have asked
    leaves.cancel()
    assert await stays == b"noted"


async def test_that_redis_does_not_answer_is_told_to_all_who_ask() -> None:
    nowhere = SecretStr("redis://127.0.0.1:1/0")
    async with Store(Settings(redis_url=nowhere)) as store:
        asked = await asyncio.gather(*(store.verdicts.read(name) for name in "ab"), return_exceptions=True)
    assert [type(answer) for answer in asked] == [StoreError, StoreError]
