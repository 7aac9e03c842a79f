"""What a test script asked of the reference: the precedent that an attempt is held to.

Whether a name is a function or a class, whether a call returns a value or an object, and who answers a comparison is
what the reference says. Were it what the attempt claims, a class with an `__eq__` could stand in for a function, and be
asked for the verdict with the expected value in hand. So the referee notes of the reference, test by test, at which
places the script met an object, and what it asked there; of an attempt nothing is asked that has no precedent.

A place is the way on which the script came to an object, without the arguments: `Stack`, `Stack()`, `Stack().items`.
"""

Place = tuple[str, ...]

CALL, ITEM = "()", "[]"
CONSTRUCT, CATCH, SWALLOW = "construct", "catch", "swallow"
"""Questions that are no operator: is it a class, does it catch a failed assertion, does it swallow an exception."""

_MOST_STEPS = 8
_FIRST_KEPT, _LAST_KEPT = 3, 4
_LEFT_OUT = "..."


def reached(place: Place, step: str) -> Place:
    """The place one step further on. Steps repeated are one: a list of any length has so few places."""
    if step == CALL and place:
        called = place[-1] if place[-1].endswith(CALL) else place[-1] + CALL
        place, step = place[:-1], called
    if place and place[-1] == step:
        return place
    further = (*place, step)
    if len(further) <= _MOST_STEPS:
        return further
    return (*further[:_FIRST_KEPT], _LEFT_OUT, *further[-_LAST_KEPT:])


class Precedent:
    """What was asked, by test and place. known: of the reference; None: it is the reference that is asked now.

    test_id: of the test that began last; "" before the first.
    """

    def __init__(self, known: dict[str, dict[str, list[str]]] | None) -> None:
        self.is_known = known is not None
        self._asked = {
            test_id: {place: set(questions) for place, questions in places.items()}
            for test_id, places in (known or {}).items()
        }
        self._objects = {place for places in self._asked.values() for place in places}
        self.test_id = ""

    def begin(self, test_id: str) -> None:
        """What follows belongs to that test; "": to what all of them share."""
        self.test_id = test_id

    def note(self, place: Place, question: str = "") -> None:
        """Of the reference: there is an object at this place, and this was asked of it."""
        questions = self._asked.setdefault(self.test_id, {}).setdefault("".join(place), set())
        if question:
            questions.add(question)

    def is_object(self, place: Place) -> bool:
        """Whether the reference had an object there, in some test."""
        return "".join(place) in self._objects

    def holds(self, place: Place, question: str) -> bool:
        """Whether this was asked of the reference there, in this test."""
        name = "".join(place)
        return any(question in self._asked.get(test_id, {}).get(name, ()) for test_id in ("", self.test_id))

    def noted_at(self, place: Place) -> set[str]:
        """All that was noted there in this test."""
        return self._asked.get(self.test_id, {}).get("".join(place), set())

    def noted(self) -> dict[str, dict[str, list[str]]]:
        """Of the test that began last: as the constructor takes it, in an order that depends on nothing."""
        places = self._asked.get(self.test_id, {})
        return {self.test_id: {place: sorted(questions) for place, questions in sorted(places.items())}}
