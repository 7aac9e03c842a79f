def average_list(numbers):
    return sum(numbers) / len(numbers)
