"""How many bugs the hidden tests of a program find: its mutation score, over mutants of one bug each.

A mutant is replayed on the calls of the tests, which takes a few milliseconds; where that cannot tell, it is graded.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from enum import StrEnum

from codearena.generation.certificate import Marks, Strength, outcome_of
from codearena.generation.certifying import Differential, Standing, graded
from codearena.generation.mutants import Mutant, singles
from codearena.generation.operators.operator import Kind
from codearena.generation.operators.source import Source
from codearena.generation.original import Original
from codearena.generation.replaying import Replayed, Replays
from codearena.sdk.async_client import AsyncCodeArena

UNSEEN_KINDS = frozenset({Kind.COMPLEXITY, Kind.SECURITY})
"""Of bugs that may show in nothing that a call gives back: in its time, or in what a check reads."""


class Fate(StrEnum):
    """What the hidden tests make of a mutant. MISSED: nothing, though it is not equivalent."""

    KILLED = "killed"
    EQUIVALENT = "equivalent"
    MISSED = "missed"


class Strengths:
    """What the hidden tests of one original make of its mutants."""

    def __init__(
        self, original: Original, standing: Standing, arena: AsyncCodeArena, replays: Replays, seed: int
    ) -> None:
        self._original = original
        self._standing = standing
        self._arena = arena
        self._replays = replays
        self._differential = Differential(original, replays, seed)
        self._fixed = original.fixed

    async def of(self, made: Sequence[Mutant]) -> tuple[Strength, list[Fate]]:
        """The strength by these mutants, and the fate of each.

        Raises:
            RefusedError: one of them could not be graded.
        """
        fates = list(await asyncio.gather(*map(self._fate, made)))
        counts = Counter(fates)
        killed, equivalent, missed = (counts[each] for each in (Fate.KILLED, Fate.EQUIVALENT, Fate.MISSED))
        inputs = self._differential.inputs
        strength = Strength(mutants=len(made), killed=killed, equivalent=equivalent, missed=missed, inputs=inputs)
        return strength, fates

    async def is_equivalent(self, source: str) -> bool:
        """Whether a source does what the reference does, on every input that was made."""
        return await self._differential.is_equivalent(source)

    async def _fate(self, mutant: Mutant) -> Fate:
        if await self._fails_hidden_call(mutant):
            return Fate.KILLED
        if self._has_more_tests and (seen := await self._graded_fate(mutant)) is not None:
            return seen
        return Fate.EQUIVALENT if await self._differential.is_equivalent(mutant.text) else Fate.MISSED

    async def _fails_hidden_call(self, mutant: Mutant) -> bool:
        found = await self._replays.once(Replayed.of(self._original.examined, mutant.text), self._fixed)
        right = self._standing.outcomes[self._replays.seeds[0]]
        compared = zip(self._fixed, found, right, strict=False)
        return any(outcome != expected and not call.visible for call, outcome, expected in compared)

    @property
    def _has_more_tests(self) -> bool:
        """Whether there are some that are not replayed: those of a script, of what is started, and checks."""
        task = self._original.examined
        return len(self._fixed) < len(task.all_tests) + len(task.all_checks)

    async def _graded_fate(self, mutant: Mutant) -> Fate | None:
        """By all tests; None: it passes them."""
        (verdict,) = await graded(self._arena, self._original.examined.id, [mutant.text])
        marks = Marks.of(verdict)
        if outcome_of(verdict) in ("compile_error", "load_error") or marks.hidden_passed < marks.hidden_total:
            return Fate.KILLED
        return Fate.MISSED if marks.passed < marks.total else None


def mutants_of(original: Original, seed: int, most: int) -> list[Mutant]:
    """At most so many mutants of one bug each; the same for the same seed."""
    return singles(Source(original.solution), random.Random(f"{seed}:{original.name}:singles"), most)
