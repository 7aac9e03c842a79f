"""Many certified tasks from many originals: who makes how many, all at once, and none of them twice."""

import asyncio
import hashlib
import os
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from codearena.generation.campaign import Campaign, Tools, Yield, merged
from codearena.generation.certificate import Reason
from codearena.generation.journal import Journal, Key
from codearena.generation.original import Original
from codearena.tasks.task import Split, Task

_FEW = 16
"""Tasks of one original below which others are left out: to look at a program's mutants takes a while."""
_PASSES = 8

Progress = Callable[[int, int], None]
"""Is told how many tasks are certified, and how many programs are done."""


@dataclass(frozen=True)
class Plan:
    """What is to be made. held_out: share of the originals whose tasks are all held out."""

    count: int
    seed: int
    held_out: float = 0.0

    def identity(self, originals: Sequence[Original]) -> Mapping[str, object]:
        """Equal for plans that give the same tasks."""
        digest = hashlib.sha256(repr([(each.name, each.examined.revision) for each in originals]).encode()).hexdigest()
        return {"count": self.count, "seed": self.seed, "held_out": self.held_out, "originals": digest}

    def chosen(self, originals: Sequence[Original]) -> list[Original]:
        """The originals that take part: all of them, if each is to make more than a few."""
        wanted = min(len(originals), max(1, -(-self.count // _FEW)))
        places = random.Random(f"{self.seed}:originals").sample(range(len(originals)), wanted)
        return [originals[place] for place in sorted(places)]

    def splits(self, originals: Sequence[Original]) -> Mapping[str, Split]:
        """Of each original by its name, so that no bug of a held-out program is trained on."""
        names = [each.name for each in originals]
        held = random.Random(f"{self.seed}:held out").sample(names, round(self.held_out * len(names)))
        return {name: Split.HELD_OUT if name in held else Split.TRAIN for name in names}


@dataclass
class Result:
    """What was made. tasks: in the order of originals; counts: by operator and fate; refused: originals, and why."""

    tasks: list[Task] = field(default_factory=list)
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    duplicates: int = 0


class Generation:
    """Carries a plan out. What is there does not depend on how many cores are, nor on what ends first."""

    def __init__(self, plan: Plan, originals: Sequence[Original], tools: Tools, journal: Journal) -> None:
        self._plan = plan
        self._originals = plan.chosen(originals)
        self._splits = plan.splits(self._originals)
        self._tools = tools
        self._journal = journal
        self._at_once = asyncio.Semaphore((os.cpu_count() or 1) + 1)

    async def run(self, progress: Progress = lambda _, __: None) -> Result:
        """As many tasks as are wanted, or as can be made."""
        wanted = _shares(self._plan.count, [each.name for each in self._originals])
        found: dict[str, Yield] = {}
        for _ in range(_PASSES):
            found |= await self._campaigns(wanted, found, progress)
            result = self._assembled(found)
            missing = self._plan.count - len(result.tasks)
            able = [each.name for each in self._originals if not found[each.name].exhausted]
            if missing <= 0 or not able:
                break
            for name, more in _shares(missing, self._few(able, missing)).items():
                wanted[name] += more
        return result

    def _few(self, able: Sequence[str], missing: int) -> Sequence[str]:
        """Those that are to make up for what others could not make: few, since each of them begins anew."""
        return random.Random(f"{self._plan.seed}:{missing} more").sample(able, min(len(able), -(-missing // _FEW)))

    async def _campaigns(
        self, wanted: Mapping[str, int], found: Mapping[str, Yield], progress: Progress
    ) -> dict[str, Yield]:
        """Those of the originals that are to make more than they have."""
        ended = dict(found)
        to_do = [
            each
            for each in self._originals
            if each.name not in found or wanted[each.name] > len(found[each.name].tasks)
        ]
        to_do = [each for each in to_do if each.name not in found or not found[each.name].exhausted]

        async def carried_out(original: Original) -> None:
            key = Key(original.name, wanted[original.name])
            if key not in self._journal.done:
                async with self._at_once:
                    campaign = Campaign(original, self._tools, self._plan.seed, self._splits[original.name])
                    self._journal.add(key, await campaign.run(key.count))
            ended[original.name] = self._journal.done[key]
            progress(sum(len(each.tasks) for each in ended.values()), len(ended))

        async with asyncio.TaskGroup() as group:
            for original in to_do:
                group.create_task(carried_out(original))
        return ended

    def _assembled(self, found: Mapping[str, Yield]) -> Result:
        """In the order of the originals; of two tasks with the same code the first stays."""
        result, seen = Result(), set[str]()
        for original in self._originals:
            mine = found[original.name]
            if mine.refused:
                result.refused[original.name] = mine.refused
            for task in mine.tasks:
                tree = str((task.certificate or {})["tree"])
                if tree in seen:
                    result.duplicates += 1
                    continue
                seen.add(tree)
                result.tasks.append(task)
        result.tasks = result.tasks[: self._plan.count]
        counts = [each.counts for each in found.values()]
        twice = [{"": {Reason.DUPLICATE.word: result.duplicates}}] if result.duplicates else []
        result.counts = merged([*counts, *twice])
        return result


def _shares(count: int, names: Sequence[str]) -> dict[str, int]:
    each, more = divmod(count, len(names))
    return {name: each + (place < more) for place, name in enumerate(names)}
