"""Growth class of measured times: a fit by least squares on the logarithmic scale.

For a class with growth f, a program's time is c * f(n) with one unknown c. On the log scale that is a shift,

    ln t = ln c + ln f(n) + error,

so the least-squares c is the mean of ln t - ln f(n), and what the class leaves unexplained is the standard deviation of
these differences. Taking logarithms weighs relative errors, as timers make them, and keeps the largest size from
deciding alone (cf. McGeoch et al., "Using finite experiments to study asymptotic performance", 2002).
"""

import math
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from codearena.task import COMPLEXITIES

MIN_POINTS = 3
"""Fewer sizes fit every class."""

# n + 1 under the logarithm, so that O(log n) and O(n log n) are positive at n = 1.
_LN_GROWTH: dict[str, Callable[[int], float]] = {
    "O(1)": lambda n: 0.0,
    "O(log n)": lambda n: math.log(math.log(n + 1)),
    "O(n)": lambda n: math.log(n),
    "O(n log n)": lambda n: math.log(n) + math.log(math.log(n + 1)),
    "O(n^2)": lambda n: 2 * math.log(n),
    "O(n^2 log n)": lambda n: 2 * math.log(n) + math.log(math.log(n + 1)),
    "O(n^3)": lambda n: 3 * math.log(n),
    "O(2^n)": lambda n: n * math.log(2),
}


@dataclass(frozen=True)
class Fit:
    """measured: one of COMPLEXITIES, or empty if the fit abstained; confidence: in [0, 1], 0 if it abstained."""

    measured: str = ""
    confidence: float = 0.0


ABSTAINED = Fit()


def fit(
    sizes: Sequence[int], times_s: Sequence[float], *, noise_s: float, relative_noise: float, min_confidence: float
) -> Fit:
    """The growth class that explains the times best, if one clearly does.

    sizes: n values, ascending, at least 1; times_s: CPU time at each. Times below `noise_s` say nothing: left out.
    confidence = 1 - (r1 + e) / (r2 + e), with r1 and r2 what the best and the second class leave unexplained, and e the
    `relative_noise`: two classes that differ by less than the timer's error fit alike. Abstains below `min_confidence`,
    and with fewer than three times above the noise.
    """
    points = [(size, time_s) for size, time_s in zip(sizes, times_s, strict=True) if time_s >= noise_s]
    if len(points) < MIN_POINTS:
        return ABSTAINED
    unexplained = {name: _unexplained(points, _LN_GROWTH[name]) for name in COMPLEXITIES}
    best, second = sorted(COMPLEXITIES, key=unexplained.__getitem__)[:2]
    confidence = 1 - (unexplained[best] + relative_noise) / (unexplained[second] + relative_noise)
    return Fit(best, confidence) if confidence >= min_confidence else ABSTAINED


def _unexplained(points: Sequence[tuple[int, float]], ln_growth: Callable[[int], float]) -> float:
    return statistics.pstdev(math.log(time_s) - ln_growth(size) for size, time_s in points)
