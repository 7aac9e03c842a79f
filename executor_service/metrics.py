"""Metrics of the executor. Labels come from closed sets only."""

from prometheus_client import Counter, Gauge, Histogram

_BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300)

attempts = Counter("codearena_executor_attempts", "Attempts that got a report.", ["status"])
lost = Counter("codearena_executor_lost", "Sandboxes that ended without a usable report.", ["cause"])
refused = Counter("codearena_executor_refused", "Attempts refused because the queue was full.")
creates = Counter("codearena_executor_creates", "Sandboxes made, or not.", ["outcome"])
leftovers = Counter("codearena_executor_leftovers", "Containers of dead executors removed.")
wait_seconds = Histogram("codearena_executor_wait_seconds", "Wait for a ready sandbox.", buckets=_BUCKETS_S)
run_seconds = Histogram("codearena_executor_run_seconds", "From handing over a job to its report.", buckets=_BUCKETS_S)
create_seconds = Histogram("codearena_executor_create_seconds", "Making a ready sandbox.", buckets=_BUCKETS_S)
sandboxes = Gauge("codearena_executor_sandboxes", "Sandboxes by state.", ["state"])
queued = Gauge("codearena_executor_queued_attempts", "Attempts waiting for a sandbox.")
