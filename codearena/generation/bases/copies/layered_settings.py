"""Settings in layers, where no layer may leak into another one."""

import random
from typing import Any

from codearena.generation.base import FunctionBase

Settings = dict[str, Any]


def layered_settings(defaults: Settings, users: list[Settings]) -> list[Settings]:
    """Return for each user the defaults with the user's settings over them, dicts inside merged likewise."""
    return [_merged(defaults, user) for user in users]


def _merged(below: Settings, above: Settings) -> Settings:
    merged = dict(below)
    for key, value in above.items():
        if isinstance(value, dict) and isinstance(merged.get(key), dict):
            value = _merged(merged[key], value)
        merged[key] = value
    return merged


def two_users(rng: random.Random) -> tuple[Settings, list[Settings]]:
    return {"a": 1, "b": 2}, [{"a": rng.randint(3, 9)}, {"b": rng.randint(3, 9)}]


def nested(rng: random.Random) -> tuple[Settings, list[Settings]]:
    defaults = {"font": {"size": 10, "name": "serif"}, "zoom": 1}
    return defaults, [{"font": {"size": rng.randint(11, 20)}}, {"font": {"name": "mono"}}, {}]


def deeply_nested(rng: random.Random) -> tuple[Settings, list[Settings]]:
    defaults = {"a": {"b": {"c": 1, "d": 2}}}
    return defaults, [{"a": {"b": {"c": rng.randint(3, 9)}}}, {"a": {"b": {"e": 5}}}, {"a": {"x": 0}}]


def dict_over_value(rng: random.Random) -> tuple[Settings, list[Settings]]:
    return {"a": rng.choice([1, None, "x", [1]])}, [{"a": {"b": 2}}, {}]


def value_over_dict(rng: random.Random) -> tuple[Settings, list[Settings]]:
    return {"a": {"b": 2}}, [{"a": rng.choice([0, None, "", []])}, {}]


def new_keys(rng: random.Random) -> tuple[Settings, list[Settings]]:
    return {}, [{"x": rng.randint(1, 9)}, {"y": {"z": 1}}, {}]


def lists_are_replaced(rng: random.Random) -> tuple[Settings, list[Settings]]:
    return {"tags": ["a", "b"]}, [{"tags": [rng.choice("cde")]}, {"tags": []}, {}]


def falsy(rng: random.Random) -> tuple[Settings, list[Settings]]:
    return {"on": True, "n": rng.randint(1, 9)}, [{"on": False, "n": 0}, {"on": None}]


def many(rng: random.Random) -> tuple[Settings, list[Settings]]:
    defaults = {f"k{number}": {"a": number, "b": -number} for number in range(12)}
    return defaults, [{f"k{rng.randrange(15)}": {rng.choice("abc"): rng.randint(50, 99)}} for _ in range(20)]


BASE = FunctionBase(
    solves=layered_settings,
    title="Layers of settings",
    category="type_errors",
    level="hard",
    description="""
        `layered_settings(defaults, users)` returns a list with a dict for each dict of the list `users`: the defaults
        with the user's settings over them. A key that both have gets the user's value, unless both values are dicts:
        these are merged in the same way, however deep. Other values, lists included, are replaced as a whole, also by
        None, 0 or something empty. What one user sets never shows in another user's settings. No users give an empty
        list.
    """,
    hints=(
        "Does the second user see what the first one has set? Whose dict was changed?",
        "Make a new dict at every level; a copy of the outer one shares the dicts inside.",
        "Merge only where both values are dicts, and take the user's value in all other cases.",
    ),
    visible={
        "one user": ({"a": 1}, [{"b": 2}]),
        "a dict inside": ({"a": {"x": 1, "y": 2}}, [{"a": {"x": 5}}]),
        "two users": ({"a": {"x": 1}}, [{"a": {"y": 2}}, {}]),
        "no users": ({"a": 1}, []),
    },
    hidden={
        "two users apart": two_users,
        "dicts inside": nested,
        "dicts inside of dicts": deeply_nested,
        "a dict over a value": dict_over_value,
        "a value over a dict": value_over_dict,
        "new keys": new_keys,
        "lists are replaced": lists_are_replaced,
        "values that are false": falsy,
        "nothing over nothing": ({}, [{}]),
        "many": many,
    },
)
