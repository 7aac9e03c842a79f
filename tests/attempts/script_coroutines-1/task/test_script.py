import asyncio

from fix import fetch, gather


def test_fetch():
    assert asyncio.run(fetch("a")) == "A"


async def test_await():
    assert await fetch("bc") == "BC"
    assert (await fetch("x")).startswith("X")


def test_gather():
    assert asyncio.run(gather(["a", "b"])) == ["A", "B"]


async def test_together():
    first, second = await fetch("a"), await fetch("b")
    assert first < second
    assert [first, second] == await gather(["a", "b"])
