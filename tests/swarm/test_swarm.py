"""The stack of deploy/swarm under a steady load, while its nodes, its store and its versions come and go.

Two nodes and one of them killed in `make test`; all of it, on three nodes, by `make test-swarm`.
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable

import pytest

from codearena import AsyncCodeArena
from tests.integration.waiting import until
from tests.swarm.conftest import ATTEMPTS_PER_S, FULL, NODES, SETTLING_S, WATCHED_S, needs_three_nodes, settled
from tests.swarm.load import TASK, load, report
from tests.swarm.stack import MOST_COMMANDS, Stack, documented

pytestmark = [pytest.mark.docker, pytest.mark.swarm, pytest.mark.asyncio(loop_scope="session")]
SERVING = ("gateway", "executor", "judge", "grader", "redis")
_BACK_S = 30.0
"""What is promised of the full run, on a machine that does nothing else."""


async def test_the_readme_leads_to_a_graded_attempt_in_few_commands(swarm: Stack) -> None:
    assert len(documented()) <= MOST_COMMANDS
    verdict = json.loads(swarm.graded)
    assert verdict["task_id"] == "easy-1"
    assert verdict["solved"]


async def test_attempts_are_graded_on_every_node(stack: Stack, arena: AsyncCodeArena) -> None:
    ready = await arena.ready()
    assert ready.isolation is not None
    assert (ready.isolation.executors, ready.isolation.executors_absent) == (NODES, 0)
    running = await asyncio.to_thread(stack.running, "executor")
    assert {node for node, _ in running} == {node.name for node in stack.machines.nodes}
    sources = [(TASK.id, f"{TASK.solution}\n# {number}\n") for number in range(4 * NODES)]
    verdicts = await arena.grade_batch(sources)
    assert all(verdict.solved for verdict in verdicts)  # type: ignore[union-attr]


async def _survives(stack: Stack, arena: AsyncCodeArena, what: str, fault: Callable[[], None]) -> None:
    """What befalls it at once: no step is lost or doubled, and the rate comes back."""

    async def befalls() -> float:
        fault_s = time.monotonic()
        await asyncio.to_thread(fault)
        return fault_s

    await _goes_on(stack, arena, what, befalls)


async def _goes_on(stack: Stack, arena: AsyncCodeArena, what: str, change: Callable[[], Awaitable[float]]) -> None:
    """A load with the change in its middle. change: returns the moment from which the rate is to come back."""
    async with load(stack, arena, ATTEMPTS_PER_S) as running:
        await running.until_steady()
        back_s = await running.back_after_s(await change(), WATCHED_S)
    seen = {"attempts": len(running.answered_s), "longest_wait_s": max(running.waits_s)}
    report(what, attempts_per_s=ATTEMPTS_PER_S, **seen, back_after_s=back_s, lost=0, doubled=0)
    assert back_s <= _BACK_S or not FULL


async def test_killing_a_node_loses_and_doubles_no_step(stack: Stack, arena: AsyncCodeArena) -> None:
    lost = stack.machines.nodes[-1]
    try:
        await _survives(stack, arena, "node killed", lost.kill)
    finally:
        await asyncio.to_thread(lost.start)
    await settled(stack)
    await until(lambda: _all_executors(arena), "the node takes part again", SETTLING_S)


async def _all_executors(arena: AsyncCodeArena) -> bool:
    isolation = (await arena.ready()).isolation
    return isolation is not None and (isolation.executors, isolation.executors_absent) == (NODES, 0)


@needs_three_nodes
async def test_cutting_a_node_off_loses_and_doubles_no_step(stack: Stack, arena: AsyncCodeArena) -> None:
    lost = stack.machines.nodes[-1]
    try:
        await _survives(stack, arena, "node cut off", lost.cut)
        await _survives(stack, arena, "node back on the network", lost.mend)
    finally:
        await asyncio.to_thread(lost.mend)
    await settled(stack)
    await until(lambda: _all_executors(arena), "the node takes part again", SETTLING_S)


@needs_three_nodes
async def test_restarting_redis_loses_and_doubles_no_step(stack: Stack, arena: AsyncCodeArena) -> None:
    def restart() -> None:
        stack.manager.docker("kill", stack.container_of("redis", stack.manager))

    await _survives(stack, arena, "Redis killed", restart)


@needs_three_nodes
async def test_a_rolling_update_loses_and_doubles_no_step(stack: Stack, arena: AsyncCodeArena) -> None:
    tag = f"{stack.environment['CODEARENA_TAG']}-next"

    def update() -> None:
        for service in SERVING:
            image = f"codearena-{service}"
            for node in stack.machines.nodes:
                node.docker("tag", f"{image}:{stack.environment['CODEARENA_TAG']}", f"{image}:{tag}")
        stack.deploy(CODEARENA_TAG=tag)

    def rolled_out() -> bool:
        return all(stack.update_of(service) == "completed" and _all_of(stack, service, tag) for service in SERVING)

    async def change() -> float:
        await asyncio.to_thread(update)
        await until(lambda: asyncio.to_thread(rolled_out), "every service has the next version", 3 * SETTLING_S)
        return time.monotonic()

    await _goes_on(stack, arena, "rolling update", change)


def _all_of(stack: Stack, service: str, tag: str) -> bool:
    return all(image.endswith(f":{tag}") for _, image in stack.running(service))


@needs_three_nodes
async def test_a_version_that_is_never_healthy_is_rolled_back(stack: Stack, arena: AsyncCodeArena) -> None:
    async def rolled_back() -> bool:
        return await asyncio.to_thread(stack.update_of, "grader") == "rollback_completed"

    async def change() -> float:
        worse = ["service", "update", "--detach", "--health-cmd", "false", "codearena_grader"]
        await asyncio.to_thread(stack.manager.docker, *worse)
        await until(rolled_back, "the previous version is back", 3 * SETTLING_S)
        return time.monotonic()

    await _goes_on(stack, arena, "update that never gets healthy", change)


@needs_three_nodes
async def test_scaling_up_and_down_loses_and_doubles_no_step(stack: Stack, arena: AsyncCodeArena) -> None:
    others = stack.machines.nodes[1:]

    async def scale(count: int) -> float:
        """All services to so many, executors by the labels of nodes; the moment when all of them run."""
        for number, node in enumerate(others, 2):
            label = f"codearena.executor={str(number <= count).lower()}"
            await asyncio.to_thread(stack.manager.docker, "node", "update", "--label-add", label, node.name)
        await asyncio.to_thread(stack.scale, judge=count, grader=count)
        await settled(stack)
        return time.monotonic()

    await scale(1)
    await _goes_on(stack, arena, "scaled from 1 to 3", lambda: scale(3))
    await _goes_on(stack, arena, "scaled from 3 to 1", lambda: scale(1))
    await scale(3)
