"""The bounded queue in front of the services."""

import asyncio

import pytest

from codearena.errors import DeadlineError, OverloadedError
from gateway.admission import Admission
from gateway.deadline import Deadline


async def test_one_more_than_may_wait_is_refused() -> None:
    admission = Admission(running=1, waiting=1)
    async with admission.place(Deadline(10)):
        waiting = asyncio.create_task(admission.place(Deadline(10)).__aenter__())
        await asyncio.sleep(0)  # lets it join the queue
        with pytest.raises(OverloadedError) as refused:
            await admission.place(Deadline(10)).__aenter__()
    assert refused.value.retry_after_s
    await waiting


async def test_wait_ends_with_the_deadline() -> None:
    admission = Admission(running=1, waiting=1)
    async with admission.place(Deadline(10)):
        with pytest.raises(DeadlineError):
            await admission.place(Deadline(0.01)).__aenter__()


async def test_place_is_free_again_after_a_failure() -> None:
    admission = Admission(running=1, waiting=0)
    for _ in range(3):
        with pytest.raises(RuntimeError):
            async with admission.place(Deadline(10)):
                raise RuntimeError


def test_deadline_that_has_passed_leaves_nothing() -> None:
    now = 0.0
    deadline = Deadline(5, clock=lambda: now)
    now = 4.0
    assert deadline.left_s() == 1.0
    now = 5.0
    with pytest.raises(DeadlineError):
        deadline.left_s()
