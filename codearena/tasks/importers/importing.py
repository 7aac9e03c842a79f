"""From a data set to tasks, one item at a time; what becomes no task is told with the reason, never dropped."""

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from codearena.tasks.faults import TaskError
from codearena.tasks.importers.item import Draft, Refusal, RefusedError
from codearena.tasks.importers.registry import Format
from codearena.tasks.importers.rows import rows_of
from codearena.tasks.record import from_record
from codearena.tasks.tagged import JSON
from codearena.tasks.task import Task

Breaks = Callable[[Mapping[str, JSON]], Iterator[Mapping[str, JSON]]]
"""Makes records with a buggy side of one that has a right program only."""
_MOST_FAULTS = 3


@dataclass(frozen=True)
class Imported:
    """A task of an item. left_out: parts of the item that are not in it, in words."""

    task: Task
    left_out: list[str] = field(default_factory=list)


def imported(
    kind: Format, source: str, breaks: Breaks | None = None, split: str = "train", limit: int | None = None
) -> Iterator[Imported | Refusal]:
    """Every item of the source, as a task or as what keeps it from being one, in order.

    breaks: for items without a buggy side; None: these are refused. split: of all of them. limit: items
    to read; None: all.

    Raises:
        TaskError: the source cannot be read, see `rows_of`.
    """
    seen: dict[str, int] = {}
    for place, row in itertools.islice(rows_of(source, kind.read_folder), limit):
        name = _name_of(row)
        try:
            draft = kind.map(row)
            for record in _broken(draft, breaks):
                yield Imported(_task(record, kind, split, seen, place), draft.left_out)
        except RefusedError as error:
            yield Refusal(place, name, str(error))
        except TaskError as error:
            faults = [f"{fault.field}: {fault.problem}".removeprefix(": ") for fault in error.faults]
            yield Refusal(place, name, "; ".join(faults[:_MOST_FAULTS]))
        except (TypeError, ValueError, KeyError, AttributeError, IndexError) as error:
            # A row of another shape than the format has: which field it is, the exception says as well as we could.
            yield Refusal(place, name, f"is no item of {kind.name}: {type(error).__name__}: {error}")


def _broken(draft: Draft, breaks: Breaks | None) -> Iterator[Mapping[str, JSON]]:
    if "buggy" in draft.record:
        yield draft.record
    elif breaks is None:
        raise RefusedError("has no buggy program: --bugs N makes some of the right one")
    else:
        found = False
        for record in breaks(draft.record):
            found = True
            yield record
        if not found:
            raise RefusedError("no bug can be made of its right program")


def _task(record: Mapping[str, JSON], kind: Format, split: str, seen: dict[str, int], place: str) -> Task:
    task_id = str(record.get("id", ""))
    seen[task_id] = seen.get(task_id, 0) + 1
    if kind.name == "codearena":
        return from_record(dict(record), place)
    named = task_id if seen[task_id] == 1 else f"{task_id}/{seen[task_id]}"
    return from_record({**record, "id": named, "source": kind.name, "split": split}, place)


def _name_of(row: Mapping[str, object]) -> str:
    for name in ("id", "task_id", "name", "slug", "problem_id", "question_id", "task"):
        if isinstance(value := row.get(name), (str, int)):
            return str(value)
    return ""
