from fix import LIMITS, NAME, Color, Signal, next_color, signal


def test_next():
    assert next_color("red") == "green"
    assert next_color("amber") == "red"


def test_name():
    assert NAME == "signals"
    assert NAME.startswith("sig")
    assert NAME.index("n") == 3


def test_limits():
    assert LIMITS == {"most": 3, "least": 1}
    assert LIMITS.get("most") == 3


def test_color():
    assert Color("green") == Color.GREEN
    assert Color.RED.value == "red"
    assert Color.RED != Color.GREEN


def test_colors():
    assert [color.name for color in Color] == ["RED", "GREEN", "AMBER"]


def test_signal():
    assert signal("red") == ("red", 3)
    assert signal("red").seconds == Signal("red", 3).seconds == 3


def test_fields():
    color, seconds = signal("green")
    assert (color, seconds) == ("green", 3)
