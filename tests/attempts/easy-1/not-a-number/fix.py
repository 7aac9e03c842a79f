def average_list(numbers):
    return float("nan")
