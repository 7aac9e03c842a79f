"""An event loop in the background, which the sync client drives the async one with."""

import asyncio
import concurrent.futures
import os
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

from codearena.errors import CallerError

T = TypeVar("T")


class BackgroundLoop:
    """An event loop in a thread of its own, so that the sync client works inside notebooks and running loops too."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="codearena-client", daemon=True)
        self._thread.start()
        self._pid = os.getpid()

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """The coroutine's result; an interrupt here cancels it there."""
        if self._pid != os.getpid():  # a fork does not copy the thread: waiting for it would be for ever
            coroutine.close()
            raise CallerError("this client was made before a fork; make one in each process")
        future: concurrent.futures.Future[T] = asyncio.run_coroutine_threadsafe(coroutine, self._loop)
        try:
            return future.result()
        except BaseException:
            future.cancel()
            raise

    def close(self) -> None:
        """Ends the thread."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
