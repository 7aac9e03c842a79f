"""Everything under a mixed load for minutes to hours, while replicas are killed; what breaks a promise is told.

    python -m benchmarks.soak [--minutes N] [--kill-every S] [--isolation NAME] [--out FOLDER]

Two gateways, executors, judges and graders and a Redis run as processes on this machine. Clients play episodes with
what a policy sends (benchmarks/policy.py), grade batches of it, and send the hostile attempts of tests/attempts. Every
few seconds one process is killed, Redis too, and started again. What is sent is sent again until it is graded.
Compared are

    steps       what each client was told, with what is stored in the end: none lost, doubled or changed
    rewards     each with what its source got in the calm start, see benchmarks/soak/known.py
    leaks       what is held a minute after the load's end, with what was held before it; and when everything is stopped
    memory      of the replicas that are never killed, by least squares after the first ten minutes

The report is printed as Markdown, and written to FOLDER with its figure. The exit status is 1 if a promise was broken.
"""

import argparse
import asyncio
import os
import random
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from rich.console import Console

from benchmarks.mix import chosen
from benchmarks.soak import findings
from benchmarks.soak.deployment import Deployment, deployed
from benchmarks.soak.findings import Soaked
from benchmarks.soak.known import Rewards
from benchmarks.soak.load import Load
from benchmarks.soak.resources import Held, Resources
from codearena.tasks.folder import load_tasks
from tests.exploits import cases
from tests.exploits.server import tasks_with_short_limits

_SAMPLE_S = 5.0
_CALM = 2


async def soak(options: argparse.Namespace, folder: Path, console: Console) -> Soaked:
    """Runs one. folder: for whatever it writes."""
    tasks_folder = tasks_with_short_limits(folder / "tasks")
    known = load_tasks(tasks_folder)
    ours = [known[task.id] for task in chosen(options.tasks)]
    hostile = [case for case in cases.load(options.isolation) if case.task_id in known][:: options.hostile_every]
    rewards = Rewards()
    async with deployed(options.isolation, folder, tasks_folder) as deployment:
        resources = Resources(deployment)
        load = Load(deployment.urls, ours, hostile, rewards)
        console.print(f"calm start: {len(ours)} tasks; then {len(hostile)} hostile attempts in turn")
        await load.calm(_CALM)
        before = await _at_rest(resources, options.settle)
        console.print(f"load, {options.minutes} minutes")
        began = time.time()
        await _loaded(deployment, load, resources, options)
        ended = time.time()
        console.print("at rest")
        after = await _at_rest(resources, options.settle)
        await load.check_episodes()
        await load.close()
    left = await _at_rest(resources, 2 * _SAMPLE_S)
    return Soaked(deployment, load, rewards, resources.samples, before, after, left, began, ended, options.isolation)


async def _loaded(deployment: Deployment, load: Load, resources: Resources, options: argparse.Namespace) -> None:
    """The load and the chaos, for the minutes; then what was begun is finished without it."""
    working = [asyncio.create_task(load.run(options.clients))]
    if options.kill_every:
        working.append(asyncio.create_task(deployment.chaos(options.kill_every, random.Random(options.seed))))
    beside = [asyncio.create_task(deployment.supervise()), asyncio.create_task(resources.watch(_SAMPLE_S))]
    everything = [*working, *beside]
    done, _ = await asyncio.wait(everything, timeout=60 * options.minutes, return_when=asyncio.FIRST_COMPLETED)
    for task in done:  # none should be: it has failed
        await task
    deployment.over.set()
    load.over.set()
    await asyncio.gather(*working)
    for task in beside:
        task.cancel()
    await asyncio.wait(beside)


async def _at_rest(resources: Resources, settle_s: float) -> Held:
    """What is held after so long."""
    end = time.time() + settle_s
    while time.time() < end:
        await asyncio.sleep(min(_SAMPLE_S, max(0.0, end - time.time())))
        resources.samples.append(await asyncio.to_thread(resources.sample))
    return resources.samples[-1]


def main() -> None:
    options = _options()
    console = Console(stderr=True)
    with ExitStack() as stack:
        folder = options.out or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(parents=True, exist_ok=True)
        soaked = asyncio.run(soak(options, folder, console))
        text = findings.text(soaked)
        print(text)
        print(f"\nLoad averages at the end: {os.getloadavg()}, {os.cpu_count()} cores.")
        if options.out:
            from benchmarks.soak.plot import plot

            (folder / "report.md").write_text(text, "utf-8")
            wrong = "".join(f"{verdict.model_dump_json()}\n" for verdict in soaked.rewards.verdicts)
            (folder / "wrong.jsonl").write_text(wrong, "utf-8")
            plot(soaked, folder / "soak.png")
    sys.exit(any(findings.broken(soaked).values()))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=30.0, help="of load (default: %(default)s)")
    parser.add_argument("--kill-every", type=float, default=8.0, help="seconds; 0: no chaos (default: %(default)s)")
    parser.add_argument("--clients", type=int, default=8, help="at once (default: %(default)s)")
    parser.add_argument("--isolation", choices=cases.ISOLATIONS, default="local")
    parser.add_argument("--tasks", nargs="+", default=[], help="ids (default: all that start no processes)")
    parser.add_argument("--hostile-every", type=int, default=1, help="takes one of so many (default: all)")
    parser.add_argument("--settle", type=float, default=60.0, help="seconds at rest (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of the chaos (default: %(default)s)")
    parser.add_argument("--out", type=Path, help="folder for the report, its figure, logs and data")
    return parser.parse_args()


if __name__ == "__main__":
    main()
