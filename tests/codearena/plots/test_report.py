"""The figures: all of them, from any log of rewards, with nothing from elsewhere."""

import csv
from pathlib import Path

import pytest

from codearena.errors import InvalidRequestError
from codearena.evaluation import records
from codearena.plots import data, report, rewards
from tests.codearena.evaluation.build import trajectory


def write_log(folder: Path, columns: tuple[str, ...] = records.COLUMNS) -> Path:
    """A log of twelve episodes with these columns."""
    folder.mkdir()
    episodes = [trajectory(0.1 * number % 1, 0.5, task=f"easy-{number % 3}", episode=number) for number in range(12)]
    with (folder / "rewards_log.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, columns, extrasaction="ignore")
        writer.writeheader()
        for episode in episodes:
            writer.writerows(
                row | {"compile_score": "1", "test_ratio": "0.5", "efficiency_score": "0"}
                for row in records.rows(episode)
            )
    return folder


def test_every_figure_is_written_as_png_and_svg_and_the_page_needs_no_other_file(tmp_path: Path) -> None:
    runs = data.load([write_log(tmp_path / "a"), write_log(tmp_path / "b")])
    page = report.write(runs, tmp_path / "plots").read_text()
    written = {file.name for file in (tmp_path / "plots").iterdir()}
    assert written == {f"{name}.{kind}" for name in report.FIGURES for kind in ("png", "svg")} | {"report.html"}
    assert page.count("<svg") == len(report.FIGURES)
    assert "src=" not in page


def test_the_original_columns_alone_are_enough(tmp_path: Path) -> None:
    runs = data.load([write_log(tmp_path / "a", records.ORIGINAL_COLUMNS)])
    assert len(runs[0].steps) == 24
    report.write(runs, tmp_path / "plots")


def test_the_same_log_gives_the_same_figures(tmp_path: Path) -> None:
    runs = data.load([write_log(tmp_path / "a")])
    for out in ("one", "two"):
        report.write(runs, tmp_path / out)
    assert (tmp_path / "one" / "report.html").read_text() == (tmp_path / "two" / "report.html").read_text()


def test_a_name_with_markup_is_text_on_the_page(tmp_path: Path) -> None:
    runs = data.load([write_log(tmp_path / "<b>bold")])
    assert "<b>" not in report.write(runs, tmp_path / "plots").read_text()


def test_a_step_that_was_not_graded_is_in_no_figure(tmp_path: Path) -> None:
    folder = write_log(tmp_path / "a")
    with (folder / "rewards_log.csv").open("a", newline="") as file:
        csv.DictWriter(file, records.COLUMNS).writerows(records.rows(trajectory(error="agent: x")))
    assert len(data.load([folder])[0].steps) == 24


def test_a_log_without_a_graded_step_is_refused(tmp_path: Path) -> None:
    (tmp_path / "rewards_log.csv").write_text(",".join(records.COLUMNS) + "\n")
    with pytest.raises(InvalidRequestError, match="no graded step"):
        data.load([tmp_path])


def test_the_rolling_mean_is_of_the_last_ten() -> None:
    means = rewards.rolling_mean([float(number) for number in range(1, 21)])
    assert (means[0], means[9], means[19]) == (1.0, 5.5, 15.5)
