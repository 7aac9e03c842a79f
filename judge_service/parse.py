"""A model's reply -> scores, or why it is unusable. Never a number that the reply does not hold."""

import json
from collections.abc import Iterator

from pydantic import BaseModel, ConfigDict

from judge_service.prompt import RUBRIC

_REASON_CHARACTERS = 200
_DECODER = json.JSONDecoder()


class UnusableReplyError(Exception):
    """The reply holds no well-formed verdict."""


class Reply(BaseModel):
    """scores: share of checks answered with true, by dimension. reason: one printable line of the model's."""

    model_config = ConfigDict(frozen=True)

    scores: dict[str, float]
    reason: str


def read(text: str) -> Reply:
    """The last well-formed verdict of the reply: what it quotes before that does not count.

    Raises:
        UnusableReplyError: there is none.
    """
    verdicts = [value for value in _objects(text) if _is_verdict(value)]
    if not verdicts:
        raise UnusableReplyError("the reply holds no well-formed verdict")
    last = verdicts[-1]
    scores = {name: _share(last[name], checks) for name, checks in RUBRIC.items()}
    return Reply(scores=scores, reason=_line(last.get("reason", "")))


def _objects(text: str) -> Iterator[dict[str, object]]:
    """Every outermost JSON object in a text, in order, whatever stands between."""
    position = 0
    while (position := text.find("{", position)) >= 0:
        try:
            value, end = _DECODER.raw_decode(text, position)
        except (ValueError, RecursionError):
            position += 1
            continue
        position = end
        if isinstance(value, dict):
            yield value


def _is_verdict(value: dict[str, object]) -> bool:
    return all(_is_answered(value.get(name), checks) for name, checks in RUBRIC.items())


def _is_answered(answers: object, checks: dict[str, str]) -> bool:
    return isinstance(answers, dict) and all(isinstance(answers.get(check), bool) for check in checks)


def _share(answers: object, checks: dict[str, str]) -> float:
    assert isinstance(answers, dict)
    values = [answers[check] is True for check in checks]
    return round(sum(values) / len(values), 6)


def _line(reason: object) -> str:
    text = reason if isinstance(reason, str) else ""
    return "".join(letter if letter.isprintable() else " " for letter in text)[:_REASON_CHARACTERS]
