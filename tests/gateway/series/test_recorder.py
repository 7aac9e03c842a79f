"""What a gateway counted is added to the history once, whatever becomes of a try. Over a real Redis."""

from collections.abc import AsyncIterator

import pytest

from codearena.errors import StoreError
from codearena.tasks.task import Level
from codearena.v1 import executor_pb2, grader_pb2
from gateway.series.recorder import Recorder
from gateway.series.tally import Tally
from gateway.settings import Settings
from gateway.store.records import Counted
from gateway.store.redis import Store
from gateway.store.series import SeriesStore, Window

_RAN = executor_pb2.Report(status=executor_pb2.ATTEMPT_STATUS_RAN)


@pytest.fixture
async def store(redis_url: str) -> AsyncIterator[Store]:
    async with Store(Settings(redis_url=redis_url)) as store:
        yield store


async def _attempts(store: Store) -> int:
    return sum(bucket.counts["total/all/attempts"] for bucket in await store.series.read(Window.HOUR, 0))


class _AnswerLost:
    """A store whose answer to the first addition is lost on its way."""

    def __init__(self, store: SeriesStore) -> None:
        self._store = store
        self._lost = False

    async def add(self, sender: str, number: int, taken: Counted) -> None:
        await self._store.add(sender, number, taken)
        if not self._lost:
            self._lost = True
            raise StoreError("the connection broke")


def _counted(attempts: int) -> Tally:
    tally = Tally()
    for _ in range(attempts):
        tally.attempt(Level.EASY, _RAN, grader_pb2.Verdict(reward=0.5))
    return tally


async def test_what_was_added_though_the_answer_was_lost_is_not_added_again(store: Store) -> None:
    tally = _counted(2)
    recorder = Recorder(tally, _AnswerLost(store.series))  # type: ignore[arg-type]
    with pytest.raises(StoreError):
        await recorder.write()
    tally.attempt(Level.EASY, _RAN, grader_pb2.Verdict(reward=0.5))
    await recorder.write()
    await recorder.write()
    assert await _attempts(store) == 3


async def test_all_that_was_counted_is_written_when_it_ends(store: Store) -> None:
    async with Recorder(_counted(3), store.series).running():
        pass
    assert await _attempts(store) == 3


async def test_methods_beyond_what_a_bucket_may_hold_are_counted_together(store: Store) -> None:
    for number in range(20):
        counts = {f"method/{number}-{each}/count": 1 for each in range(32)}
        await store.series.add(f"gateway-{number}", 1, Counted({0: {}, _now_slot(): counts}))
    (bucket,) = await store.series.read(Window.HOUR, 0)
    assert len(bucket.counts) <= 257
    assert sum(bucket.counts.values()) == 20 * 32


def _now_slot() -> int:
    from gateway.clock import now_ms

    return now_ms() // 10_000 * 10_000
