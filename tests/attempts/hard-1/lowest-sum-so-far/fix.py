def max_subarray_sum(numbers):
    if len(numbers) == 0:
        return 0
    best = None
    total = lowest = 0
    for number in numbers:
        total += number
        if best is None or total - lowest > best:
            best = total - lowest
        if total < lowest:
            lowest = total
    return best
