"""Removes containers that nobody owns any more. Several executors share an engine: a living one's are never touched.

A container of a dead executor ends by itself, because its stdin closes; what is left is its remains on the engine. How
sure we can be that the owner is dead depends on where it ran:

  * in our own pid namespace: the kernel tells. Its containers go at once, in whatever state.
  * anywhere else: only time tells. An ended container goes when its owner cannot still be about to look at it and
    remove it; one never started, when its owner cannot still be about to; one still running, when it is older than its
    owner said that it could be. That last
    rule holds for our own containers too, should one ever be forgotten.
"""

import asyncio
import logging
import time
from collections.abc import Callable

from codearena.errors import SandboxError
from executor_service import metrics
from executor_service.isolation import owner
from executor_service.isolation.engine import ContainerListing, Engine

log = logging.getLogger(__name__)

_NEVER_STARTED_S = 120.0  # well beyond the longest answer that an owner waits for
_CLOCKS_APART_S = 60.0  # the owner's clock may be another machine's


def is_leftover(
    container: ContainerListing,
    instance: str,
    orphan_grace_s: float,
    *,
    now: Callable[[], float] = time.time,
    surely_dead: Callable[[dict[str, str]], bool] = owner.is_surely_dead,
) -> bool:
    """True if no living executor can have use for the container. instance: which owner is asking."""
    labels = container.labels
    if labels.get(owner.ROLE_LABEL) != owner.ROLE:
        return False
    if labels.get(owner.OWNER_LABEL) != instance:
        if surely_dead(labels):
            return True
        if container.ended_s is not None:
            return container.ended_s > orphan_grace_s
        if container.state == "created":  # between create and start lies one call to the engine
            return container.age_s > _NEVER_STARTED_S
    expires = labels.get(owner.EXPIRES_LABEL, "")
    return expires.isdigit() and now() > int(expires) + _CLOCKS_APART_S


class Reaper:
    """Looks for leftovers at the start and on a timer. instance: our own, whose containers are the pool's business."""

    def __init__(self, engine: Engine, instance: str, *, interval_s: float, orphan_grace_s: float) -> None:
        self._engine = engine
        self._instance = instance
        self._interval_s = interval_s
        self._orphan_grace_s = orphan_grace_s
        self._task: asyncio.Task[None] | None = None
        self._abandoned: set[str] = set()

    def abandon(self, container: str) -> None:
        """Takes over a container of our own, by id or name, that could not be removed; it may not even exist yet."""
        self._abandoned.add(container)
        metrics.abandoned.set(len(self._abandoned))

    def start(self) -> None:
        """Looks again and again, until `close`."""
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def close(self) -> None:
        """Stops looking."""
        if self._task:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def reap(self) -> int:
        """Removes every leftover there is now; returns how many. Raises EngineError if the engine does not answer."""
        for name in list(self._abandoned):
            await self._engine.remove(name)
            self._abandoned.discard(name)
            metrics.abandoned.set(len(self._abandoned))
            metrics.leftovers.inc()
        listings = await self._engine.list_labelled(f"{owner.ROLE_LABEL}={owner.ROLE}")
        leftovers = [each for each in listings if is_leftover(each, self._instance, self._orphan_grace_s)]
        for container in leftovers:
            await self._engine.remove(container.container_id)
            metrics.leftovers.inc()
        if leftovers:
            log.info("removed %d containers of dead executors", len(leftovers))
        return len(leftovers)

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(self._interval_s)
            try:
                await self.reap()
            except SandboxError as error:  # tried again at the next round; attempts themselves will say more
                log.warning("leftovers not looked for: %s", error.detail)
            except Exception:  # the task's top: a defect must not end the search for good
                log.exception("defect while looking for leftovers")
