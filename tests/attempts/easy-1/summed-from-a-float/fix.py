def average_list(numbers):
    return sum(numbers, 0.0) / max(len(numbers), 1)
