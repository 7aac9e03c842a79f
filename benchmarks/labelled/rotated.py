"""Where does an ascending list that was turned round somewhere start?"""

import random

SIZES = [20, 200, 2000, 20000]
REFERENCE = "halving"


def make_input(n: int, rng: random.Random) -> tuple[list[int]]:
    values, turn = sorted(rng.sample(range(10 * n), n)), rng.randrange(n)
    return (values[turn:] + values[:turn],)


def halving(values):
    """O(log n)"""
    low, high = 0, len(values) - 1
    while low < high:
        middle = (low + high) // 2
        if values[middle] > values[high]:
            low = middle + 1
        else:
            high = middle
    return low


def halving_recursively(values):
    """O(log n)"""

    def search(low, high):
        if values[low] <= values[high]:
            return low
        middle = (low + high) // 2
        return search(middle + 1, high) if values[middle] >= values[low] else search(low, middle)

    return search(0, len(values) - 1)


def least(values):
    """O(n)"""
    return values.index(min(values))


def walked(values):
    """O(n)"""
    start = 0
    for place in range(1, len(values)):
        if values[place] < values[place - 1]:
            start = place
    return start


def of_sorted_pairs(values):
    """O(n log n)"""
    return sorted(range(len(values)), key=lambda place: values[place])[0]
