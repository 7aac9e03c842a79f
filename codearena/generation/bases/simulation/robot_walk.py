"""Where a robot ends up, and how far away it was."""

import random
import sys

from codearena.generation.base import ProgramBase


def main() -> None:
    """Print the robot's last place, and the largest distance from the start that it had on its way."""
    x, y, heading_x, heading_y = 0, 0, 0, 1
    farthest = 0
    for command in sys.stdin.read().split():
        if command == "L":
            heading_x, heading_y = -heading_y, heading_x
        elif command == "R":
            heading_x, heading_y = heading_y, -heading_x
        else:
            x += heading_x * int(command)
            y += heading_y * int(command)
            farthest = max(farthest, abs(x) + abs(y))
    print(x, y, farthest)


def straight(rng: random.Random) -> str:
    return " ".join(str(rng.randint(1, 9)) for _ in range(4)) + "\n"


def around(rng: random.Random) -> str:
    return " ".join([f"{rng.randint(1, 9)} R"] * 5) + "\n"


def to_the_left(rng: random.Random) -> str:
    return f"L {rng.randint(1, 9)} L {rng.randint(10, 19)} L {rng.randint(20, 29)}\n"


def to_the_right(rng: random.Random) -> str:
    return f"R {rng.randint(1, 9)} R {rng.randint(10, 19)} R {rng.randint(20, 29)}\n"


def there_and_back(rng: random.Random) -> str:
    way = rng.randint(2, 20)
    return f"{way} L L {way}\n"


def only_turns(rng: random.Random) -> str:
    return " ".join(rng.choice("LR") for _ in range(6)) + "\n"


def backwards(rng: random.Random) -> str:
    return f"-{rng.randint(1, 9)} R -{rng.randint(1, 9)} 2\n"


def lines(rng: random.Random) -> str:
    return f"{rng.randint(1, 9)}\nR\n\n  {rng.randint(1, 9)}  L\n3"


def long_walk(rng: random.Random) -> str:
    return " ".join(rng.choice(["L", "R", str(rng.randint(-9, 20))]) for _ in range(400)) + "\n"


BASE = ProgramBase(
    solves=main,
    title="Walk of a robot",
    category="easy",
    level="easy",
    description="""
        A robot stands at 0 0 and looks north, along y. Read its commands from standard input, with white space between
        them: L turns it by a quarter to the left, R to the right, and a whole number moves it so many steps to where it
        looks, or backwards if the number is negative. East is along x. Print three numbers on one line: x and y of its
        last place, and the largest distance |x| + |y| from the start that it had after any command. There may be no
        commands.
    """,
    hints=(
        "Which way does the robot look after L, L and L, and what is its next step?",
        "Keep the heading as two numbers: how x and y change with one step.",
        "Check the signs of both turns, and that the largest distance is not the last one.",
    ),
    visible={
        "two legs": "5 R 3\n",
        "no commands": "\n",
        "back to the start": "4 L L 4\n",
    },
    hidden={
        "straight on": straight,
        "around": around,
        "to the left": to_the_left,
        "to the right": to_the_right,
        "there and back": there_and_back,
        "turns only": only_turns,
        "backwards": backwards,
        "on several lines": lines,
        "a long walk": long_walk,
    },
    optimal="O(n)",
)
