from itertools import accumulate


def max_subarray_sum(numbers):
    return max(accumulate(numbers, lambda ending, number: number + ending if ending > 0 else number), default=0)
