"""Many sources in one run of ruff, whose start costs more than they do: as many as wait when the one before is done.

What goes wrong with several sources is one's doing, and nobody knows whose: each is then linted alone.
"""

import asyncio
from collections.abc import Awaitable, Callable

from codearena.errors import ServiceError
from judge_service.answers import LintAnswer
from judge_service.judge import Dimension

AT_ONCE = 16
"""Most sources in one run."""

Lint = LintAnswer | Dimension
"""Findings, or a dimension without a score that says why there are none."""


_Waiting = tuple[bytes, "asyncio.Future[Lint]"]


class Linting:
    """lint: gives an answer for each source, or for each a dimension if there are none; one call at a time."""

    def __init__(self, lint: Callable[[list[bytes]], Awaitable[list[Lint]]]) -> None:
        self._lint = lint
        self._waiting: list[_Waiting] = []
        self._serving: asyncio.Task[None] | None = None

    async def run(self, source: bytes) -> Lint:
        """Raises ServiceError as `lint` does."""
        answer: asyncio.Future[Lint] = asyncio.get_running_loop().create_future()
        self._waiting.append((source, answer))
        if self._serving is None or self._serving.done():
            self._serving = asyncio.create_task(self._serve())
        return await answer

    async def close(self) -> None:
        """Ends what runs; those who wait are cancelled."""
        if self._serving is not None:
            self._serving.cancel()
            await asyncio.gather(self._serving, return_exceptions=True)

    async def _serve(self) -> None:
        """Until nobody waits."""
        while items := [item for item in self._waiting if not item[1].done()][:AT_ONCE]:  # who asked may have left
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
