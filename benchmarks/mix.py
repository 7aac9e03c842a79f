"""What a real policy gets graded a second: new sources of all kinds, in batches and in episodes, against bare runs.

    python -m benchmarks.mix [--seconds N] [--batch N] [--isolation NAME ...] [--tasks ID ...] [--without-baselines]

The mix is that of benchmarks/policy.py: 45 % right, 25 % wrong, 12 % not compiling, 13 % raising, 5 % hanging, and the
same without the hangs, over the tasks given, with and without a probe. Every source is new. In the same run:

    bare python -I -S    a new interpreter for each source, which makes the calls of its tests; a limit of 10 s of wall
                         time and nothing else: no isolation, no judge, no measurement, no grading
    docker run           our image, the workload of the first task's reference, the report read
    engine churn         create, start and remove by force a container with our configuration
    namespace fork       fork of a warm interpreter into fresh namespaces; nothing runs in it

Then CPU and wall of each kind alone, in batches. CPU is that of the whole machine, so run it alone. Measured attempts
count once.
"""

import argparse
import contextlib
import http.client
import itertools
import json
import os
import platform
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from rich.console import Console
from rich.table import Table

from benchmarks import baselines, policy
from benchmarks.policy import HANGING, KINDS, SHARES, WITHOUT_HANGS, Sent
from benchmarks.rates import Rate, Work, machine_s, sustained
from benchmarks.step_latency import embedded
from codearena.tasks.task import Task, load_tasks

_ISOLATIONS = ("cell", "container", "local")
_COLUMNS = 160
_BATCHES_AT_ONCE = 2
_EPISODES_AT_ONCE = 16
_BARE_LIMIT_S = 10.0
_HEADERS = {"Content-Type": "application/json", "Accept": "application/x-ndjson"}
_OF_A_KIND = 32
_MIXES: Mapping[str, Mapping[str, int]] = {"without hangs": WITHOUT_HANGS, "with 5 % hangs": SHARES}
_BARE, _DOCKER_RUN, _CHURN, _FORK = "bare python -I -S", "docker run", "engine churn", "namespace fork"


@dataclass
class Feed:
    """Answers of one policy, for several threads. seen: how many came back as a verdict, by kind, and as a problem."""

    answers: Iterator[Sent]
    seen: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, count: int) -> list[Sent]:
        with self._lock:
            return list(itertools.islice(self.answers, count))

    def count(self, sent: Sent, problem: object) -> None:
        with self._lock:
            self.seen[f"problem of {sent.kind}" if problem else sent.kind] += 1


class Gateway:
    """One connection, as a trainer has."""

    def __init__(self, url: str) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=600)

    def batch(self, items: Sequence[Sent], feed: Feed) -> None:
        """Grades all and reads every line."""
        asked = [{"task_id": sent.task.id, "source": sent.source} for sent in items]
        for line in self._post("/grade/batch", {"items": asked}).splitlines():
            answer = json.loads(line)
            feed.count(items[answer["index"]], answer.get("problem"))

    def episode(self, sent: Sent, agent: str, feed: Feed) -> None:
        """A reset, and a step of it."""
        begun = json.loads(self._post("/reset", {"task_id": sent.task.id, "agent_id": agent}))
        body = {"episode_id": begun["episode_id"], "proposed_fix": sent.source}
        answer = json.loads(self._post("/step", body))
        feed.count(sent, None if "reward" in answer else answer)

    def _post(self, path: str, body: Mapping[str, object]) -> bytes:
        self._connection.request("POST", path, json.dumps(body), _HEADERS)
        response = self._connection.getresponse()
        content = response.read()
        if response.status not in (200, 503):
            raise SystemExit(f"{path}: {response.status} {content.decode()}")
        return content


@dataclass(frozen=True)
class Line:
    """A row of the table. per: answers that one work of the rate holds."""

    mix: str
    rate: Rate
    per: int = 1

    @property
    def per_s(self) -> float:
        return self.rate.per_s * self.per

    @property
    def cpu_ms(self) -> float:
        return self.rate.cpu_ms / self.per


class Mix:
    """Measures; says on the console what it is at."""

    def __init__(self, tasks: Sequence[Task], options: argparse.Namespace, console: Console) -> None:
        self._tasks = tasks
        self._seconds: float = options.seconds
        self._batch: int = options.batch
        self._console = console
        self._first = itertools.count(0, 1_000_000)

    def feed(self, shares: Mapping[str, int]) -> Feed:
        return Feed(policy.answers(self._tasks, shares, 1, next(self._first)))

    def bare(self) -> list[Line]:
        """As people do without us, as many at once as there are cores."""
        lines = []
        for mix, shares in _MIXES.items():
            self._console.print(f"{_BARE}, {mix}")
            feed = self.feed(shares)
            works: list[Work] = [lambda feed=feed: bare(feed.take(1)[0])] * (os.cpu_count() or 1)  # type: ignore[misc]
            # Hangs take ten seconds each: enough of them have to end.
            seconds = self._seconds * (1 if HANGING not in shares else 5)
            lines.append(Line(mix, sustained(_BARE, works, seconds)))
        return lines

    def others(self) -> list[Line]:
        """What does less than to run the source."""
        rates = []
        for what, works in {_CHURN: [baselines.churn() for _ in range(4)], _DOCKER_RUN: self._docker_runs()}.items():
            self._console.print(what)
            rates.append(sustained(what, works, self._seconds / 2))
        self._console.print(_FORK)
        with baselines.forks(4) as works:
            rates.append(sustained(_FORK, works, self._seconds / 2))
        return [Line("", rate) for rate in rates]

    def _docker_runs(self) -> list[Work]:
        return [baselines.docker_runs(self._tasks[0])] * 4

    def ours(self, isolation: str) -> tuple[list[Line], Table]:
        """Batches and episodes of both mixes, and each kind alone."""
        lines = []
        with embedded(isolation) as url:
            self._warm(url)
            for mix, shares in _MIXES.items():
                lines.append(self._batches(url, isolation, mix, self.feed(shares)))
                lines.append(self._episodes(url, isolation, mix, self.feed(shares)))
            kinds = self._kinds(url, isolation)
        return lines, kinds

    def _warm(self, url: str) -> None:
        """What is done once for each task has been done."""
        feed, gateway = self.feed(WITHOUT_HANGS), Gateway(url)
        gateway.batch(feed.take(4 * len(self._tasks)), feed)

    def _batches(self, url: str, isolation: str, mix: str, feed: Feed) -> Line:
        what = f"{isolation}, batches of {self._batch}"
        self._console.print(f"{what}, {mix}")
        gateways = [Gateway(url) for _ in range(_BATCHES_AT_ONCE)]
        works = [_batch_work(gateway, feed, self._batch) for gateway in gateways]
        rate = self._by_answers(what, works, feed)
        return Line(mix, rate)

    def _by_answers(self, what: str, works: Sequence[Work], feed: Feed) -> Rate:
        """A rate of whole batches says little where few of them fit: answers are counted, from first to last."""
        made = in_full(what, works, self._seconds, lambda: sum(feed.seen.values()))
        self._say(feed)
        return made

    def _episodes(self, url: str, isolation: str, mix: str, feed: Feed) -> Line:
        what = f"{isolation}, {_EPISODES_AT_ONCE} episodes"
        self._console.print(f"{what}, {mix}")
        works = [_episode_work(Gateway(url), feed, f"mix-{number}") for number in range(_EPISODES_AT_ONCE)]
        rate = sustained(what, works, self._seconds)
        self._say(feed)
        return Line(mix, rate)

    def _say(self, feed: Feed) -> None:
        if problems := {what: count for what, count in feed.seen.items() if what.startswith("problem")}:
            self._console.print(f"  [bold red]{problems}")

    def _kinds(self, url: str, isolation: str) -> Table:
        table = Table(title=f"{isolation}: batches of {_OF_A_KIND} of one kind, CPU ms / wall ms of one")
        table.add_column("task")
        for kind in KINDS:
            table.add_column(kind, justify="right")
        for task in self._tasks:
            cells = []
            for kind in KINDS:
                feed = Feed(policy.answers([task], {kind: 100}, 1, next(self._first)))
                rate = in_full(kind, [_batch_work(Gateway(url), feed, _OF_A_KIND)], 0.0, lambda f=feed: f.seen.total())  # type: ignore[misc]
                cells.append(f"{rate.cpu_ms:.0f} / {1000 / rate.per_s:.0f}")
            table.add_row(f"{task.id}{' (probe)' if task.probe else ''}", *cells)
        return table


def _batch_work(gateway: Gateway, feed: Feed, size: int) -> Work:
    return lambda: gateway.batch(feed.take(size), feed)


def _episode_work(gateway: Gateway, feed: Feed, agent: str) -> Work:
    return lambda: gateway.episode(feed.take(1)[0], agent, feed)


def in_full(what: str, works: Sequence[Work], seconds: float, count: Callable[[], int]) -> Rate:
    """Works again and again for so long, once at least, each to its end. count: gives how much was done in all."""
    before, begin = machine_s(), time.perf_counter()

    def repeat(work: Work) -> None:
        work()
        while time.perf_counter() - begin < seconds:
            work()

    threads = [threading.Thread(target=repeat, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took, after, done = time.perf_counter() - begin, machine_s(), count()
    busy_s = after[0] - before[0]
    return Rate(
        what, len(works), done / took, busy_s * 1000 / done, busy_s / (after[1] - before[1]), *[float("nan")] * 3
    )


def bare(sent: Sent) -> None:
    """One interpreter for the source and the calls of its task's tests."""
    program = sent.source + "\n" + baselines.calls_of(sent.task)
    command = [sys.executable, "-I", "-S", "-c", program]
    nowhere = subprocess.DEVNULL
    with contextlib.suppress(subprocess.TimeoutExpired):
        subprocess.run(command, stdout=nowhere, stderr=nowhere, timeout=_BARE_LIMIT_S, check=False)


def table(lines: Sequence[Line]) -> Table:
    """Each rate beside the bare runs of its mix, and the engine's churn."""
    made = Table(title=f"the mix of a policy, {os.cpu_count()} cores, {platform.machine()}")
    for heading in ("", "mix", "1/s", "CPU ms", "busy", "p50 ms", "p99 ms", f"/ {_BARE}", f"/ {_CHURN}"):
        made.add_column(heading, justify="left" if heading in ("", "mix") else "right")
    bare_per_s = {line.mix: line.per_s for line in lines if line.rate.what == _BARE}
    churn_per_s = next((line.per_s for line in lines if line.rate.what == _CHURN), 0.0)
    for line in lines:
        times = [f"{time_ms:.0f}" if time_ms == time_ms else "" for time_ms in (line.rate.p50_ms, line.rate.p99_ms)]
        base = bare_per_s.get(line.mix)
        ratios = [f"{line.per_s / each:.2f}" if each else "" for each in (base, churn_per_s)]
        figures = [f"{line.per_s:.1f}", f"{line.cpu_ms:.1f}", f"{line.rate.busy:.0%}"]
        made.add_row(line.rate.what, line.mix, *figures, *times, *ratios)
    return made


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=15.0, help="of each measurement (default: %(default)s)")
    parser.add_argument("--batch", type=int, default=64, help="answers of one batch (default: %(default)s)")
    parser.add_argument("--isolation", choices=_ISOLATIONS, nargs="+", default=_ISOLATIONS)
    parser.add_argument("--tasks", nargs="+", default=[], help="ids (default: all that start no processes)")
    parser.add_argument("--without-baselines", action="store_true")
    options = parser.parse_args()
    console, known = Console(width=_COLUMNS), load_tasks(baselines.ROOT / "gateway" / "tasks")
    # A bare interpreter would really start the processes of the others.
    tasks = [known[name] for name in options.tasks] or [each for each in known.values() if not starts_processes(each)]
    mix = Mix(tasks, options, console)
    lines = [] if options.without_baselines else [*mix.bare(), *mix.others()]
    tables = []
    for isolation in options.isolation:
        found, kinds = mix.ours(isolation)
        lines += found
        tables.append(kinds)
    for each in (table(lines), *tables):
        console.print(each)


def starts_processes(task: Task) -> bool:
    """Whether its tests look at processes that an attempt starts."""
    return any(case.process is not None for case in task.tests)


if __name__ == "__main__":
    main()
