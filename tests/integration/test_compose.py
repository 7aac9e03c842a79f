"""`docker compose up --build` with three executors: all three work, and losing one costs no step."""

import asyncio
import json
import os
import signal
import ssl
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from codearena import AsyncCodeArena
from codearena.errors import UnknownEpisodeError
from codearena.tasks.task import Task
from tests.integration import deployment
from tests.integration.containers import of_process
from tests.integration.deployment import EXECUTORS, Deployment, deployed, docker
from tests.integration.playing import (
    MAX_STEPS,
    PATIENT,
    TASKS,
    Arrivals,
    assert_each_step_exactly_once,
    play,
    unsolved_fixes,
)
from tests.integration.processes import ROOT, free_port
from tests.integration.scale import STEPS
from tests.integration.waiting import until
from tests.observability.server import Prometheus

pytestmark = [pytest.mark.docker, pytest.mark.compose]
TASK = TASKS["security_bugs-2"]
OPERATIONS = ROOT / "docs" / "operations.md"


@pytest.fixture(scope="module")
def stack() -> Iterator[Deployment]:
    if reason := deployment.obstacle():
        if os.environ.get("CODEARENA_TESTS_NEED_DOCKER"):
            pytest.fail(reason)
        pytest.skip(reason)
    with deployed() as running:
        yield running


def _one_for_each_executor(task: Task) -> list[tuple[str, str]]:
    """Different sources: the same one, sent again while it is graded, is one attempt."""
    return [(task.id, f"{task.solution}\n# {number}\n") for number in range(EXECUTORS)]


async def test_attempts_are_graded_on_every_executor(stack: Deployment) -> None:
    executors = stack.executors()
    assert len(executors) == EXECUTORS
    async with AsyncCodeArena(stack.url, retry=PATIENT) as arena:
        verdicts = await arena.grade_batch([pair for task in TASKS.values() for pair in _one_for_each_executor(task)])
    assert all(verdict.solved for verdict in verdicts)  # type: ignore[union-attr]
    assert all(stack.attempts_of(executor) for executor in executors)


async def test_the_attempts_run_in_containers(stack: Deployment) -> None:
    async with AsyncCodeArena(stack.url, retry=PATIENT) as arena:
        verdict = await arena.grade(TASK.id, TASK.solution)
        ready = await arena.ready()
    assert verdict.execution_metadata.isolation == "container"
    assert ready.ready
    assert ready.isolation is not None
    assert ready.isolation.degradations == []
    assert (ready.isolation.executors, ready.isolation.executors_absent) == (EXECUTORS, 0)


async def test_prometheus_finds_every_replica_by_name(stack: Deployment) -> None:
    # Not the whole profile: Grafana's image is pulled, and no registry may be in reach.
    await asyncio.to_thread(
        stack.compose, "--profile", "observability", "up", "--build", "--detach", "--wait", "--no-deps", "prometheus"
    )
    server = Prometheus(stack.prometheus_url)

    async def all_are_up() -> bool:
        up = {
            labels["job"]: count for labels, count in await server.ask('count by (job) (up{job=~"codearena-.*"} == 1)')
        }
        return up == {f"codearena-{service}": 1 for service in ("gateway", "judge", "grader")} | {
            "codearena-executor": EXECUTORS
        }

    try:
        await until(all_are_up, "every replica is scraped")
    finally:
        await server.close()


@pytest.mark.parametrize(("how", "exit_status"), [("stop", 0), ("kill", 128 + signal.SIGKILL)])
async def test_losing_an_executor_in_the_middle_loses_no_step(stack: Deployment, how: str, exit_status: int) -> None:
    lost = stack.executors()[0]
    identity = stack.identity_of(lost)
    assert await of_process(identity)
    fixes = unsolved_fixes(TASK)
    async with AsyncCodeArena(stack.url, retry=PATIENT, timeout_s=600) as arena:
        arrivals = Arrivals()
        plays = [asyncio.create_task(play(arena, TASK.id, fixes, arrivals)) for _ in range(STEPS // MAX_STEPS)]
        await arrivals.reached(STEPS // 4)
        await asyncio.to_thread(docker, how, lost)
        assert stack.state_of(lost)["ExitCode"] == exit_status
        await assert_each_step_exactly_once(arena, await asyncio.gather(*plays))
    # The others remove what it left behind.
    await until(lambda: _nothing_of(identity), "its sandboxes are gone")
    await _back(stack, lost)


async def _nothing_of(identity: str) -> bool:
    return not await of_process(identity)


async def _back(stack: Deployment, executor: str) -> None:
    """Starts the executor again; returns once it gets its share of attempts."""
    await asyncio.to_thread(docker, "start", executor)
    await until(lambda: asyncio.to_thread(stack.healthy, executor), "the executor is healthy again")
    async with AsyncCodeArena(stack.url, retry=PATIENT) as arena:

        async def gets_attempts() -> bool:
            await arena.grade_batch(_one_for_each_executor(TASK))
            return await asyncio.to_thread(stack.attempts_of, executor) > 0

        await until(gets_attempts, "the executor gets attempts again")


async def test_the_state_outlives_gateway_and_redis(stack: Deployment) -> None:
    async with AsyncCodeArena(stack.url, retry=PATIENT, timeout_s=600) as arena:
        episode_id = (await arena.reset(TASK.id)).episode_id
        await arena.step(TASK.buggy)
        await asyncio.to_thread(stack.compose, "kill", "redis", "gateway")
        await asyncio.to_thread(stack.up)
        answer = await arena.step(TASK.solution, episode_id=episode_id)
    assert answer.observation.step == 2
    assert answer.done


def _documented(stack: Deployment, first: str, folder: Path) -> str:
    """Runs the block of docs/operations.md that begins with the command, as it stands there; what it says on stderr."""
    (block,) = [each for each in OPERATIONS.read_text("utf-8").split("```bash\n") if each.startswith(first)]
    script = block.partition("```")[0].replace("redis.tar", str(folder / "redis.tar"))
    environment = stack.environment | {"COMPOSE_PROJECT_NAME": stack.project}
    command = ["bash", "-euo", "pipefail", "-c", script]
    ran = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True, timeout=300)
    return ran.stderr


async def test_what_was_backed_up_is_there_again_after_a_restore(stack: Deployment, tmp_path: Path) -> None:
    async with AsyncCodeArena(stack.url, retry=PATIENT, timeout_s=600) as arena:
        kept = (await arena.reset(TASK.id)).episode_id
        backup = "docker compose exec redis redis-cli config set auto"
        assert await asyncio.to_thread(_documented, stack, backup, tmp_path) == ""
        lost = (await arena.reset(TASK.id)).episode_id
        await asyncio.to_thread(_documented, stack, "docker compose stop gateway redis", tmp_path)
        assert (await arena.episode(kept)).episode_id == kept
        with pytest.raises(UnknownEpisodeError):
            await arena.episode(lost)


async def test_redis_cli_complains_of_no_password_where_there_is_none(stack: Deployment) -> None:
    ask = ["exec", "-T", "-e", "REDISCLI_AUTH=", "redis", "sh", "-c", "redis-cli ping 2>&1"]
    assert "AUTH failed" not in await asyncio.to_thread(stack.compose, *ask)


async def test_redis_takes_nobody_without_the_password(stack: Deployment) -> None:
    ask = ["exec", "-T", "redis", "env", "-u", "REDISCLI_AUTH", "redis-cli", "dbsize"]
    assert "NOAUTH" in await asyncio.to_thread(stack.compose, *ask)


async def test_the_executor_needs_no_more_of_the_engine_than_the_filtering_proxy_passes_on(stack: Deployment) -> None:
    files = ["-f", "docker-compose.yml", "-f", "deploy/compose.engine-proxy.yml"]
    await asyncio.to_thread(stack.compose, *files, "up", "--detach", "--wait", "--scale", "executor=1", "executor")
    (executor,) = stack.executors()
    mounts = json.loads(await asyncio.to_thread(docker, "inspect", executor))[0]["Mounts"]
    assert [mount["Destination"] for mount in mounts] == ["/run/codearena"]
    async with AsyncCodeArena(stack.url, retry=PATIENT, timeout_s=600) as arena:
        verdict = await arena.grade(TASK.id, TASK.solution)
    assert verdict.solved
    assert verdict.execution_metadata.isolation == "container"
    await asyncio.to_thread(stack.compose, *files, "rm", "--stop", "--force", "engine-proxy")


async def test_a_request_may_run_in_a_cell_of_executors_beside_the_usual_ones(stack: Deployment) -> None:
    files = ["-f", "docker-compose.yml", "-f", "deploy/compose.cells.yml"]
    up = ["up", "--detach", "--wait", "--scale", "executor=1", "gateway", "executor-cells"]
    await asyncio.to_thread(stack.compose, *files, *up)
    ran_in = []
    for isolation in (None, "cell"):
        async with AsyncCodeArena(stack.url, isolation=isolation, retry=PATIENT, timeout_s=600) as arena:
            verdict = await arena.grade(TASK.id, TASK.solution)
            assert verdict.solved
            ran_in.append(verdict.execution_metadata.isolation)
    assert ran_in == ["container", "cell"]
    await asyncio.to_thread(stack.compose, *files, "rm", "--stop", "--force", "executor-cells")


async def test_tls_ends_in_front_of_the_gateway_whose_port_is_no_longer_published(
    stack: Deployment, tmp_path: Path
) -> None:
    created = ["exec", "-T", "gateway", "python", "-m", "codearena", "keys", "create", "team"]
    key = await asyncio.to_thread(stack.compose, *created)
    port = free_port()
    folder = await asyncio.to_thread(_self_signed, tmp_path)
    secured = replace(stack, environment=stack.environment | {"TLS_CERTIFICATES": str(folder), "TLS_PORT": str(port)})
    files = ["-f", "docker-compose.yml", "-f", "deploy/compose.tls.yml"]
    await asyncio.to_thread(secured.compose, *files, "up", "--build", "--detach", "--wait", "tls")
    trusted = ssl.create_default_context(cafile=str(folder / "fullchain.pem"))
    async with httpx.AsyncClient(base_url=f"https://localhost:{port}", verify=trusted, timeout=60) as api:
        assert (await api.get("/tasks")).status_code == 401
        assert (await api.get("/tasks", headers={"X-API-Key": key.split()[-1]})).status_code == 200
        with pytest.raises(httpx.ConnectError):
            await api.get(f"{stack.url}/health")
    await asyncio.to_thread(secured.compose, *files, "rm", "--stop", "--force", "tls")


def _self_signed(folder: Path) -> Path:
    new = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-batch"]
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    files = ["-keyout", str(folder / "privkey.pem"), "-out", str(folder / "fullchain.pem")]
    subprocess.run([*new, *names, *files], check=True, capture_output=True)
    for path in (folder, *folder.iterdir()):
        path.chmod(0o755)  # another uid reads it, in the container
    return folder
