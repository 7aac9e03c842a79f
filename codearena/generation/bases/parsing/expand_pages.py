"""Page numbers as printers' dialogs take them."""

import random

from codearena.generation.base import FunctionBase


def expand_pages(text: str) -> list[int]:
    """Return the page numbers that a list like "1-3,7" stands for, ascending and each once.

    Raises:
        ValueError: a part is no number and no range, or a range ends before it starts.
    """
    pages: set[int] = set()
    for part in text.split(",") if text.strip() else []:
        first, dash, last = part.strip().partition("-")
        start = _page(first)
        end = _page(last) if dash else start
        if end < start:
            raise ValueError(f"{part.strip()!r} ends before it starts")
        pages.update(range(start, end + 1))
    return sorted(pages)


def _page(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or int(text) == 0:
        raise ValueError(f"{text!r} is no page")
    return int(text)


def single_pages(rng: random.Random) -> tuple[str]:
    return (",".join(str(page) for page in rng.sample(range(1, 50), 4)),)


def one_range(rng: random.Random) -> tuple[str]:
    start = rng.randint(1, 20)
    return (f"{start}-{start + rng.randint(1, 6)}",)


def overlapping(rng: random.Random) -> tuple[str]:
    start = rng.randint(3, 9)
    return (f"{start}-{start + 4},{start + 2}-{start + 6},{start}",)


def of_one_page(rng: random.Random) -> tuple[str]:
    page = rng.randint(1, 99)
    return (f"{page}-{page}",)


def backwards(rng: random.Random) -> tuple[str]:
    page = rng.randint(2, 99)
    return (f"1,{page}-{page - 1}",)


def spaces(rng: random.Random) -> tuple[str]:
    return (f" {rng.randint(10, 19)} ,  3-5 , 1 ",)


def out_of_order(rng: random.Random) -> tuple[str]:
    return (f"{rng.randint(60, 99)},20-22,{rng.randint(1, 9)},21",)


def many(rng: random.Random) -> tuple[str]:
    starts = rng.sample(range(1, 900), 20)
    return (",".join(f"{start}-{start + rng.randint(0, 15)}" for start in starts),)


BASE = FunctionBase(
    solves=expand_pages,
    title="Expand page ranges",
    category="easy",
    level="easy",
    description="""
        `expand_pages(text)` returns the page numbers that a text stands for, as an ascending list of ints without
        repetitions. The text consists of parts with commas between them; a part is a page, such as 7, or a range,
        such as 3-5, which includes both of its ends. Parts may overlap, come in any order, and have white space
        around them (but not inside). Pages are written with the digits 0 to 9 and count from 1. An empty text, or one
        of white space only, has no pages. Anything else raises ValueError: the page 0, an empty part, a range that
        ends before it starts, a range without one of its ends or with a third one, other signs.
    """,
    hints=(
        "How many pages does the range 3-5 have, and how many 4-4?",
        "Collect the pages of all parts, then remove repetitions and sort.",
        "Check both ends of a range, a page 0, an empty part, and a range that runs backwards.",
    ),
    visible={
        "pages and ranges": ("1-3,7",),
        "any order": ("5,1-2,2",),
        "no pages": ("",),
        "a page that is none": ("1,a",),
    },
    hidden={
        "single pages": single_pages,
        "one range": one_range,
        "overlapping ranges": overlapping,
        "a range of one page": of_one_page,
        "a range that runs backwards": backwards,
        "spaces around": spaces,
        "out of order": out_of_order,
        "the page zero": ("0-2",),
        "an empty part": ("1,,2",),
        "only spaces": ("  ",),
        "no end": ("3-",),
        "two dashes": ("1-2-3",),
        "other digits": ("²",),
        "letters beyond ASCII": ("٣",),
        "many ranges": many,
    },
)
