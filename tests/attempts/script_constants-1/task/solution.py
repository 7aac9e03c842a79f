import enum
from collections import namedtuple

NAME = "signals"
LIMITS = {"most": 3, "least": 1}


class Color(enum.Enum):
    """Of a signal."""

    RED = "red"
    GREEN = "green"
    AMBER = "amber"


Signal = namedtuple("Signal", "color seconds")


def next_color(color):
    """Return the colour after this one."""
    order = list(Color)
    return order[(order.index(Color(color)) + 1) % 3].value


def signal(color):
    """Return the signal of a colour."""
    return Signal(color, LIMITS["most"])
