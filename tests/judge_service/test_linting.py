"""Promises of what shares runs of ruff; ruff itself is played."""

import asyncio

import pytest

from codearena.errors import OverloadedError
from judge_service.answers import LintAnswer
from judge_service.linting import AT_ONCE, Lint, Linting


class Ruff:
    """Notes its runs."""

    def __init__(self) -> None:
        self.runs: list[list[bytes]] = []

    async def lint(self, sources: list[bytes]) -> list[Lint]:
        self.runs.append(sources)
        await asyncio.sleep(0)
        return [LintAnswer(findings=(), counts={}) for _ in sources]


@pytest.fixture
def ruff() -> Ruff:
    return Ruff()


@pytest.fixture
def linting(ruff: Ruff) -> Linting:
    return Linting(ruff.lint, queue_length=20, retry_after_s=1.5)


def _begun(linting: Linting, *sources: bytes) -> "list[asyncio.Task[Lint]]":
    return [asyncio.create_task(linting.run(source)) for source in sources]


async def _turns() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_what_nobody_waits_for_goes_along_with_what_somebody_does(ruff: Ruff, linting: Linting) -> None:
    tasks = _begun(linting, b"a", b"b", b"c")
    await _turns()
    assert ruff.runs == []
    with linting.urgent(b"c"):
        await tasks[2]
    await asyncio.gather(*tasks)
    assert [sorted(run) for run in ruff.runs] == [[b"a", b"b", b"c"]]


async def test_who_waits_before_the_source_has_come_is_waited_for_too(ruff: Ruff, linting: Linting) -> None:
    with linting.urgent(b"late"):
        await asyncio.gather(*_begun(linting, b"late"))
    assert ruff.runs == [[b"late"]]


async def test_enough_for_a_run_are_one_though_nobody_waits(ruff: Ruff, linting: Linting) -> None:
    await asyncio.gather(*_begun(linting, *(bytes([number]) for number in range(AT_ONCE))))
    assert [len(run) for run in ruff.runs] == [AT_ONCE]


async def test_those_somebody_waits_for_come_before_the_others(ruff: Ruff, linting: Linting) -> None:
    others = _begun(linting, *(bytes([number]) for number in range(AT_ONCE - 1)))
    await _turns()
    with linting.urgent(b"first"), linting.urgent(b"second"):
        wanted = _begun(linting, b"first", b"second")
        await asyncio.gather(*wanted)
    assert {b"first", b"second"} <= set(ruff.runs[0])
    assert sum(map(len, ruff.runs)) == AT_ONCE
    assert [task.done() for task in others].count(False) == 1
    with linting.urgent(bytes([AT_ONCE - 2])):
        await asyncio.gather(*others)


async def test_who_has_left_is_linted_no_more(ruff: Ruff, linting: Linting) -> None:
    left, stays = _begun(linting, b"left", b"stays")
    await _turns()
    left.cancel()
    await asyncio.wait([left])
    with linting.urgent(b"stays"):
        await stays
    assert ruff.runs == [[b"stays"]]


async def test_beyond_the_queue_one_is_refused_with_the_time_to_wait(ruff: Ruff) -> None:
    go_on = asyncio.Event()

    async def held(sources: list[bytes]) -> list[Lint]:
        await go_on.wait()
        return await ruff.lint(sources)

    linting = Linting(held, queue_length=0, retry_after_s=1.5)
    tasks = _begun(linting, *(bytes([number]) for number in range(AT_ONCE)))
    await _turns()  # these are at work
    tasks += _begun(linting, *(bytes([100 + number]) for number in range(AT_ONCE)))
    await _turns()  # and these fill the queue
    with pytest.raises(OverloadedError) as refused:
        await linting.run(b"one more")
    assert refused.value.retry_after_s == 1.5
    go_on.set()
    await asyncio.gather(*tasks)
