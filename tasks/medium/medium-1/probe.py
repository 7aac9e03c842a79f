"""Many searches of one ascending list, since a single one is too quick to time.

Before each search one value of the list changes, by so little that the list stays ascending, and half of the searches
are for the changed value: what was kept of the list for an earlier search is of no use. The gaps between values are
random: where one stands can be found by searching, and not be told from what it is.
"""

import random
from itertools import accumulate
from typing import Any

_SEARCHES = 300
_GAP = 4
_GAPS = range(_GAP, 4 * _GAP)


def make_input(n: int, rng: random.Random) -> tuple[list[list[Any]], list[int]]:
    values = list(accumulate(rng.choices(_GAPS, k=n)))
    edits, targets = [], []
    for _ in range(_SEARCHES):
        index = rng.randrange(n)
        edits.append([index, values[index] + rng.randrange(_GAP)])
        targets.append(edits[-1][1] if rng.random() < 0.5 else rng.randrange(values[-1]))
    return [values, edits], targets
