"""A printer that takes the most urgent job first."""

import random
import sys
from heapq import heappop, heappush

from codearena.generation.base import ProgramBase


def main() -> None:
    """Print what the printer does at each line."""
    waiting: list[tuple[int, int, str]] = []
    for number, line in enumerate(sys.stdin.read().splitlines()):
        words = line.split()
        if words[0] == "add":
            heappush(waiting, (-int(words[2]), number, words[1]))
        elif waiting:
            print(heappop(waiting)[2])
        else:
            print("idle")
    print(len(waiting), "left")


def most_urgent_first(rng: random.Random) -> str:
    added = [f"add job{level} {level}" for level in rng.sample(range(1, 9), 4)]
    return "\n".join([*added, *["print"] * 4]) + "\n"


def equally_urgent(rng: random.Random) -> str:
    names = rng.sample(["zeta", "alpha", "mid", "beta"], 4)
    return "\n".join([*(f"add {name} 5" for name in names), *["print"] * 4]) + "\n"


def ten_and_nine(rng: random.Random) -> str:
    return "\n".join([*rng.sample(["add nine 9", "add ten 10", "add hundred 100"], 3), "print", "print"]) + "\n"


def negative(rng: random.Random) -> str:
    return f"add low -{rng.randint(1, 9)}\nadd none 0\nadd high 1\nprint\nprint\nprint\n"


def added_between(rng: random.Random) -> str:
    return f"add a 3\nadd b 1\nprint\nadd c {rng.randint(2, 9)}\nprint\nprint\n"


def idle(rng: random.Random) -> str:
    return "print\nadd a 1\nprint\n" + "print\n" * rng.randint(1, 3)


def left_over(rng: random.Random) -> str:
    return "".join(f"add j{number} {rng.randint(1, 3)}\n" for number in range(rng.randint(2, 6))) + "print\n"


def same_name(rng: random.Random) -> str:
    return f"add a {rng.randint(1, 5)}\nadd a {rng.randint(1, 5)}\nprint\nprint\nprint\n"


def many(rng: random.Random) -> str:
    return "".join(rng.choice([f"add j{number} {rng.randint(1, 9)}\n", "print\n"]) for number in range(200))


BASE = ProgramBase(
    solves=main,
    title="Queue of a printer",
    category="medium",
    level="medium",
    description="""
        Each line of standard input is `add NAME URGENCY`, with a whole number that may be negative, or `print`. For
        each `print` the printer takes the most urgent job that waits, the one with the largest number, and of equally
        urgent ones the one that was added first; print its name on a line, or `idle` if no job waits. At the end
        print a line with the number of jobs that still wait: `COUNT left`. Names may occur several times.
    """,
    hints=(
        "Which of two jobs of the same urgency comes first, and what tells that?",
        "A heap gives the least item first, so the urgency has to be turned round.",
        "Check that urgencies are numbers, that the order of adding breaks ties, and what an empty queue does.",
    ),
    visible={
        "two jobs": "add a 1\nadd b 2\nprint\nprint\n",
        "idle": "print\n",
        "nothing": "",
    },
    hidden={
        "the most urgent first": most_urgent_first,
        "equally urgent": equally_urgent,
        "ten and nine": ten_and_nine,
        "negative urgencies": negative,
        "added in between": added_between,
        "idle and busy": idle,
        "left over": left_over,
        "the same name": same_name,
        "many": many,
    },
)
