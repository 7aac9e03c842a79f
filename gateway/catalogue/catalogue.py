"""The catalogue: every task that is served, of which a few are in memory.

Each source of tasks is gone through once when the service starts. A record is read when it is asked for, and the ones
asked for last are kept. One that cannot be served is reported, and the others are served.
"""

import logging
from array import array
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from codearena.errors import UnknownTaskError
from codearena.server.recent import Recent
from codearena.tasks.faults import Fault, TaskError
from codearena.tasks.task import Level, Task
from gateway import metrics
from gateway.catalogue.index import TRAIN, Entry, Filters, Index, Pool

log = logging.getLogger(__name__)

DEFAULT_KEPT = 512
_FAULTS_KEPT = 100


class Source(Protocol):
    """Where records are: a folder, or a file. place: its name, for messages."""

    place: str

    def scan(self) -> Iterator[Entry | TaskError]:
        """Every task in order, or what is wrong with it; gone through once."""

    def read(self, row: int) -> Task:
        """The task of the `row`-th entry that `scan` gave. Threads may read at once. Raises TaskError."""

    def close(self) -> None:
        """Gives back what is held open."""


class Given:
    """Tasks that are there already."""

    place = "the tasks given"

    def __init__(self, tasks: Sequence[Task]) -> None:
        self._tasks = tasks

    def scan(self) -> Iterator[Entry | TaskError]:
        yield from map(entry_of, self._tasks)

    def read(self, row: int) -> Task:
        return self._tasks[row]

    def close(self) -> None:
        pass


def entry_of(task: Task) -> Entry:
    """How the task is listed."""
    return Entry(task.id, task.category, task.level, task.split.value, task.source, tuple(task.tags), task.title)


class Catalogue(Mapping[str, Task]):
    """Tasks by id, in the order of their sources.

    kept: records in memory at most. If that is enough for all, they are read at once, so that what is wrong with any is
    known from the start; else a wrong one is found when it is asked for, and is as if it were not there from then on.

    Raises TaskError if there is no task at all.
    """

    def __init__(self, sources: Sequence[Source], kept: int = DEFAULT_KEPT) -> None:
        self._sources = sources
        self._index = Index()
        self._rows = array("I")  # by number: the row in its source
        self._source_of = bytearray()
        self._kept: Recent[int, Task] = Recent(kept)
        self.faults: list[TaskError] = []  # the first ones
        self.faulty = 0
        self._faulty: set[int] = set()
        try:
            self._read_through(kept)
        except BaseException:
            self.close()
            raise

    @classmethod
    def of(cls, tasks: Mapping[str, Task]) -> "Catalogue":
        """Of tasks that are there already."""
        return tasks if isinstance(tasks, Catalogue) else cls([Given([*tasks.values()])])

    def __len__(self) -> int:
        return len(self._index) - len(self._faulty)

    def __iter__(self) -> Iterator[str]:
        return (task_id for number, task_id in enumerate(self._index.ids) if number not in self._faulty)

    def __contains__(self, task_id: object) -> bool:
        number = self._index.number(task_id) if isinstance(task_id, str) else None
        return number is not None and number not in self._faulty

    def __getitem__(self, task_id: str) -> Task:
        number = self._index.number(task_id)
        task = None if number is None else self._task(number)
        if task is None:
            raise KeyError(task_id)
        return task

    def find(self, task_id: str) -> Task:
        """Raises UnknownTaskError."""
        task = self.get(task_id)
        if task is None:
            raise UnknownTaskError(f"there is no task {task_id}")
        return task

    def entry(self, task_id: str) -> Entry | None:
        """What is known of the task without reading it; None: there is none."""
        number = self._index.number(task_id)
        return None if number is None or number in self._faulty else self._index.entry(number)

    def first(self, count: int) -> Sequence[str]:
        """Ids of so many tasks, from easy to hard, as an agent comes to them."""
        pools = [self.pool(level=level) for level in Level]
        return [task_id for pool in pools for task_id in pool[:count]][:count]

    def pool(self, split: str = TRAIN, *, category: str | None = None, level: Level | None = None) -> Pool:
        """The tasks that a choice may fall on: never those of another split."""
        return self._index.pool(split, category=category, level=level)

    def page(self, filters: Filters, offset: int, limit: int) -> tuple[Sequence[Task], int]:
        """Those that the filters allow, and how many there are in all. Reads records: for a thread of its own."""
        found = [number for number in self._index.found(filters) if number not in self._faulty]
        tasks = (self._read(number) for number in found[offset : offset + limit])
        return [task for task in tasks if task is not None], len(found)

    def words(self) -> Mapping[str, Counter[str]]:
        """How many tasks have each category, level, split, source and tag."""
        return self._index.words()

    def close(self) -> None:
        """Gives back what the sources hold open."""
        for source in self._sources:
            source.close()

    def _read_through(self, kept: int) -> None:
        for number, source in enumerate(self._sources):
            self._scan(number, source)
        if len(self._index) <= kept:
            for number in range(len(self._index)):
                self._task(number)
        self._report()

    def _scan(self, number: int, source: Source) -> None:
        row = 0
        for found in source.scan():
            if isinstance(found, TaskError):
                self._note(found)
                continue
            if self._index.add(found):
                self._rows.append(row)
                self._source_of.append(number)
            else:
                twice = Fault(source.place, found.task_id, "there are two of this id: the first one is served")
                self._note(TaskError([twice]))
            row += 1

    def _task(self, number: int) -> Task | None:
        task = self._kept.get(number)
        if task is None and (task := self._read(number)) is not None:
            self._kept.put(number, task)
        return task

    def _read(self, number: int) -> Task | None:
        """None: it cannot be served, which is said once."""
        if number in self._faulty:
            return None
        try:
            return self._sources[self._source_of[number]].read(self._rows[number])
        except TaskError as error:
            self._faulty.add(number)
            self._note(error)
            self._count()
            log.error("task %s is not served: %s", self._index.ids[number], error)
            return None

    def _note(self, fault: TaskError) -> None:
        self.faulty += 1
        if len(self.faults) < _FAULTS_KEPT:
            self.faults.append(fault)

    def _report(self) -> None:
        if not len(self):
            faults = [fault for error in self.faults for fault in error.faults]
            raise TaskError(faults or [Fault(", ".join(source.place for source in self._sources), "", "no tasks")])
        for fault in self.faults:
            log.error("a task is not served: %s", fault)
        log.info("%d tasks are served, %d are not", len(self), self.faulty)
        self._count()

    def _count(self) -> None:
        metrics.TASKS.labels("served").set(len(self))
        metrics.TASKS.labels("faulty").set(self.faulty)
