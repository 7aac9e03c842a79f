"""Where the first bottleneck comes as executors are added, and what is sharded then: simulated with measured costs.

    python -m benchmarks.scale [--isolation NAME] [--cores N] [--executors N ...] [--seconds S] [--plot FILE]

Attempts of a policy's mix come from so many clients that every executor has some to wait for, and go the way of an
attempt (docs/architecture.md): gateway, judge, gateway, an executor's lease and core, gateway, grader, judge, gateway,
Redis, and out. Every part is a queue in front of as many servers as it has cores; what each takes of an attempt is in
`Costs`, which docs/sizing.md explains. Executors are chosen as a gateway chooses them, by loads up to 0.4 s old, or in
turns. First everything but the executors is there once; then as often as keeps it at 70 %.

Simulated are a few seconds after the queues have filled. Times of attempts are exponential around their kind's mean, so
that what is told of waiting is no better than that; rates and what is used do not depend on it.
"""

import argparse
import dataclasses
import itertools
import math
import random
import statistics
from collections import defaultdict
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import simpy

from benchmarks.mix_report import markdown

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SHARDED = ("gateway", "judge", "grader", "redis", "network")
_TARGET = 0.7
_STALE_S = 0.4
_LEASES_A_CORE = 4
_WORDS_S = 2.5  # of an executor, to each gateway that knows it
_HEARD = 100  # executors that one gateway knows, once they are too many for it
_WARM = 0.4  # of the time, which does not count
_TURNS = 5  # that each client gets in that time, at least: all begin at once, and at first wait in one queue
_MS = 1e-3
_NETWORK_BYTES_S = 10e9 / 8
_EXECUTORS = (2, 10, 100, 1000)
_NODES, _NODE_CORES = (1, 10, 100), 16

Step = Generator[simpy.Event, object, None]


@dataclass(frozen=True)
class Costs:
    """Of one attempt of the mix, in ms of CPU; network in bytes, all hops together.

    attempt: of the sandbox, and what the executor does for it. hanging: the share of attempts that hang, and take
    attempt_hanging. gateway, judge, grader, redis: of their processes. word: of a gateway, to hear one executor say its
    load once.
    """

    attempt: float
    hanging: float
    attempt_hanging: float
    gateway: float
    judge: float
    grader: float
    redis: float
    network: float
    word: float = 0.5

    def of(self, part: str) -> float:
        """Seconds of one server of the part."""
        return self.network / _NETWORK_BYTES_S if part == "network" else float(getattr(self, part)) * _MS

    @property
    def executor_s(self) -> float:
        """Seconds of an executor's core, on average."""
        return ((1 - self.hanging) * self.attempt + self.hanging * self.attempt_hanging) * _MS


COSTS: Mapping[str, Costs] = {
    "cell": Costs(40.0, 0.05, 540.0, 4.0, 4.0, 1.2, 0.6, 60_000.0),
    "container": Costs(294.0, 0.05, 1250.0, 4.0, 4.0, 1.2, 0.6, 60_000.0),
    "local": Costs(32.0, 0.05, 540.0, 4.0, 4.0, 1.2, 0.6, 60_000.0),
}
"""By isolation. docs/sizing.md says where each figure is from."""


@dataclass(frozen=True)
class Plant:
    """How often each part is there. heard: executors that a gateway knows. together: all share one machine's cores."""

    executors: int
    cores: int
    parts: Mapping[str, int]
    heard: int
    together: bool = False


@dataclass
class Result:
    """per_s: attempts; busy: share of each part's servers at work; p50_s, p95_s: from a request to its answer."""

    plant: Plant
    per_s: float
    busy: dict[str, float]
    p50_s: float
    p95_s: float

    @property
    def bottleneck(self) -> str:
        """The part that is the most at work."""
        return max(self.busy, key=lambda part: self.busy[part])


@dataclass
class _Executor:
    leases: simpy.Resource
    cores: simpy.Resource
    taken: int = 0
    told: int = 0
    since: int = 0


@dataclass
class _Simulation:
    """One run. balanced: executors are chosen by their load, else in turns."""

    plant: Plant
    costs: Costs
    balanced: bool
    chance: random.Random
    env: simpy.Environment = field(default_factory=simpy.Environment)
    worked: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    took: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        cores = simpy.Resource(self.env, self.plant.cores)
        self.parts = {
            part: cores if self.plant.together and part != "network" else simpy.Resource(self.env, count)
            for part, count in self.plant.parts.items()
        }
        self.executors = [
            _Executor(
                simpy.Resource(self.env, _LEASES_A_CORE * self.plant.cores),
                cores if self.plant.together else simpy.Resource(self.env, self.plant.cores),
            )
            for _ in range(self.plant.executors)
        ]
        self.turns = itertools.cycle(self.executors)

    def run(self, seconds: float) -> Result:
        """As many clients as fill every lease one and a half times, for so long at least."""
        clients = int(1.5 * _LEASES_A_CORE * self.plant.cores * self.plant.executors)
        seconds = max(seconds, _TURNS * clients / _most_per_s(self.plant, self.costs))
        for _ in range(clients):
            self.env.process(self._client())
        self.env.process(self._telling())
        self.env.run(_WARM * seconds)
        self.took.clear()
        self.worked.clear()
        self.env.run(seconds)
        counted = (1 - _WARM) * seconds
        servers = {"executor": self.plant.executors * self.plant.cores, **self.plant.parts}
        busy = {part: self.worked[part] / counted / count for part, count in servers.items()}
        cuts = statistics.quantiles(self.took, n=20) if len(self.took) > 1 else [math.inf] * 19
        return Result(self.plant, len(self.took) / counted, busy, cuts[9], cuts[18])

    def _client(self) -> Step:
        while True:
            began = self.env.now
            yield from self._attempt()
            self.took.append(self.env.now - began)

    def _attempt(self) -> Step:
        yield from self._at("network")
        yield from self._at("gateway", 0.4)
        yield from self._at("judge", 0.4)
        yield from self._run()
        yield from self._at("gateway", 0.3)
        yield from self._at("grader")
        yield from self._at("judge", 0.6)
        yield from self._at("gateway", 0.3)
        yield from self._at("redis")

    def _at(self, part: str, share: float = 1.0) -> Step:
        """So much of what the part does for an attempt."""
        mean_s = _gateway_s(self.plant.heard, self.costs) if part == "gateway" else self.costs.of(part)
        yield from self._work(self.parts[part], part, share * mean_s)

    def _work(self, servers: simpy.Resource, part: str, mean_s: float) -> Step:
        with servers.request() as turn:
            yield turn
            took = self.chance.expovariate(1 / mean_s)
            yield self.env.timeout(took)
            self.worked[part] += took

    def _run(self) -> Step:
        executor = self._chosen()
        executor.taken += 1
        executor.since += 1
        with executor.leases.request() as lease:
            yield lease
            hangs = self.chance.random() < self.costs.hanging
            mean = self.costs.attempt_hanging if hangs else self.costs.attempt
            yield from self._work(executor.cores, "executor", mean * _MS)
        executor.taken -= 1
        executor.since -= 1

    def _chosen(self) -> _Executor:
        if not self.balanced or len(self.executors) == 1:
            return next(self.turns)
        return min(self.chance.sample(self.executors, 2), key=lambda each: each.told + each.since)

    def _telling(self) -> Step:
        while True:
            for executor in self.executors:
                executor.told, executor.since = executor.taken, 0
            yield self.env.timeout(_STALE_S)


def simulate(plant: Plant, costs: Costs, seconds: float, *, balanced: bool = True, seed: int = 1) -> Result:
    """What the plant does of the mix."""
    return _Simulation(plant, costs, balanced, random.Random(seed)).run(seconds)


def alone(executors: int, cores: int) -> Plant:
    """Everything but the executors once; a judge has two cores for its workers."""
    return Plant(executors, cores, {**dict.fromkeys(SHARDED, 1), "judge": 2}, executors)


def sharded(executors: int, cores: int, costs: Costs) -> Plant:
    """Each part as often as keeps it at 70 % when the executors are full."""
    per_s, heard = executors * cores / costs.executor_s, min(executors, _HEARD)
    seconds = {part: costs.of(part) for part in SHARDED} | {"gateway": _gateway_s(heard, costs)}
    return Plant(
        executors, cores, {part: max(1, math.ceil(per_s * each / _TARGET)) for part, each in seconds.items()}, heard
    )


def _gateway_s(heard: int, costs: Costs) -> float:
    """Of an attempt, in a gateway that hears so many executors beside; when that takes all, it hardly gets on."""
    return costs.of("gateway") / (1 - min(0.95, heard * _WORDS_S * costs.word * _MS))


def _most_per_s(plant: Plant, costs: Costs) -> float:
    """Attempts a second that the part with the least to spare can do."""
    each = {part: costs.of(part) for part in SHARDED} | {"gateway": _gateway_s(plant.heard, costs)}
    return min(
        plant.executors * plant.cores / costs.executor_s, *(plant.parts[part] / took for part, took in each.items())
    )


def results(options: argparse.Namespace) -> Iterator[tuple[str, Result]]:
    """Once, then sharded, for each number of executors."""
    costs = COSTS[options.isolation]
    for executors in options.executors:
        seconds = max(0.6, min(options.seconds, 4 * options.seconds * 10 / executors))
        yield "once", simulate(alone(executors, options.cores), costs, seconds)
        yield "sharded", simulate(sharded(executors, options.cores, costs), costs, seconds)


def text(found: Sequence[tuple[str, Result]]) -> str:
    """In Markdown."""
    heading = ["executors", "the rest", "attempts/s", "p50 s", "p95 s", "busiest", *(f"{part} %" for part in SHARDED)]
    rows = []
    for name, result in found:
        rest = name if name == "once" else ", ".join(f"{n} {part}" for part, n in result.plant.parts.items() if n > 1)
        busy = [f"{100 * result.busy[part]:.0f}" for part in SHARDED]
        rate = [f"{result.per_s:,.0f}", f"{result.p50_s:.2f}", f"{result.p95_s:.2f}", result.bottleneck]
        rows.append([str(result.plant.executors), rest or "once", *rate, *busy])
    return markdown(heading, rows)


def needed(nodes: Sequence[int], cores: int, costs: Costs) -> str:
    """What nodes of so many cores need beside them when all their executors are full, in Markdown."""
    rows = []
    for count in nodes:
        plant = sharded(count, cores, costs)
        per_s = count * cores / costs.executor_s
        gbit_s = per_s * costs.network * 8 / 1e9
        numbers = [str(plant.parts[part]) for part in ("gateway", "judge", "grader", "redis")]
        rows.append(
            [str(count), f"{per_s:,.0f}", f"{per_s * 86.4 / 1000:,.0f} million", *numbers, f"{gbit_s:.2f} Gbit/s"]
        )
    heading = ["nodes", "attempts/s", "a day", "gateways", "judge's cores", "graders", "Redis shards", "network"]
    return markdown(heading, rows)


def plot(found: Sequence[tuple[str, Result]], options: argparse.Namespace) -> None:
    """Writes the figure."""
    from codearena.plots import style

    with style.applied():
        note = f"Simulated with measured costs: isolation {options.isolation}, {options.cores} cores an executor, a "
        note += (
            "policy's mix. Once: one gateway, grader and Redis, a judge of two cores, a network of 10 Gbit/s. Sharded: "
        )
        note += "each as often as keeps it at 70 %."
        made = style.titled("Where the first bottleneck comes", note, 10.0, 3.8)
        rates, busy = made.subplots(1, 2)
        _draw_rates(rates, found)
        _draw_busy(busy, [result for name, result in found if name == "once"])
        made.savefig(options.plot)


def _draw_rates(axes: "Axes", found: Sequence[tuple[str, Result]]) -> None:
    from codearena.plots import style

    for look, name in zip(style.series(2), ("sharded", "once"), strict=True):
        some = [result for which, result in found if which == name]
        at = [result.plant.executors for result in some]
        axes.plot(at, [result.per_s for result in some], "o", color=look.color, linestyle=look.dash, label=name)
    axes.set(xscale="log", yscale="log", xlabel="executors", title="attempts a second")
    for axis in (axes.xaxis, axes.yaxis):
        style.plain_axis(axis)
    axes.legend(loc="upper left")


def _draw_busy(axes: "Axes", some: Sequence[Result]) -> None:
    from codearena.plots import style

    parts = ("executor", *SHARDED)
    at = [result.plant.executors for result in some]
    for look, part in zip(style.series(len(parts)), parts, strict=True):
        values = [100 * result.busy[part] for result in some]
        axes.plot(at, values, "o", color=look.color, linestyle=look.dash, label=part)
    axes.set(xscale="log", xlabel="executors", title="% of each part at work, everything once", ylim=(0, 105))
    style.plain_axis(axes.xaxis)
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))


def main() -> None:
    options = _options()
    costs = COSTS[options.isolation]
    print(needed(_NODES, _NODE_CORES, costs), end="\n\n")
    found = list(results(options))
    print(text(found))
    uneven = dataclasses.replace(costs, hanging=0.1)
    for name, balanced in (("by load", True), ("in turns", False)):
        result = simulate(alone(4, options.cores), uneven, 4 * options.seconds, balanced=balanced)
        print(f"\n4 executors, 10 % of attempts hang, {name}: {result.per_s:.0f} attempts/s, p95 {result.p95_s:.2f} s")
    if options.plot:
        plot(found, options)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--isolation", choices=sorted(COSTS), default="cell")
    parser.add_argument("--cores", type=int, default=2, help="of an executor (default: %(default)s)")
    parser.add_argument("--executors", type=int, nargs="+", default=_EXECUTORS)
    parser.add_argument("--seconds", type=float, default=8.0, help="simulated, of few executors (default: %(default)s)")
    parser.add_argument("--plot", type=Path, help="write a plot there")
    return parser.parse_args()


if __name__ == "__main__":
    main()
