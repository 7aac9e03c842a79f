"""What OpenEnv tools start: `server.app:app`, with everything in one process."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from server.app import Application, options

ROOT = Path(__file__).parents[2]
SOLUTION = (ROOT / "gateway" / "tasks" / "easy" / "easy-1" / "solution.py").read_text("utf-8")


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setenv("CODEARENA_EXECUTOR_ISOLATION", "local")
    return monkeypatch


async def test_any_server_that_runs_the_lifespan_serves_graded_episodes(environment: pytest.MonkeyPatch) -> None:
    app, said = Application(), asyncio.Queue[Any]()
    asked: asyncio.Queue[Any] = asyncio.Queue()
    lifespan = asyncio.create_task(app({"type": "lifespan"}, asked.get, said.put))
    await asked.put({"type": "lifespan.startup"})
    assert await said.get() == {"type": "lifespan.startup.complete"}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://space", timeout=60) as api:
        await api.post("/reset", json={"task_id": "easy-1"})
        assert (await api.post("/step", json={"proposed_fix": SOLUTION})).json()["done"] is True
    await asked.put({"type": "lifespan.shutdown"})
    assert await said.get() == {"type": "lifespan.shutdown.complete"}
    await lifespan


def test_it_listens_where_port_says(environment: pytest.MonkeyPatch) -> None:
    assert options().port == 7860
    environment.setenv("PORT", "8000")
    assert (options().port, options().host) == (8000, "0.0.0.0")


def test_the_manifest_and_the_readme_say_the_same_port() -> None:
    manifest = yaml.safe_load((ROOT / "openenv.yaml").read_text("utf-8"))
    front_matter = yaml.safe_load((ROOT / "README.md").read_text("utf-8").split("---")[1])
    assert (manifest["spec_version"], manifest["runtime"], manifest["app"]) == (1, "fastapi", "server.app:app")
    assert manifest["port"] == front_matter["app_port"] == 7860
    assert front_matter["sdk"] == "docker"
