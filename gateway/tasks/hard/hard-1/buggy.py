def max_subarray_sum(numbers):
    """Return the largest sum of a contiguous part of numbers; 0 for an empty list."""
    best = numbers[0]
    for start in range(len(numbers)):
        for end in range(start, len(numbers)):
            total = 0
            for index in range(start, end + 1):
                total += numbers[index]
            if total > best:
                best = total
    return best
