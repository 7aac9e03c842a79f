"""The client of the judge's model: one question, one well-formed answer, or the reason why there is none."""

import asyncio
import hashlib
import inspect
import logging
import secrets
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import openai
from openai.types.chat import ChatCompletion

from codearena.server.breaker import Breaker
from codearena.server.fairness import FairPlaces
from codearena.v1 import judge_pb2
from judge_service import metrics, parse, prompt
from judge_service.judge import Dimension, Unscored
from judge_service.parse import Reply, UnusableReplyError
from judge_service.settings import Settings
from judge_service.shared import Shared

log = logging.getLogger(__name__)

_TRIES = 2
_MILLION = 1_000_000


class NoReplyError(Exception):
    """The model gave no usable answer. cause: of the closed set; the message is one line."""

    def __init__(self, cause: Unscored, message: str) -> None:
        super().__init__(message)
        self.cause = cause


class Model:
    """Asks an OpenAI-compatible endpoint. Bounded at once, in time, in failures and in tokens a day.

    shared: counts the tokens of all replicas; None: there are none, or each has a budget of its own.
    today: the day that the budget is of, by UTC.
    """

    def __init__(
        self,
        settings: Settings,
        shared: Shared | None = None,
        today: Callable[[], str] = lambda: f"{datetime.now(UTC):%Y-%m-%d}",
    ) -> None:
        assert settings.llm_model is not None
        self.name = settings.llm_model
        self._settings = settings
        key = settings.llm_api_key.get_secret_value() if settings.llm_api_key else ""
        self._client = openai.AsyncOpenAI(
            base_url=settings.llm_base_url or None,
            api_key=key or "none",  # servers of one's own want some key, and look at none
            max_retries=0,
            timeout=settings.llm_timeout_s,
        )
        self._places = FairPlaces(settings.llm_concurrency)
        self._shared = shared
        self._today = today
        self._day, self._tokens = today(), 0
        self._structured = True
        self.breaker = Breaker(settings.llm_breaker_failures, settings.llm_breaker_open_s)
        metrics.note_breaker(self.breaker.state)

    async def close(self) -> None:
        await self._client.close()

    async def ask(
        self, evidence: judge_pb2.Evidence, caller: str, code: str, buggy: str, found: Sequence[Dimension]
    ) -> Reply:
        """Within `llm_timeout_s`, waiting and a second try included. Raises NoReplyError."""
        await self._check_budget()
        if not self.breaker.allows():
            raise NoReplyError(Unscored.LLM_BREAKER, "the model failed too often; it is left alone for a while")
        metrics.note_breaker(self.breaker.state)
        try:
            async with asyncio.timeout(self._settings.llm_timeout_s), self._places.place(caller):
                reply = await self._tries(evidence, code, buggy, found)
        except TimeoutError as error:
            self.breaker.failed()
            raise NoReplyError(Unscored.LLM_TIMEOUT, "the model did not answer in time") from error
        except NoReplyError:
            self.breaker.failed()
            raise
        except BaseException:
            self.breaker.gave_up()
            raise
        else:
            self.breaker.succeeded()
            return reply
        finally:
            metrics.note_breaker(self.breaker.state)

    async def _tries(self, evidence: judge_pb2.Evidence, code: str, buggy: str, found: Sequence[Dimension]) -> Reply:
        failure = NoReplyError(Unscored.LLM_ERROR, "the model was not asked")
        for _ in range(_TRIES):
            fence = f"==== {secrets.token_hex(12)} ===="
            try:
                return parse.read(await self._completion(prompt.messages(evidence, code, buggy, found, fence)))
            except UnusableReplyError as error:
                failure = NoReplyError(Unscored.LLM_UNUSABLE, str(error))
            except openai.APITimeoutError:
                failure = NoReplyError(Unscored.LLM_TIMEOUT, "the model did not answer in time")
            except openai.OpenAIError as error:
                failure = NoReplyError(Unscored.LLM_ERROR, f"the model's endpoint: {type(error).__name__}")
            log.info("no usable reply (%s)", failure.cause)
        raise failure

    async def _completion(self, messages: list[prompt.Message]) -> str:
        started = time.monotonic()
        answer = await self._create(messages)
        metrics.LLM_SECONDS.observe(time.monotonic() - started)
        await self._count(answer)
        text = answer.choices[0].message.content if answer.choices else None
        if not text:
            raise UnusableReplyError("the reply is empty")
        return text

    async def _create(self, messages: list[prompt.Message]) -> ChatCompletion:
        """With a schema for the answer; without one from the first time that the endpoint refuses it."""
        if self._structured:
            try:
                return await self._request(messages, structured=True)
            except openai.BadRequestError:
                log.info("the endpoint takes no schema for answers; going on without")
                self._structured = False
        return await self._request(messages, structured=False)

    async def _request(self, messages: list[prompt.Message], structured: bool) -> ChatCompletion:
        schema = {"name": "verdict", "strict": True, "schema": prompt.schema()}
        answer: ChatCompletion = await self._client.chat.completions.create(  # type: ignore[call-overload]
            model=self.name,
            messages=messages,
            temperature=0,
            max_tokens=self._settings.llm_max_tokens,
            response_format={"type": "json_schema", "json_schema": schema} if structured else openai.NOT_GIVEN,
        )
        return answer

    async def _check_budget(self) -> None:
        if (today := self._today()) != self._day:
            self._day, self._tokens = today, 0
        budget = self._settings.llm_tokens_per_day
        if budget is None:
            return
        # At least our own are known, if the others' are not.
        spent = max(self._tokens, await self._shared.tokens(today) if self._shared else 0)
        if spent >= budget:
            raise NoReplyError(Unscored.LLM_BUDGET, "the tokens of the day are used up")

    async def _count(self, answer: ChatCompletion) -> None:
        sent = answer.usage.prompt_tokens if answer.usage else 0
        received = answer.usage.completion_tokens if answer.usage else 0
        self._tokens += sent + received
        if self._shared is not None:
            await self._shared.spend(self._day, sent + received)
        metrics.LLM_TOKENS.labels("sent").inc(sent)
        metrics.LLM_TOKENS.labels("received").inc(received)
        price_in, price_out = self._settings.llm_price_in, self._settings.llm_price_out
        metrics.LLM_COST.inc((sent * price_in + received * price_out) / _MILLION)

    @property
    def revision(self) -> str:
        """Hex hash of model, prompt and reader."""
        text = "\n".join([self.name, inspect.getsource(prompt), inspect.getsource(parse)])
        return hashlib.sha256(text.encode()).hexdigest()
