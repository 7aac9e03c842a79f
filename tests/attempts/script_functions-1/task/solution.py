def mean(numbers):
    """Return the arithmetic mean."""
    if not numbers:
        raise ValueError("no numbers")
    return sum(numbers) / len(numbers)


def spread(numbers):
    """Return the largest less the smallest."""
    return max(numbers) - min(numbers)
