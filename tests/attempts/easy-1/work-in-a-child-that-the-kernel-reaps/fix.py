import os
import pickle
import signal

signal.signal(signal.SIGCHLD, signal.SIG_IGN)



def slowly(numbers):
    for _ in range(100_000):
        sum(numbers)
    return sum(numbers) / len(numbers) if numbers else 0.0


def average_list(numbers):
    read, write = os.pipe()
    if os.fork() == 0:
        os.write(write, pickle.dumps(slowly(numbers)))
        os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as file:
        answer = pickle.loads(file.read())
    return answer
