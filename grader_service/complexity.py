"""Growth class of measured times: a fit by least squares on the logarithmic scale.

For a class with growth f, a program's time is c * f(n) with one unknown c. On the log scale that is a shift,

    ln t = ln c + ln f(n) + error,

so the least-squares c is the mean of ln t - ln f(n), and what the class leaves unexplained is the standard deviation of
these differences. Taking logarithms weighs relative errors, as timers make them, and keeps the largest size from
deciding alone (cf. McGeoch et al., "Using finite experiments to study asymptotic performance", 2002).

Interpreter and memory bend real curves: a list that outgrows a cache makes an O(n) loop look steeper. The reference ran
on the same inputs and its class is known, so its curve tells how much: times are calibrated to

    t * f_known(n) / t_reference(n)

before the fit. An exponential may have any base: O(2^n) is fitted with its slope free within bounds, for which it pays.
"""

import math
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from codearena.task import COMPLEXITIES

MIN_POINTS = 3
"""Fewer sizes fit every class."""

_EXPONENTIAL = "O(2^n)"
_BASES = (math.log(1.3), math.log(4.0))  # of an exponential; Fibonacci by recursion has 1.62
_FREE_BASE_COSTS = 1.5  # times what is left unexplained, for the second parameter

# n + 1 under the logarithm, so that O(log n) and O(n log n) are positive at n = 1.
_LN_GROWTH: dict[str, Callable[[int], float]] = {
    "O(1)": lambda n: 0.0,
    "O(log n)": lambda n: math.log(math.log(n + 1)),
    "O(n)": lambda n: math.log(n),
    "O(n log n)": lambda n: math.log(n) + math.log(math.log(n + 1)),
    "O(n^2)": lambda n: 2 * math.log(n),
    "O(n^2 log n)": lambda n: 2 * math.log(n) + math.log(math.log(n + 1)),
    "O(n^3)": lambda n: 3 * math.log(n),
    _EXPONENTIAL: lambda n: n * math.log(2),
}
_ORDER = dict(zip(COMPLEXITIES, (0, 0, 1, 1, 2, 2, 3, 4), strict=True))


@dataclass(frozen=True)
class Fit:
    """measured: one of COMPLEXITIES, or empty if the fit abstained; confidence: in [0, 1], 0 if it abstained."""

    measured: str = ""
    confidence: float = 0.0


ABSTAINED = Fit()


@dataclass(frozen=True)
class Curve:
    """sizes: n values, ascending, at least 1; times_s: CPU time at each, positive."""

    sizes: Sequence[int]
    times_s: Sequence[float]

    def above(self, noise_s: float) -> "Curve":
        """Without the times below `noise_s`, which say nothing."""
        kept = [(n, time_s) for n, time_s in zip(self.sizes, self.times_s, strict=True) if time_s >= noise_s]
        return Curve([n for n, _ in kept], [time_s for _, time_s in kept])


def excess_order(measured: str, optimal: str) -> int:
    """By how many powers of n the one exceeds the other; 0 if it does not, or if either is unknown.

    Logarithmic factors do not count; an exponential counts as the power 4.
    """
    if not (measured and optimal):
        return 0
    return max(0, _ORDER[measured] - _ORDER[optimal])


def calibrated(curve: Curve, reference: Curve, known: str) -> Curve:
    """The curve where both were timed, freed of what bends the reference's, whose class is known."""
    of_reference = dict(zip(reference.sizes, reference.times_s, strict=True))
    times = [
        (n, time_s * math.exp(_LN_GROWTH[known](n)) / of_reference[n])
        for n, time_s in zip(curve.sizes, curve.times_s, strict=True)
        if n in of_reference
    ]
    return Curve([n for n, _ in times], [time_s for _, time_s in times])


def fit(curve: Curve, *, relative_noise: float, min_confidence: float, likely: str = "") -> Fit:
    """The growth class that explains the times best, if one clearly does.

    confidence = 1 - (r1 + e) / (r2 + e), with r1 and r2 what the best and the second class leave unexplained, and e the
    `relative_noise`: two classes that differ by less than the timer's error fit alike. Where the two differ by no more
    than a logarithm, the `likely` one or else the simpler one is taken, and the confidence is that against the third.
    Abstains below `min_confidence`, and with fewer than three sizes.
    """
    if len(curve.sizes) < MIN_POINTS:
        return ABSTAINED
    left = {name: _unexplained(curve, name) + relative_noise for name in COMPLEXITIES}
    ranked = sorted(COMPLEXITIES, key=left.__getitem__)
    best, rivals = ranked[0], ranked[1:]
    if _ORDER[best] == _ORDER[rivals[0]] and 1 - left[best] / left[rivals[0]] < min_confidence:
        alike = (best, rivals.pop(0))
        best = likely if likely in alike else min(alike, key=COMPLEXITIES.index)
    confidence = 1 - left[best] / left[rivals[0]]
    return Fit(best, confidence) if confidence >= min_confidence else ABSTAINED


def _unexplained(curve: Curve, name: str) -> float:
    logs = [math.log(time_s) for time_s in curve.times_s]
    if name == _EXPONENTIAL:
        return _FREE_BASE_COSTS * _unexplained_by_exponential(curve.sizes, logs)
    ln_growth = _LN_GROWTH[name]
    return statistics.pstdev(log - ln_growth(n) for n, log in zip(curve.sizes, logs, strict=True))


def _unexplained_by_exponential(sizes: Sequence[int], logs: Sequence[float]) -> float:
    slope = statistics.linear_regression(sizes, logs).slope if len(set(sizes)) > 1 else 0.0
    base = min(max(slope, _BASES[0]), _BASES[1])
    return statistics.pstdev(log - base * n for n, log in zip(sizes, logs, strict=True))
