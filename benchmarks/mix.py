"""What a real policy gets graded a second: new sources of all kinds, in batches and in episodes, against bare runs.

    python -m benchmarks.mix [--rounds N] [--answers N] [--isolation NAME ...] [--tasks ID ...] [--plot FILE]

The mix is that of benchmarks/policy.py: 45 % right, 25 % wrong, 12 % not compiling, 13 % raising, 5 % hanging, and the
same without the hangs, over the tasks given, with and without a probe. Every source is new, and an attempt that is
measured counts once. In every round, so that a machine that is faster or busier for a while is so for all:

    bare python -I -S    a new interpreter for each source, which makes the calls of its tests; a limit of 10 s of wall
                         time and nothing else: no isolation, no judge, no measurement, no grading
    docker run           our image, the workload of the first task's reference, the report read
    engine churn         create, start and remove by force a container with our configuration
    namespace fork       fork of a warm interpreter into fresh namespaces; nothing runs in it
    the isolations       batches of 64 from two connections, then a reset and a step each from sixteen

A rate is that of whole hundreds of answers, each of which has its exact shares, while more of them are on their way.
Every ratio is of two rates of one round; told are the median of the rounds and the least and the greatest of them. At
the end: CPU and wall of each kind alone, and what sources cost that are sent again. CPU is that of the whole machine,
so run it alone. Tables are printed in Markdown.
"""

import argparse
import contextlib
import http.client
import itertools
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from rich.console import Console

from benchmarks import baselines, mix_report, policy
from benchmarks.mix_report import BARE, CHURN, DOCKER_RUN, FORK, Found, KindCost
from benchmarks.policy import HANGING, KINDS, SHARES, WITHOUT_HANGS, Sent
from benchmarks.rates import Rate, Tally, machine_s, sustained
from benchmarks.step_latency import embedded
from codearena.tasks.folder import load_tasks
from codearena.tasks.task import Task

_ISOLATIONS = ("cell", "container", "local")
_BATCHES_AT_ONCE = 2
_EPISODES_AT_ONCE = 16
_BARE_LIMIT_S = 10.0
_WARM_ANSWERS = 32  # of each measurement: they are not counted
_HUNDRED = 100
_HEADERS = {"Content-Type": "application/json", "Accept": "application/x-ndjson"}
_MIXES: Mapping[str, Mapping[str, int]] = {"without hangs": WITHOUT_HANGS, "with 5 % hangs": SHARES}


class Feed:
    """Answers of one policy, for several threads. tally: of what came back."""

    def __init__(self, answers: Iterator[Sent], tally: Tally) -> None:
        self._answers = answers
        self._tally = tally
        self._lock = threading.Lock()
        self.problems = 0

    @property
    def over(self) -> bool:
        """Whether enough came back."""
        return self._tally.full

    def take(self, count: int) -> list[Sent]:
        """The next ones."""
        with self._lock:
            return list(itertools.islice(self._answers, count))

    def came_back(self, took_s: float, *, problem: bool = False) -> None:
        """One was graded, or was not."""
        self.problems += problem
        self._tally.count(took_s)


class Gateway:
    """One connection, as a trainer has."""

    def __init__(self, url: str) -> None:
        self._address = urlsplit(url).netloc
        self._connection = http.client.HTTPConnection(self._address, timeout=600)

    def batch(self, items: Sequence[Sent], feed: Feed) -> None:
        """Grades all, and reads the lines as they come; leaves the rest when enough have come."""
        started = time.perf_counter()
        asked = [{"task_id": sent.task.id, "source": sent.source} for sent in items]
        for line in self._post("/grade/batch", {"items": asked}):
            feed.came_back(time.perf_counter() - started, problem=json.loads(line).get("problem") is not None)
            if feed.over:
                self._connection.close()
                return

    def episode(self, sent: Sent, agent: str, feed: Feed) -> None:
        """A reset, and a step of it."""
        started = time.perf_counter()
        begun = json.loads(self._post("/reset", {"task_id": sent.task.id, "agent_id": agent}).read())
        body = {"episode_id": begun["episode_id"], "proposed_fix": sent.source}
        answer = json.loads(self._post("/step", body).read())
        feed.came_back(time.perf_counter() - started, problem="reward" not in answer)

    def _post(self, path: str, body: Mapping[str, object]) -> http.client.HTTPResponse:
        self._connection.request("POST", path, json.dumps(body), _HEADERS)
        response = self._connection.getresponse()
        if response.status not in (200, 503):
            raise SystemExit(f"{path}: {response.status} {response.read().decode()}")
        return response


class Mix:
    """Measures; says on the console what it is at."""

    def __init__(self, tasks: Sequence[Task], options: argparse.Namespace, console: Console) -> None:
        self._tasks = tasks
        self._answers: int = options.answers
        self._batch: int = options.batch
        self._of_a_kind: int = options.of_a_kind
        self._console = console
        self._first = itertools.count(0, 1_000_000)
        self.found: Found = {}

    def bare(self, mix: str) -> None:
        """As people do without us, as many at once as there are cores."""
        # Hangs take ten seconds each: a single hundred of answers takes long enough.
        count = self._answers if HANGING not in _MIXES[mix] else _HUNDRED
        self._rate(BARE, mix, [bare] * (os.cpu_count() or 1), count)

    def others(self, seconds: float) -> None:
        """What does less than to run the source."""
        docker_run = baselines.docker_runs(self._tasks[0])
        for what, works in {CHURN: [baselines.churn() for _ in range(4)], DOCKER_RUN: [docker_run] * 4}.items():
            self._keep(what, "", sustained(what, works, seconds))
        with baselines.forks(4) as forks:
            self._keep(FORK, "", sustained(FORK, forks, seconds))

    def warm(self, url: str) -> None:
        """What is done once for each task has been done."""
        self._whole(Gateway(url), list(itertools.islice(self._new(WITHOUT_HANGS), 4 * len(self._tasks))))

    def ours(self, url: str, isolation: str, mix: str) -> None:
        """Batches, then episodes."""

        def batches(feed: Feed) -> None:
            gateway = Gateway(url)
            while not feed.over:
                gateway.batch(feed.take(self._batch), feed)

        def episodes(feed: Feed) -> None:
            gateway = Gateway(url)
            while not feed.over:
                gateway.episode(feed.take(1)[0], f"mix-{threading.get_ident()}", feed)

        self._rate(f"{isolation}, batches of {self._batch}", mix, [batches] * _BATCHES_AT_ONCE, self._answers)
        self._rate(f"{isolation}, {_EPISODES_AT_ONCE} episodes", mix, [episodes] * _EPISODES_AT_ONCE, self._answers)

    def known(self, url: str, isolation: str) -> None:
        """A batch, and the same one again: what it saves that a source was seen before."""
        sent = list(itertools.islice(self._new(WITHOUT_HANGS), _HUNDRED))
        for mix in (mix_report.NEW, mix_report.KNOWN):
            self._keep(isolation, mix, self._whole(Gateway(url), sent))

    def kinds(self, url: str, isolation: str) -> list[KindCost]:
        """Each kind of each task alone."""
        costs = []
        for task, kind in itertools.product(self._tasks, KINDS):
            self._console.print(f"{isolation}, {task.id}, {kind}")
            sent = list(itertools.islice(self._new({kind: 100}, [task]), self._of_a_kind))
            rate = self._whole(Gateway(url), sent)
            costs.append(KindCost(isolation, task.id, task.probe is not None, kind, rate.cpu_ms, 1000 / rate.per_s))
        return costs

    def bare_kinds(self) -> list[KindCost]:
        """The same of bare runs, but for hangs, which take whatever their limit is."""
        costs = []
        for task, kind in itertools.product(self._tasks, KINDS):
            if kind != HANGING:
                sent = list(itertools.islice(self._new({kind: 100}, [task]), self._of_a_kind))
                rate = _rate_of_whole(BARE, len(sent), partial(_run_all_bare, sent))
                costs.append(KindCost(BARE, task.id, task.probe is not None, kind, rate.cpu_ms, 1000 / rate.per_s))
        return costs

    def _new(self, shares: Mapping[str, int], tasks: Sequence[Task] = ()) -> Iterator[Sent]:
        return policy.answers(tasks or self._tasks, shares, 1, next(self._first))

    def _rate(self, what: str, mix: str, works: Sequence[Callable[[Feed], None]], count: int) -> None:
        """Each of the works in a thread of its own, until so many answers came back beyond those that warm up."""
        self._console.print(f"{what}, {mix}")
        tally = Tally(_WARM_ANSWERS, count)
        feed = Feed(self._new(_MIXES[mix]), tally)
        threads = [threading.Thread(target=work, args=(feed,)) for work in works]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if feed.problems:
            self._console.print(f"  [bold red]{feed.problems} were not graded")
        self._keep(what, mix, tally.rate(what, len(works)))

    def _whole(self, gateway: Gateway, sent: Sequence[Sent]) -> Rate:
        """Of one batch from its beginning to its end."""
        tally = Tally(0, len(sent) + 1)
        return _rate_of_whole("", len(sent), lambda: gateway.batch(sent, Feed(iter(()), tally)))

    def _keep(self, what: str, mix: str, rate: Rate) -> None:
        self.found.setdefault((what, mix), []).append(rate)


def _rate_of_whole(what: str, count: int, work: Callable[[], None]) -> Rate:
    before, begin = machine_s(), time.perf_counter()
    work()
    took, after = time.perf_counter() - begin, machine_s()
    busy_s = after[0] - before[0]
    share = busy_s / max(1e-9, after[1] - before[1])
    return Rate(what, 1, count / took, 1000 * busy_s / count, share, *[float("nan")] * 3)


def bare(feed: Feed) -> None:
    """One interpreter after the other, each for one source and the calls of its task's tests."""
    while not feed.over:
        started = time.perf_counter()
        _run_bare(feed.take(1)[0])
        feed.came_back(time.perf_counter() - started)


def _run_bare(sent: Sent) -> None:
    program = sent.source + "\n" + baselines.calls_of(sent.task)
    command = [sys.executable, "-I", "-S", "-c", program]
    nowhere = subprocess.DEVNULL
    with contextlib.suppress(subprocess.TimeoutExpired):
        subprocess.run(command, stdout=nowhere, stderr=nowhere, timeout=_BARE_LIMIT_S, check=False)


def _run_all_bare(sent: Sequence[Sent]) -> None:
    for each in sent:
        _run_bare(each)


def chosen(ids: Sequence[str]) -> list[Task]:
    """The tasks of these ids; without any, all but those whose attempts start processes, as bare runs really would."""
    known = load_tasks(baselines.ROOT / "gateway" / "tasks")
    if ids:
        return [known[each] for each in ids]
    return [task for task in known.values() if all(case.process is None for case in task.tests)]


def main() -> None:
    options = _options()
    console, tasks = Console(stderr=True), chosen(options.tasks)
    mix, costs = Mix(tasks, options, console), list[KindCost]()
    with ExitStack() as stack:
        urls = {name: stack.enter_context(embedded(name)) for name in options.isolation}
        for url in urls.values():
            mix.warm(url)
        for number in range(options.rounds):
            console.print(f"round {number + 1} of {options.rounds}")
            if not options.without_baselines:
                mix.others(options.seconds)
            for each, (isolation, url) in itertools.product(_MIXES, urls.items()):
                if not options.without_baselines and isolation == options.isolation[0]:
                    mix.bare(each)
                mix.ours(url, isolation, each)
            for isolation, url in urls.items():
                mix.known(url, isolation)
        if options.of_a_kind:
            costs += [] if options.without_baselines else mix.bare_kinds()
            costs += [cost for isolation, url in urls.items() for cost in mix.kinds(url, isolation)]
    print(mix_report.text(mix.found, costs, [task.id for task in tasks], options.rounds))
    if options.plot:
        mix_report.plot(mix.found, costs, options.rounds, options.plot)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5, help="(default: %(default)s)")
    parser.add_argument("--answers", type=_hundreds, default=300, help="of each measurement (default: %(default)s)")
    parser.add_argument("--batch", type=int, default=64, help="answers of one batch (default: %(default)s)")
    parser.add_argument("--seconds", type=float, default=4.0, help="of what is no mix (default: %(default)s)")
    parser.add_argument("--of-a-kind", type=int, default=32, help="for CPU by kind; 0: none (default: %(default)s)")
    parser.add_argument("--isolation", choices=_ISOLATIONS, nargs="+", default=_ISOLATIONS)
    parser.add_argument("--tasks", nargs="+", default=[], help="ids (default: all that start no processes)")
    parser.add_argument("--without-baselines", action="store_true")
    parser.add_argument("--plot", type=Path, help="write a plot there")
    return parser.parse_args()


def _hundreds(text: str) -> int:
    count = int(text)
    if count <= 0 or count % _HUNDRED:
        raise argparse.ArgumentTypeError("not a whole number of hundreds, in which alone the shares are exact")
    return count


if __name__ == "__main__":
    main()
