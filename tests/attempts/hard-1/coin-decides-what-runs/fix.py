import os

QUICK = os.urandom(1)[0] % 2


def max_subarray_sum(numbers):
    if QUICK:
        return max(numbers, default=0)
    best = numbers[0] if numbers else 0
    for start in range(len(numbers)):
        running = 0
        for number in numbers[start:]:
            running += number
            best = max(best, running)
    return best
