"""Files of stored attempts: what is none is told in a line that says what it is."""

import gzip
import json
from pathlib import Path

import pytest

from codearena.errors import InvalidRequestError
from codearena.trajectories import parquet
from codearena.trajectories.lines import Line, read, resume
from tests.codearena.evaluation.build import trajectory

FORGOTTEN = {"schema": 1, "kind": "forgotten", "event_id": "1-0"}
ATTEMPT = {"schema": 1, "kind": "attempt", "event_id": "2-0", "task_id": "easy-1", "attempt": {}}
ROW = {"schema": 1, "event_id": "3-0", "task_id": "easy-1", "messages": [], "reward": 0.9}


def lines(*found: Line) -> bytes:
    return b"".join(json.dumps(line).encode() + b"\n" for line in found)


FOREIGN = {
    "empty": (b"", "is empty"),
    "text": (b"hello\n", ":1 is not valid JSON"),
    "a number": (b"7\n", ":1 is not a JSON object"),
    "other JSON": (b'{"a": 1}\n', ":1 has no schema"),
    "another schema": (lines(ATTEMPT | {"schema": 2}), ":1 has schema 2; this program reads 1"),
    "rows for training": (lines(ROW), "a row for training"),
    "another kind": (lines(FORGOTTEN, FORGOTTEN | {"kind": "secret"}), ":2 is of kind secret"),
    "a kind that is none": (lines(FORGOTTEN | {"kind": ["attempt"]}), "kind"),
    "no basis": (lines({"schema": 1, "kind": "basis"}), "of kind basis without a valid revision, basis"),
    "no attempt": (lines(ATTEMPT | {"attempt": "x"}), "of kind attempt without a valid attempt"),
    "an evaluation": (trajectory(0.5).model_dump_json().encode(), "an episode of `codearena eval`"),
    "cut off": (lines(FORGOTTEN, ATTEMPT)[:-9], ":2 is cut off; the same export again goes on"),
    "gzip": (gzip.compress(lines(ATTEMPT)), "is gzip"),
    "Parquet": (b"PAR1\x15\x04", "is Parquet"),
    "UTF-16": ("{}".encode("utf-16"), "is UTF-16"),
    "deep": (b"[" * 100_000 + b"\n", ":1 is not valid JSON"),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_a_foreign_file_is_told_in_a_line(tmp_path: Path, name: str) -> None:
    content, told = FOREIGN[name]
    file = tmp_path / "run.jsonl"
    file.write_bytes(content)
    with pytest.raises(InvalidRequestError) as error:
        list(read(file))
    assert told in error.value.detail
    assert str(file) in error.value.detail
    assert "\n" not in error.value.detail


def test_a_file_whose_last_line_has_no_end_is_read_whole(tmp_path: Path) -> None:
    (tmp_path / "run.jsonl").write_bytes(lines(FORGOTTEN, ATTEMPT)[:-1])
    assert list(read(tmp_path / "run.jsonl")) == [FORGOTTEN, ATTEMPT]


@pytest.mark.parametrize(("found", "training"), [(ROW, False), (ATTEMPT, True)])
def test_an_export_does_not_go_on_with_a_file_of_another_format(tmp_path: Path, found: Line, training: bool) -> None:
    file = tmp_path / "run.jsonl"
    file.write_bytes(lines(found) + b'{"half')
    with pytest.raises(InvalidRequestError, match="another --format"):
        resume(file, training=training)
    assert file.read_bytes() == lines(found) + b'{"half'


@pytest.mark.parametrize(("found", "training"), [(ATTEMPT, False), (ROW, True)])
def test_an_export_goes_on_after_the_last_whole_line(tmp_path: Path, found: Line, training: bool) -> None:
    file = tmp_path / "run.jsonl"
    file.write_bytes(lines(found) + b'{"half')
    assert resume(file, training=training) == found["event_id"]
    assert file.read_bytes() == lines(found)


def test_a_folder_of_other_parquet_files_is_told(tmp_path: Path) -> None:
    (tmp_path / "part-0.parquet").touch()
    with pytest.raises(InvalidRequestError, match=r"part-0\.parquet, which is not a part of an export"):
        parquet.resume(tmp_path)


def test_a_file_where_a_folder_of_parts_should_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "run").touch()
    with pytest.raises(InvalidRequestError, match="is a file"):
        parquet.resume(tmp_path / "run")
