"""Reversing a text."""

import random

SIZES = [256, 1024, 4096, 8192, 16384, 32768, 65536, 131072]
REFERENCE = "one_by_one"


def make_input(n: int, rng: random.Random) -> tuple[str]:
    return ("".join(rng.choice("abcdefgh") for _ in range(n)),)


def one_by_one(text):
    """O(n)"""
    letters = []
    for index in range(len(text) - 1, -1, -1):
        letters.append(text[index])
    return "".join(letters)


def by_stack(text):
    """O(n)"""
    stack, letters = list(text), []
    while stack:
        letters.append(stack.pop())
    return "".join(letters)


def put_in_front(text):
    """O(n^2)"""
    turned = ""
    for letter in text:
        turned = letter + turned
    return turned


def cut_off_the_end(text):
    """O(n^2)"""
    letters = []
    while text:
        letters.append(text[-1])
        text = text[:-1]
    return "".join(letters)
