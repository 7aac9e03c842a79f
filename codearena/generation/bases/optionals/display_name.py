"""A name of parts that may be missing."""

import random

from codearena.generation.base import FunctionBase

Person = dict[str, str | None]


def display_name(person: Person) -> str:
    """Return the name of a person as it is shown: nickname, or first and last name, or mail address."""
    parts = {key: (person.get(key) or "").strip() for key in ("nick", "first", "last", "mail")}
    full = " ".join(part for part in (parts["first"], parts["last"]) if part)
    return parts["nick"] or full or parts["mail"].partition("@")[0] or "anonymous"


def everything(rng: random.Random) -> tuple[Person]:
    return ({"nick": _word(rng), "first": _word(rng), "last": _word(rng), "mail": "x@y.z"},)


def both_names(rng: random.Random) -> tuple[Person]:
    return ({"first": _word(rng), "last": _word(rng), "nick": rng.choice(["", None, "  "])},)


def first_only(rng: random.Random) -> tuple[Person]:
    return ({"first": _word(rng), "last": rng.choice([None, "", " "]), "mail": "a@b.c"},)


def last_only(rng: random.Random) -> tuple[Person]:
    return ({"first": None, "last": _word(rng)},)


def mail_only(rng: random.Random) -> tuple[Person]:
    return ({"nick": None, "first": "", "mail": f"{_word(rng)}@example.org"},)


def spaces(rng: random.Random) -> tuple[Person]:
    return ({"first": f" {_word(rng)} ", "last": f"{_word(rng)}\n", "nick": "\t"},)


def spaces_in_nick(rng: random.Random) -> tuple[Person]:
    return ({"nick": f"  {_word(rng)} {_word(rng)} ", "first": "x"},)


def strange_mail(rng: random.Random) -> tuple[Person]:
    return ({"mail": rng.choice(["@example.org", " ", "a@b@c", "nobody"])},)


def all_none(rng: random.Random) -> tuple[Person]:
    return (dict.fromkeys(rng.sample(["nick", "first", "last", "mail"], 4)),)


def other_keys(rng: random.Random) -> tuple[Person]:
    return ({"name": _word(rng), "last": _word(rng)},)


def _word(rng: random.Random) -> str:
    return "".join(rng.choice("abcdeé") for _ in range(rng.randint(1, 6)))


BASE = FunctionBase(
    solves=display_name,
    title="Name to be shown",
    category="type_errors",
    level="easy",
    description="""
        `display_name(person)` returns the name of a person to be shown. `person` is a dict whose keys nick, first,
        last and mail may be missing, and whose values are strings or None; other keys do not matter. White space
        around a value is removed, and a value that is then empty counts as missing, as None does. The name is the
        nick; without one it is the first and the last name with a space between them, or the one of them that is
        there; without both it is what stands before the first @ of the mail address; and if nothing is left,
        "anonymous".
    """,
    hints=(
        "Three things count as missing: no key, None, and a text of nothing but white space.",
        "Bring all values into one form first: texts without white space around, empty if missing.",
        "Check the order of the four answers, a space where only one name is there, and a mail address without a name.",
    ),
    visible={
        "first and last": ({"first": "Ann", "last": "Lee"},),
        "a nick": ({"nick": "annie", "first": "Ann"},),
        "nothing": ({},),
        "None": ({"first": None, "last": "Lee"},),
    },
    hidden={
        "everything": everything,
        "both names": both_names,
        "only a first name": first_only,
        "only a last name": last_only,
        "only a mail address": mail_only,
        "white space": spaces,
        "white space in the nick": spaces_in_nick,
        "strange mail addresses": strange_mail,
        "no name before the at sign": ({"mail": "@example.org"},),
        "no at sign": ({"mail": " root "},),
        "two at signs": ({"mail": "a@b@c"},),
        "None everywhere": all_none,
        "other keys": other_keys,
    },
)
