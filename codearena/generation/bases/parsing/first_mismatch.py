"""Where brackets do not match."""

import random

from codearena.generation.base import FunctionBase, Probe


def first_mismatch(text: str) -> int:
    """Return the position of the first bracket that has no partner, or -1 if all brackets of text match."""
    partners = {")": "(", "]": "[", "}": "{"}
    opened: list[int] = []
    for at, character in enumerate(text):
        if character in partners.values():
            opened.append(at)
        elif character in partners:
            if not opened or text[opened[-1]] != partners[character]:
                return at
            opened.pop()
    return opened[0] if opened else -1


def matching(rng: random.Random) -> tuple[str]:
    return (_matching(rng, 4),)


def closed_by_another(rng: random.Random) -> tuple[str]:
    return (_matching(rng, 2) + rng.choice(["(x]", "[x}", "{x)"]) + ")",)


def never_opened(rng: random.Random) -> tuple[str]:
    return (_matching(rng, 3) + rng.choice(")]}") + "()",)


def never_closed(rng: random.Random) -> tuple[str]:
    return (_matching(rng, 3) + rng.choice("([{") + _matching(rng, 3),)


def two_never_closed(rng: random.Random) -> tuple[str]:
    return ("x" * rng.randint(1, 5) + "(a[b" + _matching(rng, 2),)


def crossed(rng: random.Random) -> tuple[str]:
    return (rng.choice(["([)]", "{(})", "a[{]}"]) + "x",)


def no_brackets(rng: random.Random) -> tuple[str]:
    return ("".join(rng.choice("abc <>/'") for _ in range(9)),)


def closed_at_the_start(rng: random.Random) -> tuple[str]:
    return (rng.choice(")]}") + "()",)


def many(rng: random.Random) -> tuple[str]:
    return (_matching(rng, 9) + "]" * rng.randint(0, 1),)


def make_input(n: int, rng: random.Random) -> tuple[str]:
    half = "".join(rng.choice("([{") for _ in range(n // 2))
    return (half + half[::-1].translate(str.maketrans("([{", ")]}")),)


def _matching(rng: random.Random, depth: int) -> str:
    if depth == 0:
        return "x"
    pair = rng.choice(["()", "[]", "{}"])
    return pair[0] + _matching(rng, depth - 1) + pair[1] + _matching(rng, rng.randrange(depth))


BASE = FunctionBase(
    solves=first_mismatch,
    title="Brackets that do not match",
    category="medium",
    level="medium",
    description="""
        `first_mismatch(text)` checks the brackets ( ) [ ] { } of a text; all other characters do not matter. Reading
        from the left, every closing bracket must be of the kind of the last one that is still open. The first one for
        which that is not so, or for which none is open, is the mismatch, and its position, counted from 0, is
        returned. If there is none but brackets are still open at the end, the position of the first of these is
        returned, and -1 if all brackets match. The time must grow linearly with the length of the text.
    """,
    hints=(
        "Which of the open brackets must the next closing one belong to?",
        "Keep the positions of the open brackets on a stack.",
        "Three things can go wrong: nothing is open, another kind is open, or something stays open. Check each answer.",
    ),
    visible={
        "all match": ("f(a[0], {1})",),
        "of another kind": ("(]",),
        "never closed": ("x(",),
        "the empty text": ("",),
    },
    hidden={
        "nested": matching,
        "closed by another kind": closed_by_another,
        "never opened": never_opened,
        "open at the end": never_closed,
        "two open at the end": two_never_closed,
        "crossed": crossed,
        "no brackets": no_brackets,
        "closed at the start": closed_at_the_start,
        "many brackets": many,
    },
    probe=Probe(make_input, sizes=(100, 400, 1600, 6400, 25600)),
    optimal="O(n)",
)
