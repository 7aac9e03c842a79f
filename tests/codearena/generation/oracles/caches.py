"""Oracles of the bases on caches."""


class lru_cache:  # noqa: N801 - named as its base
    def __init__(self, capacity: int) -> None:
        if capacity <= 0:
            raise ValueError
        self.capacity, self.pairs = capacity, list[tuple[str, int]]()

    def get(self, key: str) -> int | None:
        for pair in self.pairs:
            if pair[0] == key:
                self.pairs = [each for each in self.pairs if each != pair] + [pair]
                return pair[1]
        return None

    def put(self, key: str, value: int) -> str | None:
        self.pairs = [each for each in self.pairs if each[0] != key] + [(key, value)]
        return self.pairs.pop(0)[0] if len(self.pairs) > self.capacity else None

    def keys(self) -> list[str]:
        return [key for key, _ in self.pairs]
