"""Programs replayed in fresh processes: whether what they do depends on how Python hashes texts, or differs at all.

For each hash seed there is a process that has imported what programs need and nothing else; each replay is a fork of it
that ends with its answer, in an empty folder that is gone with it.
"""

import asyncio
import base64
import json
import os
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from codearena import values
from codearena.confined.protocol import Limits
from codearena.confined.workers import Workers
from codearena.generation.replay import OVER_TIME
from codearena.tasks.calls import TestCase
from codearena.tasks.program import ProgramTest, as_bytes
from codearena.tasks.task import Task
from codearena.trees import ValueLimits

HASH_SEEDS = tuple(range(1, 21))
"""One process for each."""
_WORK = "codearena.generation.replay"
_START_S = 60.0
_CALL_CPU_S = 0.25
_MOST_OVER_TIME = 3
_MEMORY_BYTES = 1024 * 1024 * 1024
_INPUT_LIMITS = ValueLimits(nodes=2_000_000, size_bytes=16 * 1024 * 1024)
LOST = "ended the process"
"""What came of a call that ended its process, or that was not made any more."""


@dataclass(frozen=True)
class Call:
    """One call, ready to be sent, and the name of its test. drawn: its inputs are made anew for each attempt."""

    test: str
    packed: Mapping[str, object]
    drawn: bool = False
    visible: bool = False


@dataclass(frozen=True)
class Replayed:
    """A program: its text, and what stands around it. is_program: it reads stdin, and is not called."""

    source: str
    prelude: str = ""
    driver: str = ""
    is_program: bool = False

    @classmethod
    def of(cls, task: Task, source: str) -> "Replayed":
        """A source in the place of an attempt at the task."""
        return cls(source, task.prelude, task.driver, task.program is not None)


def call_of_case(task: Task, test: TestCase) -> Call:
    """A test that is a call, or the life of an object."""
    steps = [(step.call, step.args, step.kwargs) for step in test.calls] or [(task.entry_point, test.args, test.kwargs)]
    packed = [{"call": name, "args": _text(args), "kwargs": _text(kwargs)} for name, args, kwargs in steps]
    return Call(
        test.name, {"steps": packed, "env": test.env, "compare": test.compare.value}, bool(test.make), test.visible
    )


def call_of_run(task: Task, test: ProgramTest) -> Call:
    """A test that is a run of a program."""
    assert task.program is not None
    stdin = base64.b64encode(as_bytes(test.stdin)).decode("ascii")
    packed = {"stdin": stdin, "arguments": test.arguments, "compare": task.program.compare.value}
    return Call(test.name, packed, bool(test.make), test.visible)


def calls_of(task: Task) -> list[Call]:
    """Those of all the task's tests; a test script makes none, and neither does a test of what is started."""
    cases = [call_of_case(task, test) for test in task.tests if test.process is None]
    return [*cases, *(call_of_run(task, test) for test in (task.program.tests if task.program else ()))]


def _text(value: object) -> str:
    return values.encode(value, _INPUT_LIMITS).decode()


@dataclass
class Replays:
    """Processes by hash seed. Use as an async context manager.

    Every method raises ServiceError if there can be no processes.
    """

    seeds: Sequence[int] = HASH_SEEDS
    _workers: dict[int, Workers] = field(default_factory=dict)
    _scratch: "tempfile.TemporaryDirectory[str] | None" = None

    async def __aenter__(self) -> "Replays":
        at_once = os.cpu_count() or 1
        self._scratch = tempfile.TemporaryDirectory(prefix="codearena-replays-", ignore_cleanup_errors=True)
        self._workers = {seed: Workers(_WORK, at_once, _START_S, hash_seed=seed) for seed in self.seeds}
        self._places = asyncio.Semaphore(at_once)
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.gather(*(workers.close() for workers in self._workers.values()))
        if self._scratch is not None:
            self._scratch.cleanup()

    async def once(self, program: Replayed, calls: Sequence[Call]) -> list[str]:
        """What came of each call, with the first of the seeds. Of calls behind one that ends the process nothing is
        known, and neither is it of those behind a few that took too long."""
        return await self._replay(self.seeds[0], program, calls, ())

    async def everywhere(self, program: Replayed, calls: Mapping[int, Sequence[Call]]) -> dict[int, list[str]]:
        """What came of each call, by seed. calls: by seed; they have the same tests in the same order.

        A call that did not end with the first seed is not made with the others.
        """
        first, *others = self.seeds
        seen = await self._replay(first, program, calls[first], ())
        skipped = [at for at, outcome in enumerate(seen) if outcome in (OVER_TIME, LOST)]
        rest = await asyncio.gather(*(self._replay(seed, program, calls[seed], skipped) for seed in others))
        unknown = {at: seen[at] for at in skipped}
        found = {
            seed: [unknown.get(at, each) for at, each in enumerate(line)]
            for seed, line in zip(others, rest, strict=True)
        }
        return {first: seen, **found}

    async def _replay(self, seed: int, program: Replayed, calls: Sequence[Call], skipped: Iterable[int]) -> list[str]:
        request = {
            "source": program.source,
            "prelude": program.prelude,
            "driver": program.driver,
            "program": program.is_program,
            "calls": [call.packed for call in calls],
            "call_cpu_s": _CALL_CPU_S,
            "most_over_time": _MOST_OVER_TIME,
            "skipped": sorted(skipped),
        }
        cpu_s = 2.0 + _CALL_CPU_S * _MOST_OVER_TIME
        limits = Limits(cpu_s, 10 * cpu_s, _MEMORY_BYTES, items=1)
        assert self._scratch is not None
        async with self._places:
            with tempfile.TemporaryDirectory(dir=self._scratch.name, ignore_cleanup_errors=True) as folder:
                payload = json.dumps(request | {"folder": folder}).encode()
                ended = await self._workers[seed].run("replay", payload, limits)
        lines = ended.answer.decode().split("\n")[:-1]
        return [*lines, *[LOST] * (len(calls) - len(lines))]
