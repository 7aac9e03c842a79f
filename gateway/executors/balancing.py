"""Which executor an attempt goes to: the less loaded of two that are drawn, by what they say and what was sent since.

Executors differ, and attempts differ by a thousand times in what they take, so that turns would leave one with a queue
while another is idle. Each gateway decides by itself, and asks nobody: an executor says several times a second how many
of its places are taken, whoever took them (Replica). Of two drawn at random rather than of all, because many gateways
that all know the same least loaded one would all send to it (Mitzenmacher, "The power of two choices in randomized load
balancing", 2001).

An attempt is sent once, and again only when it has failed. One that takes long nearly always does so wherever it runs;
a second one beside it would double what costs most, and disturb the measurements of others.
"""

import asyncio
import contextlib
import logging
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self

from codearena.errors import SandboxError
from codearena.server import inproc
from gateway.executors.addresses import ReplicaAddress, resolve
from gateway.executors.replica import Replica

log = logging.getLogger(__name__)

_RESOLVE_S = 2.0


class Executors:
    """The executors behind one address, from when it is entered until it is left.

    address: as in `resolve`; a name is looked up again every two seconds. chance: draws; clock: in seconds.
    """

    def __init__(
        self,
        address: str,
        tls_folder: Path | None = None,
        *,
        chance: random.Random | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._address = address
        self._tls_folder = tls_folder
        self._chance = chance or random.Random()
        self._clock = clock
        self._replicas: dict[ReplicaAddress, Replica] = {}
        self._retiring: dict[Replica, asyncio.Task[None]] = {}

    async def __aenter__(self) -> Self:
        self._following = asyncio.create_task(self._follow())
        return self

    async def __aexit__(self, *_: object) -> None:
        replicas = [*self._replicas.values(), *self._retiring]
        ending = [self._following, *self._retiring.values()]
        for task in ending:
            task.cancel()
        await asyncio.gather(*ending, return_exceptions=True)
        await asyncio.gather(*(replica.close() for replica in replicas))

    async def pick(self, avoid: Replica | None = None) -> Replica:
        """The one for the next attempt.

        Those that have not been heard of for a second are passed over, and avoid is, as long as there are others: one
        that has just failed.

        Raises:
            SandboxError: the address has none.
        """
        if not self._replicas:
            await self._resolve()
        known = list(self._replicas.values())
        heard = [replica for replica in known if replica.heard] or known
        others = [replica for replica in heard if replica is not avoid] or heard
        drawn = self._chance.sample(others, min(2, len(others)))
        return min(drawn, key=lambda replica: replica.load)

    async def _follow(self) -> None:
        while True:
            with contextlib.suppress(SandboxError):  # those that are known are kept; without any, `pick` tells
                await self._resolve()
            await asyncio.sleep(_RESOLVE_S)

    async def _resolve(self) -> None:
        """Takes in the addresses that the name has now. Raises SandboxError if it has none."""
        found = await resolve(self._address)
        for address in found:
            if address not in self._replicas:
                watched = not address.target.startswith(inproc.SCHEME)
                self._replicas[address] = Replica(address, self._tls_folder, watched=watched, clock=self._clock)
        for address in self._replicas.keys() - set(found):
            log.info("executor %s has left", address.target)
            self._retire(self._replicas.pop(address))

    def _retire(self, replica: Replica) -> None:
        """What is under way there goes on."""
        task = self._retiring[replica] = asyncio.create_task(replica.retire())
        task.add_done_callback(lambda _: self._retiring.pop(replica))
