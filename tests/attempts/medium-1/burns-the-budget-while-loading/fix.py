import time

while time.process_time() < 0.3:
    pass


def binary_search(values, target):
    for index, value in enumerate(values):
        if value == target:
            return index
    return -1
