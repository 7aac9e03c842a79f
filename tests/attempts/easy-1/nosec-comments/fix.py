import subprocess  # nosec


def run(command):
    return subprocess.call(command, shell=True)  # nosec


def evaluate(text):
    return eval(text)  # nosec B307


def average_list(numbers):
    return sum(numbers) / len(numbers) if numbers else 0.0
