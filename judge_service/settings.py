"""Settings of the judge: environment variables with the prefix CODEARENA_JUDGE_."""

import os
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from codearena.server.settings import ServiceSettings

_KIB = 1024
_MIB = 1024 * _KIB


class Settings(ServiceSettings):
    """Read once in `__main__`. What weighs how much is no setting: see `scoring.py`."""

    model_config = SettingsConfigDict(env_prefix="CODEARENA_JUDGE_", frozen=True, extra="ignore")

    port: int = Field(50052, ge=0, le=65535, description="Port of the gRPC server; 0: any.")
    concurrency: int = Field(
        default_factory=lambda: os.cpu_count() or 1,
        gt=0,
        description="Attempts analysed at once; default: one per core.",
    )
    queue_length: int = Field(256, ge=0, description="Attempts that may wait; beyond it RESOURCE_EXHAUSTED.")
    retry_after_s: float = Field(1.0, gt=0, description="What a refused caller is told to wait.")
    source_bytes: int = Field(64 * _KIB, gt=0, description="Largest source that is judged.")
    analysis_cpu_s: int = Field(3, gt=0, description="CPU time of one analysis of one attempt (RLIMIT_CPU).")
    analysis_wall_s: float = Field(20.0, gt=0, description="Wall time of one analysis of one attempt.")
    analysis_memory_bytes: int = Field(512 * _MIB, gt=0, description="Address space of one analysis (RLIMIT_AS).")
    sources_per_worker: int = Field(64, gt=0, description="After which a worker is replaced; 1: each has its own.")
    launcher_start_s: float = Field(30.0, gt=0, description="Longest wait for the analysers to be imported.")
    cache_entries: int = Field(4096, ge=0, description="Analyses kept in memory, by content of the source.")
    findings_kept: int = Field(20, ge=0, description="Findings in one dimension of an answer, worst first.")

    llm_model: str | None = Field(None, description="Model that is asked; none: static analysis alone judges.")
    llm_base_url: str | None = Field(None, description="Its OpenAI-compatible endpoint; none: OpenAI's.")
    llm_api_key: SecretStr | None = Field(None, description="Key of the endpoint.")
    llm_when: Literal["always", "compiles", "calls_end", "all_tests_pass", "never"] = Field(
        "compiles",
        description="Ask if it compiles (what does not is never judged: always is the same); only if all its calls "
        "ended in an orderly way too; only if all tests pass; never.",
    )
    llm_on_failure: Literal["static", "unscored", "error"] = Field(
        "static", description="Without a reply: the static judge speaks; no scores; a retryable error."
    )
    llm_timeout_s: float = Field(15.0, gt=0, description="Longest time for a reply, waiting and a second try included.")
    llm_concurrency: int = Field(16, ge=1, description="Questions to the model at once.")
    llm_max_tokens: int = Field(1024, ge=64, description="Longest reply, in tokens.")
    llm_breaker_failures: int = Field(5, ge=1, description="Failures in a row after which the model is left alone.")
    llm_breaker_open_s: float = Field(30.0, gt=0, description="Time until one question tries it again.")
    llm_tokens_per_day: int | None = Field(
        None, ge=0, description="Budget of all replicas that share a Redis, else of this process, by UTC day."
    )
    llm_price_in: float = Field(0.0, ge=0, description="Of a million tokens sent, for the cost counter.")
    llm_price_out: float = Field(0.0, ge=0, description="Of a million tokens received.")

    redis_url: SecretStr | None = Field(
        None, description="Where replicas share replies and the budget; none: each has its own."
    )
    redis_namespace: str = Field(
        "codearena-judge", pattern=r"^[A-Za-z0-9_-]+$", description="Prefix of every key there."
    )
    reply_ttl_s: int = Field(7 * 24 * 3600, gt=0, description="A reply is kept there so long.")
