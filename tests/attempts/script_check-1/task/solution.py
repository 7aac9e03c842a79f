def double_all(numbers):
    """Return every number times two."""
    return [number * 2 for number in numbers]
