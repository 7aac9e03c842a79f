"""The choice between the model and static analysis: when to ask, and what to say if there is no answer."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import replace

from codearena.errors import ServiceError
from codearena.server.recent import Recent
from codearena.v1 import judge_pb2
from judge_service import metrics, scoring
from judge_service.answers import NormalisedAnswer
from judge_service.judge import DIMENSIONS, Dimension, Judge, JudgeKind, Judgement, Unscored
from judge_service.llm import Model, NoReplyError
from judge_service.parse import Reply
from judge_service.settings import Settings
from judge_service.shared import Shared
from judge_service.static import StaticJudge


class AskingJudge(Judge):
    """Asks the model where the settings say so, and static analysis always: as evidence, and for want of a reply.

    Replies are kept by content: of the task, of the code as the model sees it, of how its calls ended. Equal questions
    that come while one is being answered wait for that answer, in all replicas that share replies. What failed is not
    kept.
    """

    def __init__(self, settings: Settings, static: StaticJudge, model: Model, shared: Shared | None = None) -> None:
        self._shared = shared
        self._settings = settings
        self._static = static
        self._model = model
        self._replies: Recent[bytes, Reply] = Recent(settings.cache_entries)
        self._asking: dict[bytes, asyncio.Task[Reply]] = {}
        self._shown: Recent[bytes, NormalisedAnswer] = Recent(settings.cache_entries)
        self._revision = hashlib.sha256(f"{static.revision} {model.revision}".encode()).hexdigest()

    async def start(self) -> None:
        await self._static.start()

    async def close(self) -> None:
        for task in self._asking.values():
            task.cancel()
        await asyncio.gather(*self._asking.values(), return_exceptions=True)
        await self._model.close()
        if self._shared is not None:
            await self._shared.close()
        await self._static.close()

    @property
    def revision(self) -> str:
        return self._revision

    async def judge(self, evidence: judge_pb2.Evidence, caller: str = "") -> Judgement:
        static = await self._static.judge(evidence, caller)
        code = await self._normalised(evidence.source, caller)
        flags = tuple(sorted(code.flags)) if code else ()
        for flag in flags:
            metrics.FLAGS.labels(flag).inc()
        if not self._wanted(evidence):
            return replace(static, flags=flags)
        try:
            if code is None:
                raise NoReplyError(Unscored.UNREADABLE, "the source cannot be shown to a model")
            reply = await self._reply(evidence, caller, code.text, static)
        except NoReplyError as error:
            metrics.LLM_FAILURES.labels(error.cause).inc()
            return self._without(static, flags, error)
        scored = {name: Dimension(reply.scores[name], reply.reason) for name in DIMENSIONS}
        return Judgement(JudgeKind.LLM, **scored, revision=self._revision, model=self._model.name, flags=flags)

    def prepare(self, source: bytes, caller: str) -> None:
        self._static.prepare(source, caller)

    def _wanted(self, evidence: judge_pb2.Evidence) -> bool:
        match self._settings.llm_when:
            case "never":
                return False
            case "all_tests_pass":
                return evidence.all_tests_passed
            case "calls_end":
                return all(call.status in scoring.ORDERLY for call in evidence.report.calls)
            case _:
                return True

    def _without(self, static: Judgement, flags: tuple[str, ...], error: NoReplyError) -> Judgement:
        """Raises ServiceError if the settings want an error rather than another judge."""
        if self._settings.llm_on_failure == "error":
            raise ServiceError(f"no judgement: {error}")
        if self._settings.llm_on_failure == "static":
            return replace(static, flags=flags)
        none = Dimension.without_score(error.cause, str(error))
        return Judgement(JudgeKind.LLM, none, none, none, self._revision, self._model.name, flags)

    async def _normalised(self, source: bytes, caller: str) -> NormalisedAnswer | None:
        """What the model may see of a source, kept by content; None if the source does not allow it."""
        key = hashlib.sha256(source).digest()
        if (known := self._shown.get(key)) is not None:
            return known
        if (answer := await self._static.normalised(source, caller)) is not None:
            self._shown.put(key, answer)
        return answer

    async def _reply(self, evidence: judge_pb2.Evidence, caller: str, code: str, static: Judgement) -> Reply:
        buggy = await self._normalised(evidence.buggy_source, caller)
        given = buggy.text if buggy else ""
        statuses = "".join(str(call.status) for call in evidence.report.calls)
        parts = (self._revision, evidence.task_id, evidence.title, evidence.description, given, code, statuses)
        key = hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).digest()
        if (known := self._replies.get(key)) is not None:
            metrics.CACHE.labels("reply", "hit").inc()
            return known
        metrics.CACHE.labels("reply", "miss").inc()
        if key not in self._asking:
            found = static.security, static.quality
            task = self._asking[key] = asyncio.create_task(
                self._asked(key, lambda: self._model.ask(evidence, caller, code, given, found))
            )
            task.add_done_callback(lambda done: self._ended(key, done))
        # Shielded: one caller that leaves must not take the answer from the others. It is bounded by its own time.
        return await asyncio.shield(self._asking[key])

    async def _asked(self, key: bytes, ask: Callable[[], Awaitable[Reply]]) -> Reply:
        """By one replica of those that share replies; who waits for another's waits no longer than for its own."""
        if self._shared is None:
            return await ask()
        try:
            async with asyncio.timeout(self._settings.llm_timeout_s):
                return await self._shared.reply(key, ask)
        except TimeoutError as error:
            raise NoReplyError(Unscored.LLM_TIMEOUT, "the model did not answer in time") from error

    def _ended(self, key: bytes, task: "asyncio.Task[Reply]") -> None:
        self._asking.pop(key, None)
        if not task.cancelled() and task.exception() is None:
            self._replies.put(key, task.result())
