def average_list(numbers):
    return 1 << 10_000_000
