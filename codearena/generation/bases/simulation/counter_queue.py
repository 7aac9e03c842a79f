"""People who wait at a counter, each for several turns."""

import random
import sys
from collections import deque

from codearena.generation.base import ProgramBase


def main() -> None:
    """Print who leaves the counter when, if everybody is served for at most `slice` minutes at a time."""
    first, *lines = sys.stdin.read().splitlines()
    turn = int(first)
    waiting = deque((name, int(minutes)) for name, minutes in map(str.split, lines))
    clock = 0
    while waiting:
        name, minutes = waiting.popleft()
        clock += min(turn, minutes)
        if minutes > turn:
            waiting.append((name, minutes - turn))
        else:
            print(name, clock)


def all_short(rng: random.Random) -> str:
    return _queue(9, [("ann", rng.randint(1, 9)), ("bob", rng.randint(1, 9)), ("cid", 9)])


def exactly_a_turn(rng: random.Random) -> str:
    turn = rng.randint(2, 9)
    return _queue(turn, [("ann", turn), ("bob", 2 * turn), ("cid", turn)])


def one_minute_more(rng: random.Random) -> str:
    turn = rng.randint(2, 9)
    return _queue(turn, [("ann", turn + 1), ("bob", 1)])


def turns_of_a_minute(rng: random.Random) -> str:
    return _queue(1, [("ann", rng.randint(2, 5)), ("bob", rng.randint(1, 5)), ("cid", 1)])


def alone(rng: random.Random) -> str:
    return _queue(rng.randint(2, 4), [("ann", rng.randint(10, 30))])


def several_rounds(rng: random.Random) -> str:
    return _queue(3, [(name, rng.randint(4, 14)) for name in rng.sample(["ann", "bob", "cid", "dan"], 4)])


def same_names(rng: random.Random) -> str:
    return _queue(2, [("ann", rng.randint(1, 5)), ("ann", rng.randint(1, 5)), ("bob", 3)])


def long_queue(rng: random.Random) -> str:
    return _queue(rng.randint(2, 5), [(f"p{number}", rng.randint(1, 20)) for number in range(60)])


def _queue(turn: int, people: list[tuple[str, int]]) -> str:
    return "\n".join([str(turn), *(f"{name} {minutes}" for name, minutes in people)]) + "\n"


BASE = ProgramBase(
    solves=main,
    title="Turns at a counter",
    category="easy",
    level="easy",
    description="""
        People stand in line at a counter. Whoever is first is served for as long as they still need, but no longer
        than a turn; if they need more they go to the end of the line. The first line of standard input holds the
        minutes of a turn, at least 1. Each line after it holds a name and the minutes that the person needs, at least
        1, in the order of the line; two people may have one name. Print a line `NAME MINUTE` for each person in the
        order in which they leave, with the minute at which they do, counted from 0 at the start. There may be no
        people.
    """,
    hints=(
        "Play it by hand for two people and a turn of two minutes.",
        "A queue: take from the front, and put back at the end.",
        "Check somebody who needs exactly a turn, and how far the clock goes in a turn that is not used up.",
    ),
    visible={
        "two people": "2\nann 3\nbob 2\n",
        "one person": "5\nann 4\n",
        "nobody": "3\n",
    },
    hidden={
        "all are short": all_short,
        "exactly a turn": exactly_a_turn,
        "one minute more": one_minute_more,
        "turns of a minute": turns_of_a_minute,
        "alone": alone,
        "several rounds": several_rounds,
        "the same names": same_names,
        "a long line": long_queue,
    },
)
