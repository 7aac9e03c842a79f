"""Attempts go where places are free, by what executors say, and not to those that say nothing."""

import asyncio
import random
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest

from codearena.errors import SandboxError
from codearena.v1 import executor_pb2
from gateway.attempt.clients import Clients
from gateway.attempt.proposal import Ticket
from gateway.executors import balancing
from gateway.executors.addresses import ReplicaAddress
from gateway.executors.balancing import Executors
from gateway.settings import Settings
from tests.fakes import RIGHT, FakeExecutor
from tests.integration import waiting

WORKLOAD = executor_pb2.Workload(
    source=RIGHT.encode(), calls=[executor_pb2.Call(call_id="1", script=executor_pb2.Script())]
)
REQUEST = executor_pb2.AttemptRequest(attempt_id="one", workload=WORKLOAD)
CHANCE = 20
"""Picks that would all fall on one of two by chance once in half a million runs."""


class Clock:
    """In seconds, and moved by hand. It begins far from 0, where everything has been known for long."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Picking:
    """The executors that attempts are picked from, and the calls that are under way."""

    def __init__(self, executors: Executors, fakes: Sequence[FakeExecutor]) -> None:
        self.executors = executors
        self.names = {f"ipv4:{fake.address}": number for number, fake in enumerate(fakes)}
        self.calls: dict[int, list[Any]] = defaultdict(list)

    async def picked(self, count: int) -> Counter[int]:
        """How often each is, if nothing is sent."""
        return Counter([self.names[(await self.executors.pick()).target] for _ in range(count)])

    async def sent(self, count: int) -> Counter[int]:
        """How many attempts each gets of so many that are sent one after the other, and do not end."""
        to: Counter[int] = Counter()
        for _ in range(count):
            replica = await self.executors.pick()
            call = replica.attempt(60, ())
            await call.write(REQUEST)
            self.calls[self.names[replica.target]].append(call)
            to[self.names[replica.target]] += 1
        return to

    async def until_heard(self, *which: int) -> None:
        """Exactly those have said how loaded they are, and not for long."""

        def heard() -> set[int]:
            replicas = self.executors._replicas.values()
            return {self.names[replica.target] for replica in replicas if replica.heard}

        await until(lambda: heard() == set(which))


async def until(condition: Callable[[], bool]) -> None:
    async def holds() -> bool:
        return condition()

    await waiting.until(holds, "the news has come", 30)


@asynccontextmanager
async def fakes(*capacities: int) -> AsyncIterator[list[FakeExecutor]]:
    """Executors that nothing is under way at, and that hold every attempt until they are let go."""
    found = [FakeExecutor() for _ in capacities]
    for fake, capacity in zip(found, capacities, strict=True):
        fake.capacity, fake.leased, fake.queued = capacity, 0, 0
        fake.gate.clear()
        await fake.__aenter__()
    try:
        yield found
    finally:
        for fake in found:
            await fake.kill()


def address_of(*fakes: FakeExecutor) -> str:
    return f"ipv4:{','.join(fake.address for fake in fakes)}"


@asynccontextmanager
async def picking(fakes: Sequence[FakeExecutor], clock: Clock) -> AsyncIterator[Picking]:
    async with Executors(address_of(*fakes), chance=random.Random(1), clock=clock) as executors:
        yield Picking(executors, fakes)


@pytest.fixture
def clock() -> Clock:
    return Clock()


async def silenced(*fakes: FakeExecutor) -> None:
    """None of them says anything any more, and what they have said has arrived."""
    for fake in fakes:
        fake.silent = True
    await asyncio.sleep(0.1)


async def test_each_gets_attempts_in_proportion_to_its_places(clock: Clock) -> None:
    async with fakes(8, 2) as both, picking(both, clock) as picks:
        await picks.until_heard(0, 1)
        await silenced(*both)  # so that they count for what was sent since
        assert await picks.sent(20) == {0: 16, 1: 4}


async def test_what_other_gateways_have_sent_counts(clock: Clock) -> None:
    async with fakes(8, 8) as both, picking(both, clock) as picks:
        both[0].leased, both[0].queued = 3, 1
        await picks.until_heard(0, 1)
        await silenced(*both)
        assert await picks.sent(4) == {1: 4}
        assert await picks.sent(8) == {0: 4, 1: 4}


async def test_a_place_that_came_free_is_taken_again(clock: Clock) -> None:
    async with fakes(4, 4) as both, picking(both, clock) as picks:
        await picks.until_heard(0, 1)
        await silenced(*both)
        assert await picks.sent(8) == {0: 4, 1: 4}
        for call in picks.calls[1]:
            call.cancel()
        await until(lambda: sum(replica._ours for replica in picks.executors._replicas.values()) == 4)
        assert await picks.sent(4) == {1: 4}


async def test_of_many_the_less_loaded_of_two_is_taken_so_that_gateways_do_not_all_send_to_one(clock: Clock) -> None:
    async with fakes(4, 4, 4, 4) as four, picking(four, clock) as picks:
        for fake in four[1:]:
            fake.leased = 1
        await picks.until_heard(0, 1, 2, 3)
        await silenced(*four)
        picked = await picks.picked(400)
        assert picked[0] == pytest.approx(200, abs=60)  # it is drawn in half of the pairs, and then taken
        assert len(picked) == 4


async def test_one_that_says_nothing_for_a_second_is_passed_over_and_taken_again_when_it_speaks(clock: Clock) -> None:
    async with fakes(4, 4) as both, picking(both, clock) as picks:
        await picks.until_heard(0, 1)
        await silenced(both[0])
        clock.now += 0.95
        await picks.until_heard(1)
        assert await picks.picked(CHANCE) == {1: CHANCE}
        both[0].silent = False
        await picks.until_heard(0, 1)
        assert len(await picks.picked(CHANCE)) == 2


async def test_a_gateway_that_was_held_up_itself_takes_nobody_for_lost(clock: Clock) -> None:
    async with fakes(4, 4) as both, picking(both, clock) as picks:
        await picks.until_heard(0, 1)
        await silenced(*both)
        clock.now += 60
        assert len(await picks.picked(CHANCE)) == 2


@pytest.mark.parametrize("how", ["killed", "not serving"])
async def test_one_that_ends_or_does_not_serve_is_passed_over_at_once(clock: Clock, how: str) -> None:
    async with fakes(4, 4) as both, picking(both, clock) as picks:
        await picks.until_heard(0, 1)
        await (both[0].kill() if how == "killed" else both[0].set_serving(False))
        await picks.until_heard(1)  # with no time gone by
        assert await picks.picked(CHANCE) == {1: CHANCE}


async def test_one_that_came_lately_gets_its_share_bit_by_bit(clock: Clock) -> None:
    async with fakes(10, 10) as both, picking(both, clock) as picks:
        await both[1].set_serving(False)
        await picks.until_heard(0)
        clock.now += 100
        await both[1].set_serving(True)
        await picks.until_heard(0, 1)
        await silenced(*both)
        assert await picks.sent(11) == {0: 10, 1: 1}
        clock.now += 5
        assert await picks.sent(4) == {1: 4}
        clock.now += 5
        assert await picks.sent(5) == {1: 5}


async def test_what_fails_at_one_is_tried_at_another(settings: Settings) -> None:
    async with fakes(100, 1) as both:  # so that it is the first whose turn it would always be
        for fake in both:
            fake.gate.set()
        both[0].fail[RIGHT].extend([SandboxError("lost")] * 100)
        chosen = settings.model_copy(update={"executor_address": address_of(*both)})
        ticket = Ticket("a", "", 60)
        async with Clients(chosen) as clients, clients.sandbox(ticket) as sandbox:
            await clients._executors[""].pick()
            replicas = clients._executors[""]._replicas.values()
            await until(lambda: all(replica.heard for replica in replicas))
            await sandbox.run(ticket, WORKLOAD)
        assert [len(fake.requests) for fake in both] == [1, 1]


async def test_one_whose_name_it_left_ends_what_is_under_way_and_gets_no_more(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with fakes(4, 4) as both:
        named = [ReplicaAddress(f"ipv4:{fake.address}") for fake in both]

        async def resolved(_: str) -> list[ReplicaAddress]:
            return list(named)

        monkeypatch.setattr(balancing, "resolve", resolved)
        async with Executors("executors:1", chance=random.Random(1), clock=clock) as executors:
            picks = Picking(executors, both)
            await executors.pick()
            leaving = executors._replicas[named.pop(0)]
            call = leaving.attempt(60, ())
            await call.write(REQUEST)
            await executors._resolve()
            assert await picks.picked(CHANCE) == {1: CHANCE}
            both[0].gate.set()
            answer = await asyncio.wait_for(call.read(), 30)
            assert answer.report.status == executor_pb2.ATTEMPT_STATUS_RAN
            call.cancel()


async def test_a_name_that_cannot_be_resolved_is_a_failure_of_ours() -> None:
    async with Executors("nowhere.invalid:1") as executors:
        with pytest.raises(SandboxError):
            await executors.pick()
