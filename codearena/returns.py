"""The return of an episode: a sum of rewards that cannot be farmed.

Each step's reward stands for itself, so that the sum over an episode grows with every step, and five near misses sum to
more than one solution. What can be summed is by how much each step exceeds the best one before it:

    delta_t = best_t - best_(t-1)    best_t = max(best_(t-1), reward_t)    best_0 = 0

It is potential-based shaping with the best reward so far as the potential and nothing beside it (Ng, Harada, Russell,
"Policy invariance under reward transformations", ICML 1999): the sum telescopes to the best reward of the episode,
wherever that is cut off. No delta is negative, so that a discounted sum is no larger, and the sooner the better.
"""


def delta(best_before: float | None, reward: float) -> float:
    """By how much a step's reward exceeds the best one before it; 0 if it does not. best_before: None before step 1."""
    return max(0.0, reward - (best_before or 0.0))


def best(best_before: float | None, reward: float) -> float:
    """The best reward after the step, which is the sum of all deltas so far."""
    return max(best_before or 0.0, reward)
