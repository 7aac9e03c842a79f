"""How many edits make one text of another."""

import random

from codearena.generation.base import FunctionBase, Probe


def edit_distance(source: str, target: str) -> int:
    """Return the least number of insertions, deletions and replacements of a character that make target of source."""
    row = list(range(len(target) + 1))
    for at, character in enumerate(source, start=1):
        above, row = row, [at]
        for column, wanted in enumerate(target, start=1):
            replaced = above[column - 1] + (character != wanted)
            row.append(min(replaced, above[column] + 1, row[-1] + 1))
    return row[-1]


def equal(rng: random.Random) -> tuple[str, str]:
    text = _text(rng, 8)
    return text, text


def one_replaced(rng: random.Random) -> tuple[str, str]:
    text, at = _text(rng, 7), rng.randrange(7)
    return text, text[:at] + "z" + text[at + 1 :]


def one_inserted(rng: random.Random) -> tuple[str, str]:
    text, at = _text(rng, 6), rng.randint(0, 6)
    return text, text[:at] + "z" + text[at:]


def one_deleted(rng: random.Random) -> tuple[str, str]:
    text, at = _text(rng, 6), rng.randrange(6)
    return text, text[:at] + text[at + 1 :]


def from_nothing(rng: random.Random) -> tuple[str, str]:
    return "", _text(rng, rng.randint(1, 9))


def to_nothing(rng: random.Random) -> tuple[str, str]:
    return _text(rng, rng.randint(1, 9)), ""


def nothing_in_common(rng: random.Random) -> tuple[str, str]:
    return _text(rng, rng.randint(3, 6)), "x" * rng.randint(3, 6)


def shifted(rng: random.Random) -> tuple[str, str]:
    text = _text(rng, 8)
    return text[1:] + text[0], text


def unicode(rng: random.Random) -> tuple[str, str]:
    return "naïve façade " + _text(rng, 2), "naive facade " + _text(rng, 2)


def many(rng: random.Random) -> tuple[str, str]:
    return _text(rng, 60), _text(rng, rng.randint(40, 80))


def make_input(n: int, rng: random.Random) -> tuple[str, str]:
    return _text(rng, n), _text(rng, n)


def _text(rng: random.Random, length: int) -> str:
    return "".join(rng.choice("abc") for _ in range(length))


BASE = FunctionBase(
    solves=edit_distance,
    title="Edit distance",
    category="hard",
    level="hard",
    description="""
        `edit_distance(source, target)` returns the least number of edits that make the string `target` of the string
        `source`. An edit inserts a character, deletes one, or replaces one by another. Equal strings need none; from or
        to the empty string it takes as many as the other string has characters. Upper and lower case are different. The
        time must grow with the product of the lengths.
    """,
    hints=(
        "Compare starts of both texts: the answer for two of them follows from three answers for shorter ones.",
        "A row of answers holds the distances from one start of the source to every start of the target.",
        "Check the first row, the first column, and from which neighbour each of the three kinds of edit comes.",
    ),
    visible={
        "three edits": ("kitten", "sitting"),
        "equal": ("same", "same"),
        "from nothing": ("", "abc"),
    },
    hidden={
        "no edit": equal,
        "one replacement": one_replaced,
        "one insertion": one_inserted,
        "one deletion": one_deleted,
        "from the empty text": from_nothing,
        "to the empty text": to_nothing,
        "two empty texts": ("", ""),
        "nothing in common": nothing_in_common,
        "shifted by one": shifted,
        "beyond ASCII": unicode,
        "long texts": many,
    },
    probe=Probe(make_input, sizes=(10, 20, 40, 80, 160)),
    optimal="O(n^2)",
)
