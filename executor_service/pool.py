"""The warm pool: sandboxes that are ready before anybody asks, leased once, destroyed, replaced in the background.

Every sandbox is in exactly one state, starting -> ready -> leased -> ending, and all four count against `pool_max`: a
sandbox that is being removed still holds memory of the engine, and creating faster than the engine removes would only
pile up work there. No more than `pool_leases` are in use at once, since those hold an attempt's memory: the others only
wait, so that a burst finds them.

How many are kept ready adapts: each wait for a sandbox raises the target by one, each quiet period lowers it by one,
within pool_min and what pool_max leaves.

While several owners compete they share, so that one with a thousand attempts leaves another one's next step a warm
sandbox and the CPU time to run: see sharing.py. Whatever runs for longer than usual stands back: see overtime.py.
"""

import asyncio
import logging
import random
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from codearena.errors import CodeArenaError, OverloadedError, SandboxError
from codearena.server.fairness import FairQueue
from executor_service import metrics
from executor_service.capacity import PoolLimits, PoolStatus
from executor_service.failures import Failures
from executor_service.isolation.base import Isolation, Sandbox
from executor_service.overtime import OutlivedError, Overtime, UsualTime
from executor_service.sharing import Sharing

log = logging.getLogger(__name__)

_Waiter = tuple["asyncio.Future[Sandbox]", str]  # and who waits


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
        self._target = limits.minimum
        self._ready: deque[Sandbox] = deque()
        self._stale_at: dict[Sandbox, float] = {}
        self._waiters: FairQueue[_Waiter] = FairQueue()
        self._resuming: FairQueue[_Waiter] = FairQueue()  # who were cut off
        self._sharing = Sharing(limits.shares, clock)
        self._overtime = Overtime(limits.leases, self._sharing, self._serve_waiters)
        self._leased = 0
        self._starting: set[asyncio.Task[None]] = set()
        self._ending: set[asyncio.Task[None]] = set()
        self._failures = Failures(jitter)
        self._retry: asyncio.TimerHandle | None = None
        self._upkeep: asyncio.TimerHandle | None = None
        self._last_wait = clock()
        self._closing = False
        self._idle = asyncio.Event()
        metrics.capacity.set(limits.maximum)
        self._note()

    def start(self) -> None:
        """Begins to fill. Returns at once: the first leases wait for the first sandboxes."""
        self._last_wait = self._clock()
        self._schedule_upkeep()
        self._refill()

    async def drain(self) -> None:
        """Returns when nothing is leased and nobody waits. Leases go on until `close`."""
        await self._idle.wait()

    async def close(self) -> None:
        """Refuses who waits, lets leases end, and destroys every sandbox, those being started included."""
        self._closing = True
        for handle in (self._retry, self._upkeep):
            if handle:
                handle.cancel()
        self._refuse_waiters(SandboxError("the executor is shutting down"))
        for sandbox in list(self._ready):
            self._discard(sandbox)
        # Not cancelled: a half-made sandbox is known only to whoever is making it.
        while self._starting or self._ending or self._leased:
            await (asyncio.wait(self._starting | self._ending) if self._starting or self._ending else self._idle.wait())

    def status(self) -> PoolStatus:
        """The state of the pool now."""
        return PoolStatus(
            starting=len(self._starting),
            ready=len(self._ready),
            leased=self._leased,
            ending=len(self._ending),
            queued=len(self._waiters) + len(self._resuming),
        )

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
        self._sharing.begins(caller)
        try:
            sandbox = await self._acquire_within(wait_s, caller, again)
            try:
                async with asyncio.timeout(None) as cut:
                    with self._overtime.watched(caller, cut, usual_s, aside=again):
                        yield sandbox
            except TimeoutError as error:
                if cut.expired():
                    metrics.outlived.inc()
                    raise OutlivedError from error
                raise
            finally:
                self._leased -= 1
                self._end(sandbox)
        finally:
            self._sharing.ends(caller)
            self._serve_waiters()
            self._refill_if_few()

    async def _acquire_within(self, wait_s: float | None, caller: str, again: bool) -> Sandbox:
        try:
            async with asyncio.timeout(wait_s):
                return await self._acquire(caller, again)
        except TimeoutError:
            raise self._overloaded("no sandbox came free in time") from None

    async def _acquire(self, caller: str, again: bool) -> Sandbox:
        if self._closing:
            raise SandboxError("the executor is shutting down")
        if again:
            return await self._wait_in(self._resuming, caller)
        if self._ready and not self._waiters and self._may_take(caller):
            self._sharing.takes(caller)
            sandbox = self._take()
            self._refill_if_few()
            return sandbox
        if len(self._waiters) >= self._limits.waiting:
            raise self._overloaded("as many attempts wait as may")
        if self._retry and self._failures.hopeless and not self._ready:
            raise self._failures.error()
        if self._leased < self._limits.leases:  # else more of them would be of no use
            self._last_wait = self._clock()
            self._target = min(self._target + 1, self._limits.maximum)
        return await self._wait_in(self._waiters, caller)

    async def _wait_in(self, queue: FairQueue[_Waiter], caller: str) -> Sandbox:
        waiter: asyncio.Future[Sandbox] = asyncio.get_running_loop().create_future()
        queue.push((waiter, caller), (caller,))
        self._serve_waiters()  # those who came first may wait for what is not kept for this one
        self._refill()
        try:
            return await waiter
        except asyncio.CancelledError:
            self._give_up(queue, waiter, caller)
            raise

    def _give_up(self, queue: FairQueue[_Waiter], waiter: "asyncio.Future[Sandbox]", caller: str) -> None:
        """A waiter was cancelled: if it had been handed a sandbox already, that one is still unused."""
        if waiter.done() and not waiter.cancelled() and waiter.exception() is None:
            self._leased -= 1
            if queue is self._resuming:
                self._overtime.gives_up(caller)
            else:
                self._sharing.gives_back(caller)
            self._offer(waiter.result())
        else:
            queue.remove((waiter, caller), (caller,))
        self._note()

    def _may_take(self, caller: str) -> bool:
        return self._leased < self._limits.leases and self._sharing.may_take(caller, len(self._ready))

    def _may_resume(self, caller: str) -> bool:
        return self._leased < self._limits.leases and self._overtime.may_resume(caller, bool(self._waiters))

    def _take(self) -> Sandbox:
        """The oldest ready one, so that none grows old while others are used."""
        sandbox = self._ready.popleft()
        sandbox.on_lost(lambda: None)
        self._stale_at.pop(sandbox, None)
        self._leased += 1
        self._note()
        return sandbox

    def _offer(self, sandbox: Sandbox) -> None:
        """Gives an unused sandbox to whose turn it is, else keeps it ready."""
        if self._closing or not sandbox.alive:
            self._end(sandbox)
            return
        # Not all after the same time: those that were made together would go together.
        age_s = self._limits.ready_age_s * (1 - self._jitter() / 2)
        self._stale_at.setdefault(sandbox, self._clock() + age_s)
        self._ready.append(sandbox)
        sandbox.on_lost(lambda: self._lost(sandbox))
        self._serve_waiters()
        self._note()

    def _serve_waiters(self) -> None:
        """Gives what is ready to those whose turn it is and who may take it; what is overdue makes room for others."""
        while self._ready and self._serve_one_again():
            pass
        if not self._resuming:
            self._overtime.step_aside()
        while self._ready and self._serve_one():
            pass
        self._overtime.make_room(len(self._waiters))

    def _serve_one(self) -> bool:
        """Whether there was one."""
        try:
            waiter, caller = self._waiters.pop(self._may_take)
        except IndexError:
            return False
        if not waiter.done():
            self._sharing.takes(caller)
            waiter.set_result(self._take())
        return True

    def _serve_one_again(self) -> bool:
        """The same of those who were cut off: a part of the leases is theirs, and they have waited longest."""
        try:
            waiter, caller = self._resuming.pop(self._may_resume)
        except IndexError:
            return False
        if not waiter.done():
            self._overtime.resumes(caller)
            waiter.set_result(self._take())
        return True

    def _refuse_waiters(self, error: CodeArenaError) -> None:
        for queue in (self._waiters, self._resuming):
            while queue:
                waiter, _ = queue.pop()
                if not waiter.done():
                    waiter.set_exception(error)
        self._note()

    def _overloaded(self, why: str) -> OverloadedError:
        metrics.refused.inc()  # the delay is a guess: the time the engine needs for one round of what may run at once
        return OverloadedError(why, retry_after_s=1.0 + self._jitter())

    def _refill(self) -> None:
        """Starts as many sandboxes as are missing and may be started now."""
        if self._closing or self._retry:
            return
        missing = self._wanted() - len(self._ready) - len(self._starting)
        total = len(self._ready) + len(self._starting) + self._leased + len(self._ending)
        at_once = self._sharing.start_concurrency(self._limits.start_concurrency)
        room = min(self._limits.maximum - total, at_once - len(self._starting))
        for _ in range(min(missing, room)):
            task = asyncio.get_running_loop().create_task(self._create())
            self._starting.add(task)
            task.add_done_callback(self._starting.discard)
        self._note()

    def _refill_if_few(self) -> None:
        """Starting another takes more CPU than most attempts do, and what is done with their reports.

        While enough are left it waits until the one it is for has been removed, so as not to slow its attempt down.
        """
        if self._waiters or 2 * len(self._ready) <= self._target:
            self._refill()

    def _wanted(self) -> int:
        """How many are to be ready or started: of those that wait, some may take no more than what is not reserved."""
        reserved = self._sharing.reserve if self._leased < self._limits.leases else 0
        return max(self._target, len(self._waiters) + reserved) if self._waiters else self._target

    async def _create(self) -> None:
        started = self._clock()
        try:
            sandbox = await self._isolation.create()
        except SandboxError as error:
            metrics.creates.labels("failed").inc()
            self._forget_task()
            self._failed(error)
            return
        except Exception as error:  # the task's top: a defect must neither stop the pool nor go unseen
            log.exception("defect while making a sandbox")
            metrics.creates.labels("failed").inc()
            self._forget_task()
            self._failed(SandboxError(f"a sandbox could not be made: {type(error).__name__}"))
            return
        metrics.creates.labels("ready").inc()
        self._overtime.making_s = self._clock() - started
        metrics.create_seconds.observe(self._overtime.making_s)
        self._forget_task()
        if self._failures.hopeless:
            self._on_health(True)
        self._failures.over()
        self._offer(sandbox)
        self._refill()

    def _forget_task(self) -> None:
        """This task is over as far as counting goes; its done-callback would run only after the next refill."""
        task = asyncio.current_task()
        if task and not self._closing:
            self._starting.discard(task)

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
        self._retry = asyncio.get_running_loop().call_later(delay_s, self._retry_now)
        if self._failures.hopeless and not self._starting and not self._ready:
            self._refuse_waiters(self._failures.error())

    def _retry_now(self) -> None:
        self._retry = None
        self._refill()

    def _end(self, sandbox: Sandbox) -> None:
        task = asyncio.get_running_loop().create_task(self._destroy(sandbox))
        self._ending.add(task)
        task.add_done_callback(self._ended)
        self._note()

    async def _destroy(self, sandbox: Sandbox) -> None:
        try:
            await sandbox.destroy()
        except SandboxError as error:
            metrics.leaked.inc()
            log.warning("sandbox %s left to the reaper: %s", sandbox.sandbox_id, error.detail)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._ending.discard(task)
        if not task.cancelled() and task.exception():
            log.error("defect while destroying a sandbox", exc_info=task.exception())
        self._refill()

    def _discard(self, sandbox: Sandbox) -> None:
        """Takes an unused sandbox out of the pool."""
        self._ready.remove(sandbox)
        self._stale_at.pop(sandbox, None)
        self._end(sandbox)

    def _lost(self, sandbox: Sandbox) -> None:
        """A ready sandbox died unused."""
        if sandbox not in self._ready:
            return
        self._discard(sandbox)
        self._failed(SandboxError("a ready sandbox died before it was used"))

    def _schedule_upkeep(self) -> None:
        period_s = min(self._limits.shrink_s, self._limits.ready_age_s) / 2
        self._upkeep = asyncio.get_running_loop().call_later(period_s, self._keep_up)

    def _keep_up(self) -> None:
        """Replaces what has grown old, and keeps one less ready after a time without waits."""
        now = self._clock()
        for sandbox in [each for each in self._ready if now >= self._stale_at[each]]:
            self._discard(sandbox)
        if now - self._last_wait >= self._limits.shrink_s and self._target > self._limits.minimum:
            self._target -= 1
            self._last_wait = now
        while len(self._ready) > self._wanted():
            self._discard(self._ready[0])
        self._serve_waiters()
        self._schedule_upkeep()
        self._refill()

    def _note(self) -> None:
        status = self.status()
        for state in ("starting", "ready", "leased", "ending"):
            metrics.sandboxes.labels(state).set(getattr(status, state))
        metrics.queued.set(status.queued)
        metrics.oldest.set(min(self._waiters.oldest_since, self._resuming.oldest_since))
        if self._leased or status.queued:
            self._idle.clear()
        else:
            self._idle.set()
