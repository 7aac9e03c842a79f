"""The warm pool: sandboxes that are ready before anybody asks, leased once, destroyed, replaced in the background.

Every sandbox is in exactly one state, starting -> ready -> leased -> ending, and all four count against `pool_max`: a
sandbox that is being removed still holds memory of the engine, and creating faster than the engine removes would only
pile up work there. No more than `pool_leases` are in use at once, since those hold an attempt's memory: the others only
wait, so that a burst finds them.

One loop owns all of this. What happens elsewhere is a message to it: somebody asks, has left, a sandbox was made,
was removed, has died, a time is over. Then it does what the state calls for: it serves those who wait, and starts
what is missing. So no decision is made in two places, and none is made halfway through another.

How many are kept ready adapts: each wait for a sandbox raises the target by one, each quiet period lowers it by one,
within pool_min and what pool_max leaves.

While several owners compete they share, so that one with a thousand attempts leaves another one's next step a warm
sandbox and the CPU time to run: see sharing.py. Whatever runs for longer than usual stands back: see overtime.py.
"""

import asyncio
import logging
import random
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager

from codearena.errors import CodeArenaError, OverloadedError, SandboxError
from codearena.server.fairness import FairQueue
from executor_service import metrics
from executor_service.capacity import PoolLimits, PoolStatus
from executor_service.failures import Failures
from executor_service.isolation.base import Hello, Isolation, Sandbox
from executor_service.overtime import Lease, OutlivedError, Overtime, UsualTime
from executor_service.sharing import Sharing

log = logging.getLogger(__name__)


class Pool:
    """Leases ready sandboxes: callers take turns, each first come first served. Belongs to one event loop."""

    def __init__(
        self,
        isolation: Isolation,
        limits: PoolLimits,
        *,
        on_health: Callable[[bool], None] = lambda able: None,
        clock: Callable[[], float] = time.monotonic,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        """on_health: told when sandboxes can no longer be made, and when they can again."""
        self._isolation = isolation
        self._limits = limits
        self._on_health = on_health
        self._clock = clock
        self._jitter = jitter
        self._inbox: asyncio.Queue[Callable[[], None]] = asyncio.Queue()
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = False
        # What follows belongs to the loop.
        self._starting = self._leased = self._ending = 0
        self.hello: Hello | None = None
        """Of the sandbox that was made last."""
        self._ready: dict[Sandbox, float] = {}  # and when it is too old, in the order in which they were made
        self._waiting: FairQueue[Lease] = FairQueue()
        self._resuming: FairQueue[Lease] = FairQueue()  # who were cut off
        self._sharing = Sharing(limits.shares, clock)
        self._overtime = Overtime(limits.leases, self._sharing, self._tell)
        self._failures = Failures(jitter)
        self._retry: asyncio.TimerHandle | None = None
        self._upkeep: asyncio.TimerHandle | None = None
        self._target = limits.minimum
        self._last_wait = clock()
        metrics.capacity.set(limits.maximum)
        self._note()

    # ------------------------------------------------------------------------------------ for whoever uses it

    def start(self) -> None:
        """Begins to fill. Returns at once: the first leases wait for the first sandboxes."""
        self._tell(self._look_after)
        self._loop = asyncio.get_running_loop().create_task(self._own())

    async def close(self) -> None:
        """Refuses who waits, lets leases end, and destroys every sandbox, those being started included."""
        self._closing = True
        self._tell(self._shut)
        await self._loop

    def status(self) -> PoolStatus:
        """The state of the pool now."""
        queued = len(self._waiting) + len(self._resuming)
        return PoolStatus(self._starting, len(self._ready), self._leased, self._ending, queued)

    @asynccontextmanager
    async def lease(
        self, caller: str = "", wait_s: float | None = None, usual_s: UsualTime | None = None, *, again: bool = False
    ) -> AsyncIterator[Sandbox]:
        """A ready sandbox, for one attempt; it is destroyed in the background on leaving, whatever happened.

        caller: whom to be fair to; any text. wait_s: longest wait for one; None: as long as it takes. usual_s: tells
        after which time an attempt stands back for those who wait, see overtime.py; None: never. again: it has done so.
        Cancelling while waiting gives the place in the queue up; cancelling inside destroys the sandbox.

        Raises:
            OverloadedError: as many wait as may, or the wait was over.
            OutlivedError: it is to be leased for again; what is done inside is cancelled.
            SandboxError: no sandbox can be made, or the pool is closing.
        """
        if self._closing:
            raise _shutting_down()
        try:
            async with asyncio.timeout(wait_s) as cut:
                lease = Lease(caller, cut, asyncio.get_running_loop().create_future(), usual_s, aside=again)
                self._tell(self._asked, lease)
                try:
                    yield await lease.sandbox
                finally:
                    lease.over = True
                    self._tell(self._left, lease)
        except TimeoutError as error:
            if not cut.expired():  # a timeout of what is done inside
                raise
            if not lease.cut_off:
                raise self._overloaded("no sandbox came free in time") from None
            metrics.outlived.inc()
            raise OutlivedError from error

    # ------------------------------------------------------------------------------------------------ the loop

    async def _own(self) -> None:
        """Takes in one message after another, until the pool is closed and nothing is left of it."""
        while not self._closing or self._starting or self._leased or self._ending or not self._inbox.empty():
            message = await self._inbox.get()
            try:
                message()
                if self._inbox.empty():
                    self._settle()
            except Exception:  # the loop's top: a defect must neither stop the pool nor go unseen
                log.exception("defect in the pool")

    def _tell(self, message: Callable[..., None], *about: object) -> None:
        self._inbox.put_nowait(lambda: message(*about))

    def _settle(self) -> None:
        """Does what the state calls for."""
        self._serve()
        if self._retry and self._failures.hopeless and not self._starting and not self._ready:
            self._refuse_all(self._failures.error())
        if not self._closing and not self._retry:
            self._start_missing()
        self._note()

    def _serve(self) -> None:
        """Gives what is ready to those whose turn it is and who may take it; what is overdue makes room for others."""
        while self._ready and self._serve_one(self._resuming, self._may_resume):
            pass  # a part of the leases is theirs, and they have waited longest
        if not self._resuming:
            self._overtime.step_aside()
        while self._ready and self._serve_one(self._waiting, self._may_take):
            pass
        self._overtime.make_room(len(self._waiting))

    def _serve_one(self, queue: FairQueue[Lease], may: Callable[[str], bool]) -> bool:
        """Gives out the oldest, so that none grows old while others are used. Whether somebody took part."""
        try:
            lease = queue.pop(may)
        except IndexError:
            return False
        if lease.waits:
            sandbox = next(iter(self._ready))
            del self._ready[sandbox]
            self._leased += 1
            self._overtime.begins(lease)
            lease.takes(sandbox)
        return True

    def _may_take(self, owner: str) -> bool:
        return self._leased < self._limits.leases and self._sharing.may_take(owner, len(self._ready))

    def _may_resume(self, owner: str) -> bool:
        return self._leased < self._limits.leases and self._overtime.may_resume(owner, bool(self._waiting))

    def _start_missing(self) -> None:
        """Starts as many sandboxes as are missing and may be started now.

        Starting another takes more CPU than most attempts do, and what is done with their reports. While enough are
        left it waits until the one it is for has been removed, so as not to slow its attempt down.
        """
        few = bool(self._waiting) or 2 * len(self._ready) <= self._target
        to_be_replaced = 0 if few else self._leased + self._ending
        missing = self._wanted() - len(self._ready) - self._starting - to_be_replaced
        total = self._starting + len(self._ready) + self._leased + self._ending
        at_once = self._sharing.start_concurrency(self._limits.start_concurrency)
        for _ in range(min(missing, self._limits.maximum - total, at_once - self._starting)):
            self._starting += 1
            self._begin(self._make())

    def _wanted(self) -> int:
        """How many are to be ready or started: of those that wait, some may take no more than what is not reserved."""
        reserved = self._sharing.reserve if self._leased < self._limits.leases else 0
        return max(self._target, len(self._waiting) + reserved) if self._waiting else self._target

    def _note(self) -> None:
        status = self.status()
        for state, gauge in metrics.sandboxes_in.items():
            gauge.set(getattr(status, state))
        metrics.queued.set(status.queued)
        metrics.oldest.set(min(self._waiting.oldest_since, self._resuming.oldest_since))

    # ------------------------------------------------------------------------------ messages: who uses sandboxes

    def _asked(self, lease: Lease) -> None:
        self._sharing.begins(lease.owner)
        queue = self._queue_of(lease)
        queue.push(lease, (lease.owner,))
        self._serve()  # the new one, too, if it is its turn
        if not lease.waits or lease.aside:
            return
        if len(self._waiting) > self._limits.waiting:
            queue.remove(lease, (lease.owner,))
            lease.refuse(self._overloaded("as many attempts wait as may"))
        elif self._leased < self._limits.leases:  # else more of them would be of no use
            self._last_wait = self._clock()
            self._target = min(self._target + 1, self._limits.maximum)

    def _left(self, lease: Lease) -> None:
        """It is done with its sandbox, has given up its wait, or was refused; or it gave up just when it was served."""
        if lease.served:
            self._leased -= 1
            self._overtime.ends(lease)
            self._destroy(lease.sandbox.result())
        else:
            self._queue_of(lease).remove(lease, (lease.owner,))
        self._sharing.ends(lease.owner)

    def _queue_of(self, lease: Lease) -> FairQueue[Lease]:
        """Where it waits, as long as it does."""
        return self._resuming if lease.aside else self._waiting

    def _refuse_all(self, error: CodeArenaError) -> None:
        for queue in (self._waiting, self._resuming):
            while queue:
                queue.pop().refuse(error)

    def _overloaded(self, why: str) -> OverloadedError:
        metrics.refused.inc()  # the delay is a guess: the time the engine needs for one round of what may run at once
        return OverloadedError(why, retry_after_s=1.0 + self._jitter())

    def _shut(self) -> None:
        for handle in (self._retry, self._upkeep):
            if handle:
                handle.cancel()
        self._refuse_all(_shutting_down())
        self._discard(list(self._ready))

    # ---------------------------------------------------------------------------- messages: what becomes of them

    def _made(self, sandbox: Sandbox, took_s: float) -> None:
        self._starting -= 1
        self._overtime.making_s = took_s
        metrics.creates.labels("ready").inc()
        metrics.create_seconds.observe(took_s)
        if self._failures.hopeless:
            self._on_health(True)
        self._failures.over()
        if self._closing or not sandbox.alive:
            self._destroy(sandbox)
            return
        self.hello = sandbox.hello
        # Not all after the same time: those that were made together would go together.
        self._ready[sandbox] = self._clock() + self._limits.ready_age_s * (1 - self._jitter() / 2)
        sandbox.on_lost(lambda: self._tell(self._lost, sandbox))

    def _not_made(self, error: SandboxError) -> None:
        self._starting -= 1
        metrics.creates.labels("failed").inc()
        self._failed(error)

    def _lost(self, sandbox: Sandbox) -> None:
        """If it is still ready, it died unused; else it was leased, and its attempt learns of it."""
        if sandbox in self._ready:
            self._discard([sandbox])
            self._failed(SandboxError("a ready sandbox died before it was used"))

    def _failed(self, error: SandboxError) -> None:
        """Notes that a sandbox could not be made or kept, and waits before the next, longer each time."""
        hopeless, delay_s = self._failures.hopeless, self._failures.note(error)
        log.warning("sandbox failed, %d in a row, next in %.1f s: %s", self._failures.in_a_row, delay_s, error.detail)
        if self._closing:
            return
        if self._failures.hopeless and not hopeless:
            self._on_health(False)
        if self._retry:
            self._retry.cancel()
        self._retry = asyncio.get_running_loop().call_later(delay_s, self._tell, self._try_again)

    def _try_again(self) -> None:
        self._retry = None

    def _removed(self) -> None:
        self._ending -= 1

    def _look_after(self) -> None:
        """Replaces what has grown old, keeps one less ready after a time without waits, and looks again later."""
        now = self._clock()
        self._discard([sandbox for sandbox, stale_at in self._ready.items() if now >= stale_at])
        if now - self._last_wait >= self._limits.shrink_s and self._target > self._limits.minimum:
            self._target -= 1
            self._last_wait = now
        self._discard(list(self._ready)[: max(0, len(self._ready) - self._wanted())])
        period_s = min(self._limits.shrink_s, self._limits.ready_age_s) / 2
        self._upkeep = asyncio.get_running_loop().call_later(period_s, self._tell, self._look_after)

    def _discard(self, sandboxes: list[Sandbox]) -> None:
        for sandbox in sandboxes:
            del self._ready[sandbox]
            self._destroy(sandbox)

    def _destroy(self, sandbox: Sandbox) -> None:
        self._ending += 1
        self._begin(self._remove(sandbox))

    # ----------------------------------------------------------------------------------- work beside the loop

    def _begin(self, work: Coroutine[None, None, None]) -> None:
        """Never cancelled: a half-made sandbox is known only to whoever is making it."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _make(self) -> None:
        started = self._clock()
        try:
            sandbox = await self._isolation.create()
        except SandboxError as error:
            self._tell(self._not_made, error)
        except (Exception, asyncio.CancelledError) as error:  # the task's top: nobody else would see a defect
            log.exception("defect while making a sandbox")
            self._tell(self._not_made, SandboxError(f"a sandbox could not be made: {type(error).__name__}"))
        else:
            self._tell(self._made, sandbox, self._clock() - started)

    async def _remove(self, sandbox: Sandbox) -> None:
        try:
            await sandbox.destroy()
        except SandboxError as error:
            metrics.leaked.inc()
            log.warning("sandbox %s left to the reaper: %s", sandbox.sandbox_id, error.detail)
        except Exception:  # the task's top
            log.exception("defect while destroying a sandbox")
        finally:
            self._tell(self._removed)


def _shutting_down() -> SandboxError:
    return SandboxError("the executor is shutting down")
