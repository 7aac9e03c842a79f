"""One Swarm for all tests of it: two nodes, or three and a load of ten attempts a second with `make test-swarm`."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from codearena import AsyncCodeArena
from tests.integration import deployment
from tests.integration.playing import PATIENT
from tests.integration.waiting import until
from tests.swarm.machines import CannotBeError
from tests.swarm.stack import Stack, deployed

FULL = bool(os.environ.get("CODEARENA_TESTS_SWARM"))
NODES = 3 if FULL else 2
ATTEMPTS_PER_S = float(os.environ.get("CODEARENA_TESTS_SWARM_RATE", "10" if FULL else "2"))
WATCHED_S = 35.0 if FULL else 15.0
"""How long the rate is looked at after something went wrong."""
SETTLING_S = 300.0
"""Longest wait for Swarm to have started what it lacks; ten seconds on machines that are not one and the same."""

needs_three_nodes = pytest.mark.skipif(not FULL, reason="make test-swarm: three nodes, some minutes")


@pytest.fixture(scope="session")
def swarm() -> Iterator[Stack]:
    if not FULL:
        pytest.skip("make test-swarm: makes machines of containers, for some minutes")
    if reason := deployment.obstacle() or _remote():
        pytest.skip(reason)
    try:
        with deployed(NODES, GATEWAYS=str(NODES)) as stack:
            yield stack
    except CannotBeError as error:
        if FULL:
            raise
        pytest.skip(str(error))


def _remote() -> str:
    """Why the nodes' sockets would not be on this machine; empty if they are."""
    host = os.environ.get("DOCKER_HOST", "unix://")
    return "" if host.startswith("unix://") else f"the engine is at {host}, and nodes share folders with this machine"


@pytest_asyncio.fixture(loop_scope="session")
async def stack(swarm: Stack) -> Stack:
    """Everything that is wanted runs."""
    await settled(swarm)
    return swarm


async def settled(stack: Stack) -> None:
    """Returns when everything that is wanted runs."""
    await until(lambda: asyncio.to_thread(stack.settled), "all tasks run", SETTLING_S)


@pytest_asyncio.fixture(loop_scope="session")
async def arena(stack: Stack) -> AsyncIterator[AsyncCodeArena]:
    """By the balancer, with an API key."""
    async with AsyncCodeArena(stack.url, api_key=stack.key, retry=PATIENT, timeout_s=600) as arena:
        yield arena
