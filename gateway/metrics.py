"""Metrics of the gateway. Labels come from closed sets: never an id, never a task."""

from prometheus_client import Counter, Gauge, Histogram

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)

REQUESTS = Histogram(
    "codearena_gateway_request_seconds",
    "Time of HTTP requests, by route template.",
    ["route", "method", "status"],
    buckets=_SECONDS,
)
STAGES = Histogram(
    "codearena_gateway_attempt_stage_seconds",
    "Time of one attempt in each stage: queued, execute, judge, grade, commit.",
    ["stage"],
    buckets=_SECONDS,
)
RUNNING = Gauge("codearena_gateway_attempts_running_count", "Attempts that are in the services now.")
SESSIONS = Gauge("codearena_gateway_sessions_count", "WebSocket sessions that are open now.")
MESSAGES = Counter(
    "codearena_gateway_session_messages",
    "Messages in sessions, by kind and by the code of the answer.",
    ["kind", "code"],
)
STEPS = Counter("codearena_gateway_steps", "Steps by how their commit ended.", ["result"])
RETRIES = Counter("codearena_gateway_retries", "Calls to services sent again.", ["service", "problem"])
FAILURES = Counter("codearena_gateway_failures", "Requests we failed to serve.", ["problem"])
FIXES = Counter("codearena_gateway_fixes", "Answers of /fix by the kind of link that gave them, or none.", ["link"])
FIX_SECONDS = Histogram("codearena_gateway_fix_seconds", "Time of one /fix.", buckets=_SECONDS)
REFUSALS = Counter("codearena_gateway_refusals", "Requests refused before they were read, by problem.", ["problem"])
