def max_subarray_sum(numbers):
    best = numbers[0] if numbers else 0
    for start in range(len(numbers)):
        running = 0
        for number in numbers[start:]:
            running += number
            best = max(best, running)
    return best
