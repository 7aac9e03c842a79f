import dataclasses
import itertools

COUNTER = itertools.count()


@dataclasses.dataclass
class Point:
    x: float = 0.0


Point.x = property(lambda self: next(COUNTER))


def average_list(numbers):
    return Point.__new__(Point)
