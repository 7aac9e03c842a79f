import subprocess


def run(command):
    return subprocess.call(command, shell=True)


def evaluate(text):
    return eval(text)


def average_list(numbers):
    return sum(numbers) / len(numbers) if numbers else 0.0
