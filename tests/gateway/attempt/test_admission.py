"""The bounded queue in front of the services."""

import asyncio

import pytest

from codearena.errors import DeadlineError, OverloadedError
from gateway.attempt.admission import Admission
from gateway.attempt.proposal import Ticket
from gateway.deadline import Deadline


def ticket(owner: str = "", caller: str = "", wait_s: float = 10) -> Ticket:
    return Ticket("a", owner, wait_s, caller)


async def test_one_more_than_may_wait_is_refused() -> None:
    admission = Admission(running=1, waiting=1)
    async with admission.place(ticket()):
        waiting = asyncio.create_task(admission.place(ticket()).__aenter__())
        await asyncio.sleep(0)  # lets it join the queue
        with pytest.raises(OverloadedError) as refused:
            await admission.place(ticket()).__aenter__()
    assert refused.value.retry_after_s
    await waiting


async def test_wait_ends_with_the_deadline() -> None:
    admission = Admission(running=1, waiting=1)
    async with admission.place(ticket()):
        with pytest.raises(DeadlineError):
            await admission.place(ticket(wait_s=0.01)).__aenter__()


async def test_callers_take_turns_however_many_of_one_wait() -> None:
    admission, order = Admission(running=1, waiting=10), list[str]()

    async def attempt(caller: str) -> None:
        async with admission.place(ticket(caller=caller)):
            order.append(caller)

    async with admission.place(ticket()):
        waiting = [asyncio.create_task(attempt(caller)) for caller in ("batch", "batch", "batch", "single")]
        await asyncio.sleep(0)  # lets them join the queue
    await asyncio.gather(*waiting)
    assert order == ["batch", "single", "batch", "batch"]


async def test_owners_take_turns_however_many_batches_one_sends() -> None:
    admission, order = Admission(running=1, waiting=10), list[str]()

    async def attempt(owner: str, batch: str) -> None:
        async with admission.place(ticket(owner, batch)):
            order.append(owner)

    async with admission.place(ticket()):
        wants = [("greedy", "1"), ("greedy", "2"), ("greedy", "3"), ("polite", "")]
        waiting = [asyncio.create_task(attempt(*want)) for want in wants]
        await asyncio.sleep(0)  # lets them join the queue
    await asyncio.gather(*waiting)
    assert order == ["greedy", "polite", "greedy", "greedy"]


async def test_place_of_one_who_gave_up_goes_to_the_next() -> None:
    admission = Admission(running=1, waiting=10)
    async with admission.place(ticket()):
        first, second = (asyncio.create_task(admission.place(ticket(caller="a")).__aenter__()) for _ in range(2))
        await asyncio.sleep(0)  # lets them join the queue
        first.cancel()
    await second


async def test_place_handed_to_one_who_gives_up_is_not_lost() -> None:
    admission = Admission(running=1, waiting=10)
    async with admission.place(ticket()):
        given_up = asyncio.create_task(admission.place(ticket(caller="a")).__aenter__())
        await asyncio.sleep(0)  # lets it join the queue
    given_up.cancel()
    async with admission.place(ticket()):
        pass


async def test_place_is_free_again_after_a_failure() -> None:
    admission = Admission(running=1, waiting=0)
    for _ in range(3):
        with pytest.raises(RuntimeError):
            async with admission.place(ticket()):
                raise RuntimeError


def test_deadline_that_has_passed_leaves_nothing() -> None:
    now = 0.0
    deadline = Deadline(5, clock=lambda: now)
    now = 4.0
    assert deadline.left_s() == 1.0
    now = 5.0
    with pytest.raises(DeadlineError):
        deadline.left_s()


async def test_while_owners_compete_one_who_holds_places_leaves_some_to_others() -> None:
    admission, taken = Admission(running=8, waiting=100), list[str]()
    release = asyncio.Event()

    async def attempt(owner: str) -> None:
        async with admission.place(ticket(owner)):
            taken.append(owner)
            await release.wait()

    async def join(*owners: str) -> list[asyncio.Task[None]]:
        tasks = [asyncio.create_task(attempt(owner)) for owner in owners]
        await asyncio.sleep(0)
        return tasks

    tasks = await join("polite", *["greedy"] * 20)
    assert taken == ["polite", *["greedy"] * 6]  # one of eight is kept
    tasks += await join("third")
    assert taken[-1] == "third"
    release.set()
    await asyncio.gather(*tasks)
    assert taken.count("greedy") == 20
