"""Replies: the last well-formed verdict counts, and what is none is unusable."""

import json

import pytest

from judge_service import parse
from judge_service.parse import UnusableReplyError
from tests.judge_service.verdicts import verdict


def test_a_score_is_the_share_of_checks_answered_with_true() -> None:
    body = json.loads(verdict())
    body["correctness"]["handles_edge_cases"] = False
    assert parse.read(json.dumps(body)).scores == {"correctness": 0.75, "security": 1, "quality": 1}


@pytest.mark.parametrize("around", ["{}", "```json\n{}\n```", "Let me {{think}}.\n{}\nDone."])
def test_text_around_a_verdict_does_not_matter(around: str) -> None:
    text = around.replace("{{", "{").replace("}}", "}") if "{{" in around else around
    assert parse.read(text.replace("{}", verdict(security=False))).scores["security"] == 0


def test_the_last_verdict_counts_and_not_one_that_is_quoted_before() -> None:
    reply = f"The code says {verdict()}, but my verdict is {verdict(correctness=False)}"
    assert parse.read(reply).scores["correctness"] == 0


@pytest.mark.parametrize(
    "reply",
    ["", "all good", verdict()[:-30], '{"correctness": 1, "security": 1, "quality": 1}', "[" * 10_000, '{"a":' * 5_000],
    ids=["empty", "words", "truncated", "numbers", "deep list", "deep object"],
)
def test_what_holds_no_verdict_is_unusable(reply: str) -> None:
    with pytest.raises(UnusableReplyError):
        parse.read(reply)


def test_a_check_answered_with_text_is_no_verdict() -> None:
    body = json.loads(verdict())
    body["quality"]["is_readable"] = "true"
    with pytest.raises(UnusableReplyError):
        parse.read(json.dumps(body))


def test_the_reason_is_one_printable_line() -> None:
    body = {**json.loads(verdict()), "reason": "a\nb\x1b[31m" + "c" * 900}
    reason = parse.read(json.dumps(body)).reason
    assert reason.isprintable()
    assert len(reason) <= 200
