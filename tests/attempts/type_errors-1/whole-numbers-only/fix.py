def sum_all(values):
    return sum(int(value) for value in values)
