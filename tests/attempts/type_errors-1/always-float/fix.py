def sum_all(values):
    total = 0
    for value in values:
        if value is None or isinstance(value, (list, tuple, dict)):
            raise TypeError(f"not a number: {value!r}")
        total += float(value)
    return total
