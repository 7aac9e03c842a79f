"""All figures, from any log of rewards or of a trainer, as files and on one page with nothing from elsewhere."""

import csv
from pathlib import Path

import matplotlib
import pytest
from typer.testing import CliRunner, Result

from codearena.cli import app
from codearena.errors import InvalidRequestError
from codearena.evaluation import records
from codearena.plots import Format, data, report, style
from tests.codearena.evaluation.build import trajectory
from tests.codearena.plots.build import run, training
from tests.codearena.plots.test_history import state


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


def test_every_figure_is_written_in_every_format_that_is_asked_for(tmp_path: Path) -> None:
    report.write([run("model", 30)], tmp_path, [training("grpo")], list(Format))
    magic = {"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF"}
    for name in [*report.FIGURES, *report.TRAINING_FIGURES]:
        for each in Format:
            assert (tmp_path / f"{name}.{each}").read_bytes().startswith(magic[each])
    assert b"/Type0" in (tmp_path / "reward_curve.pdf").read_bytes()  # text, not outlines of letters (Type3)


def test_the_readers_own_settings_of_matplotlib_change_no_figure() -> None:
    with style.applied():
        expected = dict(matplotlib.rcParams)
    with matplotlib.rc_context({"font.size": 30, "axes.facecolor": "black", "lines.linewidth": 9}), style.applied():
        assert dict(matplotlib.rcParams) == expected


def test_the_page_has_the_mean_of_the_episodes_and_not_of_the_steps(tmp_path: Path) -> None:
    folder = write_log(tmp_path / "a")
    page = report.write(data.load([folder]), tmp_path / "plots").read_text()
    assert "<td>24</td><td>12</td>" in page
    assert "<td>0.500 (0.500 to 0.500)</td>" in page


def test_more_runs_than_can_be_told_apart_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequestError, match="more than 28 runs"):
        report.write([run(str(number), 1) for number in range(29)], tmp_path)


def command(*arguments: object) -> Result:
    return CliRunner(env={"COLUMNS": "200"}).invoke(app, ["plot", *map(str, arguments)])


def test_the_command_draws_runs_and_trainings_together(tmp_path: Path) -> None:
    done = command(write_log(tmp_path / "a"), state(tmp_path / "grpo"), "--format", "pdf", "--out", tmp_path / "plots")
    assert done.exit_code == 0, done.output
    assert "15 figures" in done.output
    written = {file.name for file in (tmp_path / "plots").iterdir()}
    assert {"reward_curve.pdf", "training_reward.pdf", "report.html"} <= written
    assert not [name for name in written if name.endswith(".png")]


def test_the_command_says_in_a_line_what_cannot_be_drawn(tmp_path: Path) -> None:
    done = command(tmp_path)
    assert done.exit_code == 1
    assert "neither here nor in the folders in it is rewards_log.csv" in " ".join(done.output.split())
