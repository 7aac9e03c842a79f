"""Many tasks are served from a file as few are: found by id, listed in pages, drawn by level and category."""

import contextlib
import json
import random
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from codearena.errors import UnknownTaskError
from codearena.tasks.faults import TaskError
from codearena.tasks.task import Level
from gateway.catalogue import lines
from gateway.catalogue.catalogue import Catalogue, Source
from gateway.catalogue.index import Filters
from gateway.catalogue.lines import Lines, Parquet
from gateway.catalogue.opening import open_catalogue
from gateway.settings import Settings
from tests.gateway.catalogue.records import record, write


class Opened(contextlib.ExitStack):
    """Catalogues that are closed when the test is over."""

    def __call__(self, *sources: Source, kept: int = 512) -> Catalogue:
        return self.enter_context(contextlib.closing(Catalogue(sources, kept)))


@pytest.fixture
def opened() -> Iterator[Opened]:
    with Opened() as opened:
        yield opened


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return write(tmp_path / "tasks.jsonl", [record(number) for number in range(60)])


def test_every_task_of_a_file_is_found_by_its_id(file: Path, opened: Opened) -> None:
    tasks = opened(Lines(file), kept=4)
    assert len(tasks) == 60
    assert [tasks.find(f"set/{number}").level for number in range(3)] == ["easy", "medium", "hard"]
    assert "set/60" not in tasks
    with pytest.raises(UnknownTaskError):
        tasks.find("set/60")


def test_records_are_read_when_they_are_asked_for_and_the_last_ones_kept(
    file: Path, monkeypatch: pytest.MonkeyPatch, opened: Opened
) -> None:
    read: list[str] = []
    parse = lines.record.parse_certified
    monkeypatch.setattr(lines.record, "parse_certified", lambda text, place: read.append(place) or parse(text, place))
    tasks = opened(Lines(file), kept=2)
    assert read == []
    for number in (0, 1, 0, 1, 2, 0):
        tasks.find(f"set/{number}")
    assert [place.rpartition(":")[2] for place in read] == ["1", "2", "3", "1"]


def test_a_task_is_the_same_from_a_line_and_from_a_row_of_parquet(tmp_path: Path, file: Path, opened: Opened) -> None:
    rows = [{**record(number), "tests": json.dumps(record(number)["tests"])} for number in range(60)]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "columns.parquet", row_group_size=7)
    whole = [{"record": json.dumps(record(number))} for number in range(60)]
    pq.write_table(pa.Table.from_pylist(whole), tmp_path / "whole.parquet")
    by_line = opened(Lines(file))
    for name in ("columns.parquet", "whole.parquet"):
        by_row = opened(Parquet(tmp_path / name))
        assert [*by_row] == [*by_line]
        assert [task.revision for task in by_row.values()] == [task.revision for task in by_line.values()]


def test_parquet_without_its_extra_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, opened: Opened
) -> None:
    pq.write_table(pa.Table.from_pylist([{"record": json.dumps(record(1))}]), tmp_path / "tasks.parquet")
    monkeypatch.setitem(__import__("sys").modules, "pyarrow.parquet", None)
    with pytest.raises(TaskError, match=r"codearena\[parquet\]"):
        opened(Parquet(tmp_path / "tasks.parquet"))


def test_file_that_is_no_parquet_is_an_error_that_names_it(tmp_path: Path, opened: Opened) -> None:
    (tmp_path / "tasks.parquet").write_bytes(b"no parquet")
    with pytest.raises(TaskError, match=r"tasks\.parquet"):
        opened(Parquet(tmp_path / "tasks.parquet"))


@pytest.mark.parametrize("kept", [2, 512])
def test_bad_records_are_reported_with_their_lines_and_the_rest_is_served(
    tmp_path: Path, kept: int, opened: Opened
) -> None:
    bad = ["{", "[]", json.dumps({"level": "easy"}), json.dumps(record(2, level="extreme")), json.dumps(record(0))]
    broken = [record(7, tests=[]), record(8, probe={"sizes": [1], "source": "make_input = lambda: 1\n1 / 0"})]
    file = write(tmp_path / "tasks.jsonl", [record(0), *bad, *broken, record(9), record(10)])
    tasks = opened(Lines(file), kept=kept)
    assert tasks.get("set/7") is None and tasks.get("set/8") is None
    assert [*tasks] == ["set/0", "set/9", "set/10"]
    told = "\n".join(str(fault) for fault in tasks.faults)
    assert all(f"tasks.jsonl:{line}" in told for line in (2, 3, 4, 5, 7, 8))
    assert "two of this id" in told
    assert len(tasks.page(Filters(), 0, 10)[0]) == 3


def test_record_that_was_changed_in_its_file_is_not_served_as_another(file: Path, opened: Opened) -> None:
    tasks = opened(Lines(file), kept=1)
    text = file.read_text()
    file.write_text(text.replace("argument", "ARGUMENT"))
    assert tasks.get("set/3") is None
    assert "changed" in str(tasks.faults[-1])


def test_file_that_was_replaced_is_served_as_it_was(file: Path, opened: Opened) -> None:
    tasks = opened(Lines(file), kept=1)
    other = write(file.with_name("new.jsonl"), [record(99)])
    other.replace(file)
    assert tasks.find("set/3").id == "set/3"


def test_pages_go_through_all_once_and_filters_are_joined(file: Path, opened: Opened) -> None:
    tasks = opened(Lines(file), kept=1)
    pages = [tasks.page(Filters(), offset, 25) for offset in (0, 25, 50, 75)]
    assert [task.id for page, _ in pages for task in page] == [*tasks]
    assert {total for _, total in pages} == {60}
    filters = Filters(category="kind-1", level="medium", split="train", tag="mod-1", source="a set")
    found, total = tasks.page(filters, 0, 100)
    assert [task.id for task in found] == ["set/1", "set/13", "set/37", "set/49"]
    assert total == 4
    assert tasks.page(Filters(split="held_out"), 0, 1)[1] == 12


def test_draws_are_even_over_the_pool_and_never_of_what_is_held_out(file: Path, opened: Opened) -> None:
    tasks, rng = opened(Lines(file), kept=1), random.Random(1)
    for pool, count in ((tasks.pool(), 48), (tasks.pool(level=Level.EASY), 16), (tasks.pool(category="kind-1"), 12)):
        drawn = {rng.choice(pool) for _ in range(2000)}
        assert len(drawn) == len(pool) == count
        assert all((entry := tasks.entry(task_id)) and entry.split == "train" for task_id in drawn)
    assert "set/1" in tasks.pool(level=Level.MEDIUM)
    assert "set/1" not in tasks.pool(level=Level.HARD)
    assert "set/5" not in tasks.pool()
    assert "set/5" in tasks.pool("held_out")


def test_place_of_the_settings_is_a_folder_with_files_in_it_or_one_file(tasks_dir: Path, file: Path) -> None:
    write(tasks_dir / "more.jsonl", [record(1)])
    with contextlib.closing(open_catalogue(Settings(tasks_dir=tasks_dir))) as both:
        assert [*both][-2:] == ["type_errors-1", "set/1"]
    with contextlib.closing(open_catalogue(Settings(tasks_dir=file))) as tasks:
        assert len(tasks) == 60
    with pytest.raises(TaskError, match="no folder"):
        open_catalogue(Settings(tasks_dir=file.with_suffix(".csv")))
    with pytest.raises(TaskError):
        open_catalogue(Settings(tasks_dir=file.with_name("nowhere.jsonl")))
