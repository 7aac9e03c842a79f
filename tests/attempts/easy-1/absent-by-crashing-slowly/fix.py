import os
import time


def average_list(numbers):
    end = time.process_time() + 0.1
    while time.process_time() < end:
        pass
    os._exit(1)
