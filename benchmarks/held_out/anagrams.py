"""How many groups of anagrams do n words of eight letters make?"""

import random
from collections import defaultdict

SIZES = [64, 128, 256, 512, 1024, 2048]
REFERENCE = "by_sorted_letters"


def make_input(n: int, rng: random.Random) -> tuple[list[str]]:
    stems = ["".join(rng.choice("abcdefghij") for _ in range(8)) for _ in range(max(1, n // 2))]
    return (["".join(rng.sample(rng.choice(stems), 8)) for _ in range(n)],)


def by_sorted_letters(words):
    """O(n)"""
    return len({"".join(sorted(word)) for word in words})


def by_counts(words):
    """O(n)"""
    groups = defaultdict(list)
    for word in words:
        counts = [0] * 26
        for letter in word:
            counts[ord(letter) - 97] += 1
        groups[tuple(counts)].append(word)
    return len(groups)


def each_with_each(words):
    """O(n^2)"""
    keys = [sorted(word) for word in words]
    groups = 0
    for place, key in enumerate(keys):
        if not any(key == keys[before] for before in range(place)):
            groups += 1
    return groups


def sorted_keys(words):
    """O(n log n)"""
    keys = sorted("".join(sorted(word)) for word in words)
    return sum(1 for place, key in enumerate(keys) if place == 0 or keys[place - 1] != key)


def keys_in_a_list(words):
    """O(n^2)"""
    found = []
    for word in words:
        key = sorted(word)
        if key not in found:
            found.append(key)
    return len(found)
