import math
from collections.abc import Callable

import pytest

from codearena.tasks.task import COMPLEXITIES
from grader_service import complexity
from grader_service.complexity import ABSTAINED, Fit, Point

SIZES = [100, 200, 400, 800, 1600]
SMALL_SIZES = [4, 6, 8, 10, 12]
GROWTH: dict[str, Callable[[int], float]] = {
    "O(1)": lambda n: 1.0,
    "O(log n)": lambda n: math.log2(n),
    "O(n)": lambda n: float(n),
    "O(n log n)": lambda n: n * math.log2(n),
    "O(n^2)": lambda n: float(n) ** 2,
    "O(n^2 log n)": lambda n: n**2 * math.log2(n),
    "O(n^3)": lambda n: float(n) ** 3,
    "O(2^n)": lambda n: 2.0**n,
}
LEAST = 0.15


def fit(sizes: list[int], times_s: list[float], likely: str = "") -> Fit:
    points = [Point(size, time_s) for size, time_s in zip(sizes, times_s, strict=True)]
    return complexity.fit(points, LEAST, (likely,))


@pytest.mark.parametrize("name", COMPLEXITIES)
@pytest.mark.parametrize("noise", [0.0, 0.03])
def test_the_class_that_made_the_times_is_found(name: str, noise: float) -> None:
    sizes = SMALL_SIZES if name == "O(2^n)" else SIZES
    scale = 0.01 / GROWTH[name](sizes[0])
    times_s = [scale * GROWTH[name](n) * (1 + noise * (-1) ** place) for place, n in enumerate(sizes)]
    found = fit(sizes, times_s, likely=name)
    assert found.measured == name
    assert LEAST <= found.confidence <= 1.0


@pytest.mark.parametrize("name", ["O(1)", "O(log n)", "O(n)", "O(n^2)", "O(n^3)"])
def test_clean_times_need_no_hint(name: str) -> None:
    sizes = [4 * 2**step for step in range(12)]
    assert fit(sizes, [1e-7 * GROWTH[name](n) for n in sizes]).measured == name


def test_what_is_likely_decides_between_classes_that_the_times_leave_alike_and_no_others() -> None:
    between = [1e-4 * n * (1 + 0.08 * place) for place, n in enumerate(SIZES)]
    assert fit(SIZES, between, likely="O(n log n)").measured == "O(n log n)"
    assert fit(SIZES, between).measured == "O(n)"
    wide = [4 * 4**step for step in range(8)]
    for unlikely in ("O(n^2)", "O(log n)", "O(2^n)"):
        assert fit(wide, [1e-4 * n for n in wide], likely=unlikely).measured == "O(n)"


def test_a_cheap_quadratic_part_is_seen_once_it_is_most_of_the_time() -> None:
    sizes = [1000, 2000, 4000, 8000, 16_000, 32_000]
    assert fit(sizes, [1e-5 * n + 2e-9 * n**2 for n in sizes]).measured == "O(n^2)"


def test_what_every_call_costs_hides_no_class() -> None:
    sizes = [4 * 2**step for step in range(10)]
    assert fit(sizes, [2e-6 + 1e-7 * n for n in sizes]).measured == "O(n)"
    assert fit(sizes, [2e-6 + 1e-6 * n + 1e-7 * n**2 for n in sizes]).measured == "O(n^2)"


def test_a_cache_that_is_full_makes_no_other_power_of_a_linear_program() -> None:
    sizes = [4 * 2**step for step in range(14)]
    bent = [1e-7 * n * (1.0 if n < 4000 else 1.6) for n in sizes]
    assert fit(sizes, bent, likely="O(n)").measured == "O(n)"


def test_many_small_sizes_do_not_outvote_the_large_ones() -> None:
    sizes = [*range(4, 60), 256, 1024, 4096]
    assert fit(sizes, [2e-5 + 1e-9 * n**2 * (1.0 if n > 100 else 0.1) for n in sizes]).measured == "O(n^2)"


def test_cleaner_times_give_more_confidence() -> None:
    clean = fit(SIZES, [1e-4 * n for n in SIZES])
    noisy = fit(SIZES, [1e-4 * n * (1.3 if n in (200, 800) else 1.0) for n in SIZES])
    assert clean.power_confidence > noisy.power_confidence


def test_a_few_points_fit_every_class() -> None:
    assert fit(SIZES[:3], [0.1, 0.2, 0.4]) == ABSTAINED
    assert fit([], []) == ABSTAINED


def test_sizes_too_close_to_tell_classes_apart_make_it_abstain() -> None:
    assert fit([1000, 1001, 1002, 1003], [0.1000, 0.1001, 0.1002, 0.1003]) == ABSTAINED


def test_a_point_at_size_one_is_no_obstacle() -> None:
    assert fit([1, 10, 100, 1000], [0.01 * n for n in (1, 10, 100, 1000)]).measured == "O(n)"


@pytest.mark.parametrize("base", [1.4, 1.618, 3.0, 5.0])
def test_an_exponential_may_have_another_base_than_two(base: float) -> None:
    assert fit(SMALL_SIZES, [1e-6 * base**n for n in SMALL_SIZES]).measured == "O(2^n)"


def test_sizes_beyond_every_float_are_no_obstacle() -> None:
    sizes = [10**step for step in range(1, 9)]
    assert fit(sizes, [1e-9 * n for n in sizes]).measured == "O(n)"
    assert fit([4, 5, 6, 7, 100_000], [1e-6, 2e-6, 4e-6, 8e-6, 1.0]).measured != "O(2^n)"


def test_powers_of_n_too_much_are_counted_and_logarithms_are_not() -> None:
    assert complexity.excess_order("O(n^2)", "O(n)") == 1
    assert complexity.excess_order("O(n^3)", "O(1)") == 3
    assert complexity.excess_order("O(n log n)", "O(n)") == 0
    assert complexity.excess_order("O(n)", "O(n^2)") == 0
    assert complexity.excess_order("", "O(n)") == complexity.excess_order("O(n)", "") == 0


def test_a_logarithm_that_the_times_do_not_decide_is_claimed_less_surely_than_the_power() -> None:
    clean = fit(SIZES, [1e-4 * n for n in SIZES])
    assert clean.confidence < clean.power_confidence
