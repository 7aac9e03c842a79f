"""Are the brackets of a text balanced? They are."""

import random

SIZES = [50, 100, 200, 400, 800, 1600]
REFERENCE = "with_a_stack"


def make_input(n: int, rng: random.Random) -> tuple[str]:
    text = []
    opened = []
    while len(text) + len(opened) < n:
        if opened and rng.random() < 0.45:
            text.append(opened.pop())
        else:
            kind = rng.randrange(3)
            text.append("([{"[kind])
            opened.append(")]}"[kind])
    return ("".join(text + opened[::-1]),)


def with_a_stack(text):
    """O(n)"""
    pairs, stack = {")": "(", "]": "[", "}": "{"}, []
    for letter in text:
        if letter in pairs:
            if not stack or stack.pop() != pairs[letter]:
                return False
        else:
            stack.append(letter)
    return not stack


def with_a_text_as_stack(text):
    """O(n)"""
    closing = {"(": ")", "[": "]", "{": "}"}
    due, top = [None] * len(text), 0
    for letter in text:
        if letter in closing:
            due[top] = closing[letter]
            top += 1
        else:
            top -= 1
            if top < 0 or due[top] != letter:
                return False
    return top == 0


def taken_out_again_and_again(text):
    """O(n^2)"""
    letters = list(text)
    while letters:
        for place in range(len(letters) - 1):
            if letters[place] + letters[place + 1] in ("()", "[]", "{}"):
                del letters[place : place + 2]
                break
        else:
            return False
        for _ in letters:
            pass
    return True


def partner_of_each(text):
    """O(n^2)"""
    kinds = {"(": ")", "[": "]", "{": "}"}
    deep = []
    for place in range(len(text)):
        depth = 0
        for before in text[:place]:
            depth += 1 if before in kinds else -1
        deep.append(depth)
    return min(deep) >= 0 and len(text) % 2 == 0
