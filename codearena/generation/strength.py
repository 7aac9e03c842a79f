"""How many bugs the hidden tests of a program find: its mutation score, over mutants of one bug each."""

import random
from collections import Counter
from collections.abc import Sequence
from enum import StrEnum

from codearena.generation.certificate import Marks, Strength, outcome_of
from codearena.generation.certifying import Differential, graded
from codearena.generation.mutants import Mutant, singles
from codearena.generation.operators.source import Source
from codearena.generation.original import Original
from codearena.models import Verdict
from codearena.sdk.async_client import AsyncCodeArena


class Fate(StrEnum):
    """What the hidden tests make of a mutant. MISSED: nothing, though it is not equivalent."""

    KILLED = "killed"
    EQUIVALENT = "equivalent"
    MISSED = "missed"


async def fate(mutant: Mutant, verdict: Verdict, differential: Differential) -> Fate:
    """Of a mutant that has been graded."""
    marks = Marks.of(verdict)
    if outcome_of(verdict) in ("compile_error", "load_error") or marks.hidden_passed < marks.hidden_total:
        return Fate.KILLED
    return Fate.EQUIVALENT if await differential.is_equivalent(mutant.text) else Fate.MISSED


def strength_of(fates: Sequence[Fate], differential: Differential) -> Strength:
    """Of the hidden tests, by what they made of the mutants."""
    counts = Counter(fates)
    killed, equivalent, missed = (counts[each] for each in (Fate.KILLED, Fate.EQUIVALENT, Fate.MISSED))
    return Strength(mutants=len(fates), killed=killed, equivalent=equivalent, missed=missed, inputs=differential.inputs)


async def mutants_strength(
    original: Original, arena: AsyncCodeArena, seed: int, most: int, differential: Differential
) -> Strength:
    """Of an original's hidden tests, by at most so many mutants.

    Raises:
        RefusedError: they could not be graded.
    """
    made = singles(Source(original.solution), random.Random(f"{seed}:{original.name}:singles"), most)
    verdicts = await graded(arena, original.examined.id, [mutant.text for mutant in made])
    fates = [await fate(mutant, verdict, differential) for mutant, verdict in zip(made, verdicts, strict=True)]
    return strength_of(fates, differential)
