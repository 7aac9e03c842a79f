import random

from fix import merged, ordered, total, without


def test_ordered():
    numbers = [3, 1, 2]
    assert ordered(numbers) == sorted(numbers)


def test_drawn():
    rng = random.Random(1)
    for size in range(4, 9):
        numbers = [rng.randrange(100) for _ in range(size)]
        assert ordered(numbers) == sorted(numbers)
        assert total(numbers) == sum(numbers)


def test_total():
    numbers = [4, 5]
    assert total(numbers) == sum(numbers)


def test_merged():
    left, right = {"a": 1}, {"b": 2}
    assert merged(left, right) == {**left, **right}


def test_without():
    items = ["x", "y", "x"]
    assert without(items, "x") == [item for item in items if item != "x"]


def test_as_before():
    numbers = [2, 1]
    result = ordered(numbers)
    assert numbers == [2, 1]
    assert result != numbers
