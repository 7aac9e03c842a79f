"""The SDK against a gateway: episodes as context managers, progress, and an environment with the base install alone."""

import asyncio
import re
import sys
from importlib.metadata import distribution
from pathlib import Path

import httpx
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from codearena.errors import CallerError
from codearena.models import Verdict
from codearena.sdk.async_client import CHUNK_ITEMS, AsyncCodeArena
from codearena.sdk.client import CodeArena
from tests.fakes import RIGHT, WRONG

ROOT = Path(__file__).parents[2]


async def test_episodes_played_at_once_keep_apart(api: httpx.AsyncClient) -> None:
    async with AsyncCodeArena(str(api.base_url)) as arena, arena.play("easy-1") as one, arena.play("medium-1") as other:
        await one.step(WRONG)
        await other.step(RIGHT)
        await one.step(RIGHT)
        assert (one.observation.task_id, one.observation.step, one.done) == ("easy-1", 2, True)
        assert (other.observation.task_id, other.observation.step, other.done) == ("medium-1", 1, True)
        assert len(one.rewards) == 2
        assert one.rewards[0] < one.rewards[1]
    with pytest.raises(CallerError, match="was left"):
        await one.step(RIGHT)
    assert one.episode_id


async def test_the_sync_client_plays_too(api: httpx.AsyncClient) -> None:
    def play() -> list[float]:
        with CodeArena(str(api.base_url)) as arena, arena.play("easy-1") as episode:
            while not episode.done:
                episode.step(RIGHT)
            return episode.rewards

    assert len(await asyncio.to_thread(play)) == 1


async def test_progress_counts_up_to_the_whole_batch(api: httpx.AsyncClient) -> None:
    seen: list[tuple[int, int]] = []
    items = [("easy-1", RIGHT)] * (CHUNK_ITEMS + 3)
    async with AsyncCodeArena(str(api.base_url)) as arena:
        answers = await arena.grade_batch(items, progress=lambda done, total: seen.append((done, total)))
    assert all(isinstance(answer, Verdict) for answer in answers)
    assert [total for _, total in seen] == [len(items)] * 2
    assert sorted(done for done, _ in seen)[-1] == len(items)


def _required(name: str) -> set[str]:
    """The distribution and all that its installation without extras brings."""
    found, left = set(), [name]
    while left:
        current = canonicalize_name(left.pop())
        if current in found:
            continue
        found.add(current)
        for line in distribution(current).requires or []:
            needed = Requirement(line)
            if needed.marker is None or needed.marker.evaluate({"extra": ""}):
                left.append(needed.name)
    return found


def _base_install(folder: Path) -> None:
    """A folder of packages with what `pip install codearena` brings, and nothing else."""
    folder.mkdir()
    for name in _required("codearena") - {"codearena"}:
        installed = distribution(name)
        for top in {file.parts[0] for file in installed.files or [] if file.parts[0] not in ("..", "__pycache__")}:
            (folder / top).symlink_to(Path(str(installed.locate_file(top))))
    (folder / "codearena").symlink_to(ROOT / "codearena")


async def test_the_readmes_example_runs_with_the_base_install_alone(api: httpx.AsyncClient, tmp_path: Path) -> None:
    _base_install(tmp_path / "site")
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    example = next(block for block in blocks if "from codearena import CodeArena" in block)
    script = tmp_path / "example.py"
    script.write_text(example.replace("http://localhost:7860", str(api.base_url)))
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-S", "-P", str(script)),
        env={"PYTHONPATH": str(tmp_path / "site")},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, errors = await process.communicate()
    assert (process.returncode, errors.decode()) == (0, "")
    assert "reward_components" not in output.decode()
    assert "compile_score=" in output.decode()
