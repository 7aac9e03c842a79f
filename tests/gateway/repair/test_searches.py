"""Searches by confined workers: what they find until a limit ends them."""

from contextlib import aclosing

import pytest

from gateway.repair.searches import Searches

_MIB = 1024 * 1024
_CODE = "def f(x)\n    return lenght(x)\n"
EXPENSIVE = {
    "deep brackets": "(" * 3000 + ")" * 3000,
    "long expression": "x = " + "1 + " * 15_000 + "1\n",
    "many errors": "def f(:\n" * 2_000,
    "deep blocks": "".join(" " * level + "if x:\n" for level in range(99)) + " " * 99 + "y = 1\n",
}


async def test_candidates_come_likeliest_first() -> None:
    async with aclosing(Searches(2, 256 * _MIB, 4096)) as searches:
        found = await searches.run(_CODE, "", 8, 20)
    assert found[0].text == "def f(x):\n    return len(x)\n"


@pytest.mark.parametrize("name", EXPENSIVE)
async def test_a_source_that_exhausts_a_search_costs_its_limits_and_the_next_is_searched(name: str) -> None:
    async with aclosing(Searches(1, 256 * _MIB, 65536)) as searches:
        assert len(await searches.run(EXPENSIVE[name], "", 4, 20)) <= 4
        assert await searches.run(_CODE, "", 4, 20)


async def test_out_of_time_there_is_what_was_found_by_then() -> None:
    async with aclosing(Searches(60, 256 * _MIB, 65536)) as searches:
        assert await searches.run(EXPENSIVE["many errors"], "", 4, 0.001) == []


async def test_a_candidate_that_is_too_long_to_be_graded_is_none() -> None:
    async with aclosing(Searches(2, 256 * _MIB, 10)) as searches:
        assert await searches.run(_CODE, "", 8, 20) == []


async def test_the_answer_in_a_reply_is_found_and_one_that_does_not_parse_is_none() -> None:
    async with aclosing(Searches(2, 256 * _MIB, 4096)) as searches:
        found = await searches.answer("Here:\n\n```python\ndef f(x):\n    return x\n```\n", "f", 20)
        assert found is not None
        assert found.text == "def f(x):\n    return x\n"
        assert await searches.answer("```python\ndef f(x:\n```\n", "f", 20) is None
