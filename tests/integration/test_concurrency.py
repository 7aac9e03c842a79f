"""Many episodes at once change no verdict.

Hidden inputs are drawn anew for each attempt, unless attempts are of one group: here those at one task are.
"""

import asyncio
import itertools

import pytest
import yaml

from codearena import AsyncCodeArena
from codearena.models import Verdict
from tests.executor_service.images import engine
from tests.integration.playing import ATTEMPTS, PATIENT, TASKS, Arrivals, Sample, collected, of_the_task, play
from tests.integration.scale import EPISODES

SLOW = {"medium-1-buggy", "hard-1-buggy"}
"""Those whose tests end at a time limit or grow with the cube; tried once each, the others again and again."""
BEST = "local" if isinstance(engine(), str) else pytest.param("container", marks=pytest.mark.docker)
"""The isolation that is tried: what is promised where there is an engine. One is enough, since this is slow."""


def _partial(task_id: str) -> Sample:
    """The first attempt at the task that passes some of its tests."""
    return next(
        sample
        for sample in collected()
        if sample.task_id == task_id
        and yaml.safe_load((ATTEMPTS / task_id / sample.name / "expect.yaml").read_text())["tests"] == "some"
    )


SAMPLES = [sample for task in TASKS.values() for sample in [*of_the_task(task), _partial(task.id)]]


def _essence(verdict: Verdict) -> tuple[float, float, int, int, int, int, str]:
    """What of a verdict must not depend on what else runs. Efficiency is measured, and may move within its noise."""
    counts, components = verdict.execution_metadata, verdict.reward_components
    return (
        components.compile_score,
        components.test_pass_ratio,
        counts.test_passed,
        counts.test_total,
        counts.hidden_passed,
        counts.hidden_total,
        counts.status,
    )


@pytest.mark.parametrize("url", [BEST], indirect=True)
async def test_episodes_at_once_are_graded_as_each_alone(url: str) -> None:
    quick = itertools.cycle(sample for sample in SAMPLES if str(sample) not in SLOW)
    slow = [sample for sample in SAMPLES if str(sample) in SLOW]
    chosen = slow + list(itertools.islice(quick, EPISODES - len(slow)))
    assert {sample.task_id for sample in chosen} == set(TASKS)
    async with AsyncCodeArena(url, retry=PATIENT, timeout_s=600) as arena:
        alone = {
            sample: _essence(await arena.grade(sample.task_id, sample.source, group_id=sample.task_id))
            for sample in SAMPLES
        }
        arrivals = Arrivals()
        plays = await asyncio.gather(
            *(play(arena, sample.task_id, [sample.source], arrivals, group_id=sample.task_id) for sample in chosen)
        )
        for sample, it in zip(chosen, plays, strict=True):
            episode = await arena.episode(it.episode_id)
            assert [_essence(attempt.verdict) for attempt in episode.attempts] == [alone[sample]], sample
            assert it.answers[0].reward == episode.attempts[0].verdict.reward
