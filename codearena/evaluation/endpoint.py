"""A chat model's OpenAI-compatible endpoint: one question, its answer, and whose fault it is that there is none."""

import asyncio
import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import urlsplit

import openai

from codearena.errors import InvalidRequestError
from codearena.evaluation import reply
from codearena.evaluation.agents import AgentError
from codearena.evaluation.reply import Reply, ReplyError
from codearena.retry import RetryPolicy
from codearena.sdk.proxies import is_loopback
from codearena.sdk.transport import retry_after_s

LIMIT_NAMES = ("max_tokens", "max_completion_tokens")
"""What endpoints call the most tokens of an answer: the old name, and the one that reasoning models want instead."""
_OURS = frozenset({"model", "messages", "stream"})
"""Members of a request that an extra body may not set: two have options, and an answer is read whole."""
_OPTIONS = {
    "model": "--model",
    "temperature": "--temperature",
    "top_p": "--top-p",
    "max_tokens": "--max-tokens",
    "max_completion_tokens": "--max-tokens",
}
_CONNECT_TIMEOUT_S = 10.0
_LONGEST_WAIT_S = 60.0
_PASSING = (408, 409, 425, 429)  # beside all of 500 and more: the same question may be answered if it is asked again
_REFUSED = (400, 422)
_CHECK_TRIES = 2
_CHECK = "Answer with the word ready."
# What endpoints say of a name that they do not know, beside naming the other one.
_UNKNOWN_NAME = re.compile(
    r"not supported|unsupported|unrecogni[sz]ed|unknown|not permitted|not allowed|unexpected", re.I
)
# OpenAI and vLLM, llama.cpp, and others, in this order; none of them has a code that all share.
_TOO_LONG = re.compile(r"context.?length|context.?size|context.?window|prompt is too long", re.I)

Message = Mapping[str, str]


@dataclass(frozen=True)
class ModelOptions:
    """How to ask.

    temperature, top_p, max_tokens: not sent if None. extra_body: members of the request beside those, which they
    replace; one that is None is not sent at all. timeout_s: for one answer, whole; tries: in all; price_in, price_out:
    of a million tokens.
    """

    model: str
    base_url: str | None
    api_key: str
    temperature: float | None = 0.0
    top_p: float | None = None
    max_tokens: int | None = 4096
    extra_body: Mapping[str, object] = field(default_factory=dict)
    timeout_s: float = 120.0
    tries: int = 5
    price_in: float = 0.0
    price_out: float = 0.0


class Endpoint:
    """Asks one model. Use as an async context manager."""

    def __init__(self, options: ModelOptions) -> None:
        """Raises InvalidRequestError if the options cannot be used, whatever the endpoint says."""
        if ours := sorted(_OURS & options.extra_body.keys()):
            raise InvalidRequestError(f"--extra-body may not set {', '.join(ours)}")
        self._options = options
        self._limit_name = LIMIT_NAMES["max_completion_tokens" in options.extra_body]
        self._retry = RetryPolicy(attempts=options.tries, max_wait_s=_LONGEST_WAIT_S)
        self._client = _client(options)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.close()

    @property
    def url(self) -> str:
        return str(self._client.base_url)

    async def check(self) -> None:
        """Asks one short question with the options as they are, so that a run that cannot succeed does not begin.

        Raises:
            AgentError: the endpoint cannot be asked like this; the message says why and which option it concerns.
        """
        try:
            await self._asked([{"role": "user", "content": _CHECK}], seed=0, tries=_CHECK_TRIES)
        except openai.OpenAIError as error:
            raise self._failure(error) from error

    async def ask(self, messages: Sequence[Message], seed: int) -> Reply:
        """The model's answer. A prompt that the model's window or filter does not take is the model's failure.

        Raises:
            AgentError: the endpoint failed, also when tried again.
        """
        try:
            return await self._asked(messages, seed, self._options.tries)
        except openai.OpenAIError as error:
            if (absence := _refused_prompt(error)) is not None:
                return Reply(text=None, absence=absence, finish_reason=absence, tokens_in=0, tokens_out=0)
            raise self._failure(error) from error

    async def _asked(self, messages: Sequence[Message], seed: int, tries: int) -> Reply:
        for failures in range(1, tries):
            try:
                return await self._exchange(messages, seed)
            except openai.APIStatusError as error:
                if error.status_code < 500 and error.status_code not in _PASSING:
                    raise
                await self._retry.pause(failures, retry_after_s(error.response.headers))
            except (openai.APIConnectionError, ReplyError):
                await self._retry.pause(failures)
        try:
            return await self._exchange(messages, seed)
        except ReplyError as error:
            raise AgentError(f"the model's endpoint {self.url} gave {error}") from error

    async def _exchange(self, messages: Sequence[Message], seed: int) -> Reply:
        limit_name = self._limit_name
        try:
            return await self._sent(messages, self._parameters(seed, limit_name))
        except openai.APIStatusError as error:
            other = next(name for name in LIMIT_NAMES if name != limit_name)
            if not _wants_other_name(error, limit_name, other):
                raise
            answer = await self._sent(messages, self._parameters(seed, other))
            self._limit_name = other
            return answer

    def _parameters(self, seed: int, limit_name: str) -> dict[str, object]:
        options = self._options
        chosen: dict[str, object] = {"temperature": options.temperature, "top_p": options.top_p, "seed": seed}
        chosen |= {limit_name: options.max_tokens, **options.extra_body}
        return {name: value for name, value in chosen.items() if value is not None}

    async def _sent(self, messages: Sequence[Message], parameters: Mapping[str, object]) -> Reply:
        """One request, within the time for a whole answer: the client's own timeout is of a pause between two bytes."""
        request = self._client.chat.completions.with_raw_response.create(
            model=self._options.model,
            messages=[{"role": each["role"], "content": each["content"]} for each in messages],  # type: ignore[misc]
            extra_body=parameters,
        )
        try:
            async with asyncio.timeout(self._options.timeout_s):
                return reply.parsed((await request).content)
        except TimeoutError as error:
            told = f"did not answer whole within {self._options.timeout_s:g} s (--timeout)"
            raise AgentError(f"the model's endpoint {self.url} {told}") from error

    def _failure(self, error: openai.OpenAIError) -> AgentError:
        where = f"the model's endpoint {self.url}"
        if isinstance(error, openai.APIConnectionError):
            return AgentError(f"{where} cannot be reached (--base-url): {_cause(error)}")
        if not isinstance(error, openai.APIStatusError):
            return AgentError(f"{where}: {type(error).__name__}: {error}")
        said = f"{error.status_code}: {reply.shown(error.response.content)}"
        return AgentError(f"{where} answered {said}{self._advice(error)}")

    def _advice(self, error: openai.APIStatusError) -> str:
        """Which option the failure concerns."""
        if error.status_code in (401, 403):
            return " (is OPENAI_API_KEY the key for it?)"
        if error.status_code == 404:
            return f" (does --base-url end where /chat/completions begins, and is {self._options.model} its --model?)"
        if error.status_code not in _REFUSED:
            return ""
        refused = _refused(error, self._parameters(0, self._limit_name).keys())
        if refused is None:
            return ""
        option = _OPTIONS.get(refused) if refused not in self._options.extra_body else None
        without = json.dumps({refused: None})
        return f" (it refuses {refused}: {f'{option}; ' if option else ''}--extra-body '{without}' leaves it out)"


def _client(options: ModelOptions) -> openai.AsyncOpenAI:
    if options.base_url is not None and not options.base_url.startswith(("http://", "https://")):
        raise InvalidRequestError(f"--base-url {options.base_url} does not begin with http:// or https://")
    if not options.api_key.isascii() or not options.api_key.isprintable():
        raise InvalidRequestError("OPENAI_API_KEY holds characters that no key has")
    try:
        return openai.AsyncOpenAI(
            base_url=options.base_url,
            api_key=options.api_key,
            timeout=openai.Timeout(None, connect=_CONNECT_TIMEOUT_S),
            max_retries=0,  # ours know of the time for a whole answer, and of answers that are none
            http_client=openai.DefaultAsyncHttpxClient(
                trust_env=not is_loopback(urlsplit(options.base_url or "").hostname or "")
            ),
        )
    except (ImportError, ValueError) as error:  # e.g. a proxy of the environment whose kind needs another package
        raise InvalidRequestError(f"the model's endpoint cannot be asked: {error}") from error


def _wants_other_name(error: openai.APIStatusError, name: str, other: str) -> bool:
    if error.status_code not in _REFUSED or _refused(error, (name,)) is None:
        return False
    text = error.response.text
    return other in text or _UNKNOWN_NAME.search(text) is not None


def _refused(error: openai.APIStatusError, sent: Collection[str]) -> str | None:
    """The parameter that the endpoint refused, of those sent: by its `param`, else the first that its text names."""
    named: object = error.param  # as it came: any JSON
    if isinstance(named, str) and named in sent:
        return named
    searched = {name: re.search(rf"\b{re.escape(name)}\b", error.response.text) for name in sent}
    places = {name: found.start() for name, found in searched.items() if found is not None}
    return min(places, key=places.__getitem__, default=None)


def _refused_prompt(error: openai.OpenAIError) -> str | None:
    """Why the model does not take the prompt, if that is what the endpoint says."""
    if not isinstance(error, openai.APIStatusError) or error.status_code not in (400, 413, 422):
        return None
    if error.code == "content_filter":
        return "content_filter"
    return "context_length" if _TOO_LONG.search(error.response.text) else None


def _cause(error: BaseException) -> str:
    """What the innermost of the errors says, since the client's own says nothing."""
    inner = error
    while inner.__cause__ is not None:
        inner = inner.__cause__
    return str(inner) or type(inner).__name__
