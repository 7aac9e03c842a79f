"""Sorting a list."""

import heapq
import random

SIZES = [16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384]
REFERENCE = "merge_sort"


def make_input(n: int, rng: random.Random) -> tuple[list[int]]:
    return ([rng.randrange(10 * n) for _ in range(n)],)


def merge_sort(items):
    """O(n log n)"""
    if len(items) < 2:
        return items
    middle = len(items) // 2
    left, right = merge_sort(items[:middle]), merge_sort(items[middle:])
    merged, i, j = [], 0, 0
    while i < len(left) and j < len(right):
        if left[i] <= right[j]:
            merged.append(left[i])
            i += 1
        else:
            merged.append(right[j])
            j += 1
    return merged + left[i:] + right[j:]


def quicksort(items):
    """O(n log n)"""
    if len(items) < 2:
        return items
    pivot = items[len(items) // 2]
    smaller = [item for item in items if item < pivot]
    larger = [item for item in items if item > pivot]
    return quicksort(smaller) + [item for item in items if item == pivot] + quicksort(larger)


def heap_sort(items):
    """O(n log n)"""
    heap = []
    for item in items:
        heapq.heappush(heap, item)
    return [heapq.heappop(heap) for _ in range(len(heap))]


def insertion_sort(items):
    """O(n^2)"""
    items = list(items)
    for i in range(1, len(items)):
        item, j = items[i], i - 1
        while j >= 0 and items[j] > item:
            items[j + 1] = items[j]
            j -= 1
        items[j + 1] = item
    return items


def bubble_sort(items):
    """O(n^2)"""
    items = list(items)
    for end in range(len(items) - 1, 0, -1):
        for i in range(end):
            if items[i] > items[i + 1]:
                items[i], items[i + 1] = items[i + 1], items[i]
    return items


def smallest_first(items):
    """O(n^2)"""
    items, done = list(items), []
    while items:
        smallest = min(items)
        items.remove(smallest)
        done.append(smallest)
    return done
