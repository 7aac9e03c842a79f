"""Metrics of the judge. Labels come from closed sets."""

from prometheus_client import Counter, Gauge, Histogram

JUDGEMENTS = Counter("codearena_judge_judgements_total", "Judgements given.", ["kind"])
UNSCORED = Counter(
    "codearena_judge_unscored_total", "Dimensions of judgements that have no score.", ["dimension", "cause"]
)
REFUSED = Counter("codearena_judge_refused_total", "Attempts refused because the queue was full.")
DURATION = Histogram(
    "codearena_judge_duration_seconds",
    "From request to judgement.",
    buckets=(0.001, 0.003, 0.01, 0.02, 0.05, 0.1, 0.3, 1, 3, 10, 30),
)
CACHE_HITS = Counter("codearena_judge_cache_hits_total", "Analyses answered from memory.")
WAITING = Gauge("codearena_judge_queue_attempts", "Attempts that wait for a place.")
RUNNING = Gauge("codearena_judge_running_attempts", "Attempts being analysed.")
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
LLM_FAILURES = Counter("codearena_judge_llm_failures_total", "Judgements without a reply of the model.", ["cause"])
FLAGS = Counter("codearena_judge_flags_total", "Attempts that tried something on the judge.", ["flag"])
LAUNCHER_STARTS = Counter("codearena_judge_launcher_starts_total", "Times the analysers' launcher was started.")
