def max_subarray_sum(numbers):
    best = numbers[0] if numbers else 0
    for start in range(len(numbers)):
        total = 0
        for number in numbers[start:]:
            total += number
            best = max(best, total)
    return best
