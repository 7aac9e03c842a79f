"""Metrics of the judge. Labels come from closed sets; each series is there from the start, at zero."""

from prometheus_client import Counter, Gauge, Histogram

from codearena.server.breaker import BreakerState
from judge_service.judge import DIMENSIONS, JudgeKind, Unscored

JUDGEMENTS = Counter("codearena_judge_judgements_total", "Judgements given, by who spoke.", ["kind"])
UNSCORED = Counter(
    "codearena_judge_unscored_total", "Dimensions of judgements that have no score.", ["dimension", "cause"]
)
REFUSED = Counter("codearena_judge_refused_total", "Attempts refused because the queue was full.")
DURATION = Histogram(
    "codearena_judge_duration_seconds",
    "From request to judgement.",
    buckets=(0.001, 0.003, 0.01, 0.02, 0.05, 0.1, 0.3, 1, 3, 10, 30),
)
CACHE = Counter(
    "codearena_judge_cache_total",
    "What was looked for among what is kept, by what it is and whether it was there.",
    ["kept", "result"],
)
WAITING = Gauge(
    "codearena_judge_queue_attempts",
    "Attempts that wait for a place, by what is to be done: to read their source, or to judge them.",
    ["work"],
    multiprocess_mode="livesum",
)
OLDEST = Gauge(
    "codearena_judge_queue_oldest_timestamp_seconds",
    "Since when the attempt that waits for a place the longest has waited; +Inf: none waits.",
    ["work"],
    multiprocess_mode="livemin",
)
RUNNING = Gauge("codearena_judge_running_attempts", "Attempts being analysed.", ["work"], multiprocess_mode="livesum")
ANALYSIS_CPU = Histogram(
    "codearena_judge_analysis_cpu_seconds",
    "CPU time of one analysis, by the kernel's counter of its processes.",
    ["analysis"],
    buckets=(0.003, 0.005, 0.01, 0.02, 0.05, 0.1, 0.3, 1, 3, 10),
)
LLM_SECONDS = Histogram(
    "codearena_judge_llm_reply_seconds", "Time of one reply of the model.", buckets=(0.1, 0.3, 1, 2, 5, 10, 20, 40)
)
LLM_TOKENS = Counter("codearena_judge_llm_tokens_total", "Tokens of the model's questions and replies.", ["direction"])
LLM_COST = Counter("codearena_judge_llm_cost_total", "Cost of them, by the prices in the settings.")
LLM_FAILURES = Counter(
    "codearena_judge_llm_failures_total", "Judgements without a reply of the model, by cause.", ["cause"]
)
LLM_BREAKER = Gauge(
    "codearena_judge_llm_breaker_state",
    "1 for the state that the breaker in front of the model is in.",
    ["state"],
    multiprocess_mode="livemax",
)
SHARED_FAILURES = Counter(
    "codearena_judge_shared_failures_total", "Times that the Redis which replicas share did not answer."
)
FLAGS = Counter("codearena_judge_flags_total", "Attempts that tried something on the judge.", ["flag"])
LAUNCHER_STARTS = Counter("codearena_judge_launcher_starts_total", "Times the analysers' launcher was started.")


def note_breaker(state: BreakerState) -> None:
    """Shows the state that the breaker is in now."""
    for each in BreakerState:
        LLM_BREAKER.labels(each).set(each is state)


for _kind in JudgeKind:
    JUDGEMENTS.labels(_kind)
for _kept in ("source", "analysis", "reply", "shared reply"):
    for _result in ("hit", "miss"):
        CACHE.labels(_kept, _result)
for _direction in ("sent", "received"):
    LLM_TOKENS.labels(_direction)
for _cause in Unscored:
    if _cause.startswith("llm_") or _cause is Unscored.UNREADABLE:
        LLM_FAILURES.labels(_cause)
for _dimension in DIMENSIONS:
    for _cause in Unscored:
        UNSCORED.labels(_dimension, _cause)
FLAGS.labels("injection")
