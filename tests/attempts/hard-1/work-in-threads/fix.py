import threading

def total(numbers):
    best = running = 0
    for _ in range(30):
        best = running = numbers[0] if numbers else 0
        for number in numbers[1:]:
            running = max(number, running + number)
            best = max(best, running)
    return best


def max_subarray_sum(numbers):
    answers = []
    thread = threading.Thread(target=lambda: answers.append(total(numbers)))
    thread.start()
    thread.join()
    return answers[0]
