"""Source that does not parse -> sources that do: small changes of lines, the one that moves the error furthest first.

parso parses with error recovery, so that it can say how many errors there are; each change must leave fewer of them, or
move the first one down. What counts as parsing in the end is Python's own word.
"""

import ast
import heapq
from collections.abc import Iterator
from dataclasses import dataclass

from parso.grammar import load_grammar

from gateway.repair import lines as line_changes

_GRAMMAR = load_grammar()
_TRIES = 400
_MORE_TRIES = 40
"""After the first way was found: what takes longer is rarely the better one."""
_LINES_BEFORE = 3


@dataclass(frozen=True)
class Repaired:
    """Text that parses. notes: what was done to it, in order."""

    text: str
    notes: tuple[str, ...]


def parses(text: str) -> bool:
    return _error_line(text) is None


def repairs(text: str, wanted: int = 3) -> list[Repaired]:
    """At most so many ways to make it parse, fewest changes first; empty if none was found."""
    start = text.replace("\r\n", "\n").replace("\r", "\n").rstrip() + "\n"
    order, seen = 0, {start}
    found: list[Repaired] = []
    queue: list[tuple[tuple[float, int], int, str, tuple[str, ...]]] = []
    if not parses(start):
        queue.append((_badness(start, 0), order, start, ()))
    tries, last = 0, _TRIES
    while queue and tries < last and len(found) < wanted:
        _, _, current, notes = heapq.heappop(queue)
        for changed, note in _changes(current):
            if changed in seen or tries >= last:
                continue
            seen.add(changed)
            tries, order = tries + 1, order + 1
            if parses(changed):
                found.append(Repaired(changed, (*notes, note)))
                last = min(last, tries + _MORE_TRIES)
            else:
                heapq.heappush(queue, (_badness(changed, len(notes) + 1), order, changed, (*notes, note)))
    return sorted(found, key=lambda each: len(each.notes))[:wanted]


def _error_line(text: str) -> int | None:
    """Line of the first error, from 1; None if it parses."""
    try:
        ast.parse(text)
    except SyntaxError as error:
        return error.lineno or 1
    except (ValueError, RecursionError, MemoryError):
        return 1
    return None


def _badness(text: str, changes: int) -> tuple[float, int]:
    """Smaller is nearer to something that parses."""
    issues = [issue.start_pos[0] for issue in _GRAMMAR.iter_errors(_GRAMMAR.parse(text))]
    return len(issues) + 0.6 * changes, -(_error_line(text) or 0)


def _changes(text: str) -> Iterator[tuple[str, str]]:
    whole = line_changes.of_the_whole(text)
    yield from whole
    issues = [issue.start_pos[0] for issue in _GRAMMAR.iter_errors(_GRAMMAR.parse(text))]
    lines = text.split("\n")
    near: list[int] = []
    for first in filter(None, [_error_line(text), *issues[:2]]):
        near += [number for number in range(first, first - _LINES_BEFORE - 1, -1) if 1 <= number <= len(lines)]
    for number in dict.fromkeys(near):
        for changed, note in line_changes.of_a_line(lines, number - 1):
            yield "\n".join(changed), f"line {number}: {note}"
