"""Growth class of measured times: a fit by least squares of relative errors.

For a class with growth f, a program's time is modelled as

    t = c * f(n)        t = c * f(n) + d        t = c * f(n) + d * n   (from O(n^2) on)

with c, d >= 0: what every call costs, and the linear part that hides a cheap quadratic one for long. The errors are
relative, as timers and schedulers make them, so that the largest size does not decide alone (cf. McGeoch et al.,
"Using finite experiments to study asymptotic performance", 2002). A parameter more must pay: what a model leaves
unexplained is divided by the degrees of freedom left, and c * f must be most of the time at the largest size, or the
class is not seen. An exponential may have any base between 1.3 and 6.

Interpreter and memory bend real curves: a list that outgrows a cache makes an O(n) loop look steeper. The reference ran
on the same inputs and its class is known, so its curve shows the bend, and times are corrected by it before the fit:
not by the whole of it, since the reference's times are noisy too.

What the code looks like is a hint as well: the class that its static estimate names is forgiven part of its error. That
decides between classes that a noisy host has made alike, and moves nothing where the times are clear: where the two
disagree, the measured one wins.

A logarithm is nearly a constant over the sizes that can be afforded. Which of two classes that differ by one it is, is
decided by the times only if they are very clear; otherwise by what is likely: what the code looks like, then the
optimum. Scores do not depend on logarithms.
"""

import math
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from codearena.task import COMPLEXITIES

MIN_POINTS = 3
"""Fewer sizes fit every class."""

_EXPONENTIAL = "O(2^n)"
_BASES = [1.3 + step / 10 for step in range(48)]  # Fibonacci by recursion has 1.62, three-way recursion up to 5.8
_LEADING_SHARE = 0.5
_BEND_TRUST = 0.7
_BENEFIT_OF_DOUBT = 0.6
_BY_LIKELINESS = 0.6  # of the confidence is left where the times did not decide about a logarithm

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
class Trust:
    """How far times are believed; see the grader's settings for the meanings."""

    relative_noise: float
    min_confidence: float
    log_confidence: float


@dataclass(frozen=True)
class Curve:
    """sizes: n values, ascending, at least 1; times_s: CPU time at each, positive."""

    sizes: Sequence[int]
    times_s: Sequence[float]

    def above(self, noise_s: float, idle_s: float = 0.0) -> "Curve":
        """Less `idle_s`, and without what is then below `noise_s`, which says nothing."""
        less = [(n, time_s - idle_s) for n, time_s in zip(self.sizes, self.times_s, strict=True)]
        kept = [(n, time_s) for n, time_s in less if time_s >= noise_s]
        return Curve([n for n, _ in kept], [time_s for _, time_s in kept])


def excess_order(measured: str, optimal: str) -> int:
    """By how many powers of n the one exceeds the other; 0 if it does not, or if either is unknown.

    Logarithmic factors do not count; an exponential counts as the power 4.
    """
    if not (measured and optimal):
        return 0
    return max(0, _ORDER[measured] - _ORDER[optimal])


def calibrated(curve: Curve, reference: Curve, known: str) -> Curve:
    """The curve, freed of most of what bends the reference's, whose class is known.

    Where the reference was not timed, below its smallest size, its bend there is taken to be that of the smallest.
    """
    if known not in _GROWTH or len(reference.sizes) < MIN_POINTS:
        return curve
    growth = _GROWTH[known]
    bends = {n: growth(n) / time_s for n, time_s in zip(reference.sizes, reference.times_s, strict=True)}
    usual, smallest = statistics.median(bends.values()), reference.sizes[0]
    times_s = [
        time_s * (bends.get(n, bends[smallest] if n < smallest else usual) / usual) ** _BEND_TRUST
        for n, time_s in zip(curve.sizes, curve.times_s, strict=True)
    ]
    return Curve(curve.sizes, times_s)


def fit(curve: Curve, trust: Trust, likely: Sequence[str] = ()) -> Fit:
    """The growth class that explains the times best, if one clearly does.

    likely: classes, the estimate from the code first, then the optimum; empty where unknown.
    confidence = 1 - (r1 + e) / (r2 + e), with r1 and r2 what the best and the second class leave unexplained, and e the
    `relative_noise`: two classes that differ by less than the timer's error fit alike. Where best and second differ by
    a logarithm and are not clearly apart, the first one of `likely` is taken, or else the simpler one: then the power
    is as sure as it is against the third, and the class less so. Abstains below `min_confidence`, and with fewer than
    three sizes.
    """
    if len(curve.sizes) < MIN_POINTS:
        return ABSTAINED
    left = {name: _unexplained(curve, name) for name in COMPLEXITIES}
    if likely and likely[0] in left:
        left[likely[0]] *= _BENEFIT_OF_DOUBT
    left = {name: error + trust.relative_noise for name, error in left.items()}
    best, *rivals = sorted(COMPLEXITIES, key=left.__getitem__)
    share = 1.0
    if _ORDER[best] == _ORDER[rivals[0]] and _apart(left[best], left[rivals[0]]) < trust.log_confidence:
        alike = sorted((best, rivals.pop(0)), key=COMPLEXITIES.index)
        best = next((name for name in likely if name in alike), alike[0])
        left[best] = min(left[name] for name in alike)
        share = _BY_LIKELINESS
    confidence = _apart(left[best], left[rivals[0]])
    return Fit(best, share * confidence, confidence) if confidence >= trust.min_confidence else ABSTAINED


def _apart(left: float, right: float) -> float:
    return 1 - left / right


def _unexplained(curve: Curve, name: str) -> float:
    """The root mean square of the relative errors that the best model of the class leaves."""
    if name == _EXPONENTIAL:
        return min(_of_models(curve, _power_of(base), [], 1) for base in _BASES)
    lower: list[Growth] = []
    if _ORDER[name] >= 2:
        lower = [_GROWTH["O(1)"], _GROWTH["O(n)"]]
    elif name != "O(1)":
        lower = [_GROWTH["O(1)"]]
    return _of_models(curve, _GROWTH[name], lower, 0)


def _power_of(base: float) -> Growth:
    def growth(n: int) -> float:
        return base**n

    return growth


def _of_models(curve: Curve, growth: Growth, lower: Sequence[Growth], free: int) -> float:
    """free: parameters inside `growth` itself."""
    points = list(zip(curve.sizes, curve.times_s, strict=True))
    try:
        leading = [growth(n) / time_s for n, time_s in points]
    except OverflowError:
        return math.inf
    alone = _error(leading, len(points) - 1 - free)
    return min([alone, *(_error_of_two(leading, [low(n) / time_s for n, time_s in points]) for low in lower)])


def _error(leading: Sequence[float], freedom: int) -> float:
    c = sum(leading) / sum(u * u for u in leading)
    return math.sqrt(sum((c * u - 1) ** 2 for u in leading) / max(freedom, 1))


def _error_of_two(leading: Sequence[float], lower: Sequence[float]) -> float:
    """Of c * leading + d * lower = 1, or infinity if c or d is negative or c * leading is not most of the last."""
    uu, vv = sum(u * u for u in leading), sum(v * v for v in lower)
    uv = sum(u * v for u, v in zip(leading, lower, strict=True))
    determinant = uu * vv - uv * uv
    if determinant <= 1e-12 * uu * vv:
        return math.inf
    c = (sum(leading) * vv - sum(lower) * uv) / determinant
    d = (sum(lower) * uu - sum(leading) * uv) / determinant
    if c < 0 or d < 0 or c * leading[-1] < _LEADING_SHARE:
        return math.inf
    squares = sum((c * u + d * v - 1) ** 2 for u, v in zip(leading, lower, strict=True))
    return math.sqrt(squares / max(len(leading) - 2, 1))
