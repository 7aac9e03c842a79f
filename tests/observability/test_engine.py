"""An engine that goes away below a real executor raises the alerts about sandboxes, and they end when it is back."""

from pathlib import Path

import pytest

from tests.faults.engine_proxy import EngineProxy
from tests.integration.processes import Executor, free_port, running
from tests.integration.waiting import until
from tests.observability.server import prometheus

pytestmark = pytest.mark.docker


async def test_an_engine_that_is_gone_raises_the_alerts_about_sandboxes(tmp_path: Path) -> None:
    engine, port = EngineProxy(tmp_path / "engine.sock"), free_port()
    await engine.listen()
    executor = Executor(
        "container", DOCKER_HOST=engine.url, METRICS_PORT=str(port), POOL_MIN="2", POOL_MAX="2", REAP_INTERVAL_S="0.5"
    )
    async with running(executor), prometheus(tmp_path, {"codearena-executor": f"127.0.0.1:{port}"}) as server:

        async def pool_is_full() -> bool:
            return await server.value('sum(codearena_executor_sandboxes{state="ready"})') == 2

        await until(pool_is_full, "the pool is full")
        await engine.stop()
        alerts = {"CodeArenaPoolEmpty", "CodeArenaSandboxStartsFail", "CodeArenaContainersLeaked"}
        await server.fires(*alerts)
        await engine.listen()

        async def over() -> bool:
            return not {"CodeArenaPoolEmpty", "CodeArenaContainersLeaked"} & await server.firing()

        await until(over, "the pool is full again, and what was left is removed")
    await engine.stop()
