def average_list(numbers)
    """Return the arithmetic mean of the numbers; 0.0 if there are none."""
    if not numbers:
        return 0.0
    total = 0
    for number in numbers:
        total += number
    return total / length(numbers)
