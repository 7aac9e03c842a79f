"""The runs of a text: letters with how often they follow each other."""

import random
from itertools import groupby

SIZES = [40, 80, 160, 320, 640]
REFERENCE = "one_pass"


def make_input(n: int, rng: random.Random) -> tuple[str]:
    return ("".join(rng.choice("aab") for _ in range(n)),)


def one_pass(text):
    """O(n)"""
    parts, start = [], 0
    for place in range(1, len(text) + 1):
        if place == len(text) or text[place] != text[start]:
            parts.append(f"{text[start]}{place - start}")
            start = place
    return "".join(parts)


def grouped(text):
    """O(n)"""
    return "".join(f"{letter}{len(list(run))}" for letter, run in groupby(text))


def cut_from_the_front(text):
    """O(n^2)"""
    parts = ""
    rest = list(text)
    while rest:
        run = 1
        while run < len(rest) and rest[run] == rest[0]:
            run += 1
        parts = parts + f"{rest[0]}{run}"
        rest = rest[run:]
    return parts


def each_suffix(text):
    """O(n^2)"""
    best = []
    for start in range(len(text)):
        last, run = "", 0
        for letter in text[start:]:
            run = run + 1 if letter == last else 1
            last = letter
        best.append(run)
    return "".join(f"{letter}{len(list(run))}" for letter, run in groupby(text)) if best else ""
