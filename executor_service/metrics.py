"""Metrics of the executor. Labels come from closed sets only; each series is there from the start, at zero."""

from prometheus_client import Counter, Gauge, Histogram

from codearena.v1 import executor_pb2
from executor_service.causes import Cause

_BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300)

attempts = Counter("codearena_executor_attempts", "Attempts that got a report, by how far they came.", ["status"])
lost = Counter("codearena_executor_lost", "Sandboxes that ended without a usable report, by cause.", ["cause"])
refused = Counter("codearena_executor_refused", "Attempts refused because the queue was full.")
creates = Counter("codearena_executor_creates", "Sandboxes made, or not.", ["result"])
leaked = Counter("codearena_executor_leaked", "Sandboxes that could not be removed, and are left to the reaper.")
abandoned = Gauge(
    "codearena_executor_abandoned_containers",
    "Containers that could not be removed and are still to be.",
    multiprocess_mode="livesum",
)
leftovers = Counter("codearena_executor_leftovers", "Containers without an owner that the reaper removed.")
wait_seconds = Histogram("codearena_executor_wait_seconds", "Wait for a ready sandbox.", buckets=_BUCKETS_S)
run_seconds = Histogram(
    "codearena_executor_run_seconds", "From handing over a workload to its report.", buckets=_BUCKETS_S
)
create_seconds = Histogram("codearena_executor_create_seconds", "Making a ready sandbox.", buckets=_BUCKETS_S)
sandboxes = Gauge("codearena_executor_sandboxes", "Sandboxes by state.", ["state"], multiprocess_mode="livesum")
sandboxes_in = {state: sandboxes.labels(state) for state in ("starting", "ready", "leased", "ending")}
capacity = Gauge(
    "codearena_executor_capacity_sandboxes", "Sandboxes that there may be at once.", multiprocess_mode="livesum"
)
queued = Gauge("codearena_executor_queued_attempts", "Attempts waiting for a sandbox.", multiprocess_mode="livesum")
outlived = Counter(
    "codearena_executor_outlived", "Attempts that outlived the usual time, and were cut off to begin again later."
)
aside = Gauge(
    "codearena_executor_aside_attempts",
    "Attempts that outlived the usual time, and go on within the share that such ones have.",
    multiprocess_mode="livesum",
)
oldest = Gauge(
    "codearena_executor_queue_oldest_timestamp_seconds",
    "Since when the attempt that waits for a sandbox the longest has waited; +Inf: none waits.",
    multiprocess_mode="livemin",
)

for _cause in Cause:
    lost.labels(_cause)
for _result in ("ready", "failed"):
    creates.labels(_result)
for _status in executor_pb2.AttemptStatus.keys()[1:]:
    attempts.labels(_status)
