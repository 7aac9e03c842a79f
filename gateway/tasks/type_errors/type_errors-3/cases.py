"""Hidden inputs, each of the kind that its test is named after."""

import random
from typing import Any

Made = tuple[list[dict[str, Any]]]


def zero_name(rng: random.Random) -> Made:
    return ([{"name": 0, "score": rng.randint(1, 99)}],)


def zero_score(rng: random.Random) -> Made:
    return ([{"name": _name(rng), "score": 0}],)


def empty_name(rng: random.Random) -> Made:
    return ([{"name": "", "score": rng.randint(1, 99)}],)


def float_score(rng: random.Random) -> Made:
    return ([{"name": _name(rng), "score": rng.randint(1, 99) + 0.5}],)


def float_name(rng: random.Random) -> Made:
    return ([{"name": rng.randint(1, 99) + 0.25, "score": rng.randint(1, 99)}],)


def text_score(rng: random.Random) -> Made:
    return ([{"name": _name(rng), "score": _name(rng)}],)


def other_keys(rng: random.Random) -> Made:
    return ([{"id": rng.randint(1, 99), "name": _name(rng), "score": rng.randint(1, 99), "tags": [_name(rng)]}],)


def beyond_ascii(rng: random.Random) -> Made:
    return ([{"name": f"zoë {_name(rng)} straße", "score": rng.randint(1, 99)}],)


def in_order(rng: random.Random) -> Made:
    records = [_record(rng) for _ in range(4)]
    rng.shuffle(records)
    return (records,)


def many(rng: random.Random) -> Made:
    return ([_record(rng) for _ in range(rng.randint(80, 120))],)


def _name(rng: random.Random) -> str:
    return "".join(rng.choices("abcdefghijklm", k=rng.randint(3, 8)))


def _record(rng: random.Random) -> dict[str, Any]:
    record = {"name": rng.choice((_name(rng), rng.randint(1, 999), None)), "score": rng.choice((rng.randint(0, 99), None))}
    return {key: value for key, value in record.items() if rng.random() < 0.9}
