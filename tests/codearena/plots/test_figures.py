"""What the figures of runs show: shares, nothing made up, several runs apart, or pooled as the note says."""

import math

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.colors import Colormap
from matplotlib.figure import Figure

from codearena.plots import attempts, matrices, report, rewards, shares, style
from codearena.plots.data import COMPONENTS, Run
from tests.codearena.plots import geometry
from tests.codearena.plots.build import of_steps, run, step


def _rows(axes: Axes) -> list[str]:
    return [text.get_text() for text in axes.get_yticklabels()]


def _apart(cmap: Colormap, one: float, other: float) -> float:
    return float(np.abs(np.array(cmap(one)) - np.array(cmap(other))).max())


@pytest.mark.parametrize("name", ["reward_curve", "cumulative_reward", "components_over_time"])
def test_two_runs_are_two_lines_named_with_their_n(name: str) -> None:
    figure = report.FIGURES[name]([run("model-a", 300), run("model-b", 1_200, 1)])
    assert geometry.legend(figure)[:2] == ["model-a (n = 300)", "model-b (n = 1,200)"]
    lines = [line for line in figure.axes[0].lines if len(line.get_xdata()) > 1]
    assert len({line.get_color() for line in lines if line.get_linestyle() != ":"}) == 2


def test_many_runs_have_a_panel_each_for_the_reward_and_are_pooled_for_the_components_as_the_note_says() -> None:
    many = [run(f"model-{number}", 60, number) for number in range(style.MOST_TOGETHER + 1)]
    apart, pooled = rewards.reward_curve(many), attempts.components_over_time(many)
    assert [axes.get_title("left") for axes in apart.axes] == [f"model-{number}\nn = 60" for number in range(8)]
    assert "mean of the runs that have it; band: from the lowest to the highest" in geometry.note(pooled)
    assert len(pooled.axes[0].lines) == len(pooled.axes[0].collections) == 1


def test_the_intervals_of_a_task_stay_between_0_and_1() -> None:
    ends = of_steps("model", *(step(reward) for reward in (0.0, 1.0, 1.0, 1.0, 1.0) * 2))
    figure = rewards.reward_by_task([ends])
    (bar,) = [line for line in figure.axes[0].lines if len(line.get_xdata()) == 2]
    low, high = sorted(np.asarray(bar.get_xdata(), dtype=float))
    assert 0 <= low < 0.8 < high <= 1


def test_a_task_with_few_episodes_has_a_dot_and_no_interval() -> None:
    axes = rewards.reward_by_task([of_steps("model", step(0.2), step(0.4))]).axes[0]
    (dot,) = axes.lines
    assert [*np.asarray(dot.get_xdata())] == [pytest.approx(0.3)]
    assert dot.get_markerfacecolor() == "white"
    assert _rows(axes) == ["easy-1 (n = 2)"]


def test_of_more_tasks_than_fit_the_note_says_how_many_there_are() -> None:
    tasks = tuple(f"easy-{number}" for number in range(100))
    figure = rewards.reward_by_task([run("model", 400, tasks=tasks)])
    assert len(_rows(figure.axes[0])) == 40
    assert "Of 100 tasks the 40 with most and least." in geometry.note(figure)


def test_rewards_have_a_palette_of_one_direction_and_differences_one_of_two_with_0_in_its_middle() -> None:
    figure = matrices.difficulty_matrix([run("model-a", 100), run("model-b", 100, 1)])
    values, differences = (image for axes in figure.axes for image in axes.images if axes.get_title("left"))
    assert values.get_clim() == (0.0, 1.0)
    low, high = differences.get_clim()
    assert low == -high
    middle = differences.get_cmap()(0.5)
    assert min(middle[:3]) > 0.9  # nothing of a colour: no difference
    assert _apart(differences.get_cmap(), 0.0, 1.0) > 0.3
    bars = [axes for axes in figure.axes if axes.get_label() == "<colorbar>"]
    assert "0" in [text.get_text() for text in bars[-1].get_yticklabels()]


def test_a_matrix_of_one_run_has_no_differences() -> None:
    figure = matrices.difficulty_matrix([run("model", 100)])
    assert [axes.get_title("left") for axes in figure.axes if axes.get_title("left")] == ["mean final reward"]


def test_a_cell_says_mean_deviation_and_n_and_a_level_without_an_episode_says_none() -> None:
    easy, hard = step(0.25), step(0.75, level="hard")
    figure = matrices.difficulty_matrix([of_steps("a", easy, easy, hard), of_steps("b", easy)])
    texts = [text.get_text() for text in figure.axes[0].texts]
    assert texts == ["0.25 ± 0.00\nn = 2", "0.75\nn = 1", "0.25\nn = 1", "none"]


def test_growth_classes_are_shares_of_eachof_steps() -> None:
    runs = [
        of_steps("a", *[step(complexity="O(n)")] * 3, step(complexity="unknown")),
        of_steps("b", step(complexity="O(1)")),
    ]
    axes = shares.complexity_distribution(runs).axes[0]
    ends = {bar.get_y(): bar.get_x() + bar.get_width() for bar in axes.patches}  # the last bar of each row
    assert [*ends.values()] == [pytest.approx(1.0)] * 2
    assert [text.get_text() for text in axes.texts] == ["75%", "25%", "100%"]
    assert _rows(axes) == ["a\nn = 4", "b\nn = 1"]


@pytest.mark.parametrize("draw", [shares.outcome_shares, shares.curriculum_level])
def test_shares_along_a_run_come_to_1_whatever_the_outcomes_are_called(draw: object) -> None:
    steps = [step(outcome=name, level=name) for name in ("easy", "solved", "a new status")]
    figure = draw([of_steps("model", *steps)])  # type: ignore[operator]
    highest = max(path.vertices[:, 1].max() for stack in figure.axes[0].collections for path in stack.get_paths())
    assert highest == pytest.approx(1.0)
    assert "other" in geometry.legend(figure)
    assert figure.axes[0].get_title("left") == "model\nn = 3"
    assert "stretches of 3 steps" in geometry.note(figure)


def test_a_component_that_is_not_known_is_not_0() -> None:
    known, not_known = step(components={"llm_quality": 1.0}), step(components={})
    figure = attempts.components_over_time([of_steps("model", *[known, not_known] * 10)])
    (axes,) = figure.axes
    assert axes.get_title("left") == "llm_quality (n = 10)"
    assert [*np.asarray(axes.lines[0].get_ydata())] == [1.0]
    assert "Not in the logs: compile_score" in geometry.note(figure)


def test_methods_have_their_n_and_theirof_steps() -> None:
    steps = [step(method="openai")] * 6 + [step(method="builtin")]
    one = attempts.reward_by_method([of_steps("a", *steps)])
    two = attempts.reward_by_method([of_steps("a", *steps), of_steps("b", *steps)])
    assert _rows(one.axes[0]) == ["builtin\nn = 1", "openai\nn = 6"]
    assert _rows(two.axes[0]) == ["builtin, a\nn = 1", "builtin, b\nn = 1", "openai, a\nn = 6", "openai, b\nn = 6"]


def test_attempts_without_both_scores_are_counted_and_not_drawn() -> None:
    both = {"test_ratio": 1.0, "efficiency_score": 0.5}
    figure = attempts.method_scatter([of_steps("a", step(components=both), step(components={"test_ratio": 0.0}))])
    (marks,) = [each for each in figure.axes[0].collections if isinstance(each, PathCollection)]
    assert np.asarray(marks.get_offsets()).tolist() == [[1.0, 0.5]]
    assert "1 of 2 in all" in geometry.note(figure)


@pytest.mark.parametrize("name", ["reward_by_task", "difficulty_matrix"])
def test_where_every_episode_broke_off_the_figure_says_so(name: str) -> None:
    figure = report.FIGURES[name]([Run("model", [step()], [])])
    assert any("broke off" in text.get_text() for text in geometry.texts(figure))


def test_what_a_log_does_not_have_is_a_message_and_not_an_empty_figure() -> None:
    bare = [of_steps("model", step(components={}, complexity="unknown", level="other"))]
    for draw in (shares.complexity_distribution, shares.curriculum_level, attempts.method_scatter):
        assert _is_message(draw(bare))
    assert _is_message(attempts.components_over_time(bare))


def _is_message(figure: Figure) -> bool:
    return not figure.axes and len(geometry.texts(figure)) == 2


@pytest.mark.parametrize("name", report.FIGURES)
def test_a_hundred_thousand_attempts_are_no_more_to_draw_than_some_thousand(name: str) -> None:
    figure = report.FIGURES[name](_HUGE)
    points = sum(len(line.get_xdata()) for axes in figure.axes for line in axes.lines)
    marks = sum(
        len(each.get_offsets()) for axes in figure.axes for each in axes.collections if isinstance(each, PathCollection)
    )
    assert points + marks < 5_000


_SCORES = dict.fromkeys(COMPONENTS, 0.5)
_HUGE = [of_steps("model", *(step(math.sin(number) ** 2, components=_SCORES) for number in range(100_000)))]
