"""What `codearena export` writes loads in datasets, and TRL's trainers take it as it is."""

from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from rich.console import Console
from typer.testing import CliRunner

datasets = pytest.importorskip("datasets", reason="needs requirements/train.lock: make test-train")

import trl

from codearena import AsyncCodeArena
from codearena.cli import app
from codearena.tasks.folder import load_tasks
from codearena.tasks.task import Task
from gateway.embedded import Embedded, Options

TASKS = Path(__file__).parents[2] / "gateway" / "tasks"
CHOSEN = ("easy-1", "hard-1", "security_bugs-1")
pytestmark = pytest.mark.filterwarnings("ignore")  # of the training libraries, about each other


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def exports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of exports in every format, of episodes that begin wrong and end right."""
    folder, tasks = tmp_path_factory.mktemp("exports"), load_tasks(TASKS)
    options = Options("127.0.0.1", 0, "local", tmp_path_factory.mktemp("state"))
    async with Embedded(options, Console(quiet=True)) as running, AsyncCodeArena(running.url) as arena:
        for task_id in CHOSEN:
            await _play(arena, tasks[task_id])
        for kind in ("jsonl", "parquet", "sft", "dpo"):
            command = ["export", str(folder / kind), "--format", kind, "--redis-url", running.redis_url]
            ended = CliRunner().invoke(app, command)
            assert ended.exit_code == 0, ended.output
    return folder


async def _play(arena: AsyncCodeArena, task: Task) -> None:
    async with arena.play(task.id) as episode:
        for source in ("def unfinished(:", task.buggy, task.solution):
            await episode.step(source)


def loaded(exports: Path, kind: str) -> Any:
    builder, files = ("parquet", "parquet/*.parquet") if kind == "parquet" else ("json", kind)
    cache = str(exports / "cache")
    return datasets.load_dataset(builder, data_files=str(exports / files), cache_dir=cache, split="train")


@pytest.mark.parametrize("kind", ["jsonl", "parquet"])
def test_whole_attempts_load(exports: Path, kind: str) -> None:
    rows = loaded(exports, kind).filter(lambda row: row["kind"] == "attempt")
    assert [row["task_id"] for row in rows] == [task_id for task_id in CHOSEN for _ in range(3)]
    assert [row["solved"] for row in rows] == [False, False, True] * len(CHOSEN)
    assert all(row["attempt"] and row["source"] for row in rows)


def test_demonstrations_train(exports: Path, tiny_model: str, tmp_path: Path) -> None:
    rows = loaded(exports, "sft")
    assert rows["task_id"] == list(CHOSEN)
    config = trl.SFTConfig(str(tmp_path), max_steps=1, use_cpu=True, report_to=[])
    ended = trl.SFTTrainer(model=tiny_model, args=config, train_dataset=rows).train()
    assert ended.training_loss > 0


def test_preferences_train(exports: Path, tiny_model: str, tmp_path: Path) -> None:
    rows = loaded(exports, "dpo")
    assert all(row["reward_chosen"] - row["reward_rejected"] >= 0.2 for row in rows)
    config = trl.DPOConfig(str(tmp_path), max_steps=1, use_cpu=True, report_to=[])
    ended = trl.DPOTrainer(model=tiny_model, args=config, train_dataset=rows).train()
    assert ended.training_loss > 0
