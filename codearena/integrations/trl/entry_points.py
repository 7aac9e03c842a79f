"""What fixes have to define: the gateway is asked once for each task."""

from collections.abc import Collection, Mapping

from codearena.errors import UnknownTaskError
from codearena.sdk.client import CodeArena


class EntryPoints:
    """Entry points by task, of one gateway and for one process."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def of(self, tasks: Collection[str], arena: CodeArena) -> Mapping[str, str]:
        """Those of tasks that are served. A task that is not is left out here: whoever grades it says so.

        Raises:
            CodeArenaError: the gateway does not answer. Nothing is guessed then: the same completion would have
                another answer on another rank.
        """
        for task in sorted(set(tasks) - self._known.keys()):
            try:
                self._known[task] = arena.task(task).entry_point
            except UnknownTaskError:
                continue
        return self._known
