import sys

numbers = sys.stdin.read().split()
print(0, -len(numbers))
