"""Comparisons of the attempt's objects, asked among others whose answer is known.

Where a script compares objects of a class that the reference defines, only the attempt's class can say whether they are
equal. One that says so of everything would pass. So when the reference says that a comparison holds, it is asked about
other objects too that the script has come by, and the referee notes of which ones it does not hold. Of an attempt the
same is asked, in an order that it cannot know: if it holds there as well, it tells nothing, and the test has failed.
"""

import collections
import random
from typing import TYPE_CHECKING, Any

from executor_service.runner.referee.proxies import Proxy, origin_of

if TYPE_CHECKING:
    from executor_service.runner.referee.link import Link

_KEPT = 8  # objects that others are compared with: the last ones that the script came by
_TIMES = 3  # of one comparison of one test: one that is made in a loop is not asked about forever
_OPPOSITE = {"eq": "ne", "ne": "eq", "lt": "ge", "ge": "lt", "gt": "le", "le": "gt"}

_Question = tuple[str, Any, Any]


class Controls:
    """Asks comparisons over `link`."""

    def __init__(self, link: "Link") -> None:
        self._link = link
        self._seen: collections.deque[tuple[str, Proxy]] = collections.deque(maxlen=_KEPT)
        self._counts: collections.Counter[str] = collections.Counter()
        self._rng = random.SystemRandom()

    def saw(self, proxy: Proxy) -> None:
        """Keeps an object of the script's to compare others with."""
        name = f"{self._link.precedent.test_id}:{''.join(origin_of(proxy).place)}"
        self._counts[name] += 1
        self._seen.append((f"{name}:{self._counts[name]}", proxy))

    def ask(self, name: str, left: Any, right: Any) -> Any:
        """What the attempt's process says of a comparison. One that tells nothing spoils the test."""
        precedent = self._link.precedent
        places = ["".join(origin_of(side).place) if isinstance(side, Proxy) else "a value" for side in (left, right)]
        where = " ".join([precedent.test_id, name, *places])
        self._counts[where] += 1
        place, questions = (f"{where} {self._counts[where]}",), self._questions(name, left, right)
        if self._counts[where] > _TIMES:
            return self._link.apply(name, left, right)
        if not precedent.is_known:
            answer = self._link.apply(name, left, right)
            for control in questions if answer is True else ():
                if not self._holds(questions[control]):
                    precedent.note(place, control)
        else:
            answer = self._among_others(name, left, right, [questions.get(one) for one in precedent.noted_at(place)])
        for side in (left, right):
            if isinstance(side, Proxy) and all(proxy is not side for _, proxy in self._seen):
                self.saw(side)
        return answer

    def _among_others(self, name: str, left: Any, right: Any, controls: list[_Question | None]) -> Any:
        asked = [control for control in controls if control is not None]
        self._rng.shuffle(asked)
        before = self._rng.randint(0, len(asked))
        held = [self._holds(control) for control in asked[:before]]
        answer = self._link.apply(name, left, right)
        held += [self._holds(control) for control in asked[before:]]
        if answer is True and any(held):
            self._link.spoil(f"{name} of the attempt's objects holds where it must not, and so says nothing")
        return answer

    def _questions(self, name: str, left: Any, right: Any) -> dict[str, _Question]:
        """By what tells them apart in every run."""
        found: dict[str, _Question] = {"opposite": (_OPPOSITE[name], left, right), "turned": (name, right, left)}
        if name not in ("eq", "ne"):  # of an order no more: many a right one leaves open what comes first of two equals
            return found
        for key, other in self._seen:
            if origin_of(other).generation == self._link.generation and other is not left and other is not right:
                found |= {f"left {key}": (name, left, other), f"right {key}": (name, other, right)}
        for key, side in (("left", left), ("right", right)):
            if isinstance(side, Proxy):
                found |= {f"same {key}": (name, side, side), f"nothing {key}": (name, side, None)}
            elif (another := _another(side)) is not None:
                found[f"another {key}"] = (name, another, right) if key == "left" else (name, left, another)
        return found

    def _holds(self, question: _Question) -> bool:
        """Whether the attempt's process says so; one that raises does not."""
        name, left, right = question
        if not isinstance(left, Proxy) and not isinstance(right, Proxy):
            return False
        try:
            return self._link.apply(name, left, right) is True
        except Exception:  # noqa: BLE001 - whatever a comparison of the attempt's raises
            return False


def _another(value: Any) -> Any:
    """A value of the same kind that is not equal to this one; None: none is known."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, (int, float)):
        return value + 1 if value + 1 != value else 0
    if isinstance(value, str):
        return f"{value}~"
    return [*value, 0] if isinstance(value, list) else (*value, 0) if isinstance(value, tuple) else None
