"""Settings of the gateway: environment variables CODEARENA_GATEWAY_<NAME>."""

import json
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator
from pydantic_settings import NoDecode, SettingsConfigDict

from codearena.sdk.requests import IsolationName, Strategy
from codearena.server.settings import ServiceSettings

_KIB = 1024
_MIB = 1024 * _KIB


Address = Annotated[str, Field(min_length=1)]
_Origin = Annotated[str, Field(pattern=r"^[^\s;,']+$")]  # one word of a Content-Security-Policy


class FixerModel(BaseModel):
    """One model of the fixer's chain, at an OpenAI-compatible endpoint. name: told as the method."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, max_length=64)
    model: str
    base_url: str | None = None
    api_key: SecretStr | None = None
    timeout_s: float = Field(20.0, gt=0)
    max_tokens: int = Field(4096, ge=64)
    breaker_failures: int = Field(3, ge=1)
    breaker_open_s: float = Field(60.0, gt=0)


class Settings(ServiceSettings):
    """One frozen object, read once in `__main__`. Listens on loopback unless `host` says otherwise."""

    model_config = SettingsConfigDict(env_prefix="CODEARENA_GATEWAY_", frozen=True, extra="ignore")

    port: int = Field(7860, ge=0, le=65535, description="Port of the HTTP API; 0: any.")

    allow_anonymous: bool = Field(False, description="Serve whoever reaches it while there are no API keys.")
    published_on: str | None = Field(
        None, description="Address at which a container's port is published; none: `host` is what callers reach."
    )
    api_key_pepper: SecretStr = Field(
        SecretStr(""), description="Secret without which Redis' API keys are of no use; a new one ends all keys."
    )
    keys_max_age_s: float = Field(5.0, gt=0, description="Longest time that a revoked API key is still taken.")
    key_requests_per_s: float | None = Field(
        100.0, gt=0, description="Requests of one owner's keys, on average; beyond it 429. Of each gateway process."
    )
    key_concurrent: int | None = Field(
        256, ge=1, description="Requests of one owner's keys at once; beyond it 429. Of each gateway process."
    )
    metrics_access: Literal["open", "admin"] = Field(
        "admin", description="Who may read /metrics: anybody, or keys of the scope admin, if there are keys."
    )
    cors_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Origins whose pages may call, separated by commas; `*`: all."
    )
    dashboard: bool = Field(True, description="Serve the dashboard at /web.")
    dashboard_dir: Path = Field(
        Path(__file__).parent / "web", description="Folder of the built dashboard; deploy/frontend.sh builds this one."
    )
    frame_ancestors: Annotated[tuple[_Origin, ...], NoDecode] = Field(
        (),
        description="Origins whose pages may show the dashboard in a frame, separated by commas; its own always may.",
    )

    redis_url: SecretStr = Field(
        SecretStr("redis://127.0.0.1:6379/0"), description="Where the state is: a server, Sentinels or a cluster."
    )
    redis_namespace: str = Field("codearena", pattern=r"^[A-Za-z0-9_-]+$", description="Prefix of every key.")
    redis_timeout_s: float = Field(5.0, gt=0, description="Longest wait for one answer of Redis.")
    redis_watch_s: float = Field(10.0, gt=0, description="Time between two looks at Redis' condition, for the metrics.")
    redis_connections: int = Field(64, ge=1, description="Connections kept to Redis, to each node of a cluster.")

    executor_address: str = Field("127.0.0.1:50051", description="host:port; every address of the name is used.")
    isolation_executors: Annotated[dict[IsolationName, Address], NoDecode] = Field(
        {}, description="The same of the isolations that a request may name instead, as JSON: isolation to address."
    )
    isolation_scope: Literal["use", "admin"] = Field(
        "admin", description="Scope of the keys whose requests may name an isolation."
    )
    judge_address: str = Field("127.0.0.1:50052", description="host:port; every address of the name is used.")
    grader_address: str = Field("127.0.0.1:50053", description="host:port; every address of the name is used.")

    tasks_dir: Path = Field(
        Path(__file__).parent / "tasks",
        description="Folder of the tasks, and of .jsonl and .parquet files of them; or one such file.",
    )
    tasks_kept: int = Field(512, ge=1, description="Tasks in memory, with what is known of them, of all there are.")
    tasks_prepared: int = Field(
        64, ge=0, description="Tasks made ready ahead of their first attempt while there is nothing else to do."
    )
    sent_task_bytes: int = Field(_MIB, gt=0, description="Longest record of a task that comes with a request, as JSON.")
    sent_tasks_ttl_s: int = Field(24 * 3600, gt=0, description="Such a task is forgotten so long after its last use.")
    sent_tasks_kept: int = Field(
        10_000, ge=1, description="Such tasks kept of one owner; the one not used for longest gives way."
    )
    sent_tasks_bytes: int = Field(256 * _MIB, gt=0, description="Of all of them together, compressed.")
    sent_attempt_cpu_s: float = Field(
        60.0, gt=0, description="Most CPU time that such a task may ask for its attempts."
    )
    sent_attempt_wall_s: float = Field(120.0, gt=0, description="The same of wall time.")
    sent_memory_bytes: int = Field(512 * _MIB, gt=0, description="The same of memory.")
    sent_value_bytes: int = Field(4 * _MIB, gt=0, description="The same of a value, and of what a call writes.")
    sent_checkers: bool = Field(
        False, description="Keys of the scope tasks may send checkers, which no sandbox keeps from the grader."
    )
    max_steps: int = Field(5, ge=1, le=100, description="Steps after which an episode ends.")
    source_bytes: int = Field(64 * _KIB, gt=0, description="A longer source counts as one that does not compile.")
    body_bytes: int = Field(_MIB, gt=0, description="A longer request body is refused with 413.")
    batch_body_bytes: int = Field(16 * _MIB, gt=0, description="The same for /grade/batch and /tasks.")

    attempts_running: int = Field(64, ge=1, description="Attempts in the services at once.")
    attempts_waiting: int = Field(1024, ge=0, description="Attempts waiting for that; beyond it 503.")
    attempt_wait_s: float = Field(
        50.0, gt=0, description="Longest wait of one attempt, for a place and a sandbox; what it runs for is apart."
    )
    limit_reference_ratio: float = Field(
        20.0, ge=1, description="Time that an attempt may take, in times the reference's, for a call and in all."
    )
    limit_call_cpu_s: float = Field(0.25, gt=0, description="CPU time of a call that any attempt may take.")
    limit_call_wall_s: float = Field(0.7, gt=0, description="Wall time of a call that any attempt may take.")
    limit_attempt_cpu_s: float = Field(0.5, gt=0, description="CPU time of all calls that any attempt may take.")
    limit_calls: int = Field(
        2, ge=1, description="Calls of an attempt that may end at a limit; those after them are not run, and failed."
    )
    limit_measuring_share: float = Field(
        0.7, gt=0, le=1, description="Of an attempt's limits, for measuring it on the tests' own calls."
    )
    batch_parallel: int = Field(16, ge=1, description="Items of one batch graded at once.")
    batch_deadline_s: float = Field(600.0, gt=0, description="Longest time for a whole batch.")

    job_body_bytes: int = Field(64 * _MIB, gt=0, description="A longer body of /jobs is refused with 413.")
    job_items: int = Field(50_000, ge=1, description="Items of one job; more is refused.")
    job_chunk_items: int = Field(16, ge=1, le=1024, description="Items of a job that a gateway takes at once.")
    job_chunks: int = Field(4, ge=0, description="So many times that this gateway works on; 0: it takes none.")
    job_lease_s: float = Field(15.0, gt=0, description="Others take over what a gateway was lost with so long ago.")
    job_tries: int = Field(8, ge=1, description="Tries to grade an item of a job before it counts as failed.")
    job_ttl_s: int = Field(24 * 3600, gt=0, description="A job is forgotten so long after its last answer.")
    jobs_kept: int = Field(
        16, ge=1, description="Jobs kept of one owner of API keys: the oldest finished one gives way, else 429."
    )

    verdicts_kept_s: float = Field(
        0.0, ge=0, description="/grade gives a verdict again for so long, unless its inputs are fresh; 0: never."
    )
    group_verdicts_kept_s: float = Field(
        300.0, ge=0, description="Every gateway gives a verdict again in its group for so long; 0: never."
    )
    probe_cpu_s: float = Field(
        0.3, gt=0, le=60, description="CPU time for measuring how an attempt scales, the reference's included."
    )
    probe_stop_ratio: float = Field(
        64.0, ge=0, description="An attempt this many times slower than the reference is not measured on; 0: never."
    )
    probe_reuse: int = Field(32, ge=1, description="Attempts measured on the same probe inputs before new are drawn.")

    cases_pool: int = Field(64, ge=64, description="Cases made for each hidden test that has a generator.")
    cases_fixed: bool = Field(False, description="Every attempt at a step draws the same cases.")
    cases_secret: SecretStr = Field(
        SecretStr(""), description="What cases are made and drawn by, the same for all gateways; empty: a new one each."
    )

    sessions_max: int = Field(
        4096, ge=1, description="WebSocket sessions of this gateway at once, and as many of MCP over POST in all."
    )
    session_idle_s: float = Field(3600.0, gt=0, description="A session is closed when nothing came for so long.")
    session_reply_s: float = Field(55.0, gt=0, description="Longest time for one answer; OpenEnv clients wait for 60.")

    episode_ttl_s: int = Field(24 * 3600, gt=0, description="An episode is forgotten so long after its last step.")
    agent_ttl_s: int = Field(30 * 24 * 3600, gt=0, description="An agent's curriculum, likewise.")
    stored_bytes: int = Field(
        44 * _KIB,
        ge=_KIB,
        description="Kept of an attempt beside its source: what does not fit of its report is left out.",
    )
    events_kept: int = Field(100_000, ge=1, description="Events in the stream, about.")
    events_readers: int = Field(64, ge=1, description="Readers of /events at once; one more is refused.")
    agents_listed: int = Field(
        10_000, ge=1, description="Agents listed of one owner; the one whose last step is the longest ago gives way."
    )
    stats_methods: int = Field(32, ge=1, description="Methods told apart in /stats; more count as other.")
    stats_tasks: int = Field(1024, ge=1, description="Tasks told apart in /stats, and categories; likewise.")

    curriculum_window: int = Field(10, ge=1, description="Finished episodes of a level that its mean is taken over.")
    curriculum_up_above: float = Field(0.80, description="Mean reward above which the next level comes.")
    curriculum_down_below: float = Field(0.35, description="Mean reward below which the level before comes.")
    curriculum_strategy: Strategy = Field(Strategy.THRESHOLD, description="How tasks are chosen where no reset says.")
    curriculum_forgetting: float = Field(0.1, gt=0, lt=1, description="Weight that an episode takes from those before.")
    curriculum_fast: float = Field(0.3, gt=0, lt=1, description="Weight of an episode in the fast mean of a task.")
    curriculum_slow: float = Field(0.1, gt=0, lt=1, description="Weight of an episode in the slow mean of a task.")
    curriculum_tasks: int = Field(
        512, ge=16, description="Tasks of which it is kept how an agent does at them: those it was given last."
    )
    curriculum_retest_every: int = Field(10, ge=2, description="Once in so many tasks the longest waiting one comes.")

    evaluation_agents: str = Field("eval-*", description="Pattern of agent ids that are always in evaluation.")
    memory_failures: int = Field(64, ge=1, description="Kinds of failures remembered of an agent.")

    fixer_models: tuple[FixerModel, ...] = Field(
        (), description="Models that /fix asks before the built-in fixer, in order: a JSON list, see docs/fixer.md."
    )
    fixer_deadline_s: float = Field(40.0, gt=0, description="Longest time for one /fix.")
    fixer_concurrency: int = Field(2, ge=1, description="Calls of /fix served at once.")
    fixer_waiting: int = Field(64, ge=0, description="Calls of /fix waiting for that; beyond it 503.")
    fixer_candidates: int = Field(32, ge=1, le=256, description="Repairs graded in one round of the built-in fixer.")
    fixer_rounds: int = Field(4, ge=1, le=16, description="Rounds, each of which goes on from the best repair so far.")
    fixer_parallel: int = Field(4, ge=1, description="Repairs graded at once, for one /fix.")
    fixer_search_cpu_s: int = Field(5, gt=0, description="CPU time of one search for repairs (RLIMIT_CPU).")
    fixer_search_memory_bytes: int = Field(512 * _MIB, gt=0, description="Address space of one search (RLIMIT_AS).")

    @field_validator("isolation_executors", mode="before")
    @classmethod
    def _as_json(cls, value: object) -> object:
        return json.loads(value or "{}") if isinstance(value, str) else value

    @field_validator("cors_origins", "frame_ancestors", mode="before")
    @classmethod
    def _separated_by_commas(cls, value: object) -> object:
        return tuple(each.strip() for each in value.split(",") if each.strip()) if isinstance(value, str) else value
