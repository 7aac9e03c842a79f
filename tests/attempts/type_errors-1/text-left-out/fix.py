def sum_all(values):
    return sum(value for value in values if not isinstance(value, str))
