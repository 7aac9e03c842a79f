"""What the workers answer, checked as hostile input: the process that wrote it had parsed the attempt."""

from typing import Annotated, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from judge_service.judge import Finding, Severity, Unscored

_Text = Annotated[str, Field(max_length=200)]
_Natural = Annotated[int, Field(ge=0, le=2**31 - 1)]


class MalformedAnswerError(Exception):
    """The bytes are no answer of the agreed form."""


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class LintFinding(_Record):
    """One finding of ruff."""

    rule: _Text
    message: _Text
    line: _Natural
    severity: Severity

    def public(self) -> Finding:
        return Finding(self.rule, self.message, self.line, self.severity)


class SecurityFinding(LintFinding):
    """One finding of bandit or of `analysers/credentials.py`."""

    confidence: Severity


class SecurityAnswer(_Record):
    """The 200 worst findings, worst first, and how many there are in all."""

    total: _Natural
    findings: Annotated[tuple[SecurityFinding, ...], Field(max_length=200)]


class StructureAnswer(_Record):
    """Radon's facts about the whole source.

    complexity: McCabe's number of the worst function (complexity_name, complexity_line) or of the module's own code.
    maintainability: index from 0 to 100, without radon's bonus for comments. statements: logical lines.
    """

    complexity: _Natural
    complexity_name: _Text
    complexity_line: _Natural
    maintainability: Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]
    statements: _Natural


class LintAnswer(_Record):
    """Ruff's findings in one source: the 50 worst, worst first, and how many there are in all."""

    findings: Annotated[tuple[LintFinding, ...], Field(max_length=50)]
    counts: dict[Severity, _Natural]


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


class _Scored(_Record, Generic[_Facts]):
    facts: _Facts


Lints = tuple[LintAnswer | Unreadable, ...]
"""Of the sources of one item, in their order."""

_NORMALISED: TypeAdapter[NoAnswer | _Scored[NormalisedAnswer]] = TypeAdapter(NoAnswer | _Scored[NormalisedAnswer])
_SECURITY: TypeAdapter[NoAnswer | _Scored[SecurityAnswer]] = TypeAdapter(NoAnswer | _Scored[SecurityAnswer])
_STRUCTURE: TypeAdapter[NoAnswer | _Scored[StructureAnswer]] = TypeAdapter(NoAnswer | _Scored[StructureAnswer])
_LINT: TypeAdapter[NoAnswer | _Scored[Lints]] = TypeAdapter(NoAnswer | _Scored[Lints])


def read_security(data: bytes) -> SecurityAnswer | NoAnswer:
    """Raises MalformedAnswerError."""
    return _read(_SECURITY, data)


def read_structure(data: bytes) -> StructureAnswer | NoAnswer:
    """Raises MalformedAnswerError."""
    return _read(_STRUCTURE, data)


def read_lint(data: bytes, sources: int) -> Lints | NoAnswer:
    """sources: how many it is about. Raises MalformedAnswerError."""
    answer = _read(_LINT, data)
    if not isinstance(answer, NoAnswer) and len(answer) != sources:
        raise MalformedAnswerError("findings of other sources")
    return answer


def read_normalised(data: bytes) -> NormalisedAnswer | NoAnswer:
    """Raises MalformedAnswerError."""
    return _read(_NORMALISED, data)


def _read(adapter: TypeAdapter[NoAnswer | _Scored[_Facts]], data: bytes) -> _Facts | NoAnswer:
    try:
        answer = adapter.validate_json(data)
    except ValidationError as error:
        raise MalformedAnswerError(f"{error.error_count()} errors") from error
    return answer if isinstance(answer, NoAnswer) else answer.facts
