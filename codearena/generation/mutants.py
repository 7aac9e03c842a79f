"""Wrong versions of a right program: with one bug, or with two or three that do not touch each other."""

import itertools
import random
import tokenize
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from codearena.generation.identity import identity
from codearena.generation.operators.operator import Changes, Kind, Operator, rewritten
from codearena.generation.operators.registry import OPERATORS
from codearena.generation.operators.source import Change, Source

MOST_AT_ONCE = 3
"""Bugs in one program."""
_BETWEEN_DAMAGED = 6
_TRIPLES = 0.3
_VAIN_TRIES = 200
_MOST_OF_ONE = 12
"""Mutants of one operator, however many places it finds."""


@dataclass(frozen=True)
class Bug:
    """One mistake, made. operator, kind: which; changes: in the text of the right program."""

    operator: str
    kind: Kind
    changes: Changes


@dataclass(frozen=True)
class Mutant:
    """A wrong program. bugs: in the order of the text; identity: as of `identity`."""

    text: str
    bugs: tuple[Bug, ...]
    identity: str

    @property
    def operators(self) -> list[str]:
        """Names of those that made it."""
        return [bug.operator for bug in self.bugs]


def bugs(source: Source, operator: Operator) -> list[Bug]:
    """Every way in which one operator can break the program."""
    return [Bug(operator.name, operator.kind, way) for site in operator.sites(source) for way in site.ways]


def mutant(source: Source, chosen: Sequence[Bug]) -> Mutant | None:
    """The program with those bugs; None if two of them touch each other, or nothing is changed.

    Comments on the lines that are changed go: they would say what was right there.
    """
    changes = [change for bug in chosen for change in bug.changes]
    changes += _telling_comments(source, changes)
    try:
        text = rewritten(source, changes)
    except ValueError:
        return None
    ordered = tuple(sorted(chosen, key=lambda bug: bug.changes[0]))
    return None if text == source.text else Mutant(text, ordered, identity(text))


def _telling_comments(source: Source, changes: Sequence[Change]) -> list[Change]:
    found = []
    touched = {line for change in changes for line in _lines(source, change)}
    for token in source.tokens:
        if token.type == tokenize.COMMENT and token.start[0] in touched:
            start, end = source.offset(token.start), source.offset(token.end)
            start = len(source.data[:start].rstrip(b" \t"))
            if not any(change.start < end and start < change.end for change in changes):
                found.append(Change(start, end, ""))
    return found


def _lines(source: Source, change: Change) -> range:
    first = source.data.count(b"\n", 0, change.start) + 1
    return range(first, first + source.data.count(b"\n", change.start, change.end) + 1)


def singles(source: Source, rng: random.Random, most: int) -> list[Mutant]:
    """At most so many mutants of one bug each, no two the same, none the same as the program.

    The operators take turns, so that none is missing because another finds more places; of those that damage the syntax
    there is one after every few others, as long as there are others.
    """
    seen, made = {identity(source.text)}, list[Mutant]()
    for bug in _mixed(*_turns(source, rng)):
        if len(made) == most:
            break
        found = mutant(source, [bug])
        if found is not None and found.identity not in seen:
            seen.add(found.identity)
            made.append(found)
    return made


def _turns(source: Source, rng: random.Random) -> tuple[list[Bug], list[Bug]]:
    """Every bug: those that leave a program, and those that damage the syntax; the operators of each take turns."""
    queues: dict[bool, list[list[Bug]]] = {False: [], True: []}
    for operator in OPERATORS:
        queue = bugs(source, operator)
        rng.shuffle(queue)
        queues[operator.kind is Kind.SYNTAX].append(queue[:_MOST_OF_ONE])
    for each in queues.values():
        rng.shuffle(each)
    whole, damaged = (
        [bug for turn in itertools.zip_longest(*each) for bug in turn if bug is not None] for each in queues.values()
    )
    return whole, damaged


def _mixed(whole: Sequence[Bug], damaged: Sequence[Bug]) -> Iterator[Bug]:
    rest = iter(damaged)
    for place, bug in enumerate(whole, start=1):
        yield bug
        if place % _BETWEEN_DAMAGED == 0:
            yield from itertools.islice(rest, 1)


def compositions(source: Source, parts: Sequence[Bug], rng: random.Random) -> Iterator[Mutant]:
    """Mutants of two or three of the bugs, each once, until nearly all that there are have been made."""
    seen: set[str] = set()
    lines: defaultdict[frozenset[int], list[Bug]] = defaultdict(list)
    for part in parts:
        lines[frozenset(line for change in part.changes for line in _lines(source, change))].append(part)
    places = list(lines)
    vain = 0
    while len(places) > 1 and vain < _VAIN_TRIES:
        vain += 1
        size = MOST_AT_ONCE if len(places) >= MOST_AT_ONCE and rng.random() < _TRIPLES else 2
        chosen = [rng.choice(lines[place]) for place in rng.sample(places, size)]
        if sum(bug.kind is Kind.SYNTAX for bug in chosen) > 1:
            continue
        found = mutant(source, chosen)
        if found is not None and found.identity not in seen:
            seen.add(found.identity)
            vain = 0
            yield found
