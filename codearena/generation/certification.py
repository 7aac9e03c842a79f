"""Certificates of tasks that exist already: made by hand, imported, or generated and looked at once more.

Each task is graded as itself, so that its reference, its buggy code and an empty source have the verdicts that attempts
have; and its buggy code once more on its tests alone, with nothing given, which tells what of it is wrong.
"""

import asyncio
import dataclasses
import hashlib
import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from codearena.generation.baselines import with_baselines
from codearena.generation.campaign import Tools
from codearena.generation.certificate import (
    Certificate,
    Marks,
    Outcome,
    Reason,
    RefusedError,
    Strength,
    has_full_marks,
)
from codearena.generation.certifying import (
    EMPTY,
    Standing,
    check_verdict,
    graded,
    require_stable,
    standing,
)
from codearena.generation.difficulty import difficulty
from codearena.generation.fixer import Question
from codearena.generation.identity import identity
from codearena.generation.operators.operator import Kind
from codearena.generation.original import Original, of_task
from codearena.generation.replaying import Replayed
from codearena.generation.strength import Strengths, mutants_of
from codearena.models import Verdict
from codearena.tasks.record import to_record
from codearena.tasks.task import Task

_OF_ONE_TASK = ("id", "title", "level", "split", "tags", "metadata", "buggy", "certificate", "source", "category")
_MUTANTS = 40


@dataclass(frozen=True)
class Group:
    """Tasks with the same reference and the same tests. original: of the first of them."""

    original: Original
    tasks: Sequence[Task]


@dataclass
class Certified:
    """What came of a file of tasks. refused: ids of tasks, and why they have no certificate."""

    tasks: list[Task] = field(default_factory=list)
    refused: dict[str, RefusedError] = field(default_factory=dict)


def groups_of(tasks: Sequence[Task]) -> list[Group]:
    """The tasks by what they share, in the order in which they stand."""
    found: dict[str, list[Task]] = {}
    for task in tasks:
        record = {name: value for name, value in to_record(task).items() if name not in _OF_ONE_TASK}
        found.setdefault(hashlib.sha256(json.dumps(record).encode()).hexdigest(), []).append(task)
    return [Group(_examined(members[0]), members) for members in found.values()]


def _examined(task: Task) -> Original:
    original = of_task(task)
    renamed = original.examined.model_copy(update={"id": f"{task.id[:180]}-examined"})
    return dataclasses.replace(original, examined=renamed)


class Certification:
    """Certifies groups of tasks. seed: by which mutants are made. The gateway serves tasks and what examines them."""

    def __init__(self, tools: Tools, seed: int) -> None:
        self._tools = tools
        self._seed = seed
        self._seen: dict[str, str] = {}
        self._at_once = asyncio.Semaphore((os.cpu_count() or 1) + 1)

    async def run(self, groups: Sequence[Group], progress: Callable[[int], None] = lambda _: None) -> Certified:
        """Certificates for all that can have one; the tasks in their order within the groups."""
        self._note_duplicates(groups)
        result, done = Certified(), 0

        async def of_group(group: Group) -> list[Task | RefusedError]:
            nonlocal done
            async with self._at_once:
                found = await self._group(group)
            done += len(found)
            progress(done)
            return found

        for group, found in zip(groups, await asyncio.gather(*map(of_group, groups)), strict=True):
            for task, each in zip(group.tasks, found, strict=True):
                if isinstance(each, Task):
                    result.tasks.append(each)
                else:
                    result.refused[task.id] = each
        return result

    def _note_duplicates(self, groups: Sequence[Group]) -> None:
        """The first task of each buggy code."""
        for group in groups:
            for task in group.tasks:
                self._seen.setdefault(identity(task.buggy), task.id)

    async def _group(self, group: Group) -> list[Task | RefusedError]:
        try:
            known = await standing(group.original, self._tools.arena, self._tools.replays, self._seed)
            strengths = Strengths(group.original, known, self._tools.arena, self._tools.replays, self._seed)
            strength, _ = await strengths.of(mutants_of(group.original, self._seed, _MUTANTS))
        except RefusedError as refusal:
            return [refusal] * len(group.tasks)
        one = _OfGroup(group, self._tools, known, strength, strengths)
        return list(await asyncio.gather(*(self._task(one, task) for task in group.tasks)))

    async def _task(self, group: "_OfGroup", task: Task) -> Task | RefusedError:
        try:
            if (first := self._seen[identity(task.buggy)]) != task.id:
                raise RefusedError(Reason.DUPLICATE, f"that of {first}")
            return await group.certified(task)
        except RefusedError as refusal:
            return refusal


class _OfGroup:
    """The tasks of one group, whose reference is known."""

    def __init__(self, group: Group, tools: Tools, known: Standing, strength: Strength, strengths: Strengths) -> None:
        self._original = group.original
        self._tools = tools
        self._standing = known
        self._strength = strength
        self._strengths = strengths

    async def certified(self, task: Task) -> Task:
        """The task with its certificate. Raises RefusedError."""
        arena = self._tools.arena
        (alone,) = await graded(arena, self._original.examined.id, [task.buggy])
        marks, outcome = await self._wrong(task, alone)
        reference, given, empty = await graded(arena, task.id, [task.solution, task.buggy, EMPTY])
        if not has_full_marks(reference):
            raise RefusedError(Reason.REFERENCE_FAILS, f"passes {Marks.of(reference).passed} tests")
        if given.solved or not empty.reward <= given.reward < reference.reward:
            told = f"empty {empty.reward}, buggy {given.reward}, reference {reference.reward}"
            raise RefusedError(Reason.REWARD_ORDER, told)
        replayed = Replayed.of(task, task.buggy)
        await require_stable(self._standing, replayed, self._tools.replays, self._original.drawn)
        (rank,) = await self._tools.fixer.ranks([Question(task.buggy, alone.error_log, task.solution)])
        made = self._certificate(task, reference, marks, outcome, rank)
        certified = task.model_copy(update={"certificate": made.model_dump(mode="json")})
        (whole,) = await with_baselines(arena, [certified])
        return whole

    async def _wrong(self, task: Task, alone: Verdict) -> tuple[Marks, Outcome]:
        try:
            return check_verdict(self._standing, alone)
        except RefusedError as refusal:
            if refusal.reason is Reason.PASSES and await self._strengths.is_equivalent(task.buggy):
                raise RefusedError(Reason.EQUIVALENT, f"on {self._strength.inputs} inputs") from refusal
            raise

    def _certificate(
        self, task: Task, reference: Verdict, marks: Marks, outcome: Outcome, fixer_rank: int | None
    ) -> Certificate:
        made = _generated(task)
        kinds = [Kind(kind) for kind in made.get("kinds", [])] or [Kind.FLOW]
        return Certificate(
            revision=task.revision,
            isolation=reference.execution_metadata.isolation,
            revisions=dict(self._standing.revisions),
            reference=Marks.of(reference),
            buggy=marks,
            empty=self._standing.empty,
            outcome=outcome,
            replays=len(self._tools.replays.seeds) if self._standing.fixed else 0,
            strength=self._strength,
            mutation_score=self._strength.score,
            difficulty=difficulty(self._original.examined.level, task.buggy, kinds, marks, outcome, fixer_rank),
            tree=identity(task.buggy),
            packages=list(task.needs),
        )


def _generated(task: Task) -> Mapping[str, Sequence[str]]:
    """What the generator noted of its own bugs; empty for other tasks."""
    made = task.metadata.get("generated")
    return made if isinstance(made, dict) else {}  # type: ignore[return-value]
