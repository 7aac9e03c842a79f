"""Two executors with a core each against one with a core; and what two gateways leave of fairness.

    python -m benchmarks.scale_out [--rounds N] [--seconds S] [--isolation NAME] [--skip rates|fairness]

Rates: executors run with their sandboxes on a core of their own each (sched_setaffinity(2)), everything else wherever
the kernel likes. In every round the same clients send a policy's mix to a gateway in front of the first alone, then of
both; told is the ratio of each round, since a machine that is busy for a while is busy for both.

Fairness: one owner floods one gateway with forty clients while another sends one attempt after the other to a second
gateway; then both to the same one. What the small one's attempts take, against what they take while it is alone, says
how well two gateways that do not know of each other agree.
"""

import argparse
import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from pydantic import SecretStr
from rich.console import Console

from benchmarks import policy
from benchmarks.mix import chosen
from benchmarks.mix_report import markdown
from benchmarks.policy import Sent
from codearena.tasks.task import Task
from gateway.settings import Settings
from gateway.store import api_keys
from gateway.store.redis import Store
from tests.conftest import RedisServer
from tests.integration.processes import Backends, Executor, Gateway, Service

_CLIENTS, _FLOOD = 12, 40
_WARM_S = 3.0
_PATIENCE_S = 900.0  # all start at once, on a machine that may have other work
_TASKS = ("easy-1", "medium-1", "security_bugs-2")


@dataclass(frozen=True)
class Plant:
    """Gateways, one in front of the first executor and two in front of both; keys of a large and of a small owner."""

    one: Gateway
    both: Gateway
    other: Gateway
    keys: tuple[str, str]


class Answers:
    """A policy's answers, each once."""

    def __init__(self, tasks: Sequence[Task]) -> None:
        self._answers: Iterator[Sent] = policy.answers(tasks, policy.SHARES, 1, time.time_ns() % 10**9)

    def next(self) -> dict[str, str]:
        sent = next(self._answers)
        return {"task_id": sent.task.id, "source": sent.source}


@asynccontextmanager
async def plant(isolation: str, folder: Path) -> AsyncIterator[Plant]:
    """Everything serves; executors have a core each."""
    redis = RedisServer(folder)
    cores = sorted(os.sched_getaffinity(0))[-2:]
    executors = [Executor(isolation, POOL_MIN="2", POOL_LEASES="4") for _ in cores]
    judge, grader = Service("judge_service", "CODEARENA_JUDGE"), Service("grader_service", "CODEARENA_GRADER")
    address = "ipv4:" + ",".join(executor.address for executor in executors)
    first = Backends(executors[0], judge, grader)
    gateways = [Gateway(first, redis.url, **each) for each in ({}, *[{"EXECUTOR_ADDRESS": address}] * 2)]
    try:
        async with AsyncExitStack() as stack:
            keys = await _large_and_small(redis.url)
            for service in (*executors, judge, grader, *gateways):
                stack.push_async_callback(service.stop)
            starting = [asyncio.create_task(service.start(_PATIENCE_S)) for service in (judge, grader)]
            for executor, core in zip(executors, cores, strict=True):
                with _on(core):
                    starting.append(asyncio.create_task(executor.start(_PATIENCE_S)))
                    await asyncio.sleep(0)  # it is forked now, and has the core, as all below it will
            await asyncio.gather(*starting)
            await asyncio.gather(*(gateway.start(_PATIENCE_S) for gateway in gateways))
            yield Plant(*gateways, keys=keys)
    finally:
        redis.stop()


@contextmanager
def _on(core: int) -> Iterator[None]:
    """What is started inside has that core alone."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


async def _large_and_small(redis_url: str) -> tuple[str, str]:
    """Keys without quotas, which would decide before the queues do."""
    async with Store(Settings(redis_url=SecretStr(redis_url))) as store:
        made = [api_keys.make(owner, api_keys.Scope.USE, 1e6, 4096) for owner in ("large", "small")]
        for _, kept in made:
            await store.api_keys.add(kept)
    return made[0][0], made[1][0]


def _client(gateway: Gateway, key: str) -> httpx.AsyncClient:
    limits = httpx.Limits(max_connections=None)
    return httpx.AsyncClient(base_url=gateway.url, headers={"X-API-Key": key}, timeout=600, limits=limits)


async def _for(seconds: float, work: Callable[[], Awaitable[None]], at_once: int) -> list[tuple[float, float]]:
    """Does it again and again, so many at once; when each that counts ended, after a while, and what it took."""
    done: list[tuple[float, float]] = []
    begin = time.perf_counter() + _WARM_S

    async def one() -> None:
        while (started := time.perf_counter()) < begin + seconds:
            await work()
            ended = time.perf_counter()
            if begin <= ended < begin + seconds:
                done.append((ended, ended - started))

    await asyncio.gather(*(one() for _ in range(at_once)))
    return done


async def rate(gateway: Gateway, key: str, answers: Answers, seconds: float) -> float:
    """Attempts a second."""
    async with _client(gateway, key) as client:

        async def grade() -> None:
            (await client.post("/grade", json=answers.next())).raise_for_status()

        return len(await _for(seconds, grade, _CLIENTS)) / seconds


async def beside(
    plant: Plant, flooded: Sequence[Gateway], answers: Answers, asked: Gateway, seconds: float
) -> tuple[float, float]:
    """Median seconds of the small owner's attempts, and how many a second the large one gets."""
    async with AsyncExitStack() as stack:
        small = await stack.enter_async_context(_client(asked, plant.keys[1]))
        large = [await stack.enter_async_context(_client(gateway, plant.keys[0])) for gateway in flooded]

        async def graded(client: httpx.AsyncClient) -> None:
            (await client.post("/grade", json=answers.next())).raise_for_status()

        floods = [_for(seconds, lambda client=client: graded(client), _FLOOD) for client in large]  # type: ignore[misc]
        own, *others = await asyncio.gather(_for(seconds, lambda: graded(small), 1), *floods)
    times = [took for _, took in own] or [float("nan")]
    return statistics.median(times), sum(len(other) for other in others) / seconds


async def _rates(plant: Plant, answers: Answers, options: argparse.Namespace, console: Console) -> str:
    rounds = []
    for number in range(options.rounds):
        one = await rate(plant.one, plant.keys[0], answers, options.seconds)
        both = await rate(plant.both, plant.keys[0], answers, options.seconds)
        rounds.append((one, both))
        console.print(f"round {number + 1}: {one:.2f} and {both:.2f} attempts/s, {both / one:.2f} times")
    ratios = [both / one for one, both in rounds]
    rows = [[f"{one:.2f}", f"{both:.2f}", f"{both / one:.2f}"] for one, both in rounds]
    rows.append(["", "median", f"{statistics.median(ratios):.2f}"])
    return markdown(["one core, attempts/s", "two executors, a core each", "ratio"], rows)


async def _fairness(plant: Plant, answers: Answers, options: argparse.Namespace) -> str:
    kinds = {
        "alone": (),
        "the large one at the same gateway": (plant.both,),
        "the large one at the other gateway": (plant.other,),
        "the large one at both": (plant.both, plant.other),
    }
    rows = []
    for name, flooded in kinds.items():
        median_s, per_s = await beside(plant, flooded, answers, plant.both, options.seconds)
        rows.append([name, f"{median_s:.2f}", f"{per_s:.2f}"])
    return markdown(["the small owner", "its attempts, median s", "the large one's attempts/s"], rows)


async def measured(options: argparse.Namespace, console: Console) -> str:
    """All of it, in Markdown."""
    known = {task.id: task for task in chosen(())}
    answers = Answers([known[each] for each in _TASKS if each in known])
    with tempfile.TemporaryDirectory() as folder:
        async with plant(options.isolation, Path(folder)) as ready:
            for gateway in (ready.one, ready.both, ready.other):  # what is found out once about a task is known
                await rate(gateway, ready.keys[0], answers, options.seconds / 2)
            told = [] if options.skip == "rates" else [await _rates(ready, answers, options, console)]
            told += [] if options.skip == "fairness" else [await _fairness(ready, answers, options)]
    return "\n\n".join(told)


def main() -> None:
    options = _options()
    print(asyncio.run(measured(options, Console(stderr=True))))
    print(f"\n{os.cpu_count()} cores, load averages {os.getloadavg()}, isolation {options.isolation}.")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5, help="(default: %(default)s)")
    parser.add_argument("--seconds", type=float, default=15.0, help="of each measurement (default: %(default)s)")
    parser.add_argument("--isolation", choices=("local", "cell", "container"), default="local")
    parser.add_argument("--skip", choices=("rates", "fairness"))
    return parser.parse_args()


if __name__ == "__main__":
    main()
