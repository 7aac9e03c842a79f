"""What the limited children answer, checked as hostile input: the process that wrote it had parsed the attempt."""

from typing import Annotated, Literal

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


class QualityAnswer(_Record):
    """Facts about the whole source.

    complexity: McCabe's number of the worst function (complexity_name, complexity_line) or of the module's own code.
    maintainability: index from 0 to 100, without radon's bonus for comments. statements: logical lines.
    findings: the 50 worst of ruff's, worst first; counts: of all of them.
    """

    complexity: _Natural
    complexity_name: _Text
    complexity_line: _Natural
    maintainability: Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]
    statements: _Natural
    findings: Annotated[tuple[LintFinding, ...], Field(max_length=50)]
    counts: dict[Severity, _Natural]


class NormalisedAnswer(_Record):
    """What a model is shown of a source, in ASCII. flags: what the attempt tried on its judge."""

    text: Annotated[str, Field(max_length=400_000)]
    flags: Annotated[tuple[Literal["injection"], ...], Field(max_length=1)]


class NoAnswer(_Record):
    """The child's own word on why there are no facts."""

    unscored: Literal[Unscored.UNREADABLE, Unscored.TOO_DEEP, Unscored.MEMORY_LIMIT, Unscored.CRASHED, Unscored.DEFECT]
    detail: Annotated[str, Field(max_length=300)]


class _SecurityFacts(_Record):
    facts: SecurityAnswer


class _QualityFacts(_Record):
    facts: QualityAnswer


class _Normalised(_Record):
    facts: NormalisedAnswer


_NORMALISED: TypeAdapter[NoAnswer | _Normalised] = TypeAdapter(NoAnswer | _Normalised)
_SECURITY: TypeAdapter[NoAnswer | _SecurityFacts] = TypeAdapter(NoAnswer | _SecurityFacts)
_QUALITY: TypeAdapter[NoAnswer | _QualityFacts] = TypeAdapter(NoAnswer | _QualityFacts)


def read_security(data: bytes) -> SecurityAnswer | NoAnswer:
    """Raises MalformedAnswerError."""
    try:
        answer = _SECURITY.validate_json(data)
    except ValidationError as error:
        raise MalformedAnswerError(f"{error.error_count()} errors") from error
    return answer if isinstance(answer, NoAnswer) else answer.facts


def read_quality(data: bytes) -> QualityAnswer | NoAnswer:
    """Raises MalformedAnswerError."""
    try:
        answer = _QUALITY.validate_json(data)
    except ValidationError as error:
        raise MalformedAnswerError(f"{error.error_count()} errors") from error
    return answer if isinstance(answer, NoAnswer) else answer.facts


def read_normalised(data: bytes) -> NormalisedAnswer | NoAnswer:
    """Raises MalformedAnswerError."""
    try:
        answer = _NORMALISED.validate_json(data)
    except ValidationError as error:
        raise MalformedAnswerError(f"{error.error_count()} errors") from error
    return answer if isinstance(answer, NoAnswer) else answer.facts
