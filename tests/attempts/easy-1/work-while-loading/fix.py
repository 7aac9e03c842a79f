def slowly(length):
    for _ in range(600_000):
        sum(range(5))
    return length


LENGTHS = [slowly(length) for length in range(5)]


def average_list(numbers):
    return sum(numbers) / len(numbers) if numbers else 0.0
