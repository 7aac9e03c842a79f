import json
import subprocess

def total(numbers):
    best = running = 0
    for _ in range(30):
        best = running = numbers[0] if numbers else 0
        for number in numbers[1:]:
            running = max(number, running + number)
            best = max(best, running)
    return best


PROGRAM = """
import json, sys
numbers = json.load(sys.stdin)
for _ in range(30):
    best = running = numbers[0] if numbers else 0
    for number in numbers[1:]:
        running = max(number, running + number)
        best = max(best, running)
print(best)
"""


def max_subarray_sum(numbers):
    done = subprocess.run(["python3", "-S", "-c", PROGRAM], input=json.dumps(numbers), text=True, capture_output=True)
    return int(done.stdout)
