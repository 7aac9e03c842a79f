from itertools import groupby


def encode(text):
    """Return pairs of a letter and how often it comes in a row."""
    return [(letter, len(list(group))) for letter, group in groupby(text)]


def decode(pairs):
    """Return the text."""
    return "".join(letter * number for letter, number in pairs)


def size(pairs):
    """Return the length of the text."""
    return sum(number for _, number in pairs)
