"""What is in a file of tasks: how many of each sort, and what their certificates say."""

import statistics
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from codearena.generation.certificate import Certificate
from codearena.generation.operators.registry import BY_NAME
from codearena.tasks.task import Task


@dataclass
class Statistics:
    """Counts by what is counted, and the figures of the certificates, of a task each.

    scores: mutation scores of the hidden tests; failing: shares of the tests that the buggy code fails.
    """

    tasks: int = 0
    certified: int = 0
    counts: dict[str, Counter[str]] = field(default_factory=dict)
    scores: list[float] = field(default_factory=list)
    failing: list[float] = field(default_factory=list)
    found_by_fixer: int = 0

    def count(self, subject: str, names: Iterable[str]) -> None:
        """One more of each of the names."""
        self.counts.setdefault(subject, Counter()).update(names)

    @property
    def median_score(self) -> float | None:
        """None: no task is certified."""
        return statistics.median(self.scores) if self.scores else None


def of_tasks(tasks: Iterable[Task]) -> Statistics:
    """Of all of them. A task of several bugs counts for each of their operators."""
    found = Statistics()
    for task in tasks:
        found.tasks += 1
        found.count("level", [task.level.value])
        found.count("category", [task.category])
        found.count("split", [task.split.value])
        made = _generated(task)
        found.count("family", [str(made.get("family") or task.source or "other")])
        operators = made.get("operators")
        if isinstance(operators, list):
            found.count("bugs", [str(len(operators))])
            found.count("operator", map(str, operators))
            found.count("kind", sorted({BY_NAME[each].kind.value for each in map(str, operators) if each in BY_NAME}))
        if task.certificate is not None:
            _of_certificate(found, Certificate.model_validate(task.certificate))
    return found


def _generated(task: Task) -> Mapping[str, object]:
    made = task.metadata.get("generated")
    return made if isinstance(made, dict) else {}


def _of_certificate(found: Statistics, certificate: Certificate) -> None:
    found.certified += 1
    found.count("outcome", [certificate.outcome])
    found.count("isolation", [certificate.isolation])
    found.found_by_fixer += certificate.difficulty.fixer_rank is not None
    found.failing.append(certificate.difficulty.failing)
    if certificate.mutation_score is not None:
        found.scores.append(certificate.mutation_score)
