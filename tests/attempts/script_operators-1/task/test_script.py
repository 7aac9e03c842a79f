from fix import Vector


def test_sum():
    assert Vector(1, 2) + Vector(3, 4) == Vector(4, 6)


def test_difference():
    assert Vector(1, 2) - Vector(3, 5) == Vector(-2, -3)


def test_scaled():
    assert Vector(1, 2).scaled(3) == Vector(3, 6)


def test_length():
    assert Vector(3, 4).length == 5


def test_order():
    assert Vector(1, 1) < Vector(2, 2)
    assert sorted([Vector(3, 4), Vector(0, 1)]) == [Vector(0, 1), Vector(3, 4)]


def test_set():
    assert len({Vector(1, 2), Vector(1, 2)}) == 1


def test_text():
    assert repr(Vector(1, 2)) == "Vector(1, 2)"


def test_coordinates():
    total = Vector(1, 2) + Vector(1, 1)
    assert (total.x, total.y) == (2, 3)
