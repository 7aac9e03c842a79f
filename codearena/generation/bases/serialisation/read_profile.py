"""A profile that a stranger sends."""

import json
import random

from codearena.generation.base import Check, FunctionBase


def read_profile(text: str) -> dict[str, str | int]:
    """Return name and age of a profile in JSON.

    Raises:
        ValueError: text is no such profile.
    """
    try:
        profile = json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError("this is no JSON") from error
    if not isinstance(profile, dict) or set(profile) != {"name", "age"}:
        raise ValueError("a profile has a name and an age and nothing else")
    name, age = profile["name"], profile["age"]
    if not isinstance(name, str) or not name.strip():
        raise ValueError("a name is a text that is not empty")
    if type(age) is not int or age < 0 or age > 150:
        raise ValueError("an age is a whole number from 0 to 150")
    return {"name": name.strip(), "age": age}


def plain(rng: random.Random) -> tuple[str]:
    return (json.dumps({"name": rng.choice(["Ann", "Bo"]), "age": rng.randint(1, 99)}),)


def other_order(rng: random.Random) -> tuple[str]:
    return (json.dumps({"age": rng.randint(1, 99), "name": "  Ann Lee "}, indent=2),)


def age_as_text(rng: random.Random) -> tuple[str]:
    return (json.dumps({"name": "Ann", "age": str(rng.randint(1, 99))}),)


def age_as_float(rng: random.Random) -> tuple[str]:
    return (json.dumps({"name": "Ann", "age": rng.randint(1, 99) + rng.choice([0.0, 0.5])}),)


def age_as_bool(rng: random.Random) -> tuple[str]:
    return (json.dumps({"name": "Ann", "age": rng.random() < 0.5}),)


def too_old(rng: random.Random) -> tuple[str]:
    return (json.dumps({"name": "Ann", "age": rng.randint(151, 999)}),)


def negative_age(rng: random.Random) -> tuple[str]:
    return (json.dumps({"name": "Ann", "age": -rng.randint(1, 2)}),)


def one_key_more(rng: random.Random) -> tuple[str]:
    return (json.dumps({"name": "Ann", "age": rng.randint(1, 99), "admin": True}),)


def one_key_less(rng: random.Random) -> tuple[str]:
    return (json.dumps(rng.choice([{"name": "Ann"}, {"age": 7}, {}])),)


def name_of_another_type(rng: random.Random) -> tuple[str]:
    return (json.dumps({"name": rng.choice([None, 7, ["Ann"], {"x": 1}]), "age": 7}),)


def empty_name(rng: random.Random) -> tuple[str]:
    return (json.dumps({"name": " " * rng.randint(0, 3), "age": 7}),)


def not_an_object(rng: random.Random) -> tuple[str]:
    return (rng.choice(["[]", "7", "null", '"name"']),)


def code(rng: random.Random) -> tuple[str]:
    return (rng.choice(["{'name': 'Ann', 'age': 7}", "dict(name='Ann', age=7)", '{"name": "Ann", "age": 3 + 4}']),)


def not_json(rng: random.Random) -> tuple[str]:
    return (rng.choice(["", "{", '{"name": "Ann", "age": 7} x', '{"name": "Ann", "age": 07}']),)


def unicode(rng: random.Random) -> tuple[str]:
    return (json.dumps({"name": "Žofie 🙂", "age": rng.randint(1, 99)}, ensure_ascii=rng.random() < 0.5),)


BASE = FunctionBase(
    solves=read_profile,
    title="Read a profile",
    category="security_bugs",
    level="medium",
    description="""
        `read_profile(text)` reads a JSON object from strangers and returns it as a dict with the two keys name and age.
        The object must have exactly these two. The name is a string, returned without white space around it, and must
        not be empty then; the age is a whole number from 0 to 150, written as one (so true, 7.0 and "7" are none).
        Everything else raises ValueError, text that is not JSON included. The text must not be evaluated in any way.
    """,
    hints=(
        "What could a stranger write instead of data, and would it be run?",
        "The standard library reads JSON. What it returns may still be of any kind.",
        "True is an instance of int. Check both ends of the range, a name of spaces, and keys that nobody asked for.",
    ),
    visible={
        "a profile": ('{"name": "Ann", "age": 36}',),
        "a key too many": ('{"name": "Ann", "age": 36, "admin": true}',),
        "no number": ('{"name": "Ann", "age": true}',),
        "code": ("__import__('os').getcwd()",),
    },
    hidden={
        "plain": plain,
        "in another order": other_order,
        "an age of zero": ('{"name": "Ann", "age": 0}',),
        "the largest age": ('{"name": "Ann", "age": 150}',),
        "an age as text": age_as_text,
        "an age as a fraction": age_as_float,
        "an age that is true or false": age_as_bool,
        "one year too old": ('{"name": "Ann", "age": 151}',),
        "too old": too_old,
        "a negative age": negative_age,
        "another key": one_key_more,
        "a key that is missing": one_key_less,
        "a name of another type": name_of_another_type,
        "an empty name": empty_name,
        "not an object": not_an_object,
        "Python's notation": code,
        "not JSON": not_json,
        "a list of the two keys": ('["name", "age"]',),
        "spaces around the name": ('{"name": " Ann ", "age": 3}',),
        "beyond ASCII": unicode,
    },
    checks=(
        Check("forbid_call", "eval", "does not call eval", visible=True),
        Check("forbid_call", "exec", "does not call exec"),
        Check("forbid_import", "pickle", "does not import pickle"),
    ),
)
