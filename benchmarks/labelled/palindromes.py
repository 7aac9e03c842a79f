"""Longest part of a text of length n that reads the same both ways; the texts are random."""

import random

SIZES = [8, 12, 16, 24, 32, 48, 64, 96, 128, 192]
REFERENCE = "table"


def make_input(n: int, rng: random.Random) -> tuple[str]:
    return ("".join(rng.choice("ab") for _ in range(n)),)


def table(text):
    """O(n^2)"""
    n, best = len(text), 1
    ends = [[False] * n for _ in range(n)]
    for start in range(n - 1, -1, -1):
        for end in range(start, n):
            inner = end - start < 2 or ends[start + 1][end - 1]
            if text[start] == text[end] and inner:
                ends[start][end] = True
                best = max(best, end - start + 1)
    return best


def subsequence(text):
    """O(n^2)"""
    below = [0] * (len(text) + 1)
    for left in text:
        row = [0]
        for place, right in enumerate(reversed(text)):
            row.append(below[place] + 1 if left == right else max(row[-1], below[place + 1]))
        below = row
    return below[-1]


def each_part_compared(text):
    """O(n^3)"""
    best = 0
    for start in range(len(text)):
        for end in range(start, len(text)):
            same = 0
            for offset in range(start, end + 1):
                same += text[offset] == text[end + start - offset]
            if same == end - start + 1:
                best = max(best, same)
    return best
