"""The optional parts of the package: what an error tells to install is enough."""

import json
import re
import subprocess
import sys
import tomllib
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.codearena.evaluation.build import trajectory
from tests.codearena.plots.test_report import write_log

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
PACKAGES = ("codearena", "gateway", "executor_service", "grader_service", "judge_service")


def required(lines: list[str]) -> set[str]:
    """The distributions that these requirements bring, with all that they need in turn."""
    found: set[str] = set()
    left = [Requirement(line) for line in lines]
    while left:
        needed = left.pop()
        name = canonicalize_name(needed.name)
        extras = {"", *needed.extras}
        if needed.marker is not None and not needed.marker.evaluate({"extra": ""}):
            continue
        if name in found and extras == {""}:
            continue
        found.add(name)
        for each in map(Requirement, distribution(name).requires or []):
            if each.marker is None or any(each.marker.evaluate({"extra": extra}) for extra in extras):
                each.marker = None
                left.append(each)
    return found


def install(folder: Path, *extras: str) -> Path:
    """A folder of packages with what `pip install "codearena[EXTRAS]"` brings, and nothing else."""
    folder.mkdir()
    lines = [*PROJECT["dependencies"], *(line for extra in extras for line in PROJECT["optional-dependencies"][extra])]
    for name in required(lines):
        installed = distribution(name)
        for top in {file.parts[0] for file in installed.files or [] if file.parts[0] not in ("..", "__pycache__")}:
            if not (folder / top).exists():
                (folder / top).symlink_to(Path(str(installed.locate_file(top))))
    for name in PACKAGES:
        (folder / name).symlink_to(ROOT / name)
    return folder


def codearena(site: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-S", "-P", "-m", "codearena", *arguments]
    environment = {"PYTHONPATH": str(site), "COLUMNS": "200", "HOME": str(site)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def eval_alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return install(tmp_path_factory.mktemp("extras") / "eval", "eval")


def test_eval_alone_draws_the_figures_of_a_run(eval_alone: Path, tmp_path: Path) -> None:
    ended = codearena(eval_alone, "plot", str(write_log(tmp_path / "run")))
    assert (ended.returncode, (tmp_path / "run" / "plots" / "report.html").exists()) == (0, True), ended.stderr


def test_eval_alone_asks_a_model_through_a_gateway_elsewhere(eval_alone: Path, tmp_path: Path) -> None:
    ended = codearena(eval_alone, "eval", "--gateway-url", "http://127.0.0.1:9", "--out", str(tmp_path / "run"))
    assert (ended.returncode, "http://127.0.0.1:9" in ended.stdout) == (1, True), ended.stderr


def test_eval_alone_says_what_exporting_and_grading_again_need(eval_alone: Path, tmp_path: Path) -> None:
    (tmp_path / "run.jsonl").write_text(json.dumps(trajectory(0.5).model_dump(mode="json")))
    for command in (["export", str(tmp_path / "out")], ["regrade", str(tmp_path / "run.jsonl")]):
        ended = codearena(eval_alone, *command)
        assert (ended.returncode, 'pip install "codearena[server]"' in ended.stdout) == (1, True), ended.stderr


def test_the_server_alone_says_what_figures_and_parquet_need(tmp_path: Path) -> None:
    site = install(tmp_path / "site", "server")
    parquet = codearena(site, "export", str(tmp_path / "out"), "--format", "parquet")
    figures = codearena(site, "plot", str(write_log(tmp_path / "run")))
    assert (parquet.returncode, figures.returncode) == (1, 1)
    assert parquet.stdout.strip() == 'this needs pyarrow: pip install "codearena[server,parquet]"', parquet.stderr
    assert figures.stdout.strip() == 'this needs matplotlib: pip install "codearena[eval]"', figures.stderr


def test_every_extra_that_an_error_names_is_there_and_holds_what_the_error_misses() -> None:
    told = re.compile(r'require\("([a-z,]+)", ((?:"\w+"(?:, )?)+)\)')
    calls = [call for file in (ROOT / "codearena").rglob("*.py") for call in told.findall(file.read_text("utf-8"))]
    assert len(calls) == 4
    for extras, modules in calls:
        lines = [line for extra in extras.split(",") for line in PROJECT["optional-dependencies"][extra]]
        assert set(re.findall(r"\w+", modules)) <= {Requirement(line).name for line in lines}
