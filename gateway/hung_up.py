"""Ends what was asked for when the caller hangs up: nobody is left to answer, and others wait for the sandbox."""

import asyncio
from collections.abc import Collection

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class HungUp:
    """For requests that keep nothing. A step goes on: whoever asks for it again gets its answer.

    paths: of those requests.
    """

    def __init__(self, app: ASGIApp, paths: Collection[str]) -> None:
        self._app = app
        self._paths = frozenset(paths)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] not in self._paths:
            await self._app(scope, receive, send)
            return
        # Of one message, so that a body is not read faster than it is taken.
        messages: asyncio.Queue[Message] = asyncio.Queue(1)
        work = asyncio.ensure_future(self._app(scope, messages.get, send))
        hung_up = asyncio.ensure_future(_relay(receive, messages))
        try:
            await asyncio.wait((work, hung_up), return_when=asyncio.FIRST_COMPLETED)
            if work.done():
                await work  # whatever it raises is for those around
        finally:
            work.cancel()
            hung_up.cancel()
            await asyncio.gather(work, hung_up, return_exceptions=True)


async def _relay(receive: Receive, messages: "asyncio.Queue[Message]") -> None:
    """Hands on what comes; returns when the caller has gone."""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        await messages.put(message)
