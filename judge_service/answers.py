"""What the workers answer, checked as hostile input: the process that wrote it had parsed the attempt."""

from __future__ import annotations

from typing import Annotated, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from judge_service.judge import Finding, Natural, Severity, Text, Unscored


class MalformedAnswerError(Exception):
    """The bytes are no answer of the agreed form."""


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SecurityFinding(Finding):
    """One finding of bandit or of `analysers/credentials.py`."""

    confidence: Severity


class SecurityAnswer(_Record):
    """The 200 worst findings, worst first, and how many there are in all."""

    total: Natural
    findings: Annotated[tuple[SecurityFinding, ...], Field(max_length=200)]


class StructureAnswer(_Record):
    """Radon's facts about the whole source.

    complexity: McCabe's number of the worst function (complexity_name, complexity_line) or of the module's own code.
    maintainability: index from 0 to 100, without radon's bonus for comments. statements: logical lines.
    """

    complexity: Natural
    complexity_name: Text
    complexity_line: Natural
    maintainability: Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]
    statements: Natural


class LintAnswer(_Record):
    """Ruff's findings in one source: the 50 worst, worst first, and how many there are in all."""

    findings: Annotated[tuple[Finding, ...], Field(max_length=50)]
    counts: dict[Severity, Natural]


class Unreadable(_Record):
    """In the place of a source's findings: it cannot be decoded."""

    unreadable: Literal[True]


class NormalisedAnswer(_Record):
    """What a model is shown of a source, in ASCII. flags: what the attempt tried on its judge."""

    text: Annotated[str, Field(max_length=400_000)]
    flags: Annotated[tuple[Literal["injection"], ...], Field(max_length=1)]


class NoAnswer(_Record):
    """The child's own word on why there are no facts."""

    unscored: Literal[Unscored.UNREADABLE, Unscored.TOO_DEEP, Unscored.MEMORY_LIMIT, Unscored.CRASHED, Unscored.DEFECT]
    detail: Annotated[str, Field(max_length=300)]


_Facts = TypeVar("_Facts")


class Scored(_Record, Generic[_Facts]):
    """What was found out."""

    facts: _Facts


Lints = tuple[LintAnswer | Unreadable, ...]
"""Of the sources of one item, in their order."""

Kind = TypeAdapter[NoAnswer | Scored[_Facts]]
"""Of an answer, by the facts that it may have."""
NORMALISED: Kind[NormalisedAnswer] = TypeAdapter(NoAnswer | Scored[NormalisedAnswer])
SECURITY: Kind[SecurityAnswer] = TypeAdapter(NoAnswer | Scored[SecurityAnswer])
STRUCTURE: Kind[StructureAnswer] = TypeAdapter(NoAnswer | Scored[StructureAnswer])
LINT: Kind[Lints] = TypeAdapter(NoAnswer | Scored[Lints])


def read(kind: Kind[_Facts], data: bytes) -> _Facts | NoAnswer:
    """Raises MalformedAnswerError."""
    try:
        answer = kind.validate_json(data)
    except ValidationError as error:
        raise MalformedAnswerError(f"{error.error_count()} errors") from error
    return answer if isinstance(answer, NoAnswer) else answer.facts


def read_lint(data: bytes, sources: int) -> Lints | NoAnswer:
    """sources: how many it is about. Raises MalformedAnswerError."""
    answer = read(LINT, data)
    if not isinstance(answer, NoAnswer) and len(answer) != sources:
        raise MalformedAnswerError("findings of other sources")
    return answer
