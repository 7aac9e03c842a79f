"""Oracles of the bases on sorting."""

import re
from functools import cmp_to_key


def count_inversions(values: list[int]) -> int:
    return sum(values[i] > values[j] for j in range(len(values)) for i in range(j))


def natural_sort(names: list[str]) -> list[str]:
    def compare(one: str, other: str) -> int:
        left, right = re.findall("[0-9]+|[^0-9]+", one.lower()), re.findall("[0-9]+|[^0-9]+", other.lower())
        for a, b in zip(left, right, strict=False):
            if a[0] in "0123456789" and b[0] in "0123456789":
                a, b = a.lstrip("0").rjust(40, "0"), b.lstrip("0").rjust(40, "0")
            elif a[0] in "0123456789":
                return -1
            elif b[0] in "0123456789":
                return 1
            if a != b:
                return -1 if a < b else 1
        return len(left) - len(right)

    ordered = list(names)
    for end in range(len(ordered), 1, -1):  # bubbles, which keep the order of equal ones
        for at in range(end - 1):
            if compare(ordered[at], ordered[at + 1]) > 0:
                ordered[at : at + 2] = ordered[at + 1], ordered[at]
    return ordered


def partition_around(values: list[int], pivot: int) -> list[int]:
    return sorted(
        values, key=cmp_to_key(lambda one, other: (one > pivot) - (one < pivot) - (other > pivot) + (other < pivot))
    )


def standings(points: dict[str, int]) -> list[tuple[int, str, int]]:
    ranked = [(1 + sum(other > score for other in points.values()), name, score) for name, score in points.items()]
    return sorted(ranked)


def sort_records(stdin: str) -> str:
    keys, *lines = stdin.splitlines()

    def key(line: str) -> list[int]:
        numbers = [int(word) for word in line.split()]
        return [numbers[abs(int(each)) - 1] * (-1 if int(each) < 0 else 1) for each in keys.split()]

    return "".join(line + "\n" for line in sorted(lines, key=key))
