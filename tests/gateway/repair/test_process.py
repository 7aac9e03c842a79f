"""The limited process: what it finds until a limit ends it, and that it inherits nothing."""

import asyncio

import pytest

from gateway.repair.process import Searches

_MIB = 1024 * 1024
EXPENSIVE = {
    "deep brackets": "(" * 3000 + ")" * 3000,
    "long expression": "x = " + "1 + " * 15_000 + "1\n",
    "many errors": "def f(:\n" * 2_000,
    "deep blocks": "".join(" " * level + "if x:\n" for level in range(99)) + " " * 99 + "y = 1\n",
}


async def test_candidates_come_likeliest_first() -> None:
    found = await Searches(2, 256 * _MIB, 4096).run("def f(x)\n    return lenght(x)\n", "", 8, 20)
    assert found[0].text == "def f(x):\n    return len(x)\n"


@pytest.mark.parametrize("name", EXPENSIVE)
async def test_a_source_that_exhausts_a_search_costs_its_limits_and_no_more(name: str) -> None:
    found = await Searches(1, 256 * _MIB, 65536).run(EXPENSIVE[name], "", 4, 20)
    assert len(found) <= 4


async def test_out_of_time_the_process_is_gone() -> None:
    before = asyncio.get_running_loop().time()
    assert await Searches(60, 256 * _MIB, 65536).run(EXPENSIVE["many errors"], "", 4, 0.001) == []
    assert asyncio.get_running_loop().time() - before < 60


async def test_a_candidate_that_is_too_long_to_be_graded_is_none() -> None:
    assert await Searches(2, 256 * _MIB, 10).run("def f(x)\n    return x\n", "", 8, 20) == []
