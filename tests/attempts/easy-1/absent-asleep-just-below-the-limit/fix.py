import time


def average_list(numbers):
    time.sleep(0.45)
    return sum(numbers) / len(numbers) if numbers else 0.0
