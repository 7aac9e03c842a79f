def max_subarray_sum(numbers):
    if not numbers:
        return 0
    best = numbers[0]
    for start in range(len(numbers)):
        for end in range(start, len(numbers)):
            total = 0
            for index in range(start, end + 1):
                total += numbers[index]
            best = max(best, total)
    return best
