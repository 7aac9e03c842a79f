from itertools import islice

import pytest

from fix import Countdown, windows


def test_windows():
    assert list(windows([1, 2, 3], 2)) == [[1, 2], [2, 3]]


def test_loop():
    seen = 0
    for window in windows("abcd", 3):
        assert len(window) == 3
        assert window in ("abc", "bcd")
        seen += 1
    assert seen == 2


def test_next():
    found = windows([1, 2], 1)
    assert next(found) == [1]
    assert next(found) == [2]
    with pytest.raises(StopIteration):
        next(found)


def test_some():
    assert list(islice(windows(range(100), 50), 1))[0][:2] == range(0, 2)


def test_countdown():
    assert list(Countdown(3)) == [3, 2, 1]
    assert [number for number in Countdown(2)] == [2, 1]


def test_pairs():
    for number, expected in zip(Countdown(3), [3, 2, 1], strict=True):
        assert number == expected


def test_member():
    assert 2 in Countdown(3)
    assert 4 not in Countdown(3)
    assert len(Countdown(5)) == 5
