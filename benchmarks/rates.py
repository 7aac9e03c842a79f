"""How many of something a second: several workers do it again and again for some time."""

import queue
import random
import statistics
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

Work = Callable[[], float | None]
"""Does it once; seconds that it took, where that is not the whole time of the call."""

_WARM_S = 1.5


@dataclass(frozen=True)
class Rate:
    """What came of it. cpu_ms: of the whole machine, for each; busy: share of all cores; p50_ms to p99_ms: of one."""

    what: str
    clients: int
    per_s: float
    cpu_ms: float
    busy: float
    p50_ms: float
    p95_ms: float
    p99_ms: float


def sustained(what: str, works: Sequence[Work], seconds: float) -> Rate:
    """Each of the works in a thread of its own, after a short time that does not count."""
    samples: list[list[float]] = [[] for _ in works]
    begin = time.perf_counter() + _WARM_S
    end = begin + seconds
    clocks: list[tuple[float, float]] = []

    def watch() -> None:
        time.sleep(max(0.0, begin - time.perf_counter()))
        clocks.append(machine_s())
        time.sleep(max(0.0, end - time.perf_counter()))
        clocks.append(machine_s())

    def repeat(number: int) -> None:
        while (started := time.perf_counter()) < end:
            took = works[number]()
            ended = time.perf_counter()
            if begin <= ended < end:
                samples[number].append(ended - started if took is None else took)

    watching = threading.Thread(target=watch)
    watching.start()
    with ThreadPoolExecutor(len(works)) as threads:
        for done in [threads.submit(repeat, number) for number in range(len(works))]:
            done.result()
    watching.join()
    return _rate(what, len(works), [each for some in samples for each in some], seconds, clocks)


def offered(what: str, works: Sequence[Work], per_s: float, seconds: float) -> Rate:
    """The works at random times, so many a second on average, whether earlier ones are done or not.

    A work that is not free when its turn comes is waited for, and the waiting counts. Times are the same in every run.
    """
    spread, at, due = random.Random(1), 0.0, list[float]()
    while at < seconds:
        at += spread.expovariate(per_s)
        due.append(at)
    free: queue.SimpleQueue[Work] = queue.SimpleQueue()
    for work in works:
        free.put(work)
    begin, samples, before = time.perf_counter() + 0.1, list[float](), machine_s()

    def one(when: float) -> None:
        work = free.get()
        try:
            work()
        finally:
            free.put(work)
        samples.append(time.perf_counter() - when)

    with ThreadPoolExecutor(len(due)) as threads:
        doing = []
        for when in due:
            time.sleep(max(0.0, begin + when - time.perf_counter()))
            doing.append(threads.submit(one, begin + when))
        for done in doing:
            done.result()
    return _rate(what, len(works), samples, time.perf_counter() - begin, [before, machine_s()])


def _rate(
    what: str, clients: int, samples: Sequence[float], seconds: float, clocks: Sequence[tuple[float, float]]
) -> Rate:
    (busy_before, all_before), (busy_after, all_after) = clocks
    busy_s, all_s = busy_after - busy_before, all_after - all_before
    quantiles = statistics.quantiles(samples, n=100) if len(samples) > 1 else [0.0] * 99
    p50, p95, p99 = (quantiles[index] * 1000 for index in (49, 94, 98))
    return Rate(
        what, clients, len(samples) / seconds, busy_s * 1000 / max(len(samples), 1), busy_s / all_s, p50, p95, p99
    )


class Tally:
    """The rate of things that several threads do, over so many of them from one that was done to another.

    warm: how many come before those that are counted; count: how many are. Whoever does them goes on meanwhile, so that
    neither the beginning nor the end, when some have nothing to do, is counted.
    """

    def __init__(self, warm: int, count: int) -> None:
        self._warm = warm
        self._count = count
        self._done = 0
        self._samples: list[float] = []
        self._clocks = [(time.perf_counter(), *machine_s())]
        self._lock = threading.Lock()

    @property
    def full(self) -> bool:
        """Whether as many as are counted have been done."""
        return len(self._clocks) > 1

    def count(self, took_s: float) -> None:
        """One more was done."""
        with self._lock:
            if self.full:
                return
            self._done += 1
            if self._done > self._warm:
                self._samples.append(took_s)
            if self._done == self._warm:
                self._clocks = [(time.perf_counter(), *machine_s())]
            if self._done == self._warm + self._count:
                self._clocks.append((time.perf_counter(), *machine_s()))

    def rate(self, what: str, clients: int) -> Rate:
        """Of those counted, which have all been done."""
        (begun, *before), (ended, *after) = self._clocks
        return _rate(what, clients, self._samples, ended - begun, [(before[0], before[1]), (after[0], after[1])])


def machine_s() -> tuple[float, float]:
    """CPU seconds of all cores since the start: at work, and altogether (proc(5), /proc/stat)."""
    fields = [int(field) for field in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
    idle = fields[3] + fields[4]
    return (sum(fields) - idle) / 100, sum(fields) / 100
