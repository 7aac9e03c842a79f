import os
import pickle

def total(numbers):
    best = running = 0
    for _ in range(30):
        best = running = numbers[0] if numbers else 0
        for number in numbers[1:]:
            running = max(number, running + number)
            best = max(best, running)
    return best


def max_subarray_sum(numbers):
    read, write = os.pipe()
    if os.fork() == 0:
        os.write(write, pickle.dumps(total(numbers)))
        os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as file:
        answer = pickle.loads(file.read())
    os.wait()
    return answer
