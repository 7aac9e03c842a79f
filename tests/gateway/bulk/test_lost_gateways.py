"""Jobs outlive gateways and Redis' absence: every item has one outcome, and no more."""

import asyncio
import signal
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from codearena.errors import ServiceError
from codearena.models import Verdict
from codearena.retry import RetryPolicy
from codearena.sdk.async_client import AsyncCodeArena
from gateway.settings import Settings
from gateway.store.api_keys import Scope
from gateway.store.bulk import BulkStore, Chunk, Opened
from gateway.store.redis import Store
from tests.fakes import WRONG, FakeExecutor
from tests.gateway.conftest import Serve
from tests.gateway.test_crash import GatewayProcess
from tests.redis_servers import RedisServer

ITEMS = 120
PATIENT = RetryPolicy(attempts=100, max_wait_s=0.2)
LEASE = {"JOB_LEASE_S": "1"}


def _pairs() -> list[tuple[str, str]]:
    return [("easy-1", f"{WRONG} {number}") for number in range(ITEMS)]


async def _outcomes(arena: AsyncCodeArena, job_id: str) -> Counter[int]:
    seen: Counter[int] = Counter()
    async for place, answer in arena.job_results(job_id):
        assert isinstance(answer, Verdict)
        seen[place] += 1
    return seen


async def test_job_of_a_killed_gateway_is_finished_after_its_restart(
    settings: Settings, executor: FakeExecutor
) -> None:
    with GatewayProcess(settings, LEASE) as gateway:
        async with AsyncCodeArena(gateway.url, retry=PATIENT) as arena:
            job = await arena.submit_job(_pairs())
            following = asyncio.create_task(_outcomes(arena, job.job_id))
            await executor.arrived(20)
            await gateway.stop(signal.SIGKILL)
            gateway.start()
            assert await following == Counter(range(ITEMS))
            assert (await arena.job(job.job_id)).failed == 0
        # A chunk that was lost is graded again but for what was recorded: no more than was under way.
        assert len(executor.attempts) <= ITEMS + settings.job_chunks * settings.job_chunk_items
        assert await gateway.stop(signal.SIGTERM) == 0


async def test_another_gateway_goes_on_with_the_job_of_a_killed_one(
    serve: Serve, settings: Settings, executor: FakeExecutor
) -> None:
    api = await serve(settings.model_copy(update={"job_chunks": 0}))
    async with AsyncCodeArena(str(api.base_url), retry=PATIENT) as arena:
        job = await arena.submit_job(_pairs())
        with GatewayProcess(settings, LEASE) as first:
            await executor.arrived(20)
            await first.stop(signal.SIGKILL)
        await serve(settings)
        assert await _outcomes(arena, job.job_id) == Counter(range(ITEMS))


async def test_what_a_stopped_gateway_has_not_done_is_taken_up_at_once(
    serve: Serve, settings: Settings, executor: FakeExecutor
) -> None:
    # With a lease that nobody would wait for: what is under way is given back.
    executor.gate.clear()
    with GatewayProcess(settings, {"JOB_LEASE_S": "3600"}) as first:
        async with AsyncCodeArena(first.url, retry=PATIENT) as arena:
            job = await arena.submit_job(_pairs())
        await executor.arrived(20)
        assert await first.stop(signal.SIGTERM) == 0
    executor.gate.set()
    api = await serve(settings)
    async with AsyncCodeArena(str(api.base_url)) as arena:
        assert await _outcomes(arena, job.job_id) == Counter(range(ITEMS))


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path)
    yield server
    server.stop()


async def test_outcomes_wait_for_a_redis_that_is_away(
    serve: Serve, settings: Settings, own_redis: RedisServer, executor: FakeExecutor
) -> None:
    api = await serve(settings.model_copy(update={"redis_url": SecretStr(own_redis.url), "job_lease_s": 600}))
    executor.gate.clear()
    async with AsyncCodeArena(str(api.base_url), retry=PATIENT) as arena:
        job = await arena.submit_job(_pairs()[:3])
        await executor.arrived(3)
        own_redis.kill()
        executor.gate.set()
        await asyncio.to_thread(own_redis.start)
        assert await _outcomes(arena, job.job_id) == Counter(range(3))
    assert len(executor.attempts) == 3


@pytest.fixture
async def store(redis_url: str) -> AsyncIterator[Store]:
    async with Store(Settings(redis_url=SecretStr(redis_url), job_lease_s=0.001, job_chunk_items=2)) as store:
        yield store


async def _opened(store: Store, items: Iterable[bytes]) -> None:
    assert await store.bulk.open("j", list(items), "fingerprint", "", Scope.USE) is Opened.OPENED


async def _claimed(store: Store) -> Chunk:
    while (chunk := await store.bulk.claim("j")) is None:
        pass  # until a lease has run out
    return chunk


async def test_an_outcome_that_comes_twice_counts_once(store: Store) -> None:
    await _opened(store, [b"0"])
    stalled, other = await _claimed(store), await _claimed(store)
    assert (stalled.items, other.items, other.losses) == ({0: b"0"}, {0: b"0"}, 1)
    assert await store.bulk.record("j", 0, b"other", failed=False)
    assert not await store.bulk.record("j", 0, b"stalled", failed=False)
    assert await store.bulk.lines("j", 0, 10) == [b"other"]
    assert not await store.bulk.renew(stalled)
    job = await store.bulk.read("j")
    assert job is not None
    assert (job.state, job.done) == ("done", 1)


async def test_a_lost_chunk_is_leased_again_without_what_was_recorded(store: Store) -> None:
    await _opened(store, [b"0", b"1", b"2"])
    await _claimed(store)
    assert await store.bulk.record("j", 1, b"one", failed=False)
    chunks = [await _claimed(store), await _claimed(store)]
    assert {index for chunk in chunks for index in chunk.items} <= {0, 2}


async def test_a_finished_chunk_is_not_leased_again(store: Store) -> None:
    await _opened(store, [b"0", b"1", b"2"])
    first = await _claimed(store)
    for index in first.items:
        await store.bulk.record("j", index, b"", failed=False)
    await store.bulk.finish(first)
    assert {index for _ in range(3) for index in (await _claimed(store)).items} == {2}


async def test_items_that_gateways_die_of_get_a_problem_in_the_end(
    serve: Serve, settings: Settings, redis_url: str
) -> None:
    async with Store(Settings(redis_url=SecretStr(redis_url), job_lease_s=0.001)) as store:
        await _opened(store, [b"0"])
        while (await _claimed(store)).losses < 5:
            pass
    api: httpx.AsyncClient = await serve(settings)
    async with AsyncCodeArena(str(api.base_url)) as arena:
        answers = [answer async for _, answer in arena.job_results("j")]
    assert [type(answer) for answer in answers] == [ServiceError]


@pytest.mark.parametrize("name", ["claim", "renew", "record"])
async def test_a_defect_in_the_work_on_a_job_costs_time_and_no_outcome(
    serve: Serve, settings: Settings, executor: FakeExecutor, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    working = getattr(BulkStore, name)
    defects = iter([ValueError("a defect")])

    async def defective(*args: object, **kwargs: object) -> object:
        if (defect := next(defects, None)) is not None:
            executor.gate.set()
            raise defect
        return await working(*args, **kwargs)

    monkeypatch.setattr(BulkStore, name, defective)
    api = await serve(settings.model_copy(update={"job_lease_s": 0.3, "job_chunk_items": 1}))
    if name == "renew":
        executor.gate.clear()
    async with AsyncCodeArena(str(api.base_url)) as arena:
        job = await arena.submit_job(_pairs()[:3])
        assert await _outcomes(arena, job.job_id) == Counter(range(3))
