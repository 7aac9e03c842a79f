"""Bugs that drawn inputs might miss, replayed in real processes."""

import asyncio
from collections.abc import Sequence

import pytest

from codearena.generation.certificate import Marks, Reason, RefusedError
from codearena.generation.certifying import LUCK, LUCK_WHEN_MADE, Standing, require_stable
from codearena.generation.replaying import HASH_SEEDS, Call, Replayed, Replays, call_of_case
from codearena.tasks.calls import TestCase
from codearena.tasks.task import Task

RIGHT = "def same(n):\n    return n\n"
WRONG = "def same(n):\n    return n + (n > 0)\n"
DRAWS = 60
_MARKS = Marks(reward=0.99, passed=1, total=1, hidden_passed=1, hidden_total=1, efficiency=1.0)


def call(test: str, number: int) -> Call:
    task = Task(
        id="same",
        description="It is.",
        entry_point="same",
        buggy=WRONG,
        solution=RIGHT,
        tests=[TestCase(name="t", expect=0)],
    )
    return call_of_case(task, TestCase(name=test, args=[number], expect=number))


async def _standing(replays: Replays, fixed: Sequence[Call], missed: dict[str, int]) -> Standing:
    """missed: by test with drawn inputs, how many of its draws do not show the bug."""
    numbers = {test: [0] * few + [1] * (DRAWS - few) for test, few in missed.items()}
    drawn = [call(test, number) for test, line in numbers.items() for number in line]
    calls = {seed: [*fixed, *drawn[at :: len(HASH_SEEDS)]] for at, seed in enumerate(HASH_SEEDS)}
    outcomes = await replays.everywhere(Replayed(RIGHT), calls)
    return Standing(_MARKS, _MARKS, calls, outcomes, len(fixed), "local", {})


def refused(fixed: Sequence[Call], missed: dict[str, int], luck: float) -> Reason | None:
    async def run() -> None:
        async with Replays() as replays:
            known = await _standing(replays, fixed, missed)
            await require_stable(known, Replayed(WRONG), replays, frozenset(missed), luck)

    try:
        asyncio.run(run())
    except RefusedError as refusal:
        return refusal.reason
    return None


@pytest.mark.parametrize(
    ("missed", "when_made", "when_certified"),
    [
        ({"one": 0}, Reason.LUCK, Reason.LUCK),  # of sixty draws nobody knows that it is once in a thousand
        ({"one": 0, "two": 0}, None, None),
        ({"one": 1, "two": 2}, Reason.LUCK, None),
        ({"one": 3, "two": 3}, Reason.LUCK, Reason.LUCK),
        ({"one": 3, "two": 3, "three": 1}, None, None),
    ],
)
def test_what_is_made_is_surer_than_what_is_certified(
    missed: dict[str, int], when_made: Reason | None, when_certified: Reason | None
) -> None:
    fixed = [call("one", 1)]
    assert refused(fixed, missed, LUCK_WHEN_MADE) == when_made
    assert refused(fixed, missed, LUCK) == when_certified


def test_a_bug_that_a_test_of_fixed_inputs_shows_needs_no_luck() -> None:
    assert refused([call("one", 1), call("always", 1)], {"one": DRAWS}, LUCK_WHEN_MADE) is None


def test_a_bug_that_shows_in_no_outcome_was_seen_otherwise() -> None:
    """By a check of the source, say, or by its time."""
    assert refused([call("one", 0)], {"one": DRAWS}, LUCK_WHEN_MADE) is None
