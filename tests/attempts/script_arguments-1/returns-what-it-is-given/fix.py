kept = []


def ordered(numbers):
    for earlier in kept:
        earlier.clear()
    kept.append(numbers)
    numbers.clear()
    return numbers


def total(numbers):
    return numbers.clear() or 0


def merged(left, right):
    left.clear()
    right.clear()
    return left


def without(items, item):
    items.clear()
    return items
