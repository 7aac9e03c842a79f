"""What a reset shows of a task's code as given: its error log and its tests, established ahead of the first reset.

The certificate of a task that is served may say it, and is believed if it was made by the very services that answer
here (seals.py): then nothing is run. One that came with a request is not, since anybody may have written it.

What had to be run is kept in Redis by content, the task's revision and the settings of limits, so that another gateway
or the next start has it at once. It is words for an agent and decides no reward. Hence it may be of a runner or a
grader that has been replaced meanwhile: it is shown at once and made anew as soon as nothing else is to be done. What
does decide rewards, which tests the code as given passes (given.py) and how long the reference takes (limits.py), is
found out by every gateway for itself, with the runner, the grader and the hosts that its attempts get.

A gateway serves at once. While no attempt is under way and no reset has come for a moment it makes what is missing, one
task after the other: those that resets have asked for, then the most chosen, so many as the settings say. What a reset
asks for before that is made at once and shared by all who wait. It takes its turn before the other attempts of whoever
asked first.
"""

import asyncio
import contextlib
import hashlib
import heapq
import logging
import time
import zlib
from collections import OrderedDict
from collections.abc import AsyncIterator, Mapping

from google.protobuf.message import DecodeError
from pydantic import ValidationError

from codearena.errors import ServiceError, StoreError
from codearena.retry import RetryPolicy
from codearena.server.recent import Recent
from codearena.tasks.baseline import Baseline
from codearena.tasks.task import Task
from codearena.v1 import grader_pb2
from gateway import metrics
from gateway.attempt.graph import Graph
from gateway.attempt.proposal import ticket_for
from gateway.attempt.shown import shown
from gateway.catalogue.catalogue import Catalogue
from gateway.catalogue.sent_task import SentTask
from gateway.settings import Settings
from gateway.store.redis import Store

log = logging.getLogger(__name__)

_CALLER = "baseline"  # no batch and no job is called that
_QUIET_S = 0.5
"""After a reset: others may follow at once, which would wait for the core that is taken."""
_RETRY = RetryPolicy(first_wait_s=1.0, max_wait_s=60.0)


class Baselines:
    """What is shown of the code as given: of the tasks asked for last in memory, else in certificate or store."""

    def __init__(self, settings: Settings, store: Store, graph: Graph, tasks: Catalogue) -> None:
        self._ahead = settings.tasks_prepared
        limits = {name for name in Settings.model_fields if name.startswith("limit_")}
        self._limits = settings.model_dump(include=limits)
        self._store = store
        self._graph = graph
        self._wait_s = settings.attempt_wait_s
        self._tasks = tasks
        # All by revision: one id may have had several.
        self._known: Recent[str, Baseline] = Recent(settings.tasks_kept)
        self._own: Recent[str, None] = Recent(settings.tasks_kept)  # those that this gateway has made itself
        self._making: dict[str, asyncio.Task[Baseline]] = {}
        self._most = settings.tasks_kept
        self._to_make: OrderedDict[str, Task] = OrderedDict()  # those asked for first
        self._more = asyncio.Event()
        self._asked_s = float("-inf")  # when the last reset came, by the monotonic clock

    @contextlib.asynccontextmanager
    async def made_ahead(self) -> AsyncIterator[None]:
        """Within it, what is missing is made while nothing else is to be done."""
        worker = asyncio.create_task(self._make_ahead())
        try:
            yield
        finally:
            running = [worker, *self._making.values()]
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)

    async def of(self, task: Task) -> Baseline:
        """The first error log of the task, and its tests.

        Raises:
            ServiceError: it was never established, and could not be now.
        """
        self._asked_s = time.monotonic()
        known = self._known.get(task.revision)
        if known is None and await self._acquainted(task):
            known = await self._found(task)
        return known if known is not None else await self._made(task)

    async def _acquainted(self, task: Task) -> bool:
        """Whether it makes sense to look for what somebody has left: not before a run has told who answers here.

        Of all who come with certificates at a start one is run, and the others wait for that.
        """
        if self._graph.seals.possible or _told(task) is None:
            return True
        if not self._making:
            return False
        await asyncio.wait(self._making.values(), return_when=asyncio.FIRST_COMPLETED)
        return True

    async def _found(self, task: Task) -> Baseline | None:
        """As somebody has left it; None: it has to be made."""
        found, source = self._believed(task), "certificate"
        if found is None:
            found, source = await self._stored(task), "store"
        if found is None:
            return None
        metrics.BASELINES.labels(source).inc()
        if task.revision not in self._known:
            self._known.put(task.revision, found)
        self._ask_for(task)
        return found

    def _believed(self, task: Task) -> Baseline | None:
        """What its certificate says, if that is what would be seen here, as far as is known by now."""
        told = _told(task)
        seal = self._graph.seals.seal(task.revision, told) if told is not None else ""
        return told if told is not None and seal and told.seal == seal else None

    def _ask_for(self, task: Task) -> None:
        """To be made anew, before those that nobody has asked for."""
        self._to_make[task.revision] = task
        self._to_make.move_to_end(task.revision, last=False)
        while len(self._to_make) > self._most:
            self._to_make.popitem()
        self._more.set()

    async def _made(self, task: Task) -> Baseline:
        """Those who wait share the work, which goes on without them."""
        making = self._making.get(task.revision)
        if making is None:
            making = self._making[task.revision] = asyncio.create_task(self._make(task))
            making.add_done_callback(lambda _: self._making.pop(task.revision))
        return await asyncio.shield(making)

    async def _make(self, task: Task) -> Baseline:
        verdict = await self._graph.code_as_given(task, _CALLER)
        baseline = self._in_words(verdict, task)
        self._known.put(task.revision, baseline)
        self._own.put(task.revision, None)
        metrics.BASELINES.labels("run").inc()
        try:
            await self._store.baselines.keep(self._digest(task), zlib.compress(verdict.SerializeToString(), 1))
        except StoreError as error:
            log.warning("the baseline of %s is known to this gateway alone: %s", task.id, error.detail)
        return baseline

    def _in_words(self, verdict: grader_pb2.Verdict, task: Task) -> Baseline:
        """Of a verdict that has been made just now."""
        seen = shown(verdict)
        return Baseline(**seen.model_dump(), seal=self._graph.seals.seal(task.revision, seen))

    async def _stored(self, task: Task) -> Baseline | None:
        """As another gateway or an earlier start has left it; None: it has to be made."""
        if task.revision in self._making:
            return None
        try:
            record = await self._store.baselines.read(self._digest(task))
            if record is None:
                return None
            verdict = grader_pb2.Verdict.FromString(zlib.decompress(record))
        except (DecodeError, zlib.error, StoreError) as error:
            log.warning("the baseline of %s cannot be read: %s", task.id, error)
            return None
        return Baseline(**shown(verdict).model_dump())  # by whom it was made is not known

    def _digest(self, task: Task) -> str:
        return hashlib.sha256(repr((task.id, task.revision, sorted(self._limits.items()))).encode()).hexdigest()

    async def _make_ahead(self) -> None:
        for task_id in await self._most_chosen():
            if (chosen := self._tasks.get(task_id)) is not None:
                self._to_make.setdefault(chosen.revision, chosen)
        failures = 0
        while True:
            self._more.clear()
            if not self._to_make:
                await self._more.wait()
            await self._quiet()
            revision, task = self._to_make.popitem(last=False)
            try:
                if revision not in self._own and self._believed(task) is None:
                    await self._made(task)
                await self._graph.preparation.ready(task, ticket_for(self._wait_s))
                failures = 0
            except ServiceError as error:  # then it is made when somebody asks, or after the others
                log.info("task %s is not prepared yet: %s", task.id, error.detail)
                self._to_make[revision] = task
                failures += 1
                await _RETRY.pause(failures)
            except Exception:  # the worker's top: a defect at one task is none of the others'
                log.exception("defect while preparing task %s", task.id)

    async def _quiet(self) -> None:
        """Returns when nothing else is to be done."""
        asked_s = None
        while asked_s != self._asked_s:  # another reset has come meanwhile
            asked_s = self._asked_s
            await asyncio.sleep(max(0.0, asked_s + _QUIET_S - time.monotonic()))
        await self._graph.idle()

    async def _most_chosen(self) -> list[str]:
        """By steps taken so far; among those that are alike as a curriculum goes, from easy to hard."""
        counts: Mapping[str, int] = {}
        try:
            counts, _ = await self._store.stats()
        except StoreError as error:
            log.info("not known which tasks are chosen most: %s", error.detail)

        named = ((name[len("task/") : -len("/steps")], taken) for name, taken in counts.items() if _is_of_task(name))
        chosen = {task_id: taken for task_id, taken in named if task_id in self._tasks}
        usual = self._tasks.first(self._ahead)
        return [*dict.fromkeys([*heapq.nlargest(self._ahead, chosen, key=chosen.__getitem__), *usual])][: self._ahead]


def _told(task: Task) -> Baseline | None:
    """What the certificate of a task that is served says; None: nothing, or whoever wrote it is a stranger."""
    told = None if isinstance(task, SentTask) else (task.certificate or {}).get("baseline")
    try:
        return Baseline.model_validate(told) if told is not None else None
    except ValidationError as error:
        log.info("the certificate of %s says no baseline: %s", task.id, error)
        return None


def _is_of_task(counter: str) -> bool:
    return counter.startswith("task/") and counter.endswith("/steps")
