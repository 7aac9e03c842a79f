def ordered(numbers):
    return None


def total(numbers):
    return -1


def merged(left, right):
    return None


def without(items, item):
    return None
