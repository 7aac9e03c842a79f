def sum_all(values):
    total = ""
    for value in values:
        total += str(value)
    return total
