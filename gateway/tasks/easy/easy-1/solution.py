def average_list(numbers: list[float]) -> float:
    """Return the arithmetic mean of the numbers; 0.0 if there are none."""
    if not numbers:
        return 0.0
    return sum(numbers) / len(numbers)
