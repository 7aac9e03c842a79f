def mean(numbers):
    return sum(numbers) // 2


def spread(numbers):
    return max(numbers)
