"""What the figures of trainings show: means of seeds with their range, evaluations, and only what was logged."""

from pathlib import Path

import numpy as np
import pytest
from matplotlib.collections import PolyCollection

from codearena.plots import report, style, training
from codearena.plots.history import Record, Training, ordered
from tests.codearena.plots import build, geometry


def _of(*logs: list[Record]) -> Training:
    return Training("grpo", [ordered(Path("log"), records) for records in logs])


def _flat(reward: float, steps: int) -> list[Record]:
    return [{"step": float(step), "reward": reward} for step in range(1, steps + 1)]


def test_several_runs_are_their_mean_with_the_range_as_far_as_all_of_them_go() -> None:
    figure = training.training_reward([_of(_flat(0.2, 10), _flat(0.4, 8), _flat(0.9, 9))])
    (axes,) = figure.axes
    line = max(axes.lines, key=lambda each: len(each.get_xdata()))
    assert [*np.asarray(line.get_ydata())] == pytest.approx([0.5] * 8)
    (band,) = [each for each in axes.collections if isinstance(each, PolyCollection)]
    heights = band.get_paths()[0].vertices[:, 1]
    assert (heights.min(), heights.max()) == pytest.approx((0.2, 0.9))
    assert "grpo, mean of 3 runs (n = 8 to 10)" in geometry.note(figure)
    assert "from the lowest to the highest" in geometry.note(figure)


def test_a_single_run_shows_its_records_and_the_note_says_of_how_many_a_point_is_the_mean() -> None:
    figure = training.training_reward([build.training("grpo", count=400)])
    faint, line, _ = figure.axes[0].lines
    assert (len(faint.get_xdata()), len(line.get_xdata())) == (400, 391)
    assert "Means of 10 records" in geometry.note(figure)


def test_few_records_are_shown_as_they_are() -> None:
    figure = training.training_reward([_of(_flat(0.5, 20))])
    assert len(figure.axes[0].lines[0].get_xdata()) == 20
    assert "A line joins the records." in geometry.note(figure)


def test_evaluations_are_dots_and_the_note_names_them() -> None:
    figure = training.training_reward([build.training("grpo", count=20)])
    dots = figure.axes[0].lines[-1]
    assert (dots.get_marker(), [*np.asarray(dots.get_ydata())]) == ("o", [0.5])
    assert "Dots: evaluations." in geometry.note(figure)
    assert "evaluations" not in geometry.note(training.training_reward([_of(_flat(0.5, 20))]))


def test_rewards_from_0_to_1_have_that_axis_and_others_their_own() -> None:
    within, beyond = (training.training_reward([_of(_flat(reward, 5))]).axes[0] for reward in (0.5, 7.0))
    assert within.get_ylim() == pytest.approx((-0.02, 1.02))
    assert beyond.get_ylim()[0] < 7 < beyond.get_ylim()[1]


def test_each_reward_function_and_each_signal_that_was_logged_has_a_panel() -> None:
    records = build.training("grpo", count=30)
    functions, signals = training.training_functions([records]), training.training_signals([records])
    assert [axes.get_title("left") for axes in functions.axes] == ["codearena_reward"]
    assert "KL divergence, nats" in [axes.get_title("left") for axes in signals.axes]
    assert len(signals.axes) == 9


def test_what_was_not_logged_is_a_message() -> None:
    bare = [_of(_flat(0.5, 5))]
    for draw in (training.training_functions, training.training_signals):
        assert any("No record has" in text.get_text() for text in geometry.texts(draw(bare)))


def test_a_signal_that_only_one_run_has_logged_breaks_nothing() -> None:
    with_kl = [record | {"kl": 0.1} for record in _flat(0.5, 5)]
    figure = training.training_signals([_of(with_kl, _flat(0.5, 5)), _of(with_kl)])
    assert [len(line.get_xdata()) for line in figure.axes[0].lines] == [0, 5]


def test_many_trainings_have_a_panel_each_and_their_signals_are_pooled_as_the_note_says() -> None:
    many = [build.training(f"grpo-{number}", count=30) for number in range(style.MOST_TOGETHER + 1)]
    assert len(training.training_reward(many).axes) == 8
    assert "all 8 trainings, mean of 8 runs" in geometry.note(training.training_signals(many))


@pytest.mark.parametrize("name", report.TRAINING_FIGURES)
def test_a_hundred_thousand_records_are_no_more_to_draw_than_some_thousand(name: str) -> None:
    figure = report.TRAINING_FIGURES[name]([_of(_LONG)])
    assert max(len(line.get_xdata()) for axes in figure.axes for line in axes.lines) <= 2_000


_LONG: list[Record] = [
    {
        "step": float(step),
        "reward": 0.5,
        "kl": 0.1,
        "rewards/f/mean": 0.5,
        "eval_solved": 0.5,
        "codearena/outcome/solved": 0.5,
    }
    for step in range(100_000)
]
