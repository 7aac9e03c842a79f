"""Means with their uncertainty, and what chance alone would do. The same numbers and seed give the same answer."""

import math
import random
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

MIN_EPISODES = 10
"""Fewest episodes whose spread says anything: of fewer a bootstrap interval is too narrow, of one it is a point."""
RESAMPLES = 2000
_CONFIDENCE = 0.95
_FLIPS = 1 << 12
"""Signs of up to twelve differences are flipped in every way; of more, as often as this at random."""
_EQUAL = 1e-12


@dataclass(frozen=True)
class Interval:
    """A mean with its bootstrap percentile interval of 95 % (Efron, 1979); n: episodes."""

    mean: float
    low: float
    high: float
    n: int


def interval(values: Sequence[float], seed: int) -> Interval | None:
    """The mean of the values; None if there are none."""
    if not values:
        return None
    rng = random.Random(seed)
    return of_resamples(values, [statistics.fmean(rng.choices(values, k=len(values))) for _ in range(RESAMPLES)])


def of_resamples(values: Sequence[float], resampled: Sequence[float]) -> Interval:
    """The mean of the values, and the interval by the means of RESAMPLES resamples of them."""
    means, tail = sorted(resampled), (1 - _CONFIDENCE) / 2
    low, high = means[int(tail * RESAMPLES)], means[math.ceil((1 - tail) * RESAMPLES) - 1]
    return Interval(statistics.fmean(values), low, high, len(values))


def chance_of(differences: Sequence[float], seed: int) -> float:
    """The chance, two-sided, of a mean at least as far from 0 if each difference could as well have the other sign.

    This is the paired randomisation test of Fisher, "The Design of Experiments" (1935), section 21: exact for up to
    twelve differences, else of random flips, with the observed one among them, so that it is never 0.
    """
    observed, count = abs(math.fsum(differences)) - _EQUAL, len(differences)
    exact = 1 << count <= _FLIPS
    rng = random.Random(seed)
    flips = range(1 << count) if exact else [rng.getrandbits(count) for _ in range(_FLIPS)]
    as_far = sum(abs(_flipped(differences, bits)) >= observed for bits in flips)
    return as_far / len(flips) if exact else (as_far + 1) / (len(flips) + 1)


def _flipped(differences: Sequence[float], bits: int) -> float:
    return math.fsum(each if bits >> place & 1 else -each for place, each in enumerate(differences))


def holm(chances: Sequence[float]) -> list[float]:
    """The chances, corrected for how many were looked at (Holm, 1979), in their order."""
    corrected, highest = [0.0] * len(chances), 0.0
    for rank, place in enumerate(sorted(range(len(chances)), key=chances.__getitem__)):
        highest = max(highest, min(1.0, chances[place] * (len(chances) - rank)))
        corrected[place] = highest
    return corrected


def pass_at(k: int, episodes: int, solved: int) -> float:
    """Chance that at least one of k episodes, drawn without replacement from those played, is solved.

    The unbiased estimator 1 - C(n-c, k) / C(n, k) of Chen et al., "Evaluating Large Language Models Trained on Code"
    (2021), section 2.1.
    """
    return 1.0 - math.comb(episodes - solved, k) / math.comb(episodes, k)
