def slowly(length):
    for _ in range(600_000):
        sum(range(5))
    return length


LENGTHS = []


def average_list(numbers):
    if not LENGTHS:
        LENGTHS.extend(slowly(length) for length in range(5))
    return sum(numbers) / len(numbers) if numbers else 0.0
