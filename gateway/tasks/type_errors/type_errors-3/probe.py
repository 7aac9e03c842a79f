"""Records with names of every allowed kind."""

import random


def make_input(n: int, rng: random.Random) -> tuple[list[dict[str, int | str | None]]]:
    records: list[dict[str, int | str | None]] = []
    for _ in range(n):
        number = rng.randrange(100_000)
        name = rng.choice((f"user{number}", number, None))
        records.append({"name": name, "score": rng.randrange(1000)})
    return (records,)
