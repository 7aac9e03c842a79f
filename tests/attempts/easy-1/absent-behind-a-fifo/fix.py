import os


def average_list(numbers):
    if not os.path.exists("fifo"):
        os.mkfifo("fifo")
    return open("fifo").read()
