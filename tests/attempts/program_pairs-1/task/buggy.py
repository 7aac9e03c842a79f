import sys


def pair(numbers, target):
    places = {number: place for place, number in enumerate(numbers, start=1)}
    for place, number in enumerate(numbers, start=1):
        if target - number in places:
            return f"{place} {places[target - number]}"
    return "none"


print(pair(list(map(int, sys.stdin.read().split())), int(sys.argv[1])))
