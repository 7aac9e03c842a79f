"""Replies of a scripted model, and the messages it is sent."""

import json
import re
from typing import Any

from judge_service.prompt import RUBRIC


def verdict(correctness: bool = True, security: bool = True, quality: bool = True) -> str:
    """A well-formed reply in which all checks of a dimension are answered alike."""
    answers = {"correctness": correctness, "security": security, "quality": quality}
    body = {name: dict.fromkeys(checks, answers[name]) for name, checks in RUBRIC.items()}
    return json.dumps({**body, "reason": "as scripted"})


def asked(request: dict[str, Any]) -> str:
    """All that a model was sent, as one text."""
    return "\n".join(message["content"] for message in request["messages"])


def fenced(request: dict[str, Any]) -> str:
    """The untrusted part of it: what stands between the fences."""
    text = request["messages"][1]["content"]
    found = re.findall(r"(==== [0-9a-f]{24} ====)\n(.*?)\n\1", text, re.DOTALL)
    return "\n".join(part for _, part in found)
