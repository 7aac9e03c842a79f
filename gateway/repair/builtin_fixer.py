"""The fixer that needs no model: repairs by rule, chosen by grading them on the task's visible tests."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from codearena.errors import DeadlineError
from codearena.tasks.task import Task
from codearena.v1 import grader_pb2
from gateway.attempt.graph import Graph
from gateway.deadline import Deadline
from gateway.repair.edits import Kind
from gateway.repair.fixer import Fix, FixOrder
from gateway.repair.searches import Candidate, Searches
from gateway.settings import Settings

_CALLER = "fixer"
_SEARCH_WALL = 3.0
"""Wall time of a search, in times its CPU time."""
_EDGES = frozenset({Kind.GUARDS, Kind.SPEED, Kind.SECURITY})
"""What may still be wrong where every visible test passes: anything else would only be a mutation."""


@dataclass(frozen=True)
class _Tried:
    """A candidate with what it got on the visible tests; `candidate` is None for the code as it was sent."""

    text: str
    verdict: grader_pb2.Verdict
    candidate: Candidate | None

    @property
    def worth(self) -> tuple[bool, int]:
        """Whether it compiles, and how many tests it passes: not what it earns, for the way to a repair is longer."""
        return self.verdict.unearned != grader_pb2.UNEARNED_COMPILE_ERROR, self.verdict.tests_passed

    @property
    def passes(self) -> bool:
        return self.verdict.tests_passed == self.verdict.tests_total > 0


class BuiltinFixer:
    """The last link of every chain. Rounds of search: each goes on from the best repair of the one before."""

    name = "builtin"
    kind = "builtin"

    def __init__(self, settings: Settings, graph: Graph, searches: Searches) -> None:
        self._settings = settings
        self._graph = graph
        self._searches = searches

    async def fix(self, order: FixOrder, deadline: Deadline) -> Fix | None:
        if order.task is None:
            found = await self._search(order.code, order.error_log, 1, deadline)
            return _fix(found[0], "not tried, since no task was named") if found else None
        return await self._best(order.code, order.task, deadline)

    async def _best(self, code: str, task: Task, deadline: Deadline) -> Fix | None:
        """What does better on the visible tests than the code does; if it passes them all, an edge case less."""
        first = best = await self._tried(task, code, None, deadline)
        notes: tuple[str, ...] = ()
        try:
            for _ in range(self._settings.fixer_rounds):
                found = await self._round(task, best, deadline)
                if found is None:
                    break
                assert found.candidate is not None
                best, notes = found, (*notes, *found.candidate.notes)
                if best.passes:
                    break
        except DeadlineError:
            if best is first:
                raise
        if best.candidate is None:
            return None
        passed = f"{best.verdict.tests_passed} of {best.verdict.tests_total} visible tests pass"
        before = f"before {first.verdict.tests_passed}"
        return _fix(best.candidate.model_copy(update={"notes": notes}), f"{passed}, {before}")

    async def _round(self, task: Task, base: _Tried, deadline: Deadline) -> _Tried | None:
        """The best of one search, if it is better than the base; the first that passes everything ends it."""
        wanted = self._settings.fixer_candidates
        found = await self._search(base.text, base.verdict.error_log, wanted, deadline)
        if base.passes:
            found = [candidate for candidate in found if set(candidate.kinds) <= _EDGES]
        best: _Tried | None = None
        for group in _groups(found, self._settings.fixer_parallel):
            trying = (self._tried(task, each.text, each, deadline) for each in group)
            for tried in await asyncio.gather(*trying, return_exceptions=True):
                if isinstance(tried, DeadlineError) and best is not None:
                    return best
                if isinstance(tried, BaseException):
                    raise tried
                if tried.worth > (best or base).worth or (base.passes and tried.passes and best is None):
                    best = tried
            if best is not None and best.passes:
                break
        return best

    async def _tried(self, task: Task, text: str, candidate: Candidate | None, deadline: Deadline) -> _Tried:
        source = text.encode("utf-8", "surrogatepass")
        return _Tried(text, await self._graph.preview(task, source, deadline, _CALLER), candidate)

    async def _search(self, code: str, error_log: str, wanted: int, deadline: Deadline) -> list[Candidate]:
        wall_s = min(self._settings.fixer_search_cpu_s * _SEARCH_WALL, deadline.left_s())
        return await self._searches.run(code, error_log, wanted, wall_s)


def _groups(candidates: Sequence[Candidate], size: int) -> list[Sequence[Candidate]]:
    return [candidates[start : start + size] for start in range(0, len(candidates), size)]


def _fix(candidate: Candidate, tried: str) -> Fix:
    explanation = f"{'; '.join(candidate.notes)} ({tried})"
    return Fix(candidate.text, explanation, candidate.complexity, candidate.hint)
