"""Whether a wrong version of a right program makes a task: examined by the real pipeline, and replayed.

Every verdict is the pipeline's. All wrong versions of one program are graded as attempts at one task, which has the
program's tests and gives nothing, so that the reference and an empty source have to be graded once only.
"""

import math
import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from codearena.errors import CallerError, CodeArenaError
from codearena.generation.certificate import (
    Marks,
    Outcome,
    Reason,
    RefusedError,
    has_full_marks,
    outcome_of,
)
from codearena.generation.original import Original
from codearena.generation.replaying import LOST, Call, Replayed, Replays
from codearena.models import Verdict
from codearena.sdk.async_client import AsyncCodeArena

DIFFERENTIAL_DRAWS = 40
"""Times that an original's inputs are made anew, to see whether a mutant that no test fails does anything else."""
LUCK = 1e-3
"""Most that the estimated chance may be that inputs are drawn which miss a bug."""
LUCK_WHEN_MADE = LUCK / 10
"""The same for a task that is made here: other draws give another estimate, and are to allow it as well."""
_DRAWS_PER_SEED = 3
EMPTY = ""
"""The source of an attempt that does nothing at all."""


@dataclass(frozen=True)
class Standing:
    """What is known of an original before its mutants are looked at.

    calls: by hash seed: those of its tests, the same for every seed, and then inputs drawn for that seed alone;
    outcomes: of the reference, likewise; fixed: how many calls are the same for all; isolation, revisions: of verdicts.
    """

    reference: Marks
    empty: Marks
    calls: Mapping[int, Sequence[Call]]
    outcomes: Mapping[int, Sequence[str]]
    fixed: int
    isolation: str
    revisions: Mapping[str, str]
    packages: tuple[str, ...] = ()


async def graded(arena: AsyncCodeArena, task_id: str, sources: Sequence[str]) -> list[Verdict]:
    """A verdict for each source.

    Raises:
        RefusedError: the task or a source cannot be graded.
        ServiceError: we failed, though it was tried again; nothing is known of the task.
    """
    answers = await arena.grade_batch([(task_id, source) for source in sources])
    for answer in answers:
        if isinstance(answer, CallerError):
            raise RefusedError(Reason.NOT_GRADED, answer.detail) from answer
        if isinstance(answer, CodeArenaError):
            raise answer
    return [answer for answer in answers if isinstance(answer, Verdict)]


async def standing(original: Original, arena: AsyncCodeArena, replays: Replays, seed: int) -> Standing:
    """Grades and replays the reference.

    Raises:
        RefusedError: no task can be made of this original.
    """
    reference, empty = await graded(arena, original.examined.id, [original.solution, EMPTY])
    if not has_full_marks(reference):
        raise RefusedError(Reason.REFERENCE_FAILS, _shortfall(reference))
    fixed = original.fixed
    drawn = _drawn(original, replays.seeds, seed)
    calls = {each: [*fixed, *drawn[each]] for each in replays.seeds}
    outcomes = await replays.everywhere(Replayed.of(original.examined, original.solution), calls)
    if (test := unstable(fixed, outcomes)) is not None:
        raise RefusedError(Reason.REFERENCE_UNSTABLE, f"test {test!r}")
    revisions = {"grader": reference.revisions.grader, "runner": reference.revisions.runner}
    revisions["judge"] = reference.revisions.judge
    isolation = reference.execution_metadata.isolation
    marks = Marks.of(reference), Marks.of(empty)
    return Standing(*marks, calls, outcomes, len(fixed), isolation, revisions, tuple(original.examined.needs))


def _shortfall(verdict: Verdict) -> str:
    marks = Marks.of(verdict)
    return f"passes {marks.passed} of {marks.total} tests, efficiency {marks.efficiency}"


def _drawn(original: Original, seeds: Sequence[int], seed: int) -> dict[int, list[Call]]:
    """Inputs for the tests whose inputs attempts get anew, of a few draws for each hash seed."""
    if not original.drawn:
        return {each: [] for each in seeds}
    rngs = {each: random.Random(f"{seed}:{original.name}:{each}") for each in seeds}
    draws = {each: [call for _ in range(_DRAWS_PER_SEED) for call in original.draw(rng)] for each, rng in rngs.items()}
    return {each: [call for call in calls if call.test in original.drawn] for each, calls in draws.items()}


def unstable(fixed: Sequence[Call], outcomes: Mapping[int, Sequence[str]]) -> str | None:
    """The name of the first test that did not come out the same with every hash seed; None: all did."""
    for place, call in enumerate(fixed):
        if len({line[place] for line in outcomes.values()}) > 1:
            return call.test
    return None


async def require_stable(
    standing: Standing, program: Replayed, replays: Replays, drawn: frozenset[str], luck: float = LUCK
) -> None:
    """Replays a wrong program in every process.

    drawn: tests whose inputs attempts get anew; luck: most that the chance may be that these miss the bug.

    Raises:
        RefusedError: it depends on the hash seed, or attempts may get inputs that do not show the bug.
    """
    fixed = {seed: calls[: standing.fixed] for seed, calls in standing.calls.items()}
    outcomes = await replays.everywhere(program, fixed)
    first = next(iter(fixed))
    if (test := unstable(fixed[first], outcomes)) is not None:
        raise RefusedError(Reason.UNSTABLE, f"test {test!r}")
    seen = zip(fixed[first], outcomes[first], standing.outcomes[first], strict=False)  # what was drawn comes behind
    failed = {call.test for call, wrong, right in seen if wrong != right}
    # Where none does, what was seen was seen otherwise: by a check, or by its time.
    if failed and failed <= drawn and await _missed(standing, program, replays) > luck:
        raise RefusedError(Reason.LUCK)


async def _missed(standing: Standing, program: Replayed, replays: Replays) -> float:
    """The chance, by estimate, that none of the tests fails whose inputs are drawn."""
    drawn = {seed: calls[standing.fixed :] for seed, calls in standing.calls.items()}
    outcomes = await replays.everywhere(program, drawn)
    differ: dict[str, list[bool]] = defaultdict(list)
    for seed, calls in drawn.items():
        for call, wrong, right in zip(calls, outcomes[seed], standing.outcomes[seed][standing.fixed :], strict=True):
            differ[call.test].append(wrong != right)
    # From so many draws no chance is known to be nearer to 0 than half of one among them.
    return math.prod(max(1 - sum(each) / len(each), 0.5 / len(each)) for each in differ.values())


def check_verdict(standing: Standing, verdict: Verdict) -> tuple[Marks, Outcome]:
    """What a wrong program got, if it is wrong enough.

    Raises:
        RefusedError: no test fails it and it is not slow, or it does not earn less than the reference and at least as
            much as an empty source.
    """
    marks, outcome = Marks.of(verdict), outcome_of(verdict)
    if outcome == "passes":
        raise RefusedError(Reason.PASSES)
    if not standing.empty.reward <= marks.reward < standing.reference.reward:
        told = f"empty {standing.empty.reward}, buggy {marks.reward}, reference {standing.reference.reward}"
        raise RefusedError(Reason.REWARD_ORDER, told)
    return marks, outcome


class Differential:
    """Whether programs do what an original does, on inputs that are made by the hundred."""

    def __init__(self, original: Original, replays: Replays, seed: int) -> None:
        self._original = original
        self._replays = replays
        rngs = (random.Random(f"{seed}:{original.name}:differential:{draw}") for draw in range(DIFFERENTIAL_DRAWS))
        self._calls = [*original.fixed, *(call for rng in rngs for call in original.draw(rng))]
        self._expected: list[str] | None = None

    @property
    def inputs(self) -> int:
        """How many there are."""
        return len(self._calls)

    async def is_equivalent(self, source: str) -> bool:
        """Whether a source does the same as the reference on all of them."""
        if self._expected is None:
            self._expected = await self._outcomes(self._original.solution)
        return await self._outcomes(source) == self._expected

    async def _outcomes(self, source: str) -> list[str]:
        found = await self._replays.once(Replayed.of(self._original.examined, source), self._calls)
        return [outcome if outcome != LOST else f"{LOST} at {place}" for place, outcome in enumerate(found)]
