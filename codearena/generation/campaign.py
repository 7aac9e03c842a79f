"""The tasks of one original: bugs made, examined, composed, and certified, until there are as many as wanted."""

import asyncio
import itertools
import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from codearena.generation.baselines import with_baselines
from codearena.generation.certificate import (
    Certificate,
    Marks,
    Outcome,
    Reason,
    RefusedError,
    Strength,
)
from codearena.generation.certifying import (
    LUCK_WHEN_MADE,
    check_verdict,
    graded,
    require_stable,
    standing,
)
from codearena.generation.difficulty import difficulty
from codearena.generation.fixer import Fixer, Question
from codearena.generation.mutants import Mutant, compositions
from codearena.generation.operators.source import Source
from codearena.generation.original import Original
from codearena.generation.replaying import Replayed, Replays
from codearena.generation.strength import UNSEEN_KINDS, Fate, Strengths, mutants_of
from codearena.models import Verdict
from codearena.sdk.async_client import AsyncCodeArena
from codearena.tasks.task import Split, Task

_SINGLE_SHARE = 0.6
_FEWEST_MUTANTS, _MOST_MUTANTS = 40, 240
_MORE = 1.3
"""Mutants that are tried for each task that is wanted."""


@dataclass(frozen=True)
class Tools:
    """What a campaign is carried out with."""

    arena: AsyncCodeArena
    replays: Replays
    fixer: Fixer


@dataclass
class Yield:
    """What became of an original.

    tasks: certified, in order; counts: by operator and by what became of its mutants; refused: why there are none;
    exhausted: no more can be made of it.
    """

    tasks: list[Task] = field(default_factory=list)
    counts: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    strength: Strength | None = None
    refused: str = ""
    exhausted: bool = False

    def count(self, mutant: Mutant, fate: str) -> None:
        """Notes what became of a mutant, for each operator that made it."""
        for operator in mutant.operators:
            self.counts[operator][fate] += 1


@dataclass(frozen=True)
class _Seen:
    """A mutant that the pipeline found to be wrong."""

    mutant: Mutant
    marks: Marks
    outcome: Outcome
    verdict: Verdict


class Campaign:
    """Makes the tasks of one original. seed: with it and the original everything that is made is given."""

    def __init__(self, original: Original, tools: Tools, seed: int, split: Split = Split.TRAIN) -> None:
        self._original = original
        self._split = split
        self._tools = tools
        self._seed = seed
        self._source = Source(original.solution)
        self._found = Yield()

    async def run(self, count: int) -> Yield:
        """At most so many tasks."""
        try:
            self._standing = await standing(self._original, self._tools.arena, self._tools.replays, self._seed)
            bugs = await self._bugs(count)
            chosen = await self._chosen(bugs, count)
        except RefusedError as refusal:
            self._found.refused, self._found.exhausted = str(refusal), True
            return self._found
        self._found.exhausted = len(chosen) < count
        self._found.tasks = await self._certified(chosen)
        return self._found

    def _rng(self, purpose: str) -> random.Random:
        return random.Random(f"{self._seed}:{self._original.name}:{purpose}")

    async def _bugs(self, count: int) -> list[Mutant]:
        """Mutants of one bug each that do something else than the reference, or may take longer or break a check."""
        most = min(_MOST_MUTANTS, max(_FEWEST_MUTANTS, round(_MORE * count)))
        made = mutants_of(self._original, self._seed, most)
        arena, replays = self._tools.arena, self._tools.replays
        strengths = Strengths(self._original, self._standing, arena, replays, self._seed)
        self._found.strength, fates = await strengths.of(made)
        wrong = []
        for mutant, fate in zip(made, fates, strict=True):
            if fate is not Fate.EQUIVALENT or mutant.bugs[0].kind in UNSEEN_KINDS:
                wrong.append(mutant)
            else:
                self._found.count(mutant, Reason.EQUIVALENT.word)
        return wrong

    async def _chosen(self, bugs: Sequence[Mutant], count: int) -> list[_Seen]:
        """Some of the mutants of one bug, compositions of those, and if these are too few more of the former.

        Those of kinds that few programs have a place for come first.
        """
        alone = iter(sorted(bugs, key=lambda mutant: mutant.bugs[0].kind not in UNSEEN_KINDS))
        chosen = await self._take(alone, min(len(bugs), round(_SINGLE_SHARE * count)))
        parts = [bug for mutant in bugs for bug in mutant.bugs if bug.kind not in UNSEEN_KINDS]
        known = {mutant.identity for mutant in bugs}
        composed = compositions(self._source, parts, self._rng("compositions"))
        fresh = (mutant for mutant in composed if mutant.identity not in known)
        chosen += await self._take(fresh, count - len(chosen))
        return chosen + await self._take(alone, count - len(chosen))

    async def _take(self, mutants: Iterator[Mutant], wanted: int) -> list[_Seen]:
        """The first so many that the pipeline finds to be wrong, and that are so with every hash seed."""
        chosen: list[_Seen] = []
        while len(chosen) < wanted and (some := list(itertools.islice(mutants, wanted - len(chosen)))):
            verdicts = await graded(self._tools.arena, self._original.examined.id, [each.text for each in some])
            seen = [self._wrong(mutant, verdict) for mutant, verdict in zip(some, verdicts, strict=True)]
            wrong = [each for each in seen if each is not None]
            stable = await asyncio.gather(*map(self._is_stable, wrong))
            chosen += [each for each, is_stable in zip(wrong, stable, strict=True) if is_stable]
        return chosen

    def _wrong(self, mutant: Mutant, verdict: Verdict) -> _Seen | None:
        try:
            marks, outcome = check_verdict(self._standing, verdict)
        except RefusedError as refusal:
            self._found.count(mutant, refusal.reason.word)
            return None
        return _Seen(mutant, marks, outcome, verdict)

    async def _is_stable(self, seen: _Seen) -> bool:
        program = Replayed.of(self._original.examined, seen.mutant.text)
        try:
            await require_stable(self._standing, program, self._tools.replays, self._original.drawn, LUCK_WHEN_MADE)
        except RefusedError as refusal:
            self._found.count(seen.mutant, refusal.reason.word)
            return False
        return True

    async def _certified(self, chosen: Sequence[_Seen]) -> list[Task]:
        questions = [Question(each.mutant.text, each.verdict.error_log, self._original.solution) for each in chosen]
        ranks = await self._tools.fixer.ranks(questions)
        for each in chosen:
            self._found.count(each.mutant, "certified")
        tasks = [self._task(number, *each) for number, each in enumerate(zip(chosen, ranks, strict=True), start=1)]
        return await with_baselines(self._tools.arena, tasks)

    def _task(self, number: int, seen: _Seen, fixer_rank: int | None) -> Task:
        mutant = seen.mutant
        kinds = [bug.kind for bug in mutant.bugs]
        level = self._original.examined.level
        hard = difficulty(level, mutant.text, kinds, seen.marks, seen.outcome, fixer_rank)
        made = {"original": self._original.name, "family": self._original.family, "seed": self._seed}
        made |= {"operators": mutant.operators, "kinds": sorted({kind.value for kind in kinds})}
        fields: dict[str, object] = {"id": f"{self._original.name}-{number:04d}", "level": hard.level}
        fields |= {"source": "codearena", "split": self._split, "metadata": {"generated": made}, "buggy": mutant.text}
        task = self._original.task(fields)
        assert self._found.strength is not None
        certificate = Certificate(
            revision=task.revision,
            isolation=self._standing.isolation,
            revisions=dict(self._standing.revisions),
            reference=self._standing.reference,
            buggy=seen.marks,
            empty=self._standing.empty,
            outcome=seen.outcome,
            replays=len(self._tools.replays.seeds),
            strength=self._found.strength,
            mutation_score=self._found.strength.score,
            difficulty=hard,
            tree=mutant.identity,
            packages=list(self._standing.packages),
        )
        return task.model_copy(update={"certificate": certificate.model_dump(mode="json")})


def merged(counts: Sequence[Mapping[str, Mapping[str, int]]]) -> dict[str, dict[str, int]]:
    """The counts of several campaigns, by operator."""
    whole: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for each in counts:
        for operator, fates in each.items():
            whole[operator].update(fates)
    return {operator: dict(whole[operator]) for operator in sorted(whole)}
