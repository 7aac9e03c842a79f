import math
from collections.abc import Callable

import pytest

from codearena.task import COMPLEXITIES
from grader_service import complexity
from grader_service.complexity import ABSTAINED, Curve, Fit, Trust

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


TRUST = Trust(relative_noise=0.02, min_confidence=0.15, log_confidence=0.85)


def fit(sizes: list[int], times_s: list[float], likely: str = "") -> Fit:
    return complexity.fit(Curve(sizes, times_s).above(0.002), TRUST, (likely,))


@pytest.mark.parametrize("name", COMPLEXITIES)
@pytest.mark.parametrize("noise", [0.0, 0.03])
def test_the_class_that_made_the_times_is_found(name: str, noise: float) -> None:
    sizes = SMALL_SIZES if name == "O(2^n)" else SIZES
    scale = 0.01 / GROWTH[name](sizes[0])
    times_s = [scale * GROWTH[name](n) * (1 + noise * (-1) ** place) for place, n in enumerate(sizes)]
    found = fit(sizes, times_s, likely=name)
    assert found.measured == name
    assert TRUST.min_confidence <= found.confidence <= 1.0


def test_what_is_likely_decides_about_a_logarithm_and_about_nothing_else() -> None:
    times_s = [1e-4 * n * (1 + 0.03 * (-1) ** place) for place, n in enumerate(SIZES)]
    assert fit(SIZES, times_s, likely="O(n log n)").measured == "O(n log n)"
    assert fit(SIZES, times_s).measured == "O(n)"
    assert fit(SIZES, times_s, likely="O(n^2)").measured == "O(n)"


def test_a_cheap_quadratic_part_is_seen_once_it_is_most_of_the_time() -> None:
    sizes = [1000, 2000, 4000, 8000, 16_000, 32_000]
    assert fit(sizes, [1e-5 * n + 2e-9 * n**2 for n in sizes]).measured == "O(n^2)"


def test_cleaner_times_give_more_confidence() -> None:
    clean = fit(SIZES, [1e-4 * n for n in SIZES])
    noisy = fit(SIZES, [1e-4 * n * (1.08 if n in (200, 800) else 1.0) for n in SIZES])
    assert clean.confidence > noisy.confidence


def test_times_below_the_noise_are_not_interpreted() -> None:
    assert fit(SIZES, [1e-6 * n for n in SIZES]) == ABSTAINED


def test_two_points_fit_every_class() -> None:
    assert fit(SIZES[:2], [0.1, 0.2]) == ABSTAINED
    assert fit([], []) == ABSTAINED


def test_sizes_too_close_to_tell_classes_apart_make_it_abstain() -> None:
    assert fit([1000, 1001, 1002], [0.1000, 0.1001, 0.1002]) == ABSTAINED


def test_a_point_at_size_one_is_no_obstacle() -> None:
    assert fit([1, 10, 100, 1000], [0.01 * n for n in (1, 10, 100, 1000)]).measured == "O(n)"


def test_a_reference_that_memory_bends_straightens_the_attempts_curve() -> None:
    bend = [1.0, 1.1, 1.4, 2.0, 2.6]
    reference = Curve(SIZES, [1e-4 * n * by for n, by in zip(SIZES, bend, strict=True)])
    attempt = Curve(SIZES, [5e-7 * n**2 * by for n, by in zip(SIZES, bend, strict=True)])
    straight = complexity.calibrated(attempt, reference, "O(n)")
    per_square = [time_s / n**2 for n, time_s in zip(straight.sizes, straight.times_s, strict=True)]
    assert max(per_square) / min(per_square) < max(bend) / min(bend)
    assert complexity.fit(straight, TRUST).measured == "O(n^2)"


def test_a_reference_of_too_few_times_or_no_class_corrects_nothing() -> None:
    curve = Curve([10, 20], [0.1, 0.2])
    assert complexity.calibrated(curve, Curve([20], [0.1]), "O(n)") == curve
    assert complexity.calibrated(curve, Curve([1, 2, 3], [0.1, 0.2, 0.3]), "") == curve


def test_an_exponential_may_have_another_base_than_two() -> None:
    assert fit(SMALL_SIZES, [0.01 * 1.618**n for n in SMALL_SIZES]).measured == "O(2^n)"


def test_powers_of_n_too_much_are_counted_and_logarithms_are_not() -> None:
    assert complexity.excess_order("O(n^2)", "O(n)") == 1
    assert complexity.excess_order("O(n^3)", "O(1)") == 3
    assert complexity.excess_order("O(n log n)", "O(n)") == 0
    assert complexity.excess_order("O(n)", "O(n^2)") == 0
    assert complexity.excess_order("", "O(n)") == complexity.excess_order("O(n)", "") == 0


def test_a_logarithm_that_the_times_do_not_decide_is_never_claimed_surely() -> None:
    clean = fit(SIZES, [1e-4 * n for n in SIZES])
    assert clean.confidence <= 0.6 < clean.power_confidence
