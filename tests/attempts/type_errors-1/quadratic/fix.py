def sum_all(values):
    total = 0
    for end in range(len(values)):
        total = 0
        for value in values[: end + 1]:
            if isinstance(value, str):
                try:
                    value = int(value)
                except ValueError:
                    value = float(value)
            total += value
    return total
