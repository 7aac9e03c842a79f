"""Whether what was seen of a task's code as given elsewhere, and before, is what would be seen here and now.

A seal is a hash of the texts and of all that decides them: the task, the code and the settings of the gateway, the
grader and the judge's reader, the runner with its interpreter, the isolation, and the packages of the sandboxes. It
finds what is out of date, of another task or was edited by mistake. It is no signature: whoever can write the tasks
that a gateway serves can write a seal, and is trusted with them.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from codearena.tasks.baseline import Shown
from codearena.v1 import executor_pb2
from gateway.settings import Settings

_SETTINGS = "limit_"
"""How the names of those begin that decide how long the code as given may run."""
_DECIDING = ("gateway/attempt/*.py", "codearena/tasks/*.py")


@dataclass
class Origin:
    """Who answers the gateway, by the last answers; what nobody has said yet is empty.

    grader, reader: their revisions; runner, isolation, packages: of the sandboxes that attempts get which name none.
    """

    grader: str = ""
    reader: str = ""
    runner: str = ""
    isolation: str = ""
    packages: tuple[str, ...] = ()

    @property
    def known(self) -> bool:
        """Whether all have answered."""
        return all((self.grader, self.reader, self.runner, self.isolation))

    def note_sandbox(self, isolation: executor_pb2.Isolation) -> None:
        """isolation: as a report of theirs has it; what was not run names no runner, and says nothing."""
        if isolation.runner_revision:
            self.runner, self.isolation = isolation.runner_revision, isolation.name
            self.packages = tuple(sorted(isolation.packages))


class Seals:
    """Reckons seals for the gateway as it is now. origin: is kept up to date by others."""

    def __init__(self, settings: Settings, origin: Origin) -> None:
        self._origin = origin
        deciding = {name for name in Settings.model_fields if name.startswith(_SETTINGS)} | {"source_bytes"}
        self._settings = settings.model_dump(mode="json", include=deciding)
        self._code = _own_code()

    @property
    def possible(self) -> bool:
        """Whether enough is known to reckon any."""
        return self._origin.known

    def seal(self, revision: str, shown: Shown) -> str:
        """The seal of what is shown of a task's code as given, hex; empty: not possible yet. revision: the task's."""
        origin = self._origin
        if not origin.known:
            return ""
        services = [origin.grader, origin.reader, origin.runner, origin.isolation, origin.packages]
        texts = [shown.error_log, shown.test_results, shown.hint]
        sealed = json.dumps([revision, services, self._code, self._settings, texts], sort_keys=True)
        return hashlib.sha256(sealed.encode("ascii")).hexdigest()


def _own_code() -> str:
    """Hash of what reads tasks, has them run and puts into words what came of it."""
    digest, root = hashlib.sha256(), Path(__file__).parents[2]
    for path in sorted(path for pattern in _DECIDING for path in root.glob(pattern)):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
