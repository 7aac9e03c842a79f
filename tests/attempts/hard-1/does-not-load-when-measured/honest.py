def max_subarray_sum(numbers):
    return max((sum(numbers[i:j]) for i in range(len(numbers)) for j in range(i + 1, len(numbers) + 1)), default=0)
