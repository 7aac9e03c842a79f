"""The history as people read it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from codearena import models
from gateway.clock import now_ms
from gateway.metrics import COMPONENTS
from gateway.series.tally import MICRO
from gateway.store.records import AgentRecord, Counts
from gateway.store.series import Bucket, Window

_NO_COUNTS: Counts = {}


def history(window: Window, buckets: Sequence[Bucket]) -> models.History:
    """What the counters of the buckets come to."""
    told = [_bucket(bucket) for bucket in buckets]
    return models.History(window=window, bucket_s=window.bucket_s, now_ms=now_ms(), buckets=told)


def _bucket(bucket: Bucket) -> models.HistoryBucket:
    parts: dict[str, dict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    for name, count in bucket.counts.items():
        dimension, _, rest = name.partition("/")
        value, _, counter = rest.rpartition("/")
        parts[dimension][value][counter] = count

    def by(dimension: str) -> dict[str, int]:
        return {value: found["count"] for value, found in sorted(parts[dimension].items())}

    total = parts["total"].get("all", _NO_COUNTS)
    return models.HistoryBucket(
        start_ms=bucket.start_ms,
        **{name: total.get(name, 0) for name in ("attempts", "steps", "episodes", "solved", "groups")},
        varied_groups=total.get("varied", 0),
        mean_reward=_mean(total, "reward", "attempts"),
        mean_final_reward=_mean(total, "final", "episodes"),
        by_level={level: _level(found) for level, found in sorted(parts["level"].items())},
        components={name: _mean(parts["component"].get(name, _NO_COUNTS), "sum", "count") for name in COMPONENTS},
        outcomes=by("outcome"),
        complexity=by("complexity"),
        judges=by("judge"),
        methods=by("method"),
        fixes=by("fix"),
    )


def _level(counts: Counts) -> models.LevelRewards:
    return models.LevelRewards(attempts=counts["attempts"], mean_reward=counts["reward"] / MICRO / counts["attempts"])


def _mean(counts: Mapping[str, int], total: str, number: str) -> float | None:
    """None: of nothing."""
    return counts.get(total, 0) / MICRO / counts[number] if counts.get(number) else None


def agent(record: AgentRecord, shown_id: str) -> models.AgentSummary:
    """An agent as it is listed."""
    steps = record.counts.get("steps", 0)
    evaluates = bool(steps) and record.counts.get("evaluations", 0) == steps
    return models.AgentSummary(
        agent_id=shown_id,
        last_ms=record.last_ms,
        partition="eval" if evaluates else "train",
        level=record.level.value,
        steps=steps,
        mean_reward=_mean(record.counts, "reward", "steps"),
        episodes=record.counts.get("episodes", 0),
        solved=record.counts.get("solved", 0),
        mean_final_reward=_mean(record.counts, "final", "episodes"),
    )
