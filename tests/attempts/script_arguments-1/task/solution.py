def ordered(numbers):
    """Return a new sorted list."""
    return sorted(numbers)


def total(numbers):
    """Return the sum."""
    return sum(numbers)


def merged(left, right):
    """Return a new dict of both."""
    return {**left, **right}


def without(items, item):
    """Return a new list without the item."""
    return [each for each in items if each != item]
