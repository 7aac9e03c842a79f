"""What attempts that hang cost the honest ones of the same caller: a batch with and without them, in one run.

    python -m benchmarks.hangs [--rounds N] [--batch N] [--share S] [--isolation NAME ...] [--ahead N] [--tasks ID ...]

The batches take turns, so that their ratio does not depend on the machine's speed or load. Every source is new. Honest
attempts are those of benchmarks/policy.py that do not hang: 45 % right, 25 % wrong, 12 % not compiling, 18 % raising. A
time is from the batch being sent to the attempt's own line of the answer, and counts honest attempts alone. Hangs are
loops without end and sleeps in turn, spread over the batch; with --ahead so many of them are sent by other requests
just before each batch, which then has none of its own. Tables are printed in Markdown.
"""

import argparse
import concurrent.futures
import itertools
import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import httpx

from benchmarks import policy
from benchmarks.mix import chosen
from benchmarks.mix_report import Spread, markdown
from benchmarks.policy import WITHOUT_HANGS
from benchmarks.step_latency import embedded
from codearena.tasks.task import Task

_HANGS = ("    while True:\n        pass\n", "    import time\n\n    time.sleep(1000)\n")
_TIMEOUT_S = 600.0
_CUT_OFF = "codearena_executor_outlived_total"
_QUANTILES = (0.5, 0.99)
_Item = dict[str, str]


@dataclass
class Times:
    """Seconds until honest attempts were graded and until whole batches were, round by round.

    cut_off: attempts that had a sandbox for longer than usual, and gave it up for others.
    """

    honest_s: list[list[float]] = field(default_factory=list)
    batches_s: list[float] = field(default_factory=list)
    cut_off: int = 0

    def quantile_ms(self, share: float) -> float:
        """The time that this share of all honest ones took at most."""
        return _quantile_ms([each for batch in self.honest_s for each in batch], share)

    def quantiles_ms(self, share: float) -> list[float]:
        """The same of each round."""
        return [_quantile_ms(batch, share) for batch in self.honest_s]


class Sources:
    """Attempts that nobody has sent before."""

    def __init__(self, tasks: Sequence[Task]) -> None:
        self._honest = policy.answers(tasks, WITHOUT_HANGS, 1)
        self._tasks = itertools.cycle(tasks)
        self._hangs = itertools.cycle(_HANGS)
        self._numbers = itertools.count()

    def honest(self) -> _Item:
        sent = next(self._honest)
        return {"task_id": sent.task.id, "source": sent.source}

    def hang(self) -> _Item:
        task = next(self._tasks)
        function = f"def {task.entry_point}(*args):\n{next(self._hangs)}"
        return {"task_id": task.id, "source": f"{function}\n\n_NUMBER = {next(self._numbers)}\n"}


@dataclass(frozen=True)
class Batch:
    """What is sent at once. hanging: places of the items that hang; ahead: attempts that hang, sent before it."""

    items: Sequence[_Item]
    hanging: frozenset[int] = frozenset()
    ahead: Sequence[_Item] = ()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5, help="batches of each kind (default: %(default)s)")
    parser.add_argument("--batch", type=int, default=64, help="attempts in a batch (default: %(default)s)")
    parser.add_argument("--share", type=float, default=0.1, help="of a batch that hangs (default: %(default)s)")
    parser.add_argument("--ahead", type=int, default=0, help="hangs sent before a batch (default: %(default)s)")
    parser.add_argument("--isolation", choices=("container", "cell", "local"), nargs="+", default=["cell", "local"])
    parser.add_argument("--tasks", nargs="+", default=[], help="ids (default: all that start no processes)")
    options = parser.parse_args()
    sources = Sources(chosen(options.tasks))
    hanging = 0 if options.ahead else round(options.share * options.batch)
    kinds: dict[str, Callable[[], Batch]] = {
        "without": lambda: mixed(sources, options.batch, 0),
        "with": lambda: mixed(sources, options.batch, hanging, options.ahead),
    }
    among = f"{options.ahead} hangs ahead of" if options.ahead else f"{hanging} hangs among"
    for isolation in options.isolation:
        with embedded(isolation) as url, httpx.Client(base_url=url, timeout=_TIMEOUT_S) as client:
            found = measure(client, kinds, options.rounds)
        print(f"\n{isolation}: {among} {options.batch} attempts, {options.rounds} rounds, {os.cpu_count()} cores, "
              f"{platform.machine()}, load at the end {os.getloadavg()[0]:.1f}\n")  # fmt: skip
        print(table(found))


def mixed(sources: Sources, size: int, hanging: int, ahead: int = 0) -> Batch:
    """A batch in which so many hang, at even distances."""
    places = frozenset(round((number + 0.5) * size / hanging) for number in range(hanging))
    items = [sources.hang() if number in places else sources.honest() for number in range(size)]
    return Batch(items, places, [sources.hang() for _ in range(ahead)])


def measure(client: httpx.Client, kinds: dict[str, Callable[[], Batch]], rounds: int) -> dict[str, Times]:
    """The times of each kind; the kinds take turns, after a round that warms up."""
    found = {kind: Times() for kind in kinds}
    for number in range(rounds + 1):
        for kind, batch in kinds.items():
            print(f"round {number}, {kind}", file=sys.stderr)
            started, cut_off = time.perf_counter(), counted(client, _CUT_OFF)
            honest_s = list(answers(client, batch()))
            if number:
                found[kind].honest_s.append(honest_s)
                found[kind].batches_s.append(time.perf_counter() - started)
                found[kind].cut_off += counted(client, _CUT_OFF) - cut_off
    return found


def answers(client: httpx.Client, batch: Batch) -> Iterator[float]:
    """Seconds until each line of an honest attempt."""
    with concurrent.futures.ThreadPoolExecutor(max(1, len(batch.ahead))) as others:
        hangs = [others.submit(client.post, "/grade", json=item) for item in batch.ahead]
        if hangs:
            _until_under_way(client, len(hangs))
        started = time.perf_counter()
        request = {"json": {"items": batch.items}, "headers": {"Accept": "application/x-ndjson"}}
        with client.stream("POST", "/grade/batch", **request) as answer:  # type: ignore[arg-type]
            for line in answer.iter_lines():
                graded = json.loads(line)
                if graded["verdict"] is None:
                    raise SystemExit(f"an attempt was not graded: {line}")
                if graded["index"] not in batch.hanging:
                    yield time.perf_counter() - started
        for hang in concurrent.futures.as_completed(hangs):
            hang.result().raise_for_status()


def _until_under_way(client: httpx.Client, count: int) -> None:
    """Returns when the gateway has taken in so many attempts."""
    for _ in range(200):
        if counted(client, "codearena_gateway_attempts_running", "codearena_gateway_queued_attempts") >= count:
            return
        time.sleep(0.01)
    raise SystemExit("what hangs did not arrive")


def counted(client: httpx.Client, *series: str) -> int:
    """The sum of these metrics now."""
    values = dict(line.rsplit(" ", 1) for line in client.get("/metrics").text.splitlines() if line[0] != "#")
    return sum(round(float(values[name])) for name in series)


def _quantile_ms(times_s: Sequence[float], share: float) -> float:
    ordered = sorted(times_s)
    return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def table(found: dict[str, Times]) -> str:
    """Both kinds, and how many times the second one is the first: the median of the rounds, and their spread."""
    rows = []
    for kind, times in found.items():
        figures = [*(times.quantile_ms(share) for share in _QUANTILES), 1000 * statistics.median(times.batches_s)]
        honest = sum(len(batch) for batch in times.honest_s)
        rows.append([kind, str(honest), *(f"{each:.0f}" for each in figures), str(times.cut_off)])
    before, after = found.values()
    pairs = [(before.quantiles_ms(share), after.quantiles_ms(share)) for share in _QUANTILES]
    pairs.append((before.batches_s, after.batches_s))
    ratios = [Spread.of([late / early for early, late in zip(*pair, strict=True)]).shown(2) for pair in pairs]
    rows.append(["with / without", "", *ratios, ""])
    return markdown(["hangs", "honest attempts", "p50 ms", "p99 ms", "whole batch ms", "cut off"], rows)


if __name__ == "__main__":
    main()
