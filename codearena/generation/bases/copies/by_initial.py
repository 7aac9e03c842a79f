"""Words in groups, each of which is a list of its own."""

import random

from codearena.generation.base import FunctionBase


def by_initial(words: list[str], initials: str) -> dict[str, list[str]]:
    """Return for each initial the words that start with it, in order, and under "" all other words."""
    groups: dict[str, list[str]] = {initial: [] for initial in initials}
    groups[""] = []
    for word in words:
        initial = word[:1].lower()
        groups[initial if initial in groups else ""].append(word)
    return groups


def some(rng: random.Random) -> tuple[list[str], str]:
    return rng.sample(["ant", "bee", "cat", "ape", "bat", "cow"], 6), "abc"


def others(rng: random.Random) -> tuple[list[str], str]:
    return rng.sample(["ant", "zoo", "yak", "bee"], 4), "ab"


def upper_case(rng: random.Random) -> tuple[list[str], str]:
    return rng.sample(["Ant", "ant", "ANT", "Bee"], 4), "ab"


def empty_words(rng: random.Random) -> tuple[list[str], str]:
    return rng.sample(["", "a", "", "b"], 4), "a"


def empty_groups(rng: random.Random) -> tuple[list[str], str]:
    return [rng.choice(["dog", "doe"])], "abcd"


def repeated(rng: random.Random) -> tuple[list[str], str]:
    return ["ant", "ant", rng.choice(["ant", "bee"])], "b"


def signs(rng: random.Random) -> tuple[list[str], str]:
    return rng.sample(["1st", "-x", " a", "é", "a"], 5), "a1é"


def many(rng: random.Random) -> tuple[list[str], str]:
    return [rng.choice("aAbBcCdD") + str(rng.randint(0, 99)) for _ in range(200)], "bd"


BASE = FunctionBase(
    solves=by_initial,
    title="Words by their initials",
    category="type_errors",
    level="easy",
    description="""
        `by_initial(words, initials)` returns a dict with a list for every character of the string `initials` (different
        characters that are not in upper case) and one more under the empty string. Each word of the list `words` is in
        the list of its first character, whatever its case, or under the empty string if it has none or there is no such
        list. Words keep their order and their case. Lists that get no word are there and empty.
    """,
    hints=(
        "How many lists are there, and do two keys share one?",
        "dict.fromkeys(keys, []) puts the same list under every key.",
        "Check words in upper case, the empty word, and words whose initial is none of those asked for.",
    ),
    visible={
        "two initials": (["ant", "bee", "ape"], "ab"),
        "others": (["ant", "cow"], "a"),
        "no words": ([], "a"),
    },
    hidden={
        "some": some,
        "with others": others,
        "upper case": upper_case,
        "empty words": empty_words,
        "empty groups": empty_groups,
        "repeated words": repeated,
        "no initials": (["a", "b"], ""),
        "signs and digits": signs,
        "many words": many,
    },
)
