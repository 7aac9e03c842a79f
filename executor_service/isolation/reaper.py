"""Removes containers that nobody owns any more. Several executors share an engine: a living one's are never touched.

Our own are known by name from before the engine is asked for them until it has removed them; what it has of ours beside
these is left over. That holds also for one whose making was given up, and which the engine made nevertheless, later.

A container of a dead executor ends by itself, because its stdin closes; what is left is its remains on the engine. How
sure we can be that the owner is dead depends on where it ran:

  * in our own pid namespace: the kernel tells. Its containers go at once, in whatever state.
  * anywhere else: only time tells. An ended container goes when its owner cannot still be about to look at it and
    remove it; one never started, when its owner cannot still be about to; one still running, when it is older than its
    owner said that it could be. That last rule holds for our own containers too, should one ever be forgotten.

All of these times are by the engine's clock: a clock that jumps, ours or a sibling's, makes nothing old.
"""

import asyncio
import logging
from collections.abc import Callable, Collection

from codearena.errors import SandboxError
from executor_service import metrics
from executor_service.isolation import owner
from executor_service.isolation.engine import ContainerListing, Engine

log = logging.getLogger(__name__)

_NEVER_STARTED_S = 120.0  # well beyond the longest answer that an owner waits for
_REMOVING_S = 60.0  # an owner that removes it at the end of its life may still be at it


def is_leftover(
    container: ContainerListing,
    instance: str,
    orphan_grace_s: float,
    *,
    claimed: Collection[str] = (),
    surely_dead: Callable[[dict[str, str]], bool] = owner.is_surely_dead,
) -> bool:
    """True if no living executor can have use for the container.

    instance: which owner is asking; claimed: the names of the containers that it has or is about to have.
    """
    labels = container.labels
    if labels.get(owner.ROLE_LABEL) != owner.ROLE:
        return False
    if labels.get(owner.OWNER_LABEL) == instance:
        if container.name not in claimed:
            return True
    else:
        if surely_dead(labels):
            return True
        if container.ended_s is not None:
            return container.ended_s > orphan_grace_s
        if container.state == "created":  # between create and start lies one call to the engine
            return container.age_s > _NEVER_STARTED_S
    lifetime = labels.get(owner.LIFETIME_LABEL, "")
    return lifetime.isdigit() and container.age_s > int(lifetime) + _REMOVING_S


class Reaper:
    """Looks for leftovers at the start and on a timer. instance: our own, which claims its containers by name."""

    def __init__(self, engine: Engine, instance: str, *, interval_s: float, orphan_grace_s: float) -> None:
        self._engine = engine
        self._instance = instance
        self._interval_s = interval_s
        self._orphan_grace_s = orphan_grace_s
        self._task: asyncio.Task[None] | None = None
        self._claimed: set[str] = set()
        self._abandoned: set[str] = set()

    def claim(self, name: str) -> None:
        """A container of that name is about to be made: it is in use until released or abandoned."""
        self._claimed.add(name)

    def release(self, name: str) -> None:
        """The engine has removed it, or never made it. Should it be there nevertheless, it is left over."""
        self._claimed.discard(name)

    def abandon(self, name: str) -> None:
        """Takes over a container that could not be removed."""
        self.release(name)
        self._abandoned.add(name)
        self._note()

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
        before = set(self._abandoned)
        listings = await self._engine.list_labelled(f"{owner.ROLE_LABEL}={owner.ROLE}")
        self._abandoned -= before - {container.name for container in listings}
        self._note()
        asking = self._instance, self._orphan_grace_s
        leftovers = [container for container in listings if is_leftover(container, *asking, claimed=self._claimed)]
        for container in leftovers:
            await self._engine.remove(container.container_id)
            self._abandoned.discard(container.name)
            self._note()
            metrics.leftovers.inc()
        if leftovers:
            log.info("removed %d containers that nobody owns", len(leftovers))
        return len(leftovers)

    def _note(self) -> None:
        metrics.abandoned.set(len(self._abandoned))

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(self._interval_s)
            try:
                await self.reap()
            except SandboxError as error:  # tried again at the next round; attempts themselves will say more
                log.warning("leftovers not looked for: %s", error.detail)
            except Exception:  # the task's top: a defect must not end the search for good
                log.exception("defect while looking for leftovers")
