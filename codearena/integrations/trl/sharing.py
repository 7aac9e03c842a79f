"""What one process has for all its threads: clients of gateways, and what was graded last."""

import contextlib
import hashlib
import json
import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field

from codearena.completions import NoAnswer
from codearena.errors import UnknownTaskError
from codearena.models import IsolationName, RewardComponents
from codearena.outcomes import Outcome
from codearena.sdk.client import CodeArena

_BATCHES_KEPT = 16


@dataclass(frozen=True)
class Item:
    """A completion to grade.

    text: what the model wrote; group_id: None if it shares hidden inputs with this call's only; entry_point: as the
    data set has it, None if it has none.
    """

    task_id: str
    text: str
    group_id: str | None
    entry_point: str | None = None


@dataclass(frozen=True)
class Graded:
    """What is kept of a verdict. missing: why an empty source was graded, None if the completion had an answer."""

    reward: float
    components: RewardComponents
    outcome: Outcome
    missing: NoAnswer | None = None


Rows = list[Graded | None]
"""One for each item, in order; None: it was not graded."""


@dataclass
class _Batch:
    """rows: once they are known; readers: the functions that have asked for them."""

    rows: "Future[Rows]" = field(default_factory=Future)
    readers: set[str] = field(default_factory=set)

    def used_up(self, reader: str) -> bool:
        """Whether the reader asks again for what it has got with gaps: at another time they may be filled."""
        if reader not in self.readers or not self.rows.done() or self.rows.exception() is not None:
            return False
        return None in self.rows.result()


class Batches:
    """A batch that several functions ask for is graded once, in whatever threads and event loops they are called."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._batches: OrderedDict[str, _Batch] = OrderedDict()  # oldest first

    def rows(self, items: Sequence[Item], reader: str, grade: Callable[[], Rows]) -> Rows:
        """What `grade` returned for the batch. Raises what it raised, to all who wait for it."""
        key = _key(items)
        batch, is_new = self._batch(key, reader)
        if is_new:
            try:
                batch.rows.set_result(grade())
            except BaseException as error:
                self._forget(key, batch)
                batch.rows.set_exception(error)
                raise
        return batch.rows.result()

    def _batch(self, key: str, reader: str) -> tuple[_Batch, bool]:
        with self._lock:
            batch = self._batches.get(key)
            is_new = batch is None or batch.used_up(reader)
            if batch is None or is_new:
                batch = self._batches[key] = _Batch()
            batch.readers.add(reader)
            if len(self._batches) > _BATCHES_KEPT:
                self._batches.popitem(last=False)
            return batch, is_new

    def _forget(self, key: str, batch: _Batch) -> None:
        with self._lock:
            if self._batches.get(key) is batch:
                del self._batches[key]


class Progress:
    """What the functions of one Rewards, and all copies of them, have come to in this process.

    answered: whether a batch was answered; not_graded: completions that were not graded since.
    """

    def __init__(self) -> None:
        self.batches = Batches()
        self.answered = False
        self.not_graded = 0
        self._entry_points: dict[str, str] = {}
        self._lock = threading.Lock()

    def entry_points(self, tasks: Collection[str], arena: CodeArena) -> Mapping[str, str]:
        """What fixes of each task have to define: the gateway is asked once for each.

        A task that is not served is left out: whoever grades it says so.

        Raises:
            CodeArenaError: the gateway does not answer. Nothing is guessed then: the same completion would have
                another answer on another rank.
        """
        for task in sorted(set(tasks) - self._entry_points.keys()):
            with contextlib.suppress(UnknownTaskError):
                self._entry_points[task] = arena.task(task).entry_point
        return self._entry_points

    def count_not_graded(self, completions: int) -> int:
        """How many it is in all."""
        with self._lock:
            self.not_graded += completions
            return self.not_graded


# By process, since neither a connection nor a thread survives a fork. No lock is held to find or to make one: whoever
# forks meanwhile would pass it on locked.
_clients: dict[tuple[int, str, str, IsolationName | None], CodeArena] = {}
_progress: dict[tuple[int, str], Progress] = {}


def client(base_url: str, agent_id: str, isolation: IsolationName | None) -> CodeArena:
    """This process's, made when it is first asked for and closed with the process."""
    key = (os.getpid(), base_url, agent_id, isolation)
    found = _clients.get(key)
    if found is not None:
        return found
    made = CodeArena(base_url, agent_id=agent_id, isolation=isolation)
    kept = _clients.setdefault(key, made)
    if kept is not made:  # another thread was faster
        made.close()
    return kept


def progress(name: str) -> Progress:
    """This process's, under a name that copies of one object share."""
    return _progress.setdefault((os.getpid(), name), Progress())


def _key(items: Sequence[Item]) -> str:
    text = json.dumps([[item.task_id, item.text, item.group_id, item.entry_point] for item in items])
    return hashlib.sha256(text.encode("ascii")).hexdigest()
