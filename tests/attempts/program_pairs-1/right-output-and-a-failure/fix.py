import sys


def pair(numbers, target):
    places = {}
    for place, number in enumerate(numbers, start=1):
        if target - number in places:
            return f"{places[target - number]} {place}"
        places[number] = place
    return "none"


print(pair(list(map(int, sys.stdin.read().split())), int(sys.argv[1])))
sys.exit(511)
