"""Words that are made of the same letters, together."""

import random

from codearena.generation.base import FunctionBase, Probe


def group_anagrams(words: list[str]) -> list[list[str]]:
    """Return the words in groups of equal letters, groups and words in the order in which they come first."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for word in words:
        groups.setdefault(tuple(sorted(word.lower())), []).append(word)
    return list(groups.values())


def some(rng: random.Random) -> tuple[list[str]]:
    words = [_shuffled(rng, word) for word in ("listen", "night", "arc") for _ in range(rng.randint(1, 3))]
    rng.shuffle(words)
    return (words,)


def repeated_letters(rng: random.Random) -> tuple[list[str]]:
    return ([_shuffled(rng, word) for word in ("aab", "abb", "aab", "ab", "abb")],)


def mixed_case(rng: random.Random) -> tuple[list[str]]:
    return ([rng.choice(["Tea", "TEA"]), "eat", rng.choice(["Ate", "aTe"]), "Te"],)


def the_same_word(rng: random.Random) -> tuple[list[str]]:
    word = _shuffled(rng, "stone")
    return ([word, "x", word, word],)


def all_apart(rng: random.Random) -> tuple[list[str]]:
    return (rng.sample(["one", "two", "three", "four", "five", "six"], 5),)


def not_sorted(rng: random.Random) -> tuple[list[str]]:
    return (["zoo", _shuffled(rng, "abc"), "ooz", _shuffled(rng, "abc"), "mat"],)


def unicode(rng: random.Random) -> tuple[list[str]]:
    return ([_shuffled(rng, "été"), "ete", _shuffled(rng, "tée"), _shuffled(rng, "été")],)


def many(rng: random.Random) -> tuple[list[str]]:
    return (["".join(rng.choice("abc") for _ in range(rng.randint(1, 4))) for _ in range(200)],)


def make_input(n: int, rng: random.Random) -> tuple[list[str]]:
    return (["".join(rng.choice("abcdefghijklmnop") for _ in range(6)) for _ in range(n)],)


def _shuffled(rng: random.Random, word: str) -> str:
    return "".join(rng.sample(word, len(word)))


BASE = FunctionBase(
    solves=group_anagrams,
    title="Group anagrams",
    category="easy",
    level="easy",
    description="""
        `group_anagrams(words)` returns the words of a list in groups: two words belong together if one has exactly the
        letters of the other, each as often, in any order and whatever their case. The result is a list of lists. Groups
        come in the order of their first words, words of a group in the order of `words`, each word as it was written; a
        word that occurs twice is there twice. No words give an empty list.
    """,
    hints=(
        "What is the same for all words of a group and different for words of two groups?",
        "A dict from such a key to the words remembers the order in which keys came first.",
        "Letters that occur twice count twice, and case only matters for how a word is shown.",
    ),
    visible={
        "two groups": (["tea", "tan", "eat", "nat", "ate"],),
        "case does not matter": (["Dog", "god"],),
        "no words": ([],),
    },
    hidden={
        "some groups": some,
        "repeated letters": repeated_letters,
        "upper and lower case": mixed_case,
        "the same word again": the_same_word,
        "each word apart": all_apart,
        "not in alphabetical order": not_sorted,
        "empty words": (["", "a", ""],),
        "beyond ASCII": unicode,
        "two hundred": many,
    },
    probe=Probe(make_input, sizes=(50, 200, 800, 3200, 12800)),
    optimal="O(n)",
)
