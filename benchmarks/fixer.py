"""What the built-in fixer solves alone: /fix and /step in turns, on every task, against the running services.

    python -m benchmarks.fixer [--isolation local|container] [--gateway-url URL]

An episode is what an agent plays: it sends the code it has and the log it was shown to /fix, steps with the answer, and
goes on with the new log until the episode is done. Prints a table in Markdown.
"""

import argparse
import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.step_latency import embedded
from codearena import CodeArena
from codearena.models import TaskSummary


@dataclass(frozen=True)
class Played:
    """One episode. rewards: of its steps; seconds: in /fix alone; explanation: of the last repair."""

    task_id: str
    solved: bool
    rewards: list[float]
    seconds: float
    explanation: str


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--isolation", default="container", help="of the services started (default: %(default)s)")
    parser.add_argument("--gateway-url", help="services that run already; none: some are started")
    options = parser.parse_args()
    with _url(options.gateway_url, options.isolation) as url, CodeArena(url, agent_id="fixer-benchmark") as arena:
        played = [play(arena, task) for task in arena.tasks()]
    report(played)


@contextlib.contextmanager
def _url(given: str | None, isolation: str) -> Iterator[str]:
    if given:
        yield given
        return
    with embedded(isolation) as url:
        yield url


def play(arena: CodeArena, task: TaskSummary) -> Played:
    """One episode, to its end."""
    answer = arena.reset(task.id)
    code, rewards, seconds, explanation = answer.observation.buggy_code, [], 0.0, ""
    while not answer.done:
        started = time.perf_counter()
        fix = arena.fix(code, answer.observation.error_log, reward=answer.reward, task_id=task.id)
        seconds += time.perf_counter() - started
        code, explanation = fix.fixed_code, fix.explanation
        answer = arena.step(code)
        rewards.append(answer.reward or 0.0)
    return Played(task.id, answer.info.solved, rewards, seconds, explanation)


def report(played: list[Played]) -> None:
    print("| task | solved | steps | reward of the last step | seconds in /fix | last repair |")
    print("| --- | --- | --- | --- | --- | --- |")
    for each in played:
        solved = "yes" if each.solved else "no"
        print(
            f"| {each.task_id} | {solved} | {len(each.rewards)} | {each.rewards[-1]:.2f} | {each.seconds:.1f} "
            f"| {each.explanation} |"
        )
    print(f"\n{sum(each.solved for each in played)} of {len(played)} solved")


if __name__ == "__main__":
    main()
