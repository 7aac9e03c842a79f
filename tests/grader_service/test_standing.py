"""How an attempt stands to the optimal class."""

from collections.abc import Callable

import pytest

from grader_service import complexity
from grader_service.standing import Size, Standing, power_of_ratio, standing

_SIZES = (125, 250, 500, 1000, 2000, 4000, 8000, 16000)
_LINEAR, _NONE = "O(n)", complexity.ABSTAINED
_SURELY_SQUARE = complexity.Fit("O(n^2)", 0.9, 0.9)


def sizes(ratio: Callable[[int], float], over: tuple[int, ...] = _SIZES) -> list[Size]:
    """A reference that takes a microsecond an item, and an attempt that takes `ratio` times as long."""
    return [Size(n, 1e-6 * n * ratio(n), 1e-6 * n) for n in over]


def by(ratio: Callable[[int], float], estimated: str = _LINEAR, fit: complexity.Fit = _NONE) -> Standing:
    return standing(sizes(ratio), fit, estimated, _LINEAR)


def square(n: int) -> float:
    return n / 50


@pytest.mark.parametrize("constant", [3, 20, 200])
def test_the_class_of_the_reference_is_optimal_whatever_its_constant(constant: int) -> None:
    assert by(lambda n: constant) == Standing(optimal=1.0, worse=0.0)


def test_a_logarithm_more_is_no_worse_class() -> None:
    assert by(lambda n: 4 * n.bit_length()).optimal == 1.0


def test_a_ratio_that_grows_like_a_power_is_worse_by_that_power() -> None:
    assert by(square) == Standing(worse=1.0, order=1)
    assert by(lambda n: square(n) ** 2) == Standing(worse=1.0, order=2)


def test_one_disturbed_size_changes_little() -> None:
    disturbed = sizes(lambda n: 10)
    for index in range(len(disturbed)):
        late = [*disturbed]
        late[index] = Size(late[index].size, late[index].attempt_s * 3, late[index].reference_s)
        assert standing(late, _NONE, _LINEAR, _LINEAR).optimal == 1.0


def test_neither_claim_is_thrown_between_the_classes() -> None:
    stands = [by(lambda n, p=power: n**p) for power in (0.2, 0.35, 0.4, 0.45, 0.55, 0.6, 0.65, 0.8)]  # type: ignore[misc]
    assert [each.optimal for each in stands] == sorted((each.optimal for each in stands), reverse=True)
    assert [each.worse for each in stands] == sorted(each.worse for each in stands)
    assert 0 < stands[2].optimal < 1
    assert 0 < stands[5].worse < 1


def test_few_sizes_and_sizes_near_each_other_show_nothing() -> None:
    for over in ((4000, 8000, 16000), (12000, 13000, 14000, 15000, 16000)):
        assert power_of_ratio(sizes(square, over)) is None
        assert standing(sizes(square, over), _NONE, _LINEAR, _LINEAR) == Standing()
        assert standing(sizes(square, over), _SURELY_SQUARE, _LINEAR, _LINEAR).worse == 1.0


def test_a_size_that_was_not_finished_can_only_make_it_worse() -> None:
    finished = sizes(lambda n: 10, _SIZES[:-1])
    hardly_begun, long = Size(16000, 0.001, 0.016, finished=False), Size(16000, 1.6, 0.016, finished=False)
    longer_still = Size(16000, 16.0, 0.016, finished=False)
    assert standing([*finished, hardly_begun], _NONE, _LINEAR, _LINEAR).optimal == 1.0
    for size in (long, longer_still):
        powers = power_of_ratio(finished), power_of_ratio([*finished, size])
        assert powers[0] is not None and powers[1] is not None
        assert powers[1] >= powers[0]


def test_small_sizes_that_are_padded_far_above_the_line_show_no_optimal_class() -> None:
    assert by(lambda n: 20 * (16000 / n)).optimal == 0.0


def test_times_alone_do_not_show_the_optimal_class() -> None:
    assert by(lambda n: 10, estimated="").optimal == 0.0
    assert by(lambda n: 10, estimated="").worse == 0.0
    doubted = by(lambda n: 10, estimated="O(n^2)")
    assert doubted.optimal == 0.0
    assert 0.5 < doubted.worse < 1.0


def test_code_that_looks_worse_is_worse_where_the_times_show_nothing() -> None:
    assert standing([], _NONE, "O(n^2)", _LINEAR).worse == 1.0


def test_a_sure_fit_does_not_outweigh_a_ratio_that_stays() -> None:
    assert by(lambda n: 10, fit=_SURELY_SQUARE).worse == 0.0


def test_nothing_is_said_where_nobody_knows_the_optimum() -> None:
    assert standing(sizes(square), _SURELY_SQUARE, "O(n^2)", "") == Standing()
