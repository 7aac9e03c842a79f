"""What is wrong with a task, said by file, line and field, all of it at once."""

from collections.abc import Iterable
from dataclasses import dataclass

from pydantic import ValidationError

_MOST_SHOWN = 100


@dataclass(frozen=True)
class Fault:
    """One thing that keeps a task from being served.

    place: a file or folder, or a file and a line as in `tasks.jsonl:12`; field: with dots; empty: of none.
    """

    place: str
    field: str
    problem: str

    def __str__(self) -> str:
        return ": ".join(part for part in (self.place, self.field, self.problem) if part)


class TaskError(ValueError):
    """Tasks that cannot be served. The message has a line for each fault: file, line, field, problem."""

    def __init__(self, faults: str | Iterable[Fault]) -> None:
        self.faults = (Fault("", "", faults),) if isinstance(faults, str) else tuple(faults)
        shown = [str(fault) for fault in self.faults[:_MOST_SHOWN]]
        if len(self.faults) > _MOST_SHOWN:
            shown.append(f"... and {len(self.faults) - _MOST_SHOWN} more")
        super().__init__("\n".join(shown))


def of_validation(place: str, error: ValidationError) -> list[Fault]:
    """Each problem that the model found, with its field."""
    return [
        Fault(place, ".".join(map(str, each["loc"])), each["msg"].removeprefix("Value error, "))
        for each in error.errors(include_url=False, include_context=False, include_input=False)
    ]
