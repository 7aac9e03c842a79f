"""Whether an attempt grows as it should, by the growth of its ratio to the reference, the fit, and its code.

The ratio is the reference's own yardstick: whatever bends both curves, a cache or the interpreter, is not in it. It
stays where it is for an attempt of the reference's class, however slow, and grows by a power of n for a worse one. That
power is the median of the slopes between any two of the largest sizes (Theil and Sen), which one disturbed size moves
little. Both claims fade in, so that noise moves a score and never throws it.

To be of the optimal class is worth much, and so it is not told by times alone, which can be padded to lie on a line.
The code has to look like it, and the calls have to explain all that was spent. Where the code looks worse and the ratio
does not grow, each of them may mislead, and code is harder to pad: it has the larger weight.
"""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from grader_service import complexity

_SPAN = 7.9  # between the smallest and the largest size that are looked at, at least
_SIZES = 4  # likewise
_APART = 1.9  # two sizes that say something of a slope
_LEAST_S = 0.00003  # a call's time, without messages, that says something
_OPTIMAL_UP_TO = (0.3, 0.5)  # surely, and surely not; a logarithm more is 0.1 to 0.2
_OPTIMAL_FROM = (-0.5, -0.3)  # small sizes that are much slower than they need to be hide how the large ones grow
_WORSE_FROM = (0.5, 0.7)
_CODE_AGAINST_TIMES = 2 / 3
_FIT = (0.3, 0.6)  # confidences of the fit


@dataclass(frozen=True)
class Size:
    """CPU seconds of a call, without messages, of attempt and reference. finished: if not, that is a lower bound."""

    size: int
    attempt_s: float
    reference_s: float
    finished: bool = True


@dataclass(frozen=True)
class Standing:
    """optimal, worse: how sure it is, in [0, 1] and together at most 1; order: by how many powers of n it is worse."""

    optimal: float = 0.0
    worse: float = 0.0
    order: int = 1


def standing(sizes: Sequence[Size], fit: complexity.Fit, estimated: str, optimal: str) -> Standing:
    """How an attempt stands to the class `optimal`.

    sizes: ascending; estimated: the class that its code looks like. Classes are empty if they are not known.
    """
    if not optimal:
        return Standing()
    looks = complexity.excess_order(estimated, optimal)
    fitted_order = complexity.excess_order(fit.measured, optimal)
    fitted = _rises(fit.power_confidence, _FIT) if fitted_order else 0.0
    powers = [power_of_ratio([size for size in sizes if size.finished]), power_of_ratio(sizes)]
    power = max((power for power in powers if power is not None), default=None)
    flat = risen = 0.0
    if power is not None:
        flat = _rises(power, _OPTIMAL_FROM) * (1 - _rises(power, _OPTIMAL_UP_TO))
        risen = _rises(power, _WORSE_FROM)
    doubted = 1.0 if looks else fitted
    worse = max(risen, (1 - flat) * doubted, _CODE_AGAINST_TIMES if looks else 0.0)
    return Standing(
        optimal=flat * (1 - worse) if estimated and not looks else 0.0,
        worse=worse,
        order=max(1, fitted_order if fitted else round(power or 0)),
    )


def power_of_ratio(sizes: Sequence[Size]) -> float | None:
    """The power of n by which the ratio grows at the largest sizes; None if these are too few or too near."""
    ratios = [
        (math.log(each.size), math.log(each.attempt_s / each.reference_s))
        for each in sizes
        if min(each.attempt_s, each.reference_s) >= _LEAST_S
    ]
    wide = (count for count in range(_SIZES, len(ratios) + 1) if ratios[-1][0] - ratios[-count][0] >= math.log(_SPAN))
    window = ratios[-count:] if (count := next(wide, 0)) else []
    slopes = [
        (high - low) / (large - small)
        for index, (small, low) in enumerate(window)
        for large, high in window[index + 1 :]
        if large - small >= math.log(_APART)
    ]
    return statistics.median(slopes) if slopes else None


def _rises(value: float, between: tuple[float, float]) -> float:
    """0 up to the first, 1 from the second, straight in between."""
    low, high = between
    return min(1.0, max(0.0, (value - low) / (high - low)))
