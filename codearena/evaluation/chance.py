"""Means with their uncertainty, and what chance alone would do. The same numbers and seed give the same answer."""

import itertools
import math
import random
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MIN_EPISODES = 10
"""Fewest episodes whose spread says anything: of fewer a bootstrap interval is too narrow, of one it is a point."""
_RESAMPLES = 2000
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
    means = sorted(statistics.fmean(rng.choices(values, k=len(values))) for _ in range(_RESAMPLES))
    tail = (1 - _CONFIDENCE) / 2
    low, high = means[int(tail * _RESAMPLES)], means[math.ceil((1 - tail) * _RESAMPLES) - 1]
    return Interval(statistics.fmean(values), low, high, len(values))


def chance_of(differences: Sequence[float], seed: int) -> float:
    """The chance, two-sided, of a mean at least as far from 0 if each difference could as well have the other sign.

    This is the paired randomisation test of Fisher, "The Design of Experiments" (1935), section 21: exact for up to
    twelve differences, else of random flips, with the observed one among them, so that it is never 0.
    """
    observed = abs(math.fsum(differences)) - _EQUAL
    if 1 << len(differences) <= _FLIPS:
        found = [abs(total) >= observed for total in _all_flips(differences)]
        return sum(found) / len(found)
    rng = random.Random(seed)
    as_far = 1 + sum(abs(_flipped(differences, rng)) >= observed for _ in range(_FLIPS))
    return as_far / (_FLIPS + 1)


def _all_flips(differences: Sequence[float]) -> Iterable[float]:
    for signs in itertools.product((1, -1), repeat=len(differences)):
        yield math.fsum(sign * each for sign, each in zip(signs, differences, strict=True))


def _flipped(differences: Sequence[float], rng: random.Random) -> float:
    bits = rng.getrandbits(len(differences))
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
