def slowly(numbers):
    for _ in range(100_000):
        sum(numbers)
    return sum(numbers) / len(numbers) if numbers else 0.0


def average_list(numbers):
    return slowly(numbers)
