import math

import pytest

from fix import mean, spread


@pytest.mark.parametrize(("numbers", "expected"), [([1, 2], 1.5), ([4], 4.0), ([1, 2, 6], 3.0)])
def test_some(numbers, expected):
    assert mean(numbers) == expected


def test_near():
    assert mean([0.1, 0.2]) == pytest.approx(0.15)


def test_empty():
    with pytest.raises(ValueError, match="no numbers"):
        mean([])


def test_difference():
    assert abs(mean([1, 2, 4]) - 7 / 3) < 1e-9


def test_close():
    assert math.isclose(mean([2, 3]), 2.5)


def test_spread():
    assert spread([3, 9, 5]) == 6
    assert spread([1.5]) == 0


def test_order():
    assert mean([1, 2]) < mean([2, 3]) <= mean([3, 3])


def test_type():
    assert isinstance(mean([1, 3]), float)


def test_sum():
    assert mean([1, 3]) + 1 == 3.0
    assert sum([mean([1]), mean([2])]) == 3.0
