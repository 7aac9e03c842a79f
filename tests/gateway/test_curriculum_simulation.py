"""The curriculum over whole trainings of scripted learners: benchmarks/curriculum.py, in small."""

from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr

from benchmarks.curriculum import Arena, Compared, by_progress, by_threshold, evenly
from benchmarks.learners import KINDS, LAPSE
from codearena.tasks.task import Level
from gateway.settings import Settings
from gateway.store.redis import Store


@pytest.fixture
async def arena(redis_url: str) -> AsyncIterator[Arena]:
    settings = Settings(redis_url=SecretStr(redis_url))
    async with Store(settings) as store:
        yield Arena(store, settings)


@pytest.mark.parametrize("kind", KINDS)
async def test_levels_move_exactly_as_the_rule_says(arena: Arena, kind: str) -> None:
    climb = await by_threshold(arena, kind, 0, LAPSE + 50)
    assert climb.levels == climb.expected
    assert climb.windows_agree
    assert Level.MEDIUM in climb.levels
    assert min(climb.moves) > 0  # up and down


async def test_learning_progress_takes_two_thirds_of_the_episodes_at_most(arena: Arena) -> None:
    progress, even = await by_progress(arena, "blocked", 0), await evenly(arena, "blocked", 0)
    assert progress.reached is not None
    assert Compared([progress], [even]).saving >= 1.5
