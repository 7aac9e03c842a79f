"""How many words start with one of a few prefixes?"""

import random

SIZES = [50, 100, 200, 400, 800]
REFERENCE = "by_trie"


def make_input(n: int, rng: random.Random) -> tuple[list[str], list[str]]:
    words = ["".join(rng.choice("abcd") for _ in range(10)) for _ in range(n)]
    return words, [rng.choice(words)[:4] for _ in range(n)]


def by_trie(words, prefixes):
    """O(n)"""
    root = {"": 0}
    for word in words:
        node = root
        for letter in word:
            node = node.setdefault(letter, {"": 0})
            node[""] += 1
    total = 0
    for prefix in prefixes:
        node = root
        for letter in prefix:
            node = node.get(letter)
            if node is None:
                break
        total += node[""] if node else 0
    return total


def by_counted_prefixes(words, prefixes):
    """O(n)"""
    counts = {}
    for word in words:
        for end in range(1, len(word) + 1):
            counts[word[:end]] = counts.get(word[:end], 0) + 1
    return sum(counts.get(prefix, 0) for prefix in prefixes)


def each_word(words, prefixes):
    """O(n^2)"""
    return sum(1 for prefix in prefixes for word in words if word.startswith(prefix))


def letter_by_letter(words, prefixes):
    """O(n^2)"""
    total = 0
    for prefix in prefixes:
        for word in words:
            same = True
            for left, right in zip(prefix, word, strict=False):
                if left != right:
                    same = False
                    break
            total += same
    return total
