"""Numbers in an order in which only one bit changes."""

import random
import sys

from codearena.generation.base import ProgramBase


def main() -> None:
    """Print the code of each number, or the number of each code."""
    for line in sys.stdin.read().splitlines():
        kind, word = line.split()
        if kind == "encode":
            number = int(word)
            print(f"{number ^ number >> 1:b}")
        else:
            number = code = int(word, 2)
            while code:
                code >>= 1
                number ^= code
            print(number)


def small(rng: random.Random) -> str:
    return "".join(f"encode {number}\n" for number in rng.sample(range(16), 6))


def powers(rng: random.Random) -> str:
    power = 1 << rng.randint(2, 12)
    return f"encode {power - 1}\nencode {power}\nencode {power + 1}\n"


def large(rng: random.Random) -> str:
    return f"encode {rng.randint(10**17, 10**18)}\n"


def decode_small(rng: random.Random) -> str:
    return "".join(f"decode {number:b}\n" for number in rng.sample(range(16), 6))


def decode_ones(rng: random.Random) -> str:
    return f"decode {'1' * rng.randint(2, 20)}\n"


def decode_large(rng: random.Random) -> str:
    return f"decode {rng.randint(2**60, 2**61):b}\n"


def leading_zeros(rng: random.Random) -> str:
    return f"decode 000{rng.randint(1, 99):b}\n"


def both(rng: random.Random) -> str:
    return "".join(
        rng.choice([f"encode {rng.randint(0, 999)}\n", f"decode {rng.randint(0, 999):b}\n"]) for _ in range(20)
    )


def zero(rng: random.Random) -> str:
    return "encode 0\ndecode 0\n" + rng.choice(["encode 1\n", "decode 1\n"])


BASE = ProgramBase(
    solves=main,
    title="Gray code",
    category="medium",
    level="medium",
    description="""
        The Gray code of a whole number n of at least 0 is the exclusive or of n and of n without its last bit,
        shifted right: the codes of 0, 1, 2, 3 and 4 are 0, 1, 11, 10 and 110 in binary, and of two neighbours exactly
        one bit differs. Each line of standard input is `encode N`, with N in decimal, or `decode CODE`, with a code
        in binary that may have leading zeros. Print for each line the code in binary without leading zeros (0 for 0),
        or the number in decimal.
    """,
    hints=(
        "Write down the numbers from 0 to 7 in binary, and their codes.",
        "Each bit of a code says whether two neighbouring bits of the number differ.",
        "To decode, a bit of the number is the exclusive or of all bits of the code from the top down to it.",
    ),
    visible={
        "encode": "encode 4\nencode 3\n",
        "decode": "decode 110\ndecode 10\n",
        "nothing": "",
    },
    hidden={
        "small numbers": small,
        "around a power of two": powers,
        "a large number": large,
        "small codes": decode_small,
        "only ones": decode_ones,
        "a large code": decode_large,
        "leading zeros": leading_zeros,
        "both": both,
        "zero": zero,
    },
)
