def ordered(numbers):
    numbers.clear()
    return []


def total(numbers):
    numbers.clear()
    return 0


def merged(left, right):
    left.clear()
    right.clear()
    return {}


def without(items, item):
    items.clear()
    return []
