"""Buggy text and its error log -> candidates, likeliest first."""

import ast
import heapq
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from gateway.repair import bounds, clues, guards, logic, names, security, speed, syntax, types
from gateway.repair.edits import Edit, Kind, apply
from gateway.repair.source import Source

_LIKELY = 0.6
_UNLIKELY = 1.3
_NAMED_LINE = 0.85
_TOGETHER = 0.15
_AT_ONCE = 3
_EDITS = 160
_SURE = 0.35
"""Edits up to this cost repair what cannot be right; they are all made at once."""


@dataclass(frozen=True)
class Candidate:
    """A source that parses and differs. kinds: of mistakes repaired; cost: how unlikely it is, from 0."""

    text: str
    kinds: tuple[Kind, ...]
    notes: tuple[str, ...]
    cost: float


def candidates(text: str, error_log: str, wanted: int) -> Iterator[Candidate]:
    """At most `wanted`, each text once. A text that does not parse is made to parse first."""
    seen = {text, text.rstrip() + "\n"}
    given = 0
    for candidate in _all(text, clues.read(error_log)):
        if given >= wanted:
            return
        if candidate.text not in seen and syntax.parses(candidate.text):
            seen.add(candidate.text)
            given += 1
            yield candidate


def _all(text: str, found: clues.Clues) -> Iterator[Candidate]:
    if syntax.parses(text):
        yield from _edited(text, found, ())
        return
    repaired = syntax.repairs(text)
    for base in repaired:
        surely = _surely(base.text, found)
        notes = (*base.notes, *(edit.note for edit in surely))
        whole = apply(Source(base.text), surely)
        if whole is not None:
            yield Candidate(whole, (Kind.SYNTAX, *_kinds(surely)), notes, 0.0)
        yield Candidate(base.text, (Kind.SYNTAX,), base.notes, 0.1)
    for base in repaired[:1]:
        yield from _edited(base.text, found, base.notes)


def _edited(text: str, found: clues.Clues, before: tuple[str, ...]) -> Iterator[Candidate]:
    try:
        source = Source(text)
    except (SyntaxError, ValueError, RecursionError):
        return
    kinds: tuple[Kind, ...] = (Kind.SYNTAX,) if before else ()
    surely = _surely(text, found)
    if len(surely) > 1 and (whole := apply(source, surely)) is not None:
        yield Candidate(whole, kinds + _kinds(surely), before + tuple(edit.note for edit in surely), 0.0)
    for cost, edits in _combinations(_units(_edits(source, found))):
        if (changed := apply(source, edits)) is not None:
            yield Candidate(changed, kinds + _kinds(edits), before + tuple(edit.note for edit in edits), cost)


def _surely(text: str, found: clues.Clues) -> list[Edit]:
    """The cheapest edit of each place, where something cannot be right as it is."""
    chosen: list[Edit] = []
    for edit in _edits(Source(text), found):
        taken = {(change.start, change.end) for other in chosen for change in other.changes}
        fits = not any((change.start, change.end) in taken for change in edit.changes)
        if edit.cost <= _SURE and fits and edit.kind in (Kind.NAMES, Kind.SECURITY, Kind.TYPES):
            chosen.append(edit)
    return chosen


def _edits(source: Source, found: clues.Clues) -> list[Edit]:
    """Every edit, the likeliest first."""
    rules = (names.edits(source), security.edits(source), types.edits(source, found.words))
    more = (guards.edits(source, found.expected), bounds.edits(source), logic.edits(source), speed.edits(source))
    weighed = [replace(edit, cost=_weight(source, edit, found)) for edit in chain(*rules, *more)]
    return sorted(weighed, key=lambda edit: edit.cost)[:_EDITS]


def _weight(source: Source, edit: Edit, found: clues.Clues) -> float:
    cost = edit.cost
    if found.likely:
        cost *= _LIKELY if edit.kind in found.likely else _UNLIKELY
    lines = {source.data.count(b"\n", 0, change.start) + 1 for change in edit.changes}
    return cost * (_NAMED_LINE if lines & found.lines else 1.0)


def _units(edits: Sequence[Edit]) -> list[tuple[float, tuple[Edit, ...]]]:
    """Single edits, and all edits of one rule at once, by cost."""
    by_rule: dict[tuple[Kind, str], list[Edit]] = defaultdict(list)
    for edit in edits:
        by_rule[edit.kind, edit.rule].append(edit)
    units: list[tuple[float, tuple[Edit, ...]]] = [(edit.cost, (edit,)) for edit in edits]
    for group in by_rule.values():
        if 1 < len(group) <= 6:
            units.append((group[0].cost + _TOGETHER * (len(group) - 1), tuple(group)))
    return sorted(units, key=lambda unit: unit[0])


def _combinations(units: list[tuple[float, tuple[Edit, ...]]]) -> Iterator[tuple[float, tuple[Edit, ...]]]:
    """Sets of at most three units in the order of their cost, made as they are asked for."""
    queue: list[tuple[float, tuple[int, ...]]] = [(units[0][0], (0,))] if units else []
    while queue:
        cost, chosen = heapq.heappop(queue)
        yield cost, tuple(dict.fromkeys(edit for place in chosen for edit in units[place][1]))
        last = chosen[-1]
        if last + 1 < len(units):
            beside = cost - units[last][0] + units[last + 1][0]
            heapq.heappush(queue, (beside, (*chosen[:-1], last + 1)))
            if len(chosen) < _AT_ONCE:
                heapq.heappush(queue, (cost + units[last + 1][0], (*chosen, last + 1)))


def _kinds(edits: Sequence[Edit]) -> tuple[Kind, ...]:
    return tuple(dict.fromkeys(edit.kind for edit in edits))


def facts(text: str) -> tuple[str, str]:
    """Growth of the running time as the nesting of loops suggests it, and a word on the method; empty if unknown."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return "", ""
    return _described(tree)


def _described(tree: ast.AST) -> tuple[str, str]:
    depth = _loop_depth(tree)
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    called = {ast.unparse(call.func) for call in calls}
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    if any(_halves(node) for node in ast.walk(tree) if isinstance(node, ast.While)):
        return "O(log n)", "binary search: every round halves the range that is left"
    if any(function.name in called for function in functions):
        return "", "recursion: remember results that are needed again"
    if called & {"sorted", "list.sort"} and depth <= 1:
        return "O(n log n)", "sorting decides the time"
    if depth == 0:
        return "O(n)" if called & {"sum", "min", "max", "len", "json.loads"} else "O(1)", ""
    hint = (
        "" if depth == 1 else "nested loops: keep in a dict, set or running value what the inner loop looks for again"
    )
    return ("O(n)" if depth == 1 else f"O(n^{depth})"), hint


def _halves(loop: ast.While) -> bool:
    return any(
        isinstance(node, ast.BinOp) and isinstance(node.op, ast.FloorDiv) and ast.unparse(node.right) == "2"
        for node in ast.walk(loop)
    )


def _loop_depth(node: ast.AST) -> int:
    inner = max((_loop_depth(child) for child in ast.iter_child_nodes(node)), default=0)
    return inner + isinstance(node, ast.For | ast.While | ast.comprehension)
