"""A model's endpoint: what is asked again, what it refuses, and whose fault it is."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from codearena.errors import InvalidRequestError
from codearena.evaluation.agents import AgentError
from codearena.evaluation.endpoint import Endpoint, ModelOptions
from codearena.evaluation.reply import Reply
from tests.codearena.evaluation.model_server import Answer, ModelServer, Request, completion, refused, text

QUESTION = [{"role": "user", "content": "?"}]
HTML = Answer(200, b"<html><body>Welcome</body></html>", {"content-type": "text/html"})


@contextmanager
def answering(*answers: Answer | Callable[[Request], Answer]) -> Iterator[ModelServer]:
    """One answer after the other; the last again and again."""
    left = list(answers)

    def reply(request: Request) -> Answer:
        answer = left.pop(0) if len(left) > 1 else left[0]
        return answer(request) if callable(answer) else answer

    with ModelServer(reply) as server:
        yield server


async def ask(server: ModelServer, **options: Any) -> Reply:
    chosen = replace(ModelOptions("m", server.url, "key"), **options)
    async with Endpoint(chosen) as endpoint:
        return await endpoint.ask(QUESTION, seed=7)


async def check(server: ModelServer, **options: Any) -> None:
    async with Endpoint(replace(ModelOptions("m", server.url, "key"), **options)) as endpoint:
        await endpoint.check()


async def test_every_option_is_sent_as_it_was_given() -> None:
    with answering(text("x")) as server:
        extra = {"reasoning_effort": "low", "top_k": 5}
        await ask(server, temperature=0.5, top_p=0.9, max_tokens=77, extra_body=extra)
    assert server.requests == [
        {"model": "m", "messages": QUESTION, "temperature": 0.5, "top_p": 0.9, "max_tokens": 77, "seed": 7} | extra
    ]
    assert server.keys == ["key"]


async def test_an_extra_body_replaces_members_and_takes_out_those_that_are_null() -> None:
    with answering(text("x")) as server:
        await ask(
            server, extra_body={"temperature": None, "seed": None, "max_completion_tokens": 9, "max_tokens": None}
        )
    assert server.requests == [{"model": "m", "messages": QUESTION, "max_completion_tokens": 9}]


@pytest.mark.parametrize("member", ["model", "messages", "stream"])
def test_an_extra_body_may_not_say_what_is_asked_or_how_it_is_read(member: str) -> None:
    with pytest.raises(InvalidRequestError, match=f"may not set {member}"):
        Endpoint(ModelOptions("m", None, "key", extra_body={member: True}))


OTHER_NAME = [
    refused("max_tokens is not supported, use max_completion_tokens"),
    refused("Unsupported parameter: 'max_tokens' is not supported with this model.", param="max_tokens"),
    Answer(
        422, json.dumps({"detail": [{"loc": ["body", "max_tokens"], "msg": "Extra inputs are not permitted"}]}).encode()
    ),
    Answer(400, b"unrecognized request argument supplied: max_tokens", {"content-type": "text/plain"}),
]


@pytest.mark.parametrize("refusal", OTHER_NAME)
async def test_an_endpoint_that_wants_the_other_name_of_the_limit_gets_it_from_then_on(refusal: Answer) -> None:
    with answering(lambda request: refusal if "max_tokens" in request else text("x")) as server:
        async with Endpoint(ModelOptions("m", server.url, "key", max_tokens=50)) as endpoint:
            await endpoint.check()
            await endpoint.ask(QUESTION, seed=0)
    limits = [{name: value for name, value in each.items() if "tokens" in name} for each in server.requests]
    assert limits == [{"max_tokens": 50}, {"max_completion_tokens": 50}, {"max_completion_tokens": 50}]


async def test_a_limit_that_is_too_large_is_not_sent_again_without_being_one() -> None:
    refusal, told = refused("max_tokens is too large: 4096, at most 100"), "it refuses max_tokens: --max-tokens; "
    with answering(refusal) as server, pytest.raises(AgentError, match=told):
        await check(server)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("refusal", "told"),
    [
        (refused("no such value", param="temperature"), "refuses temperature: --temperature; --extra-body"),
        (refused("`top_p` must be below 1"), "refuses top_p: --top-p; "),
        (refused("seed: not permitted"), r"refuses seed: --extra-body '{\"seed\": null}' leaves it out"),
        (refused("unknown field top_k", 422), r"refuses top_k: --extra-body '{\"top_k\": null}'"),
        (refused("bad request"), "answered 400: .*bad request"),
        (refused("odd", param=["temperature"]), "answered 400"),
        (refused("Incorrect API key", 401), "401: .*Incorrect API key.*OPENAI_API_KEY"),
        (refused("not yours", 403), "403: .*OPENAI_API_KEY"),
        (refused("The model `m` does not exist", 404), "404: .*does not exist.* --model"),
        (Answer(404, b"<html>nginx</html>", {"content-type": "text/html"}), "404: <html>nginx</html> .*--base-url"),
        (Answer(500, b""), "500: nothing"),
        (Answer(200, b""), "not JSON: nothing"),
        (HTML, "not JSON: <html>"),
        (Answer(body=None), "cannot be reached"),
        (refused("maximum context length is 10 tokens"), "context length"),
    ],
)
async def test_a_check_that_fails_says_why_and_which_option_it_concerns(refusal: Answer, told: str) -> None:
    with answering(refusal) as server, pytest.raises(AgentError, match=told) as error:
        await check(server, top_p=1.0, extra_body={"top_k": 1})
    assert "\n" not in str(error.value)
    assert server.url.removesuffix("/v1") in str(error.value)


async def test_an_endpoint_where_nobody_listens_is_told_with_the_reason() -> None:
    with answering(text("x")) as server:
        url = server.url
    async with Endpoint(ModelOptions("m", url, "key")) as endpoint:
        with pytest.raises(AgentError, match=r"cannot be reached \(--base-url\): .*(refused|attempts failed)"):
            await endpoint.check()


@pytest.mark.parametrize("url", ["localhost:8000/v1", "ftp://host/v1", "", "//host"])
def test_a_url_that_is_none_of_http_is_told_by_its_option(url: str) -> None:
    with pytest.raises(InvalidRequestError, match="--base-url"):
        Endpoint(ModelOptions("m", url, "key"))


@pytest.mark.parametrize("key", ["a\nb", "ключ"])
def test_a_key_that_no_header_can_carry_is_told(key: str) -> None:
    with pytest.raises(InvalidRequestError, match="OPENAI_API_KEY"):
        Endpoint(ModelOptions("m", "http://127.0.0.1:9/v1", key))


@pytest.mark.parametrize(
    "passing",
    [
        refused("slow down", 429),
        Answer(429, b"", {"retry-after": "0"}),
        Answer(429, b"", {"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}),
        refused("oops", 500),
        Answer(503, b"<html>", {"content-type": "text/html"}),
        Answer(body=None),
        HTML,
        Answer(200, b'{"error": {"message": "upstream"}}'),
    ],
)
async def test_what_may_pass_is_asked_again(passing: Answer) -> None:
    with answering(passing, passing, text("x")) as server:
        assert (await ask(server)).text == "x"
    assert len(server.requests) == 3


async def test_what_does_not_pass_is_an_error_after_all_tries() -> None:
    with answering(refused("oops", 500)) as server, pytest.raises(AgentError, match=r"500: .*oops"):
        await ask(server, tries=3)
    assert len(server.requests) == 3


@pytest.mark.parametrize(
    ("refusal", "absence"),
    [
        (refused("filtered", code="content_filter"), "content_filter"),
        (refused("too long", code="context_length_exceeded"), "context_length"),
        (refused("This model's maximum context length is 4096 tokens."), "context_length"),
        (refused("the request exceeds the available context size"), "context_length"),
        (refused("prompt is too long: 9 tokens > 8 maximum", 413), "context_length"),
    ],
)
async def test_a_prompt_that_the_model_does_not_take_is_an_attempt_without_an_answer(
    refusal: Answer, absence: str
) -> None:
    with answering(refusal) as server:
        found = await ask(server)
    assert (found.text, found.absence) == (None, absence)


@pytest.mark.parametrize("held", [b"", b'{"choices":'])
async def test_an_answer_that_is_not_whole_in_time_is_an_error_that_names_the_option(held: bytes) -> None:
    with answering(replace(text("x"), held=held)) as server:
        with pytest.raises(AgentError, match=r"did not answer whole within 0\.2 s \(--timeout\)"):
            await ask(server, timeout_s=0.2)
        server.free.set()


async def test_a_proxy_of_the_environment_is_not_asked_for_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with answering(text("x")) as server:
        assert (await ask(server)).text == "x"


async def test_a_proxy_that_cannot_be_used_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "gopher://127.0.0.1:9")
    with pytest.raises(InvalidRequestError, match=r"cannot be asked: .*gopher"):
        Endpoint(ModelOptions("m", "http://model.invalid/v1", "key"))


async def test_a_huge_answer_is_read_whole() -> None:
    with answering(completion({"content": "x" * 5_000_000})) as server:
        assert len((await ask(server)).text or "") == 5_000_000
