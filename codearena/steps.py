"""How exactly an answer tells what was measured, so that hidden inputs do not stand in its digits.

An attempt can spend time by what it reads of a hidden input. Told exactly, a time would carry as many bits as it has
digits; told in steps it carries as many as there are steps in reach, as the count of passed tests does. What operators
see (metrics, traces, stored reports) is exact.
"""

import math

STEPS_PER_DECADE = 10
"""Of ratios, and of times at the sizes of a probe: 1, 1.3, 1.6, 2, 2.5, 3.2, 4, 5, 6.3, 7.9, 10 (ISO 3, R 10)."""
_LEAST_S = 0.1
_CONFIDENCE_STEP = 0.1
_SCORE_DIGITS = 2


def up_to_power_of_ten(seconds: float) -> float:
    """The next of 0.1, 1, 10, ... seconds: how long a stage of the grading took."""
    return 0.0 if seconds <= 0 else max(_LEAST_S, 10.0 ** math.ceil(math.log10(seconds)))


def tenth_of_decade(value: float) -> float:
    """The nearest step of a ratio or of a measured time, with two digits; 0 for what is not positive."""
    if value <= 0 or not math.isfinite(value):
        return max(0.0, value)
    return float(f"{10 ** (round(STEPS_PER_DECADE * math.log10(value)) / STEPS_PER_DECADE):.2g}")


def confidence(value: float) -> float:
    """The nearest tenth."""
    return round(round(value / _CONFIDENCE_STEP) * _CONFIDENCE_STEP, 1)


def score(value: float) -> float:
    """The nearest hundredth, of a score that comes of measured times."""
    return round(value, _SCORE_DIGITS)
