"""What attempts take of Redis' memory, by kind of key, with the reports of real runs.

    python -m benchmarks.redis_bytes [--episodes N] [--task ID ...]

The services run as in benchmarks/own_cost.py: each source once for real, then its report is played back. Episodes are
of two steps, the code as given and the reference, and as many attempts again are graded in groups. The figures are
those of MEMORY USAGE, which counts a value with its key, and of used_memory before and after.
"""

import argparse
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import httpx
import redis
from rich.console import Console
from rich.table import Table

from benchmarks.own_cost import services
from codearena.tasks.folder import load_tasks
from codearena.tasks.task import Task

ROOT = Path(__file__).resolve().parent.parent
_BATCH = 8


@dataclass(frozen=True)
class Kind:
    """Keys of one kind: how many, and their bytes together."""

    name: str
    keys: int
    bytes: int


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--episodes", type=int, default=40, help="of each task (default: %(default)s)")
    parser.add_argument("--task", nargs="+", default=["easy-1", "medium-1", "hard-1"], help="ids of tasks")
    options = parser.parse_args()
    known, console = load_tasks(ROOT / "gateway" / "tasks"), Console()
    with services() as (url, store, _), httpx.Client(base_url=url, timeout=300) as client:
        before = _used(store)
        tasks = [known[task_id] for task_id in options.task]
        for task in tasks:
            _play(client, task, options.episodes)
        report([*kinds(store)], options.episodes * len(tasks), _used(store) - before, console)


def _play(client: httpx.Client, task: Task, episodes: int) -> None:
    for number in range(episodes):
        made = client.post("/reset", json={"task_id": task.id, "agent_id": f"agent-{number % 4}"})
        episode = made.raise_for_status().json()["episode_id"]
        for fix in (f"{task.buggy}\n# {number}\n", f"{task.solution}\n# {number}\n"):
            step = {"episode_id": episode, "proposed_fix": fix, "request_id": f"r-{len(fix)}"}
            client.post("/step", json=step).raise_for_status()
    for number in range(episodes // _BATCH):
        sources = [f"{task.solution}\n# {number} {place}\n" for place in range(_BATCH)]
        items = [{"task_id": task.id, "source": source, "group_id": f"g-{number}"} for source in sources]
        client.post("/grade/batch", json={"items": items}).raise_for_status()


def kinds(store: "redis.Redis") -> Iterator[Kind]:
    """What there is, the largest first."""
    found: defaultdict[str, list[int]] = defaultdict(list)
    for key in store.scan_iter(count=1000):
        name = cast("bytes", key).decode().split(":")[1]
        found[name].append(cast("int", store.memory_usage(key, samples=0)))
    for name, sizes in sorted(found.items(), key=lambda pair: -sum(pair[1])):
        yield Kind(name, len(sizes), sum(sizes))


def _used(store: "redis.Redis") -> int:
    return int(cast("dict[str, int]", store.info("memory"))["used_memory"])


def report(found: Sequence[Kind], episodes: int, used: int, console: Console) -> None:
    """Prints the table; used: bytes by which Redis' memory has grown."""
    table = Table(title=f"Redis bytes of {episodes} episodes of two steps, {used / episodes:.0f} each in all")
    for heading in ("kind", "keys", "bytes of each", "bytes an episode"):
        table.add_column(heading, justify="left" if heading == "kind" else "right")
    for kind in found:
        table.add_row(kind.name, str(kind.keys), f"{kind.bytes / kind.keys:.0f}", f"{kind.bytes / episodes:.0f}")
    console.print(table)


if __name__ == "__main__":
    main()
