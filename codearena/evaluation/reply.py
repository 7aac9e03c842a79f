"""What a chat model's endpoint answered -> the text in it, or why there is none. Pure; knows no HTTP.

Endpoints that call themselves OpenAI-compatible differ in nearly every field. Whatever the model did is read as its
answer, or as the reason why it gave none. Only a body that is no chat completion at all is the endpoint's failure.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_SOURCE_ARGUMENTS = ("proposed_fix", "source", "code")
"""What this service's own requests call a source, and so what a model's tool call may call it."""
_THOUGHTS = frozenset({"thinking", "reasoning", "reasoning_content", "redacted_thinking"})
_SHOWN_CHARS = 300

JSON = Mapping[str, object]


class ReplyError(Exception):
    """The body is not a chat completion; the message says what it is."""


@dataclass(frozen=True)
class Reply:
    """One answer.

    text: what the model wrote, None if it wrote nothing. tool_source: source that it handed to a tool instead.
    absence: why there is neither, None if there is one. finish_reason: as the endpoint gave it, empty if it did not.
    tokens_in, tokens_out: None if the endpoint did not say.
    """

    text: str | None
    tool_source: str | None = None
    absence: str | None = None
    finish_reason: str = ""
    tokens_in: int | None = None
    tokens_out: int | None = None


def parsed(body: bytes) -> Reply:
    """Of several choices the first is the answer, whatever the others are: the best of them was not asked for.

    Raises:
        ReplyError: the body is not JSON, or has no choice with a message.
    """
    answer = _object(body)
    choice = _first_choice(answer)
    message = _mapping(choice.get("message"))
    if message is None:
        raise ReplyError(f"an answer without a message: {shown(body)}")
    text, tool_source = _text(message.get("content")), _tool_source(message)
    usage = _mapping(answer.get("usage")) or {}
    finish_reason = choice.get("finish_reason")
    reason = finish_reason if isinstance(finish_reason, str) else ""
    return Reply(
        text=text,
        tool_source=tool_source,
        absence=_absence(message, reason) if text is None and tool_source is None else None,
        finish_reason=reason,
        tokens_in=_count(usage.get("prompt_tokens")),
        tokens_out=_count(usage.get("completion_tokens")),
    )


def shown(body: bytes) -> str:
    """The beginning of a body, on one line, for an error's message."""
    return " ".join(body[: 4 * _SHOWN_CHARS].decode("utf-8", "replace").split())[:_SHOWN_CHARS] or "nothing"


def _object(body: bytes) -> JSON:
    try:
        answer = _mapping(json.loads(body))
    except (ValueError, RecursionError) as error:
        raise ReplyError(f"an answer that is not JSON: {shown(body)}") from error
    if answer is None:
        raise ReplyError(f"an answer that is not a JSON object: {shown(body)}")
    return answer


def _first_choice(answer: JSON) -> JSON:
    choices = answer.get("choices")
    choice = _mapping(choices[0]) if isinstance(choices, list) and choices else None
    # Gateways in front of several providers report a provider's failure with status 200.
    failed = answer.get("error") or (choice or {}).get("error")
    if failed:
        raise ReplyError(f"an error: {shown(json.dumps(failed).encode())}")
    if choice is None:
        raise ReplyError(f"an answer without choices: {shown(json.dumps(answer).encode())}")
    return choice


def _text(content: object) -> str | None:
    """Of typed parts those that are text, each from a line of its own, since a fence must begin a line."""
    if isinstance(content, str):
        found = content
    elif isinstance(content, Sequence):
        found = "\n".join(text for part in content if (text := _part(part)))
    else:
        part = _mapping(content)
        found = _part(part) if part is not None else ""
    return found if found.strip() else None


def _part(part: object) -> str:
    if isinstance(part, str):
        return part
    known = _mapping(part) or {}
    text = known.get("text")
    if known.get("type") in _THOUGHTS:
        return ""
    if nested := _mapping(text):  # {"type": "text", "text": {"value": "..."}}
        text = nested.get("value")
    return text if isinstance(text, str) else ""


def _tool_source(message: JSON) -> str | None:
    """The source in the last tool call that has one: it is code as it stands, not Markdown."""
    found = [source for call in _tool_calls(message) if (source := _argument(call)) is not None]
    return found[-1] if found else None


def _tool_calls(message: JSON) -> list[JSON]:
    calls = message.get("tool_calls")
    listed = [_mapping(call) or {} for call in calls] if isinstance(calls, list) else []
    functions = [_mapping(call.get("function")) for call in listed]
    legacy = _mapping(message.get("function_call"))
    return [function for function in (*functions, legacy) if function is not None]


def _argument(function: JSON) -> str | None:
    arguments = function.get("arguments")
    if isinstance(arguments, str):
        try:
            arguments = json.loads(arguments)
        except (ValueError, RecursionError):  # cut off, or never JSON: a call that no tool could be called with
            return None
    named = _mapping(arguments) or {}
    sources = [value for name in _SOURCE_ARGUMENTS if isinstance(value := named.get(name), str) and value.strip()]
    return sources[0] if sources else None


def _absence(message: JSON, finish_reason: str) -> str:
    """Why an answer has no text, in a word: the refusal, what ended it early, else what it consists of."""
    content = message.get("content")
    parts = [_mapping(part) or {} for part in content] if isinstance(content, list) else []
    if message.get("refusal") or any(part.get("type") == "refusal" for part in parts):
        return "refusal"
    if finish_reason in ("length", "content_filter", "refusal"):
        return finish_reason
    if _tool_calls(message):
        return "tool_call"
    if message.get("reasoning_content") or message.get("reasoning"):
        return "reasoning_only"
    return "empty"


def _count(value: object) -> int | None:
    return int(value) if isinstance(value, int | float) and 0 <= value < math.inf else None


def _mapping(value: object) -> JSON | None:
    return value if isinstance(value, dict) else None
