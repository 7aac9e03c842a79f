"""How much water stays between walls of given heights?"""

import random

SIZES = [100, 250, 500, 1000, 2500, 5000]
REFERENCE = "from_both_ends"


def make_input(n: int, rng: random.Random) -> tuple[list[int]]:
    return ([rng.randrange(100) for _ in range(n)],)


def from_both_ends(heights):
    """O(n)"""
    low, high, left, right, water = 0, len(heights) - 1, 0, 0, 0
    while low < high:
        if heights[low] < heights[high]:
            left = max(left, heights[low])
            water += left - heights[low]
            low += 1
        else:
            right = max(right, heights[high])
            water += right - heights[high]
            high -= 1
    return water


def highest_so_far(heights):
    """O(n)"""
    left, best = [], 0
    for height in heights:
        best = max(best, height)
        left.append(best)
    best = water = 0
    for place in range(len(heights) - 1, -1, -1):
        best = max(best, heights[place])
        water += min(best, left[place]) - heights[place]
    return water


def with_a_stack(heights):
    """O(n)"""
    stack, water = [], 0
    for place, height in enumerate(heights):
        while stack and heights[stack[-1]] < height:
            bottom = heights[stack.pop()]
            if stack:
                water += (min(heights[stack[-1]], height) - bottom) * (place - stack[-1] - 1)
        stack.append(place)
    return water


def highest_of_each_side(heights):
    """O(n^2)"""
    return sum(min(max(heights[: place + 1]), max(heights[place:])) - height for place, height in enumerate(heights))
