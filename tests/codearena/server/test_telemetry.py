"""Log lines are JSON with the ids of the request, metrics are served over HTTP, and source code is never logged."""

import asyncio
import json
import logging
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from prometheus_client import Counter

from codearena.server import telemetry
from tests.ports import free_port

ROOT = Path(__file__).parents[3]


@pytest.fixture
def root_logger() -> Iterator[logging.Logger]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield root
    root.handlers[:] = handlers
    root.setLevel(level)


def test_a_line_carries_the_ids_of_its_request(root_logger: logging.Logger, capsys: pytest.CaptureFixture[str]) -> None:
    telemetry.configure_logging("gateway", "INFO")
    request, episode = telemetry.request_id.set("r-1"), telemetry.episode_id.set("e-1")
    attempt = telemetry.attempt_id.set("a-1")
    logging.getLogger("some.module").info("served %d", 7)
    telemetry.request_id.reset(request)
    telemetry.episode_id.reset(episode)
    telemetry.attempt_id.reset(attempt)
    entry = json.loads(capsys.readouterr().err)
    del entry["time"]
    assert entry == {
        "level": "INFO",
        "service": "gateway",
        "logger": "some.module",
        "message": "served 7",
        "request_id": "r-1",
        "episode_id": "e-1",
        "attempt_id": "a-1",
    }


def test_a_logged_error_keeps_its_traceback_on_one_line() -> None:
    try:
        raise ValueError("broken")
    except ValueError:
        record = logging.LogRecord("name", logging.ERROR, "path", 1, "failed", None, sys.exc_info())
    text = telemetry.JSONFormatter("grader").format(record)
    assert "\n" not in text
    assert "ValueError: broken" in json.loads(text)["traceback"]


def test_a_fingerprint_tells_hash_and_size_and_nothing_of_the_source() -> None:
    assert telemetry.fingerprint(b"secret = 1") == "a13a957d2281/10B"


def test_metrics_are_served_on_the_port_given() -> None:
    port = free_port()
    Counter("codearena_test_requests", "Counted by this test.").inc()
    telemetry.serve_metrics("127.0.0.1", port)
    assert "codearena_test_requests_total 1.0" in httpx.get(f"http://127.0.0.1:{port}/metrics").text


def probed(port: int) -> bool:
    """What the health check of a container finds, with no program at hand that it could start."""
    script = ["/bin/bash", str(ROOT / "deploy" / "health.sh"), str(port)]
    return subprocess.run(script, env={"PATH": ""}, capture_output=True, check=False).returncode == 0


async def test_health_on_the_metrics_port_is_what_the_service_says_and_the_probe_of_containers_reads_it() -> None:
    port, health = free_port(), telemetry.Health()
    says = True

    async def serving() -> bool:
        return says

    assert not await asyncio.to_thread(probed, port)  # nobody listens
    telemetry.serve_metrics("127.0.0.1", port, health)
    assert not await asyncio.to_thread(probed, port)  # it listens, and does not serve yet
    health.follow(serving)
    assert await asyncio.to_thread(probed, port)
    says = False
    assert not await asyncio.to_thread(probed, port)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        assert (await client.get("/health")).status_code == 503
        assert "# HELP" in (await client.get("/metrics")).text


async def test_a_service_whose_loop_hangs_is_not_healthy() -> None:
    health = telemetry.Health(timeout_s=0.01)

    async def serving() -> bool:
        return True

    health.follow(serving)
    asked: list[bool] = []
    asking = threading.Thread(target=lambda: asked.append(health.serving()))
    asking.start()
    asking.join()  # this blocks the loop
    assert asked == [False]
