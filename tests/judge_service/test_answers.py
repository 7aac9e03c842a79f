"""What a child may answer, and what is no answer."""

import json

import pytest

from judge_service.answers import MalformedAnswerError, NoAnswer, QualityAnswer, read_quality, read_security
from judge_service.judge import Severity, Unscored

_FINDING = {"rule": "B307", "message": "eval", "line": 1, "severity": "medium", "confidence": "high"}
_QUALITY = {
    "complexity": 3,
    "complexity_name": "f",
    "complexity_line": 1,
    "maintainability": 70.5,
    "statements": 9,
    "findings": [],
    "counts": {"low": 2},
}


def _facts(**changes: object) -> bytes:
    return json.dumps({"facts": {**_QUALITY, **changes}}).encode()


def test_facts_are_read() -> None:
    answer = read_quality(_facts())
    assert isinstance(answer, QualityAnswer)
    assert answer.counts == {Severity.LOW: 2}


def test_a_childs_own_reason_is_read() -> None:
    answer = read_security(b'{"unscored": "unreadable", "detail": "SyntaxError: x"}')
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
        read_security(data)


@pytest.mark.parametrize(
    "changes",
    [
        {"complexity": -1},
        {"maintainability": 101},
        {"maintainability": "NaN"},
        {"counts": {"dire": 1}},
        {"counts": {"low": -5}},
        {"findings": [_FINDING] * 51},
        {"complexity_name": "f" * 201},
    ],
)
def test_facts_out_of_range_are_malformed(changes: dict[str, object]) -> None:
    with pytest.raises(MalformedAnswerError):
        read_quality(_facts(**changes))
