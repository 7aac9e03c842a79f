"""`server.app:app`: everything in one process, for OpenEnv tools and Spaces. Any ASGI server may run it, one worker.

`python -m server.app` listens on PORT, 7860 if it is not set. What starts is what `python -m gateway.embedded` starts.
"""

import os
from contextlib import AsyncExitStack

from rich.console import Console
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway import embedded
from gateway.server import create_app

HOST = "0.0.0.0"


def options() -> embedded.Options:
    """What the environment says: PORT, and the isolation of attempts."""
    isolation = os.environ.get("CODEARENA_EXECUTOR_ISOLATION", "auto")
    # A Space is public by purpose.
    arguments = ["--open-to-all", "--host", HOST, "--port", os.environ.get("PORT", "7860"), "--isolation", isolation]
    return embedded.parse(arguments)


class Application:
    """The gateway's application, with the services that it needs: both live as long as the server does."""

    def __init__(self) -> None:
        self._gateway: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif self._gateway is None:
            raise RuntimeError("the server has to run the application's lifespan")
        else:
            await self._gateway(scope, receive, send)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        async with AsyncExitStack() as stack:
            services = await stack.enter_async_context(embedded.Embedded(options(), Console(stderr=True), listen=False))
            gateway = create_app(services.gateway_settings)
            await stack.enter_async_context(gateway.router.lifespan_context(gateway))
            self._gateway = gateway
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await send({"type": "lifespan.shutdown.complete"})


app = Application()


def main() -> None:
    """Serves until the process is asked to stop."""
    embedded.main(options())


if __name__ == "__main__":
    main()
