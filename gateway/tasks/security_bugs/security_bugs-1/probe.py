"""Objects with n flat entries."""

import json
import random


def make_input(n: int, rng: random.Random) -> tuple[str]:
    return (json.dumps({f"user{index}": rng.random() for index in range(n)}),)
