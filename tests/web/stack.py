"""The embedded services for a browser: on one port, which stays when they are started again, with their own Redis."""

import os
import subprocess
import sys
import time
from pathlib import Path

import httpx
import redis

from tests.ports import free_port

ROOT = Path(__file__).parents[2]
_START_S, _STOP_S = 400.0, 120.0
_POLL_S = 0.1


class Stack:
    """`python -m gateway.embedded`. folder: for its state; environment: what it is told beside."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.url = f"http://127.0.0.1:{free_port()}"
        self._folder = folder
        # Beside other tests the machine may be busy for longer than a service would wait.
        self._environment = os.environ | {"CODEARENA_JUDGE_LAUNCHER_START_S": "300"} | environment
        self._process: subprocess.Popen[bytes] | None = None
        self.api = httpx.Client(base_url=self.url, timeout=120)

    def start(self) -> None:
        """Returns when it serves."""
        state = self._folder / "state"
        state.mkdir(parents=True, exist_ok=True)
        port = self.url.rpartition(":")[2]
        command = [sys.executable, "-m", "gateway.embedded", "--port", port, "--isolation", "local"]
        command += ["--state", str(state), "--until-stdin-closes"]  # stops with us, however we end
        with (self._folder / "output").open("ab") as output:
            self._process = subprocess.Popen(
                command, cwd=ROOT, env=self._environment, stdin=subprocess.PIPE, stdout=output, stderr=output
            )
        deadline = time.monotonic() + _START_S
        while not self._serves():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError(f"the services did not start:\n{(self._folder / 'output').read_text()[-2000:]}")
            time.sleep(_POLL_S)  # nothing tells when another process has come so far

    def stop(self) -> None:
        """What it has stays, and is there again after another start."""
        assert self._process is not None and self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def close(self) -> None:
        """Stops for good."""
        self.stop()
        self.api.close()

    def redis(self) -> "redis.Redis":
        """A client of its Redis."""
        return redis.Redis.from_url((self._folder / "state" / "redis-url").read_text("utf-8"))

    def _serves(self) -> bool:
        try:
            return self.api.get("/ready").is_success
        except httpx.TransportError:
            return False
