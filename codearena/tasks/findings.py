"""What an examination of a set-up found, in words for people and in JSON for machines."""

import textwrap
from collections.abc import Sequence
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, TypeAdapter


class Status(StrEnum):
    """OK: as it should be; WARNING: works, but weaker or riskier than it could be; FAULT: must be mended; SKIPPED: not
    examined, the detail says why."""

    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"
    SKIPPED = "skipped"


class Finding(BaseModel):
    """One thing that was examined.

    check: its name; cure: the command or page that mends it, empty where none is needed.
    """

    model_config = ConfigDict(frozen=True)

    check: str
    status: Status
    detail: str
    cure: str = ""


_ALL = TypeAdapter(tuple[Finding, ...])


def ok(check: str, detail: str) -> Finding:
    return Finding(check=check, status=Status.OK, detail=detail)


def warning(check: str, detail: str, cure: str) -> Finding:
    return Finding(check=check, status=Status.WARNING, detail=detail, cure=cure)


def fault(check: str, detail: str, cure: str) -> Finding:
    return Finding(check=check, status=Status.FAULT, detail=detail, cure=cure)


def skipped(check: str, detail: str) -> Finding:
    return Finding(check=check, status=Status.SKIPPED, detail=detail)


def to_json(findings: Sequence[Finding]) -> str:
    """One JSON array, on one line."""
    return _ALL.dump_json(tuple(findings)).decode()


def from_json(text: str | bytes) -> tuple[Finding, ...]:
    """Raises ValidationError (of pydantic) for anything that `to_json` does not write."""
    return _ALL.validate_json(text)


def to_text(findings: Sequence[Finding]) -> str:
    """A line for each, and one for its cure: for any terminal, and for none."""
    width = max((len(finding.check) for finding in findings), default=0)
    lines = []
    for finding in findings:
        head = f"{finding.status:<8} {finding.check:<{width}}  "
        lines.append(head + _indented(finding.detail, len(head)))
        if finding.cure:
            lines.append(" " * len(head) + _indented(f"cure: {finding.cure}", len(head)))
    return "\n".join(lines)


def _indented(text: str, by: int) -> str:
    return textwrap.indent(text, " " * by).lstrip()
