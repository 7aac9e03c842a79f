import threading

lock = threading.Lock()
lock.acquire()


def average_list(numbers):
    with lock:
        return sum(numbers) / len(numbers) if numbers else 0.0
