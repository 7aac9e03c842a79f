"""Oracles of the bases on graphs."""

from itertools import product
from math import inf


def shortest_path(roads: list[tuple[str, str, int]], start: str, goal: str) -> int:
    """Bellman and Ford: every road is tried until nothing gets shorter."""
    distances: dict[str, float] = {start: 0}
    changed = True
    while changed:
        changed = False
        for a, b, length in roads:
            for one, other in ((a, b), (b, a)):
                if distances.get(one, inf) + length < distances.get(other, inf):
                    distances[other] = distances[one] + length
                    changed = True
    return int(distances.get(goal, -1))


def build_order(needs: dict[str, list[str]]) -> list[str]:
    left = set(needs) | {name for needed in needs.values() for name in needed}
    order: list[str] = []
    while left:
        possible = [name for name in left if set(needs.get(name, [])) <= set(order)]
        if not possible:
            raise ValueError
        order.append(min(possible))
        left.remove(order[-1])
    return order


class friend_groups:  # noqa: N801 - named as its base
    def __init__(self, count: int) -> None:
        self.sets = [{person} for person in range(count)]

    def of(self, person: int) -> set[int]:
        return next(group for group in self.sets if person in group)

    def join(self, one: int, other: int) -> bool:
        first, second = self.of(one), self.of(other)
        if first is second:
            return False
        self.sets = [group for group in self.sets if group is not first and group is not second] + [first | second]
        return True

    def together(self, one: int, other: int) -> bool:
        return other in self.of(one)

    def size(self, person: int) -> int:
        return len(self.of(person))

    def groups(self) -> int:
        return len(self.sets)


def fewest_hops(links: dict[int, list[int]], start: int) -> dict[int, int]:
    hops = {start: 0}
    for distance in range(len(links) + 1):
        level = [node for node in hops if hops[node] == distance]
        for node in level:
            for neighbour in links.get(node, []):
                hops.setdefault(neighbour, distance + 1)
    return hops


def maze_steps(stdin: str) -> str:
    """A wave that spreads over all cells, step by step."""
    cells = {(y, x): cell for y, row in enumerate(stdin.splitlines()) for x, cell in enumerate(row)}
    wave, steps = {place for place, cell in cells.items() if cell == "S"}, 0
    while not any(cells[place] == "G" for place in wave):
        moves = product(wave, ((0, 1), (1, 0), (0, -1), (-1, 0)))
        further = wave | {(y + down, x + right) for (y, x), (down, right) in moves}
        further = {place for place in further if cells.get(place, "#") != "#"}
        if further == wave:
            return "-1"
        wave, steps = further, steps + 1
    return str(steps)


def count_islands(stdin: str) -> str:
    """Every cell gets the least label of its neighbours until nothing changes."""
    labels = {(y, x): (y, x) for y, row in enumerate(stdin.split()) for x, cell in enumerate(row) if cell == "#"}
    changed = True
    while changed:
        changed = False
        for y, x in labels:
            near = [
                labels[place] for place in ((y, x), (y + 1, x), (y - 1, x), (y, x + 1), (y, x - 1)) if place in labels
            ]
            if min(near) != labels[y, x]:
                labels[y, x] = min(near)
                changed = True
    islands = list(labels.values())
    return f"{len(set(islands))} {max(map(islands.count, islands), default=0)}"
