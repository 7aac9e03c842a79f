import math
from collections.abc import Callable

import pytest

from codearena.task import COMPLEXITIES
from grader_service import complexity
from grader_service.complexity import ABSTAINED, Fit

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


def fit(sizes: list[int], times_s: list[float]) -> Fit:
    return complexity.fit(sizes, times_s, noise_s=0.002, relative_noise=0.02, min_confidence=0.3)


@pytest.mark.parametrize("name", COMPLEXITIES)
@pytest.mark.parametrize("noise", [0.0, 0.03])
def test_the_class_that_made_the_times_is_found(name: str, noise: float) -> None:
    sizes = SMALL_SIZES if name == "O(2^n)" else SIZES
    scale = 0.01 / GROWTH[name](sizes[0])
    times_s = [scale * GROWTH[name](n) * (1 + noise * (-1) ** place) for place, n in enumerate(sizes)]
    found = fit(sizes, times_s)
    assert found.measured == name
    assert 0.3 <= found.confidence <= 1.0


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
