"""What a step adds to the statistics, and the statistics as people read them.

All of it is counters in one hash, added to by the commit of the step they are about: a retried step counts once, and
reading costs the same however many steps there were. Rewards are kept in millionths and times in microseconds, since
sums of integers do not drift. Times are kept in buckets a fourth root of two wide.
"""

import itertools
import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from codearena import models
from gateway.attempt.graph import Attempt
from gateway.episode.answers import call_status
from gateway.metrics import growth_of, judge_name, outcome_of

_PLACE = "*"
"""Stands in a counter's name for the step's method, task or category: of these there may be any number, and the commit
script, which knows how many there are, fills them in."""

_MICRO = 1_000_000
_SHORTEST_S, _BUCKETS_PER_OCTAVE, _BUCKETS = 0.0005, 4, 80  # up to 0.0005 * 2 ** 20 = 524 s
_NO_COUNTS: Mapping[str, int] = {}


def counts_of(attempt: Attempt, done: bool) -> dict[str, int]:
    """Counter -> what this step adds to it. A name is dimension/value/counter."""
    counts: Counter[str] = Counter()
    rewards = _rewards(attempt, done)
    for dimension, value in _dimensions(attempt):
        counts.update({f"{dimension}/{value}/{name}": count for name, count in rewards.items()})
    counts[f"outcome/{outcome_of(attempt.report, attempt.verdict)}/count"] += 1
    for status, calls in Counter(call.status for call in attempt.report.calls).items():
        counts[f"call/{call_status(status)}/count"] = calls
    for stage, seconds in [*attempt.seconds.items(), ("total", attempt.total_s)]:
        counts.update({f"time/{stage}/sum": round(seconds * _MICRO), f"time/{stage}/{_bucket(seconds)}": 1})
    return {name: count for name, count in counts.items() if count}


def _dimensions(attempt: Attempt) -> list[tuple[str, str]]:
    return [
        ("total", "all"),
        ("task", _PLACE),
        ("category", _PLACE),
        ("level", attempt.task.level.value),
        ("complexity", growth_of(attempt.verdict.complexity)),
        ("method", _PLACE),
        ("judge", judge_name(attempt.verdict.judge)),
    ]


def _rewards(attempt: Attempt, done: bool) -> dict[str, int]:
    reward = round(attempt.verdict.reward * _MICRO)
    counts = {"steps": 1, "reward": reward}
    if done:
        counts |= {"episodes": 1, "final": reward, "solved": int(attempt.verdict.solved)}
    return counts


def _bucket(seconds: float) -> int:
    """Its number; bucket k ends at _SHORTEST_S * 2 ** (k / 4)."""
    if seconds <= _SHORTEST_S:
        return 0
    return min(math.ceil(math.log2(seconds / _SHORTEST_S) * _BUCKETS_PER_OCTAVE), _BUCKETS)


def summary(counts: Mapping[str, int], since_ms: int | None) -> models.Stats:
    """The statistics that the counters come to."""
    parts: dict[str, dict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    for name, count in counts.items():
        dimension, _, rest = name.partition("/")
        value, _, counter = rest.rpartition("/")  # a task's id may have slashes
        parts[dimension][value][counter] = count

    def by(dimension: str) -> dict[str, models.RewardStats]:
        return {value: reward_stats(found) for value, found in sorted(parts[dimension].items())}

    return models.Stats(
        since_ms=since_ms,
        total=reward_stats(parts["total"].get("all", _NO_COUNTS)),
        by_task=by("task"),
        by_category=by("category"),
        by_level=by("level"),
        by_complexity=by("complexity"),
        by_method=by("method"),
        by_judge=by("judge"),
        outcomes={value: found["count"] for value, found in sorted(parts["outcome"].items())},
        call_outcomes={value: found["count"] for value, found in sorted(parts["call"].items())},
        timings={stage: _timing_stats(found) for stage, found in sorted(parts["time"].items())},
    )


def reward_stats(counts: Mapping[str, int]) -> models.RewardStats:
    """Of the counters of one value of a dimension."""
    steps, episodes = counts.get("steps", 0), counts.get("episodes", 0)
    return models.RewardStats(
        steps=steps,
        mean_reward=counts.get("reward", 0) / _MICRO / steps if steps else None,
        episodes=episodes,
        solved=counts.get("solved", 0),
        mean_final_reward=counts.get("final", 0) / _MICRO / episodes if episodes else None,
    )


def _timing_stats(counts: Mapping[str, int]) -> models.TimingStats:
    buckets = sorted((int(name), count) for name, count in counts.items() if name != "sum")
    total = sum(count for _, count in buckets)
    p50_s, p90_s, p99_s = (_percentile(buckets, share * total) for share in (0.5, 0.9, 0.99))
    mean_s = counts.get("sum", 0) / _MICRO / total
    return models.TimingStats(count=total, mean_s=mean_s, p50_s=p50_s, p90_s=p90_s, p99_s=p99_s)


def _percentile(buckets: Sequence[tuple[int, int]], wanted: float) -> float:
    """The geometric middle of the bucket that holds the `wanted`-th smallest value."""
    seen = itertools.accumulate(count for _, count in buckets)
    bucket = next(number for (number, _), so_far in zip(buckets, seen, strict=True) if so_far >= wanted)
    return float(_SHORTEST_S * 2 ** ((bucket - 0.5) / _BUCKETS_PER_OCTAVE))
