def max_subarray_sum(numbers: list[int]) -> int:
    """Return the largest sum of a contiguous part of numbers; 0 for an empty list."""
    if not numbers:
        return 0
    best = ending_here = numbers[0]
    for number in numbers[1:]:
        ending_here = max(number, ending_here + number)
        best = max(best, ending_here)
    return best
