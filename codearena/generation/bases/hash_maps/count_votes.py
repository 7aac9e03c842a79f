"""Who won an election."""

import random
import sys

from codearena.generation.base import ProgramBase


def main() -> None:
    """Print the names with the most votes, where only the last vote of each person counts."""
    votes: dict[str, str] = {}
    for line in sys.stdin.read().splitlines():
        person, _, choice = line.partition(":")
        votes[person.strip()] = choice.strip()
    counts: dict[str, int] = {}
    for choice in votes.values():
        if choice:
            counts[choice] = counts.get(choice, 0) + 1
    most = max(counts.values(), default=0)
    print(most, *sorted(name for name, count in counts.items() if count == most))


def clear_winner(rng: random.Random) -> str:
    winner, other = rng.sample(["red", "blue", "green"], 2)
    return _votes([winner, other, winner, winner, other])


def tie(rng: random.Random) -> str:
    return _votes(rng.sample(["red", "blue", "green", "red", "blue", "green", "grey"], 7))


def changed_minds(rng: random.Random) -> str:
    first = [f"p{number}: red" for number in range(4)]
    return "\n".join([*first, f"p{rng.randrange(4)}: blue", "p9: blue", "p8: green"]) + "\n"


def all_changed(rng: random.Random) -> str:
    return "ann: red\nbob: red\n" + "".join(f"{name}: blue\n" for name in rng.sample(["ann", "bob"], 2))


def withdrawn(rng: random.Random) -> str:
    return f"ann: red\nbob: blue\ncid: {rng.choice(['red', 'blue'])}\nann:\nbob: \n"


def nobody(rng: random.Random) -> str:
    return "".join(f"{name}:\n" for name in rng.sample(["ann", "bob", "cid"], 2))


def spaces(rng: random.Random) -> str:
    return f"  ann  :  red {rng.choice(['', 'light'])}  \nann:blue\n bob:red\n"


def colons(rng: random.Random) -> str:
    return f"ann: a:{rng.randint(1, 9)}\nbob: b\nbob:: b\n"


def case_differs(rng: random.Random) -> str:
    return "\n".join(rng.sample(["ann: Red", "Ann: red", "bob: red", "Bob: Red", "ANN: RED"], 5)) + "\n"


def many(rng: random.Random) -> str:
    return "".join(f"p{rng.randrange(80)}: {rng.choice('abcde')}\n" for _ in range(200))


def _votes(choices: list[str]) -> str:
    return "".join(f"p{number}: {choice}\n" for number, choice in enumerate(choices))


BASE = ProgramBase(
    solves=main,
    title="Count votes",
    category="easy",
    level="easy",
    description="""
        Read votes from standard input, one on each line as `PERSON: CHOICE`; the first colon separates, and white
        space around both does not matter. Of several votes of one person only the last one counts; an empty choice
        takes the person's vote back. Print on one line the largest number of votes for a choice, and then all choices
        that have so many, in ascending order. If nobody has a vote print 0. Upper and lower case are different, for
        persons and for choices.
    """,
    hints=(
        "Whose votes may be counted only after all lines have been read?",
        "First find each person's last vote, then count choices.",
        "Check ties, votes that were taken back, and that everybody has one vote.",
    ),
    visible={
        "a winner": "ann: red\nbob: blue\ncid: red\n",
        "a tie": "ann: red\nbob: blue\n",
        "no votes": "",
    },
    hidden={
        "a clear winner": clear_winner,
        "ties": tie,
        "somebody changed their mind": changed_minds,
        "everybody did": all_changed,
        "taken back": withdrawn,
        "all taken back": nobody,
        "white space": spaces,
        "colons": colons,
        "case differs": case_differs,
        "many votes": many,
    },
)
