def count(numbers):
    found = 0
    for first in range(len(numbers)):
        for second in range(first):
            if numbers[first] == numbers[second]:
                found += 1
    return found


def pairs(numbers):
    """Return how many pairs of equal numbers there are."""
    return count(numbers)
