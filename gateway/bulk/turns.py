"""Whose job comes next: the owners of API keys take turns, and so do the jobs of each."""

from collections.abc import Sequence

_SEPARATOR = "/"


class Turns:
    """Remembers when each owner and each job had its turn, of those that still have something to do."""

    def __init__(self) -> None:
        self._turn = 0
        self._last: dict[str, int] = {}

    def order(self, job_ids: Sequence[str]) -> list[str]:
        """The jobs, as the store knows them, in the order in which to look for work. Forgets all others."""
        known = {*job_ids, *map(_owner, job_ids)}
        self._last = {name: turn for name, turn in self._last.items() if name in known}
        return sorted(job_ids, key=lambda job_id: (self._last.get(_owner(job_id), 0), self._last.get(job_id, 0)))

    def took(self, job_id: str) -> None:
        """It had its turn, and so had its owner."""
        self._turn += 1
        self._last[job_id] = self._last[_owner(job_id)] = self._turn


def _owner(job_id: str) -> str:
    """With the separator, so that it is the name of no job; empty for nobody's."""
    owner, separator, _ = job_id.rpartition(_SEPARATOR)
    return owner + separator
