"""Names as they stand in figures: on one line, short, and different from each other."""

import re
from collections.abc import Sequence
from functools import cache

from matplotlib import font_manager
from matplotlib.ft2font import FT2Font

_MOST_CHARS = 32
_LEAST_SHARED = 6  # characters: a shorter common beginning or end stays
ELLIPSIS = "…"
FONT = "DejaVu Sans"
"""Of all figures. It comes with matplotlib, and is the same everywhere."""


def shortened(names: Sequence[str], most: int = _MOST_CHARS) -> list[str]:
    """Names of up to `most` characters. Of longer ones what they have in common goes first, then their middle.

    Different names stay different: those that would not are numbered.
    """
    clean = ["".join(map(_drawn, name)) for name in names]
    if max(map(len, clean), default=0) > most:
        clean = _apart(clean, most)
    cut = [_cut(name, most) for name in clean]
    if len(set(cut)) == len(set(names)):
        return cut
    numbers = {name: number for number, name in enumerate(dict.fromkeys(names), 1)}
    return [f"{numbers[name]}: {_cut(shown, most - 4)}" for name, shown in zip(names, clean, strict=True)]


def one(name: str, most: int = _MOST_CHARS) -> str:
    """A single name."""
    return shortened([name], most)[0]


def _drawn(character: str) -> str:
    """The character, or its number where the font of the figures has no letter for it."""
    there = character.isprintable() and _font().get_char_index(ord(character))
    return character if there else f"\\u{ord(character):04x}"


@cache
def _font() -> FT2Font:
    return font_manager.get_font(font_manager.findfont(FONT))


def _apart(names: list[str], most: int) -> list[str]:
    """Names without what all of them begin and end with, as far as it is long and there is no room for it."""
    if len(set(names)) < 2:
        return names
    start = _shared(names)
    end = _shared([name[start:][::-1] for name in names])
    room = most - max(len(name) - start - end for name in names) - len(ELLIPSIS + ELLIPSIS)
    start = _word(names[0], max(0, start - max(0, room))) if start else 0
    kept = [name[start : len(name) - end] for name in names]
    return [f"{ELLIPSIS if start else ''}{name}{ELLIPSIS if end else ''}" for name in kept]


def _shared(names: list[str]) -> int:
    """Characters that all names begin with, in whole words; 0 if they are few."""
    first, last = min(names), max(names)
    same = next((at for at, (one, other) in enumerate(zip(first, last, strict=False)) if one != other), len(first))
    words = re.sub(r"[^\W_]*$", "", first[:same])
    return len(words) if len(words) >= _LEAST_SHARED else 0


def _word(name: str, start: int) -> int:
    """The first end of a word from there on."""
    found = re.compile(r"[\W_]").search(name, start)
    return found.start() if found else start


def _cut(name: str, most: int) -> str:
    """Without its middle if it is long."""
    kept = most - len(ELLIPSIS)
    return name if len(name) <= most else f"{name[: kept - kept // 2]}{ELLIPSIS}{name[len(name) - kept // 2 :]}"


def counted(names: Sequence[str], counts: Sequence[int]) -> list[str]:
    """Names with the number of things that each stands for."""
    return [f"{name} (n = {n:,})" for name, n in zip(shortened(names), counts, strict=True)]


def over_counts(names: Sequence[str], counts: Sequence[int], most: int = _MOST_CHARS) -> list[str]:
    """The same on two lines, as over a panel or beside a row."""
    return [f"{name}\nn = {n:,}" for name, n in zip(shortened(names, most), counts, strict=True)]


def span(counts: Sequence[int]) -> str:
    """`n = 3`, or `n = 3 to 5` where the counts differ."""
    low, high = min(counts), max(counts)
    return f"n = {low:,}" if low == high else f"n = {low:,} to {high:,}"


def alone(entries: Sequence[str]) -> str:
    """The beginning of a note, which names what is drawn where it is a single thing and thus has no legend."""
    return f"{entries[0]}. ".replace("\n", ", ") if len(entries) == 1 else ""
