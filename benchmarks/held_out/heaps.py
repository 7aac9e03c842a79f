"""Sum of the ten smallest of n numbers."""

import heapq
import random

SIZES = [128, 256, 512, 1024, 2048, 4096, 8192]
REFERENCE = "smallest"


def make_input(n: int, rng: random.Random) -> tuple[list[int]]:
    return ([rng.randrange(10**6) for _ in range(n)],)


def smallest(numbers):
    """O(n)"""
    return sum(heapq.nsmallest(10, numbers))


def kept_ten(numbers):
    """O(n)"""
    kept = sorted(numbers[:10])
    for number in numbers[10:]:
        if number < kept[-1]:
            kept[-1] = number
            kept.sort()
    return sum(kept)


def all_popped(numbers):
    """O(n log n)"""
    heap, ordered = list(numbers), []
    heapq.heapify(heap)
    while heap:
        ordered.append(heapq.heappop(heap))
    return sum(ordered[:10])


def sorted_all(numbers):
    """O(n log n)"""
    return sum(sorted(numbers)[:10])


def ten_minima(numbers):
    """O(n)"""
    numbers, total = list(numbers), 0
    for _ in range(min(10, len(numbers))):
        least = min(numbers)
        numbers.remove(least)
        total += least
    return total


def selection(numbers):
    """O(n^2)"""
    numbers = list(numbers)
    for place in range(len(numbers)):
        least = place
        for other in range(place + 1, len(numbers)):
            if numbers[other] < numbers[least]:
                least = other
        numbers[place], numbers[least] = numbers[least], numbers[place]
    return sum(numbers[:10])
