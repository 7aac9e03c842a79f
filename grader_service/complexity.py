"""Growth class of measured times: for each class the best curve, and of the curves the most probable one.

A program of the growth f takes

    t = c * f(n) + lower orders         c > 0, the lower orders' factors >= 0

where the lower orders are what such programs have beside it: a constant, and from O(n log n) on what is linear, from
O(n^3) on what is quadratic. An exponential may have any base between 1.25 and 6. The larger the part of c * f at the
largest size, the more likely is the class: a full cache looks like a little of a higher power at the end.

The curves are fitted by weighted least squares of relative errors, as timers, schedulers and caches make them. A
point's weight is the part of the axis of log n that it stands for, so that many small sizes do not outvote the large
ones. How large the errors are nobody knows beforehand: it is estimated from what the best curve leaves unexplained, no
less than a clean curve does, and integrated out. What that leaves is

    ln P(class) = prior - N / 2 * ln(unexplained) - parameters * ln(N) / 2

(the Bayesian information criterion; Schwarz, "Estimating the dimension of a model", 1978). N is far less than the
number of sizes, since the errors of neighbours are alike: a cache that is full bends all of the curve behind it. For
the same reason a factor of log n is seldom believed of the times alone, and the prior holds what the code looks like.
Its part is small beside what clean times say: where the two clearly disagree, the times win.
"""

import functools
import itertools
import math
import operator
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from codearena.tasks.task import COMPLEXITIES

MIN_POINTS = 4
"""Fewer sizes fit every class."""

_LEAST_RANGE = 1.5  # from the smallest size to the largest
_EXPONENTIAL = "O(2^n)"
_BASES = [1.25 * 1.07**step for step in range(24)]  # Fibonacci by recursion has 1.62, three-way recursion up to 5.8
_RATE_ERROR = 0.5  # of the logarithm of the base, by the last two sizes
_LEAST_SHARE = 0.3  # of the leading term at the largest size
_USUAL_SHARE = 0.85  # of a class without a logarithm, likewise; less is the less likely the less it is
_FAINT = 8.0
_ERROR = 0.1  # relative, that a clean curve leaves
_MOST_POINTS = 6.0  # that count as independent: one, and one more for each doubling of n
_POWER_HINT = 1.5  # of the logarithm of the odds
_LOGARITHM_HINT = 2.0
_OPTIMUM_HINT = 1.0
_RARE = {"O(n log n)": -1.5, "O(n^2 log n)": -3.0}  # of all programs: caches bend many a curve so
_CONFIDENCE_SCALE = 0.5  # of the logarithm of the odds: what is not modelled makes all of them look too sure
_LOGARITHM_SCALE = 0.5  # of those between two classes that differ by a logarithm once more

Growth = Callable[[int], float]

# n + 1 under the logarithm, so that O(log n) and O(n log n) are positive at n = 1.
_GROWTH: dict[str, Growth] = {
    "O(1)": lambda n: 1.0,
    "O(log n)": lambda n: math.log(n + 1),
    "O(n)": lambda n: float(n),
    "O(n log n)": lambda n: n * math.log(n + 1),
    "O(n^2)": lambda n: float(n) ** 2,
    "O(n^2 log n)": lambda n: n**2 * math.log(n + 1),
    "O(n^3)": lambda n: float(n) ** 3,
}
_ORDER = dict(zip(COMPLEXITIES, (0, 0, 1, 1, 2, 2, 3, 4), strict=True))
_LOWER = {
    "O(1)": (),
    "O(log n)": ("O(1)",),
    "O(n)": ("O(1)",),
    "O(n log n)": ("O(1)", "O(n)"),
    "O(n^2)": ("O(1)", "O(n)"),
    "O(n^2 log n)": ("O(1)", "O(n)", "O(n^2)"),
    "O(n^3)": ("O(1)", "O(n)", "O(n^2)"),
    _EXPONENTIAL: ("O(1)", "O(n^2)"),
}
_LOWER_ORDERS = {  # of each class, every choice
    name: [each for count in range(len(lower) + 1) for each in itertools.combinations(lower, count)]
    for name, lower in _LOWER.items()
}


@dataclass(frozen=True)
class Fit:
    """measured: one of COMPLEXITIES, or empty if the fit abstained.

    confidence: that it is this class; power_confidence: that it is this power of n, whatever the logarithm. Both in
    [0, 1], 0 if the fit abstained.
    """

    measured: str = ""
    confidence: float = 0.0
    power_confidence: float = 0.0


ABSTAINED = Fit()


@dataclass(frozen=True)
class Point:
    """One size. time_s: what a call takes, positive."""

    size: int
    time_s: float


def excess_order(measured: str, optimal: str) -> int:
    """By how many powers of n the one exceeds the other; 0 if it does not, or if either is unknown.

    Logarithmic factors do not count; an exponential counts as the power 4.
    """
    if not (measured and optimal):
        return 0
    return max(0, _ORDER[measured] - _ORDER[optimal])


def fit(points: Sequence[Point], min_confidence: float, likely: Sequence[str] = ()) -> Fit:
    """The most probable growth class. points: by size, ascending.

    likely: classes, the estimate from the code first, then the optimum; empty where unknown. Abstains below
    `min_confidence`, and with too few sizes.
    """
    if len(points) < MIN_POINTS or points[-1].size < _LEAST_RANGE * points[0].size:
        return ABSTAINED
    points = _undisturbed(points)
    curves = _Curves(points)
    count = min(_MOST_POINTS, 1 + math.log2(points[-1].size / points[0].size))
    odds = {name: _log_probability(curves, name, count, likely) for name in COMPLEXITIES}
    top = max(odds.values())
    shares = {name: math.exp(_CONFIDENCE_SCALE * (value - top)) for name, value in odds.items()}
    best = max(shares, key=shares.__getitem__)
    alike = {name: share for name, share in shares.items() if _ORDER[name] == _ORDER[best]}
    power = sum(alike.values()) / sum(shares.values())
    confidence = power / sum((share / shares[best]) ** _LOGARITHM_SCALE for share in alike.values())
    return Fit(best, confidence, power) if confidence >= min_confidence else ABSTAINED


def _undisturbed(points: Sequence[Point]) -> list[Point]:
    """No size takes longer than a larger one: what disturbs a measurement only adds to it."""
    least = list(itertools.accumulate((point.time_s for point in reversed(points)), min))
    return [replace(point, time_s=time_s) for point, time_s in zip(points, reversed(least), strict=True)]


def _weights(points: Sequence[Point]) -> list[float]:
    """Of each point, adding up to 1."""
    logs = [math.log(point.size) for point in points]
    gaps = [after - before for before, after in zip([logs[0], *logs], [*logs[1:], logs[-1]], strict=False)]
    return [gap / sum(gaps) for gap in gaps]


def _log_probability(curves: "_Curves", name: str, count: float, likely: Sequence[str]) -> float:
    """count: of points that are independent."""
    free = 1 if name == _EXPONENTIAL else 0
    evidence = [
        -count / 2 * math.log(_ERROR**2 + curve.unexplained)
        - (free + len(lower)) * math.log(count) / 2
        - (0.0 if "log" in name else _FAINT * max(0.0, _USUAL_SHARE - curve.leading_share))
        for leading in (curves.exponentials if name == _EXPONENTIAL else [name])
        for lower in _LOWER_ORDERS[name]
        if (curve := curves.best(leading, *lower)) is not None
    ]
    return _RARE.get(name, 0.0) + _hinted(name, likely) + max(evidence, default=-math.inf)


def _hinted(name: str, likely: Sequence[str]) -> float:
    estimated, optimal = (*likely, "", "")[:2]
    hint = _OPTIMUM_HINT if name == optimal else 0.0
    if estimated:
        hint += _POWER_HINT if _ORDER[name] == _ORDER[estimated] else 0.0
        hint += _LOGARITHM_HINT if ("log" in name) == ("log" in estimated) else 0.0
    return hint


def _exponentials(points: Sequence[Point]) -> Iterator[tuple[str, Growth]]:
    """Of the bases not far from what the last step looks like: any other leaves much of that step unexplained."""
    before, last = points[-2:]
    rate = math.log(last.time_s / before.time_s) / (last.size - before.size)
    for base in _BASES:
        if abs(math.log(base) - rate) < _RATE_ERROR:
            yield f"O({base}^n)", _power_of(base, last.size)


def _power_of(base: float, largest: int) -> Growth:
    """Relative to that of the largest size, which may exceed every float."""
    return lambda n: base ** (n - largest)


@dataclass(frozen=True)
class _Curve:
    """unexplained: mean square of relative errors; leading_share: of the growth itself, at the largest size."""

    unexplained: float
    leading_share: float


class _Curves:
    """Sums of growths, fitted to the points. exponentials: the names of those that are not hopeless.

    A growth is a vector of what it says of each point's time relative to that time, weighted, and scaled to length 1: a
    curve through all points is one that adds up to the weights' roots.
    """

    def __init__(self, points: Sequence[Point]) -> None:
        exponentials = dict(_exponentials(points))
        roots = [math.sqrt(weight) for weight in _weights(points)]
        self.exponentials = list(exponentials)
        self._vectors: dict[str, list[float]] = {}
        for name, growth in (_GROWTH | exponentials).items():
            vector = [root * growth(point.size) / point.time_s for point, root in zip(points, roots, strict=True)]
            length = math.sqrt(_dot(vector, vector))
            self._vectors[name] = [value / length for value in vector]
        self._sums = {name: _dot(vector, roots) for name, vector in self._vectors.items()}
        self._product = functools.cache(lambda left, right: _dot(self._vectors[left], self._vectors[right]))

    def best(self, *names: str) -> _Curve | None:
        """The best with these terms; None if a factor is negative, or too little of the first growth is seen."""
        sums = [self._sums[name] for name in names]
        factors = _solved([[self._product(left, right) for right in names] for left in names], sums)
        if not factors or min(factors) <= 0:
            return None
        largest = [factor * self._vectors[name][-1] for factor, name in zip(factors, names, strict=True)]
        share = largest[0] / math.fsum(largest)
        return _Curve(max(0.0, 1 - _dot(factors, sums)), share) if share >= _LEAST_SHARE else None


def _dot(left: Sequence[float], right: Sequence[float]) -> float:
    return math.fsum(map(operator.mul, left, right))


def _solved(matrix: Sequence[Sequence[float]], right: Sequence[float]) -> list[float]:
    """Of a small positive definite system whose diagonal is all ones, by elimination; empty if it is singular."""
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    for i, row in enumerate(rows):
        if row[i] <= 1e-9:
            return []
        for below in rows[i + 1 :]:
            factor = below[i] / row[i]
            below[i:] = [a - factor * b for a, b in zip(below[i:], row[i:], strict=True)]
    found = [0.0] * len(rows)
    for i in range(len(rows) - 1, -1, -1):
        row = rows[i]
        found[i] = (row[-1] - math.fsum(row[j] * found[j] for j in range(i + 1, len(rows)))) / row[i]
    return found
