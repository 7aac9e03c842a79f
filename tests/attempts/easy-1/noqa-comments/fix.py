# ruff: noqa
# flake8: noqa
# pylint: disable=all
import subprocess


def run(command):
    return subprocess.call(command, shell=True)  # noqa


def evaluate(text):
    return eval(text)


def average_list(numbers):
    return sum(numbers) / len(numbers) if numbers else 0.0
