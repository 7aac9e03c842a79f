"""`codearena tasks stats` and `export` on a file of tasks: what is told, and that nothing is lost."""

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from codearena.cli import app
from codearena.generation import statistics
from codearena.generation.certificate import Certificate, Marks, Strength
from codearena.generation.difficulty import difficulty
from codearena.generation.operators.operator import Kind
from codearena.tasks.folder import load_tasks
from codearena.tasks.jsonl import write_jsonl
from codearena.tasks.task import Task
from tests.codearena.generation.originals import CLAMP, clamp_task, letters_task, longest_task

MARKS = Marks(reward=0.2, passed=5, total=10, hidden_passed=3, hidden_total=6, efficiency=0.0)


def certified(task: Task, killed: int, operators: list[str]) -> Task:
    strength = Strength(mutants=10, killed=killed, equivalent=0, missed=10 - killed, inputs=9)
    made = {"generated": {"family": "numbers", "operators": operators}}
    certificate = Certificate(
        revision=task.revision,
        isolation="local",
        revisions={},
        reference=MARKS,
        buggy=MARKS,
        empty=MARKS,
        outcome="fails",
        replays=20,
        strength=strength,
        mutation_score=strength.score,
        difficulty=difficulty("easy", CLAMP, [Kind.BOUNDARY], MARKS, "fails", 3),
        tree="",
    )
    return task.model_copy(update={"metadata": made, "certificate": certificate.model_dump(mode="json")})


@pytest.fixture
def file(tmp_path: Path) -> Path:
    tasks = [
        certified(clamp_task(id="a", split="held_out"), 10, ["boundary-shifted"]),
        certified(clamp_task(id="b"), 8, ["boundary-shifted", "wrong-variable"]),
        longest_task(),
        letters_task(),
    ]
    write_jsonl(tasks, tmp_path / "tasks.jsonl")
    return tmp_path / "tasks.jsonl"


def run(*arguments: str | Path) -> str:
    done = CliRunner().invoke(app, ["tasks", *map(str, arguments)])
    assert done.exit_code == 0, done.output
    return done.output


def test_statistics_count_each_operator_of_a_task(file: Path) -> None:
    found = statistics.of_tasks(load_tasks(file).values())
    assert (found.tasks, found.certified) == (4, 2)
    assert found.counts["operator"] == {"boundary-shifted": 2, "wrong-variable": 1}
    assert found.counts["kind"] == {"boundary": 2, "names": 1}
    assert found.counts["split"] == {"train": 3, "held_out": 1}
    assert found.median_score == 0.9


def test_stats_tells_the_strength_and_draws_a_figure(file: Path, tmp_path: Path) -> None:
    told = run("stats", file, "--plot", tmp_path / "tasks.svg")
    assert "mutation score of hidden tests, median" in told
    assert "0.90" in told
    assert "<svg" in (tmp_path / "tasks.svg").read_text("utf-8")


def test_statistics_of_tasks_without_certificates_have_no_median(tmp_path: Path) -> None:
    write_jsonl([longest_task()], tmp_path / "tasks.jsonl")
    run("stats", tmp_path / "tasks.jsonl", "--plot", tmp_path / "tasks.png")
    assert statistics.of_tasks([longest_task()]).median_score is None


@pytest.mark.parametrize("kind", ["jsonl", "folder"])
def test_what_is_converted_reads_as_the_same_tasks(file: Path, tmp_path: Path, kind: str) -> None:
    out = tmp_path / "converted"
    run("convert", file, out, "--format", kind)
    again, before = load_tasks(out), load_tasks(file)
    assert {name: (task, task.revision) for name, task in again.items()} == {
        name: (task, task.revision) for name, task in before.items()
    }


def test_parquet_has_a_column_for_each_field(file: Path, tmp_path: Path) -> None:
    run("convert", file, tmp_path / "tasks.parquet", "--format", "parquet")
    rows = {row["id"]: row for row in pq.read_table(tmp_path / "tasks.parquet").to_pylist()}
    assert rows["a"]["split"] == "held_out"
    assert rows["a"]["buggy"] == load_tasks(file)["a"].buggy
    assert json.loads(rows["a"]["certificate"])["outcome"] == "fails"
    assert rows["longest"]["certificate"] is None


def test_a_data_set_has_a_file_for_each_split_and_names_them_in_its_card(file: Path, tmp_path: Path) -> None:
    folder = tmp_path / "set"
    run("convert", file, folder, "--format", "hf")
    card = (folder / "README.md").read_text("utf-8")
    counts = {name: pq.read_table(folder / "data" / f"{name}.parquet").num_rows for name in ("train", "held_out")}
    assert counts == {"train": 3, "held_out": 1}
    assert all(f"path: data/{name}.parquet" in card for name in counts)
