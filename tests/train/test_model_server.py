"""A small model behind an OpenAI-compatible server, as the first link of the fixer and as the judge: docs/learning.md.

What such a model writes is prose, broken JSON or nothing: data for both, and never a failure of theirs.
"""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

pytest.importorskip("trl", reason="needs requirements/train.lock: make test-train")

from codearena.embedded import embedded_gateway
from codearena.sdk.client import CodeArena
from tests.ports import free_port

ROOT = Path(__file__).parents[2]
TASK = ROOT / "gateway" / "tasks" / "easy" / "easy-1"
pytestmark = pytest.mark.filterwarnings("ignore")  # of the training libraries, about each other


@pytest.fixture(scope="module")
def server(tiny_model: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The URL of `transformers serve` with the tiny model, and the file of its log."""
    port, log = free_port(), tmp_path_factory.mktemp("server") / "log"
    command = [str(Path(sys.executable).with_name("transformers")), "serve", tiny_model]
    command += ["--host", "127.0.0.1", "--port", str(port), "--device", "cpu", "--log-level", "info"]
    with log.open("wb") as file, subprocess.Popen(command, stdout=file, stderr=subprocess.STDOUT) as process:
        try:
            _wait(f"http://127.0.0.1:{port}/health", process, log)
            yield f"http://127.0.0.1:{port}/v1", log
        finally:
            process.kill()


def _wait(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + 120
    while process.poll() is None and time.monotonic() < deadline:
        try:
            if httpx.get(url, trust_env=False).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.2)
    raise AssertionError(f"the server did not start:\n{log.read_text('utf-8')[-2000:]}")


def questions(log: Path) -> int:
    return log.read_text("utf-8").count("/v1/chat/completions")


def test_what_a_small_model_answers_is_data_for_the_fixer_and_for_the_judge(
    server: tuple[str, Path], tiny_model: str
) -> None:
    url, log = server
    link = {"name": "small", "model": tiny_model, "base_url": url, "timeout_s": 30, "max_tokens": 64}
    settings = {
        "CODEARENA_GATEWAY_FIXER_MODELS": json.dumps([link]),
        "CODEARENA_JUDGE_LLM_MODEL": tiny_model,
        "CODEARENA_JUDGE_LLM_BASE_URL": url,
        "CODEARENA_JUDGE_LLM_MAX_TOKENS": "64",
        "CODEARENA_JUDGE_LLM_TIMEOUT_S": "30",
    }
    buggy, solution = ((TASK / name).read_text("utf-8") for name in ("buggy.py", "solution.py"))
    with embedded_gateway("local", ROOT / "gateway" / "tasks", settings) as gateway, CodeArena(gateway) as arena:
        fixed = arena.fix(buggy, task_id="easy-1")
        asked_to_fix = questions(log)
        verdict = arena.grade("easy-1", solution)
    assert asked_to_fix >= 1, "the model is the first link"
    assert (fixed.success, fixed.method) == (True, "builtin"), "its answer is no Python, and the next link is asked"
    assert questions(log) > asked_to_fix, "the model is the judge"
    assert verdict.judge == "static", "its answer is no verdict, and the static judge speaks"
    assert verdict.solved
