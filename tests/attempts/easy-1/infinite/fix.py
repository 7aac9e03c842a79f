def average_list(numbers):
    return float("inf")
