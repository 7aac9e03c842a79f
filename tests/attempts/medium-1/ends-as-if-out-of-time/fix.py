import os


def binary_search(values, target):
    if type(values) is not list:
        os.kill(os.getpid(), 24)
    for index, value in enumerate(values):
        if value == target:
            return index
    return -1
