"""A gateway that serves tasks of ours, and what they are certified with."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from codearena.commands.console import console
from codearena.commands.gateways import Isolation
from codearena.embedded import embedded_gateway
from codearena.errors import ServiceError
from codearena.generation.campaign import Tools
from codearena.generation.fixer import Fixer
from codearena.generation.replaying import Replays
from codearena.sdk.async_client import AsyncCodeArena
from codearena.tasks.jsonl import write_jsonl
from codearena.tasks.task import Task

_TIMEOUT_S = 600.0


@contextmanager
def arena_of(tasks: Sequence[Task], isolation: Isolation | None) -> Iterator[str]:
    """The URL of a gateway of our own that serves the tasks.

    isolation: None: cells where the host has them, else what it has.

    Raises:
        ServiceError: it does not start.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="codearena-")))
        write_jsonl(tasks, folder / "tasks.jsonl")
        try:
            url = stack.enter_context(embedded_gateway((isolation or Isolation.CELL).value, folder))
        except ServiceError:
            if isolation is not None:
                raise
            console.print("no cells here: attempts run in the isolation that there is", style="yellow")
            url = stack.enter_context(embedded_gateway(Isolation.AUTO.value, folder))
        yield url


@asynccontextmanager
async def tools_at(url: str) -> AsyncIterator[Tools]:
    """What campaigns and certificates take, with the gateway at an address."""
    async with AsyncExitStack() as stack:
        arena = await stack.enter_async_context(AsyncCodeArena(url, agent_id="generate", timeout_s=_TIMEOUT_S))
        replays = await stack.enter_async_context(Replays())
        yield Tools(arena, replays, await stack.enter_async_context(Fixer()))
