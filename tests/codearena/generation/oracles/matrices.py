"""Oracles of the bases on matrices."""


def spiral(stdin: str) -> str:
    """A walker that turns right wherever it can go no further."""
    table = [line.split() for line in stdin.splitlines()[1:]]
    left = {(y, x) for y in range(len(table)) for x in range(len(table[0]))}
    (y, x), (down, right), seen = (0, -1), (0, 1), []
    while left:
        if (y + down, x + right) not in left:
            down, right = right, -down
        y, x = y + down, x + right
        left.remove((y, x))
        seen.append(table[y][x])
    return " ".join(seen)


def turn_picture(stdin: str) -> str:
    turns, *rows = stdin.splitlines()
    for _ in range(int(turns) % 4):
        height, width = len(rows), len(rows[0])
        rows = ["".join(rows[height - 1 - at][row] for at in range(height)) for row in range(width)]
    return "\n".join(rows) + "\n"
