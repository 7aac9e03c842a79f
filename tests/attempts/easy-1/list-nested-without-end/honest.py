def average_list(numbers):
    return None
