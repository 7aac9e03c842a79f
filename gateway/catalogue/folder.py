"""Tasks in a folder of folders, each of which is one."""

from collections.abc import Iterator
from pathlib import Path

from codearena.tasks.faults import TaskError
from codearena.tasks.folder import category_order, load_task
from codearena.tasks.task import Task
from gateway.catalogue.catalogue import entry_of
from gateway.catalogue.index import Entry


class Folder:
    """Every task below a folder, read at once and kept: what people write by hand is not many."""

    def __init__(self, root: Path) -> None:
        self.place = str(root)
        self._root = root
        self._tasks: list[Task] = []

    def scan(self) -> Iterator[Entry | TaskError]:
        for file in sorted(self._root.glob("*/*/task.yaml")):
            try:
                self._tasks.append(load_task(file.parent))
            except TaskError as error:
                yield error
        self._tasks.sort(key=lambda task: (*category_order(task.category), task.id))
        yield from map(entry_of, self._tasks)

    def read(self, row: int) -> Task:
        return self._tasks[row]

    def close(self) -> None:
        pass
