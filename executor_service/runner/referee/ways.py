"""The ways on which a test script comes to the attempt's objects, see precedent.py."""

from dataclasses import dataclass
from typing import Any

from executor_service.runner.referee.precedent import CALL, ITEM, Place, reached
from executor_service.runner.referee.proxies import Proxy, origin_of

_OF_ITEMS = ("iter", "reversed", "batch", "next", "getitem")
_RAISED: Place = ("raised",)


@dataclass(frozen=True)
class Way:
    """How the script came to what an answer holds.

    own: it constructed it, by calling a class; named: from name to name; path: that name, of the module itself.
    """

    place: Place
    own: bool = False
    named: bool = False
    path: str = ""

    @property
    def inside(self) -> "Way":
        """To what a list or another plain value holds."""
        return Way(reached(self.place, ITEM))


LENT_TO = Way(("lent", CALL))  # to what the attempt hands to something that it was lent


def result_place(function: str, args: tuple[Any, ...]) -> Place:
    """Where what a function returns is found. An exception's attributes are asked for without a proxy."""
    place = next((origin_of(arg).place for arg in args if isinstance(arg, Proxy)), _RAISED)
    if function == "call":
        return reached(place, CALL)
    if function in _OF_ITEMS:
        return reached(place, ITEM)
    return reached(place, f".{args[1]}" if function == "getattr" else f".{function}{CALL}")
