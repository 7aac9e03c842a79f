"""A value deep in nested data, if it is there."""

import random

from codearena.generation.base import FunctionBase

Key = str | int


def dig(data: object, path: list[Key], default: object) -> object:
    """Return what path leads to in nested dicts and lists, or default if it leads nowhere."""
    for key in path:
        if isinstance(data, dict):
            if key not in data:
                return default
            data = data[key]
        elif isinstance(data, list) and isinstance(key, int) and 0 <= key < len(data):
            data = data[key]
        else:
            return default
    return data


def found(rng: random.Random) -> tuple[object, list[Key], object]:
    return {"a": [{"b": rng.randint(1, 99)}]}, ["a", 0, "b"], None


def missing_key(rng: random.Random) -> tuple[object, list[Key], object]:
    return {"a": {"b": 1}}, [rng.choice("ax"), "c"], "none"


def last_item(rng: random.Random) -> tuple[object, list[Key], object]:
    items = [rng.randint(1, 9) for _ in range(rng.randint(2, 5))]
    return {"items": items}, ["items", len(items) - 1], None


def beyond_the_end(rng: random.Random) -> tuple[object, list[Key], object]:
    items = [rng.randint(1, 9) for _ in range(rng.randint(1, 5))]
    return {"items": items}, ["items", len(items)], "none"


def negative_position(rng: random.Random) -> tuple[object, list[Key], object]:
    return [1, 2, 3], [-rng.randint(1, 3)], "none"


def falsy(rng: random.Random) -> tuple[object, list[Key], object]:
    return {"a": {"b": rng.choice([0, "", False, []])}}, ["a", "b"], "default"


def none_is_there(rng: random.Random) -> tuple[object, list[Key], object]:
    return {"a": None, "b": rng.randint(1, 9)}, ["a"], "default"


def through_none(rng: random.Random) -> tuple[object, list[Key], object]:
    keys: list[Key] = ["b", 0]
    return {"a": None}, ["a", rng.choice(keys)], "default"


def into_a_text(rng: random.Random) -> tuple[object, list[Key], object]:
    keys: list[Key] = [0, "t"]
    return {"a": "text"}, ["a", rng.choice(keys)], "default"


def text_for_a_list(rng: random.Random) -> tuple[object, list[Key], object]:
    return {"a": [1, 2]}, ["a", str(rng.randint(0, 1))], "default"


def number_for_a_dict(rng: random.Random) -> tuple[object, list[Key], object]:
    keys: list[Key] = [1, "1"]
    return {1: "one", "1": "text"}, [rng.choice(keys)], "default"


BASE = FunctionBase(
    solves=dig,
    title="Dig into nested data",
    category="type_errors",
    level="medium",
    description="""
        `dig(data, path, default)` follows a path into data of nested dicts and lists. Each element of the list `path`
        is a key of a dict, or the position of an item in a list, counted from 0; negative positions do not exist. It
        returns what the path leads to, also if that is None, 0 or empty, and the data itself for an empty path. If a
        key or a position does not exist, or the path goes on where there is neither a dict nor a list, or names an
        item of a list by a string, it returns `default`. Nothing is raised.
    """,
    hints=(
        "Where can the path break off, and what type is there then?",
        "Ask what the data is before you ask what is in it. A string is no list here.",
        "Whether something is there is another question than whether it is true.",
    ),
    visible={
        "a value": ({"a": {"b": 1}}, ["a", "b"], None),
        "not there": ({"a": {}}, ["a", "b"], 0),
        "in a list": ([[1, 2], [3]], [1, 0], None),
        "an empty path": ({"a": 1}, [], None),
    },
    hidden={
        "found": found,
        "a missing key": missing_key,
        "the last item": last_item,
        "beyond the end": beyond_the_end,
        "a negative position": negative_position,
        "values that are false": falsy,
        "a None that is there": none_is_there,
        "on from a None": through_none,
        "into a text": into_a_text,
        "a text for a list": text_for_a_list,
        "numbers and texts as keys": number_for_a_dict,
        "an empty path into nothing": (None, [], "default"),
        "on from a number": (7, ["a"], "default"),
    },
)
