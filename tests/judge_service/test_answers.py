"""What a worker may answer, and what is no answer."""

import json

import pytest

from judge_service.answers import (
    SECURITY,
    STRUCTURE,
    LintAnswer,
    MalformedAnswerError,
    NoAnswer,
    StructureAnswer,
    Unreadable,
    read,
    read_lint,
)
from judge_service.judge import Severity, Unscored

_FINDING = {"rule": "B307", "message": "eval", "line": 1, "severity": "medium", "confidence": "high"}
_STRUCTURE = {
    "complexity": 3,
    "complexity_name": "f",
    "complexity_line": 1,
    "maintainability": 70.5,
    "statements": 9,
}


def _facts(**changes: object) -> bytes:
    return json.dumps({"facts": {**_STRUCTURE, **changes}}).encode()


def test_facts_are_read() -> None:
    answer = read(STRUCTURE, _facts())
    assert isinstance(answer, StructureAnswer)
    assert answer.complexity == 3


def test_a_workers_own_reason_is_read() -> None:
    answer = read(SECURITY, b'{"unscored": "unreadable", "detail": "SyntaxError: x"}')
    assert answer == NoAnswer(unscored=Unscored.UNREADABLE, detail="SyntaxError: x")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff",
        b"[" * 100_000,
        b'{"facts": {}}',
        b'{"facts": {"total": 0, "findings": []}, "more": 1}',
        b'{"unscored": "because", "detail": ""}',
        b'{"facts": {"total": 0, "findings": ["\\ud800"]}}',
    ],
)
def test_anything_else_is_malformed(data: bytes) -> None:
    with pytest.raises(MalformedAnswerError):
        read(SECURITY, data)


@pytest.mark.parametrize(
    "changes",
    [
        {"complexity": -1},
        {"maintainability": 101},
        {"maintainability": "NaN"},
        {"complexity_name": "f" * 201},
    ],
)
def test_facts_out_of_range_are_malformed(changes: dict[str, object]) -> None:
    with pytest.raises(MalformedAnswerError):
        read(STRUCTURE, _facts(**changes))


def _lints(*facts: object) -> bytes:
    return json.dumps({"facts": facts}).encode()


def test_the_lint_of_several_sources_is_read_in_their_order() -> None:
    lint = {"findings": [], "counts": {"low": 2}}
    answer = read_lint(_lints(lint, {"unreadable": True}), 2)
    assert answer == (LintAnswer(findings=(), counts={Severity.LOW: 2}), Unreadable(unreadable=True))


@pytest.mark.parametrize(
    "facts",
    [
        [],
        [{"findings": [], "counts": {}}] * 2,
        [{"findings": [], "counts": {"dire": 1}}],
        [{"findings": [], "counts": {"low": -5}}],
        [{"findings": [_FINDING] * 51, "counts": {}}],
        [{"unreadable": False}],
    ],
)
def test_a_lint_of_other_sources_or_out_of_range_is_malformed(facts: list[object]) -> None:
    with pytest.raises(MalformedAnswerError):
        read_lint(_lints(*facts), 1)
