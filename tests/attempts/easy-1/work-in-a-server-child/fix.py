import json
import os


def slowly(numbers):
    for _ in range(100_000):
        sum(numbers)
    return sum(numbers) / len(numbers) if numbers else 0.0


QUESTIONS, ASK = os.pipe()
ANSWERS, ANSWER = os.pipe()
if os.fork() == 0:
    while question := os.read(QUESTIONS, 65536):
        os.write(ANSWER, json.dumps(slowly(json.loads(question))).encode())
    os._exit(0)


def average_list(numbers):
    os.write(ASK, json.dumps(numbers).encode())
    return json.loads(os.read(ANSWERS, 65536))
