"""What a bug operator is: a kind of mistake, where it can be made in a program, and how the program reads then."""

import random
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from codearena.generation.operators.source import Change, Source

Changes = tuple[Change, ...]
"""What makes one bug: replacements in the text that do not overlap."""


class Kind(StrEnum):
    """What sort of mistake an operator makes."""

    COMPARISON = "comparison"
    BOUNDARY = "boundary"
    ARITHMETIC = "arithmetic"
    BOOLEAN = "boolean"
    CONSTANT = "constant"
    NAMES = "names"
    CALLS = "calls"
    FLOW = "flow"
    STATE = "state"
    EXCEPTIONS = "exceptions"
    TYPES = "types"
    COMPLEXITY = "complexity"
    SYNTAX = "syntax"
    SECURITY = "security"


@dataclass(frozen=True)
class Site:
    """One place where the mistake can be made, in one of several ways: each is the changes that it takes."""

    ways: tuple[Changes, ...]


Find = Callable[[Source], Iterator[Site]]


@dataclass(frozen=True)
class Operator:
    """One kind of mistake. name: unique; meaning: what the code does then, as the end of "the code ..."."""

    name: str
    kind: Kind
    meaning: str
    find: Find

    def sites(self, source: Source) -> Sequence[Site]:
        """Every place of a program where the mistake can be made, in the order of the text where that is natural."""
        return [site for site in self.find(source) if site.ways]

    def apply(self, source: Source, site: Site, rng: random.Random) -> str:
        """The program with the mistake at one of its sites, in a way that `rng` chooses."""
        return rewritten(source, rng.choice(site.ways))


def site(*ways: Collection[Change | None] | Change | None) -> Site:
    """A site of those ways that can be gone: none with None among its changes, and none without a change."""
    found = []
    for way in ways:
        changes = [way] if way is None or isinstance(way, Change) else list(way)
        if changes and None not in changes:
            found.append(tuple(change for change in changes if change is not None))
    return Site(tuple(found))


def rewritten(source: Source, changes: Collection[Change]) -> str:
    """The text with every change made.

    Raises ValueError if two of them overlap.
    """
    data, position = bytearray(), 0
    for change in sorted(changes):
        if change.start < position:
            raise ValueError("changes overlap")
        data += source.data[position : change.start] + change.text.encode()
        position = change.end
    return (data + source.data[position:]).decode()
