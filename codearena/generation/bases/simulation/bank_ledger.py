"""Accounts, and what may be done with them."""

import random
import sys

from codearena.generation.base import ProgramBase


def main() -> None:
    """Print the balances after all transactions, and how many of these were refused."""
    balances: dict[str, int] = {}
    refused = 0
    for line in sys.stdin.read().splitlines():
        kind, *names, amount_text = line.split()
        amount = int(amount_text)
        if kind == "deposit":
            balances[names[0]] = balances.get(names[0], 0) + amount
        elif balances.get(names[0], 0) < amount:
            refused += 1
        else:
            balances[names[0]] = balances.get(names[0], 0) - amount
            if kind == "transfer":
                balances[names[1]] = balances.get(names[1], 0) + amount
    for name in sorted(balances):
        print(name, balances[name])
    print("refused", refused)


def deposits(rng: random.Random) -> str:
    return "".join(f"deposit {rng.choice(['zoe', 'amy', 'bob'])} {rng.randint(1, 99)}\n" for _ in range(6))


def exact_withdrawal(rng: random.Random) -> str:
    amount = rng.randint(1, 99)
    return f"deposit ann {amount}\nwithdraw ann {amount}\n"


def one_too_much(rng: random.Random) -> str:
    amount = rng.randint(1, 99)
    return f"deposit ann {amount}\nwithdraw ann {amount + 1}\nwithdraw ann 1\n"


def transfer(rng: random.Random) -> str:
    return f"deposit ann 50\ntransfer ann bob {rng.randint(1, 50)}\ndeposit bob 1\n"


def refused_transfer(rng: random.Random) -> str:
    return f"deposit ann 10\ntransfer ann bob {rng.randint(11, 99)}\ndeposit ann 5\n"


def to_oneself(rng: random.Random) -> str:
    return f"deposit ann 10\ntransfer ann ann {rng.randint(1, 10)}\n"


def unknown_account(rng: random.Random) -> str:
    return f"withdraw ghost {rng.randint(1, 9)}\ntransfer ghost ann 3\ndeposit ann 1\n"


def nothing_moved(rng: random.Random) -> str:
    return f"withdraw ann 0\ntransfer bob cid 0\ndeposit dan {rng.randint(0, 1)}\n"


def many(rng: random.Random) -> str:
    names = ["ann", "bob", "cid", "dan"]
    lines = []
    for _ in range(200):
        one, other = rng.sample(names, 2)
        amount = rng.randint(0, 40)
        lines.append(
            rng.choice([f"deposit {one} {amount}", f"withdraw {one} {amount}", f"transfer {one} {other} {amount}"])
        )
    return "\n".join(lines) + "\n"


BASE = ProgramBase(
    solves=main,
    title="Ledger of a bank",
    category="medium",
    level="medium",
    description="""
        Read transactions from standard input, one on each line, and carry them out in order:

        - `deposit NAME AMOUNT` puts money on an account.
        - `withdraw NAME AMOUNT` takes money from an account.
        - `transfer FROM TO AMOUNT` takes money from one account and puts it on another one, or on the same.

        An account exists, with a balance of 0, from the first transaction on that is carried out with it. Amounts are
        whole numbers of at least 0. A withdrawal or transfer of more than the first account has is refused: nothing
        changes, and no account comes into being. At the end print a line `NAME BALANCE` for each account, in the
        order of the names, and then the line `refused COUNT`.
    """,
    hints=(
        "Follow the balances by hand through a transfer that is refused.",
        "A withdrawal of exactly the balance leaves 0, and the account stays.",
        "Check who gives and who gets, what an account that does not exist has, and a transfer to oneself.",
    ),
    visible={
        "a transfer": "deposit ann 30\ntransfer ann bob 10\n",
        "refused": "deposit ann 5\nwithdraw ann 6\n",
        "no transactions": "",
    },
    hidden={
        "deposits": deposits,
        "exactly the balance": exact_withdrawal,
        "one too much": one_too_much,
        "another transfer": transfer,
        "a refused transfer": refused_transfer,
        "a transfer to oneself": to_oneself,
        "accounts that do not exist": unknown_account,
        "amounts of zero": nothing_moved,
        "many": many,
    },
)
