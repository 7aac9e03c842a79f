"""How long at least one meeting goes on."""

import random
import sys

from codearena.generation.base import ProgramBase


def main() -> None:
    """Print the number of minutes that the meetings cover together."""
    meetings = sorted(tuple(map(int, line.split())) for line in sys.stdin.read().splitlines()[1:])
    covered = 0
    busy_until = 0
    for start, end in meetings:
        covered += max(0, end - max(start, busy_until))
        busy_until = max(busy_until, end)
    print(covered)


def apart(rng: random.Random) -> str:
    return _text([(at * 100, at * 100 + rng.randint(1, 60)) for at in range(rng.randint(3, 6))])


def touching(rng: random.Random) -> str:
    width = rng.randint(5, 50)
    return _text([(at * width, (at + 1) * width) for at in range(5)])


def nested(rng: random.Random) -> str:
    return _text(
        [
            (10, 500),
            (rng.randint(20, 90), rng.randint(100, 400)),
            (rng.randint(20, 90), rng.randint(100, 400)),
            (450, 600),
        ]
    )


def the_same(rng: random.Random) -> str:
    return _text([(30, 30 + rng.randint(5, 90))] * 3)


def unsorted(rng: random.Random) -> str:
    return _text([(700, 760), (10, rng.randint(30, 50)), (300, rng.randint(310, 710)), (5, 20)])


def from_zero(rng: random.Random) -> str:
    return _text([(0, rng.randint(1, 1440))])


def of_no_length(rng: random.Random) -> str:
    at = rng.randint(1, 99)
    return _text([(at, at), (200, 210), (205, 205)])


def many(rng: random.Random) -> str:
    starts = [rng.randint(0, 20_000) for _ in range(300)]
    return _text([(start, start + rng.randint(0, 60)) for start in starts])


def _text(meetings: list[tuple[int, int]]) -> str:
    return "\n".join([str(len(meetings)), *(f"{start} {end}" for start, end in meetings)]) + "\n"


BASE = ProgramBase(
    solves=main,
    title="Busy minutes",
    category="easy",
    level="easy",
    description="""
        Read meetings from standard input and print how many minutes at least one of them goes on.

        The first line holds the number of meetings, which may be 0. Each line after it holds two whole numbers
        0 <= start <= end <= 100000: a meeting takes the minutes from start up to but without end. Meetings come in any
        order, may overlap, and may be the same. Print one whole number.
    """,
    hints=(
        "Draw the meetings of a failing test on a line.",
        "In the order of their starts, each meeting adds only what lies beyond all that ended before it.",
        "Think of a meeting inside of an earlier, longer one, and of two that touch.",
    ),
    visible={
        "two apart": "2\n10 20\n30 45\n",
        "an overlap": "2\n10 20\n15 45\n",
        "no meeting": "0\n",
    },
    hidden={
        "several apart": apart,
        "touching each other": touching,
        "inside a longer one": nested,
        "three times the same": the_same,
        "in any order": unsorted,
        "from minute zero": from_zero,
        "of no length": of_no_length,
        "the whole range": "1\n0 100000\n",
        "three hundred": many,
    },
    optimal="O(n log n)",
)
