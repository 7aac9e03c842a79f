"""What endpoints answer, read: every shape has its text, or its reason, or is no answer of a model at all."""

import json
from typing import Any

import pytest

from codearena.evaluation import reply
from codearena.evaluation.model import proposal
from codearena.evaluation.records import Use
from tests.codearena.evaluation.model_server import completion

FIX = "def f():\n    return 1\n"
FENCED = f"```python\n{FIX}```"


def read(message: Any, finish_reason: str | None = "stop", **more: Any) -> reply.Reply:
    return reply.parsed(completion(message, finish_reason, **more).body or b"")


def called(arguments: Any, name: str = "submit") -> dict[str, Any]:
    return {"content": None, "tool_calls": [{"type": "function", "function": {"name": name, "arguments": arguments}}]}


@pytest.mark.parametrize(
    ("message", "finish_reason", "absence"),
    [
        ({"content": None, "reasoning_content": "..."}, "length", "length"),
        ({"content": None, "reasoning_content": "..."}, "stop", "reasoning_only"),
        ({"content": "", "reasoning": "..."}, None, "reasoning_only"),
        ({"content": " \n"}, "stop", "empty"),
        ({}, None, "empty"),
        ({"content": None, "refusal": "I cannot help with that."}, "stop", "refusal"),
        ({"content": [{"type": "refusal", "refusal": "No."}]}, "stop", "refusal"),
        ({"content": None}, "content_filter", "content_filter"),
        ({"content": []}, "stop", "empty"),
        ({"content": [{"type": "thinking", "thinking": "...", "text": "so I think"}]}, "length", "length"),
        ({"content": 7}, "stop", "empty"),
        (called('{"expression": "1 + 1"}'), "tool_calls", "tool_call"),
        (called('{"code": "def f'), "length", "length"),
        (called(None), "tool_calls", "tool_call"),
        ({"content": None, "tool_calls": [None, "x", {}]}, "tool_calls", "empty"),
    ],
)
def test_an_answer_without_a_fix_is_one_with_its_reason(message: Any, finish_reason: str | None, absence: str) -> None:
    found = read(message, finish_reason)
    assert (found.text, found.tool_source, found.absence) == (None, None, absence)
    proposed = proposal(found, Use(method="m"))
    assert (proposed.source, proposed.no_answer) == ("", absence)


@pytest.mark.parametrize(
    "message",
    [
        {"content": FENCED},
        {"content": [{"type": "text", "text": FENCED}]},
        {"content": [{"type": "text", "text": {"value": FENCED}}]},
        {"content": {"type": "text", "text": FENCED}},
        {"content": ["Here it is:", FENCED]},
        {"content": [{"type": "text", "text": "Here it is:"}, {"type": "output_text", "text": FENCED}]},
        {"content": [{"type": "thinking", "text": "```python\nx\n```"}, {"type": "text", "text": FENCED}]},
        {"content": FENCED, "refusal": None, "tool_calls": None, "function_call": None},
        {"content": FENCED, "reasoning_content": "```python\nx\n```"},
        called(json.dumps({"proposed_fix": FIX})),
        called(json.dumps({"code": FIX, "language": "python"})),
        called({"source": FIX}),
        {"content": "I call the tool.", **{"tool_calls": called({"source": FIX})["tool_calls"]}},
        {"content": None, "function_call": {"name": "submit", "arguments": json.dumps({"source": FIX})}},
    ],
)
def test_a_fix_is_found_in_every_shape_that_an_answer_has(message: Any) -> None:
    proposed = proposal(read(message), Use(method="m"))
    assert (proposed.source, proposed.no_answer) == (FIX, None)


def test_a_tools_argument_is_code_and_not_markdown() -> None:
    source = f'"""Example:\n\n{FENCED}\n"""\n\n{FIX}'
    assert proposal(read(called({"code": source})), Use(method="m")).source == source


def test_of_several_choices_the_first_is_the_answer() -> None:
    choices = [{"message": {"content": content}, "finish_reason": "stop"} for content in (None, FENCED)]
    found = reply.parsed(json.dumps({"choices": choices}).encode())
    assert (found.text, found.absence) == (None, "empty")


@pytest.mark.parametrize(
    ("usage", "tokens"),
    [
        ({"prompt_tokens": 100, "completion_tokens": 10}, (100, 10)),
        ({"prompt_tokens": 100}, (100, None)),
        (None, (None, None)),
        ({}, (None, None)),
        ("much", (None, None)),
        ({"prompt_tokens": -1, "completion_tokens": 1e999}, (None, None)),
    ],
)
def test_tokens_that_the_endpoint_does_not_say_are_unknown_and_not_zero(usage: Any, tokens: object) -> None:
    found = read({"content": FENCED}, usage=usage)
    assert (found.tokens_in, found.tokens_out) == tokens


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"", "not JSON: nothing"),
        (b"<html>\n<h1>502 Bad Gateway</h1>", "not JSON: <html> <h1>502 Bad Gateway</h1>"),
        (b"\xff\xfe", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"null", "not a JSON object"),
        (b"{}", "without choices"),
        (b'{"choices": []}', "without choices"),
        (b'{"choices": null}', "without choices"),
        (b'{"choices": [7]}', "without choices"),
        (b'{"choices": [{"text": "x"}]}', "without a message"),
        (b'{"choices": [{"message": "x"}]}', "without a message"),
        (b'{"error": {"message": "upstream is down"}}', "upstream is down"),
        (b'{"choices": [{"message": {"content": null}, "error": {"code": 502}}]}', "502"),
    ],
)
def test_what_is_no_chat_completion_is_the_endpoints_failure(body: bytes, told: str) -> None:
    with pytest.raises(reply.ReplyError, match=told.replace("[", r"\[")):
        reply.parsed(body)


@pytest.mark.parametrize(
    ("text", "source", "no_answer"),
    [
        ("```python\ndef f():\n    pass\n```\n```python\ndef main():\n    f()\n```", "def f():\n    pass\n", None),
        ("<think>\n```python\ndef f():\n    pass\n```\n", "", "open_thought"),
        ("I cannot do that.", "", "no_code"),
    ],
)
def test_a_text_without_an_answer_is_an_empty_source(text: str, source: str, no_answer: str | None) -> None:
    proposed = proposal(reply.Reply(text), Use(method="m"), "f")
    assert (proposed.source, proposed.no_answer) == (source, no_answer)
