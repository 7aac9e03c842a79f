"""Many sources in one run of ruff, whose start costs more than they do.

A source that nobody waits for yet does not take a run of its own: it goes along with the next one that somebody does
wait for, or when there are enough for a run. What goes wrong with several sources is one's doing, and nobody knows
whose: each is then linted alone.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

from codearena.errors import OverloadedError, ServiceError
from judge_service.answers import LintAnswer
from judge_service.judge import Dimension

AT_ONCE = 16
"""Most sources in one run."""

Lint = LintAnswer | Dimension
"""Findings, or a dimension without a score that says why there are none."""


_Waiting = tuple[bytes, "asyncio.Future[Lint]"]


class Linting:
    """lint: gives an answer for each source, or for each a dimension if there are none; one call at a time.

    queue_length: sources that may wait; beyond it they are refused, and told to come again after `retry_after_s`.
    """

    def __init__(
        self, lint: Callable[[list[bytes]], Awaitable[list[Lint]]], queue_length: int, retry_after_s: float
    ) -> None:
        self._lint = lint
        self._queue_length = max(queue_length, AT_ONCE)
        self._retry_after_s = retry_after_s
        self._waiting: list[_Waiting] = []
        self._urgent: Counter[bytes] = Counter()
        self._serving: asyncio.Task[None] | None = None

    async def run(self, source: bytes) -> Lint:
        """Raises ServiceError as `lint` does, and OverloadedError if as many wait as may."""
        if len(self._waiting) >= self._queue_length:
            raise OverloadedError("the queue of sources to lint is full", retry_after_s=self._retry_after_s)
        answer: asyncio.Future[Lint] = asyncio.get_running_loop().create_future()
        self._waiting.append((source, answer))
        self._serve_if_due()
        return await answer

    @contextmanager
    def urgent(self, source: bytes) -> Iterator[None]:
        """Within it somebody waits for the answer about the source, whoever asks for that, and when."""
        self._urgent[source] += 1
        self._serve_if_due()
        try:
            yield
        finally:
            self._urgent[source] -= 1
            if not self._urgent[source]:
                del self._urgent[source]

    def _serve_if_due(self) -> None:
        if (self._serving is None or self._serving.done()) and self._due():
            self._serving = asyncio.create_task(self._serve())

    def _due(self) -> bool:
        self._waiting = [item for item in self._waiting if not item[1].done()]  # who asked may have left
        return len(self._waiting) >= AT_ONCE or any(source in self._urgent for source, _ in self._waiting)

    async def close(self) -> None:
        """Ends what runs; those who wait are cancelled."""
        if self._serving is not None:
            self._serving.cancel()
            await asyncio.gather(self._serving, return_exceptions=True)

    async def _serve(self) -> None:
        """Until nobody waits in earnest: those first who do, and as many others as there is room for."""
        while self._due():
            items = sorted(self._waiting, key=lambda item: item[0] not in self._urgent)[:AT_ONCE]
            self._waiting = [item for item in self._waiting if item not in items]
            await self._answer(items)

    async def _answer(self, items: list[_Waiting]) -> None:
        try:
            found = await self._lint([source for source, _ in items])
        except ServiceError as error:
            for _, answer in items:
                if not answer.done():
                    answer.set_exception(error)
            return
        except asyncio.CancelledError:
            for _, answer in items:
                answer.cancel()
            raise
        if len(items) > 1 and not any(isinstance(each, LintAnswer) for each in found):
            for item in items:
                await self._answer([item])
            return
        for (_, answer), each in zip(items, found, strict=True):
            if not answer.done():
                answer.set_result(each)
