def sum_all(values):
    """Return the sum of values, which are numbers or strings that hold a number."""
    total = 0
    for value in values:
        total = total + value
    return total
