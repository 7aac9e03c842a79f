import time


def average_list(numbers):
    time.sleep(1000)
    return sum(numbers) / len(numbers) if numbers else 0.0
