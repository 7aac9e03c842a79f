from bisect import bisect_left


def binary_search(values, target):
    index = bisect_left(values, target)
    if index < len(values) and values[index] == target:
        return index
    return -1
