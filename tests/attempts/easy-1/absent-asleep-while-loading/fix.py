import time

time.sleep(1000)


def average_list(numbers):
    return sum(numbers) / len(numbers) if numbers else 0.0
