"""Oracles of the bases on intervals."""


def busy_minutes(stdin: str) -> str:
    _, *lines = stdin.splitlines()
    minutes: set[int] = set()
    for line in lines:
        minutes.update(range(*map(int, line.split())))
    return str(len(minutes))
