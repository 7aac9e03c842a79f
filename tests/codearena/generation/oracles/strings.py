"""Oracles of the bases on strings."""

import textwrap
from itertools import groupby


def run_lengths(text: str) -> list[tuple[str, int]]:
    return [(character, len(list(run))) for character, run in groupby(text)]


def common_prefix(words: list[str]) -> str:
    starts = [words[0][:length] for length in range(len(words[0]) + 1)] if words else [""]
    return max((start for start in starts if all(word.startswith(start) for word in words)), key=len)


def longest_unrepeated(text: str) -> str:
    starts = range(len(text))
    best = ""
    for start in starts:
        end = start
        while end < len(text) and text[end] not in text[start:end]:
            end += 1
        best = max(best, text[start:end], key=len)
    return best


def wrap_words(text: str, width: int) -> list[str]:
    if any(len(word) > width for word in text.split()):
        raise ValueError
    words = " ".join(text.split())
    return textwrap.wrap(words, width, break_long_words=False, break_on_hyphens=False) if words else []


def caesar(stdin: str) -> str:
    first, text = stdin.split("\n", 1)
    lower = "abcdefghijklmnopqrstuvwxyz"
    by = int(first) % 26
    moved = lower[by:] + lower[:by]
    return text.translate(str.maketrans(lower + lower.upper(), moved + moved.upper()))


def align_columns(stdin: str) -> str:
    rows = [line.split("|") for line in stdin.splitlines()]
    printed = ""
    for row in rows:
        line = ""
        for at, cell in enumerate(row):
            gap = " " * (max(len(other[at]) for other in rows) - len(cell))
            digits = cell != "" and all(character in "0123456789" for character in cell)
            line += (" | " if at else "") + (gap + cell if digits else cell + gap)
        printed += line.rstrip(" ") + "\n"
    return printed
