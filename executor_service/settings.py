"""Settings of the executor: environment variables CODEARENA_EXECUTOR_<FIELD>."""

import math
import os
from pathlib import Path
from typing import Literal, Self

from google.protobuf.duration_pb2 import Duration
from pydantic import Field, model_validator
from pydantic_settings import SettingsConfigDict

from codearena.server import budgets
from codearena.server.settings import ServiceSettings
from codearena.v1 import common_pb2

KIB = 1024
MIB = 1024 * KIB
_CORES = os.cpu_count() or 1


RUNS = 5
"""Of one attempt in one sandbox: its calls, and measurements."""


class Settings(ServiceSettings):
    """What an operator may change. Limits bound what a workload may ask for; one that asks for more is refused."""

    model_config = SettingsConfigDict(env_prefix="CODEARENA_EXECUTOR_", frozen=True, extra="ignore")

    port: int = Field(50051, ge=0, le=65535, description="Port of the gRPC service; 0: any free one.")

    isolation: Literal["container", "cell", "local", "auto"] = Field(
        "container",
        description="Where attempts run: each in a container of its own, in turns in namespaces of their own inside "
        "containers, or in namespaces on this host; auto: container if the engine and the image are there, else local.",
    )
    docker_host: str | None = Field(None, description="URL of the engine; none: DOCKER_HOST, else the local socket.")
    runtime: str | None = Field(None, description="Docker runtime, e.g. runsc; none: the engine's default.")
    image: str = Field("codearena-runner:dev", min_length=1, description="Image of the runner.")
    seccomp_profile: Path = Field(
        Path(__file__).parent / "image" / "seccomp.json", description="File of the seccomp profile."
    )
    engine_timeout_s: int = Field(60, gt=0, description="Longest wait for one answer of the engine.")

    pool_min: int = Field(2 * _CORES, ge=1, description="Sandboxes kept ready when idle.")
    pool_max: int = Field(
        max(16, 8 * _CORES),
        ge=1,
        description="Containers at once: starting, ready, in use and being removed. Of "
        "other sandboxes no more are made than may be in use at once.",
    )
    pool_leases: int = Field(max(8, 4 * _CORES), ge=1, description="Sandboxes in use at once.")
    pool_start_concurrency: int = Field(2 * _CORES, ge=1, description="Sandboxes started at once.")
    pool_reserve: int = Field(
        2,
        ge=0,
        description="Ready sandboxes kept for owners of API keys with little under way, while several compete.",
    )
    pool_start_concurrency_shared: int = Field(
        _CORES, ge=1, description="Sandboxes started at once while several owners compete."
    )
    pool_leases_shared: int = Field(
        _CORES,
        ge=1,
        description="Sandboxes in use at once while several owners compete: each has an equal part, at least one.",
    )
    pool_remove_concurrency: int = Field(_CORES, ge=1, description="Sandboxes removed at once.")
    pool_ready_age_s: float = Field(600.0, gt=0, description="Longest time that a sandbox waits unused.")
    pool_shrink_s: float = Field(30.0, gt=0, description="Time without a wait after which one less is kept ready.")
    hold_s: float = Field(5.0, gt=0, description="Longest time that a sandbox waits for its attempt between two runs.")
    queue_max: int = Field(256, ge=0, description="Attempts that may wait for a sandbox; one more is refused.")
    start_timeout_s: float = Field(30.0, gt=0, description="Longest start of a sandbox, until its runner is ready.")

    cell_attempts: int = Field(400, ge=1, description="Most attempts in one container of isolation cell.")
    cell_age_s: float = Field(600.0, gt=0, description="Highest age of such a container when a turn is made ready.")
    cell_idle_s: float = Field(30.0, gt=0, description="Time without an attempt after which a container ends.")

    memory_bytes: int = Field(512 * MIB, ge=64 * MIB, description="Memory an attempt may ask for.")
    runner_memory_bytes: int = Field(64 * MIB, ge=16 * MIB, description="Memory of a container on top, for the runner.")
    cpus: float = Field(1.0, gt=0, description="Cores one sandbox may use.")
    host_class: str = Field("", description="Name of the kind of host, for the same speed; empty: of the processor.")
    processes: int = Field(64, ge=8, description="Processes and threads an attempt may ask for, and a container gets.")
    tmpfs_bytes: int = Field(64 * MIB, ge=MIB, description="Size of /tmp.")
    tmpfs_inodes: int = Field(4096, ge=64, description="Files in /tmp.")
    open_files: int = Field(512, ge=64, description="Open files of one process.")
    call_wall_s: float = Field(120.0, gt=0, description="Time a workload may ask for one call, CPU or wall.")
    attempt_wall_s: float = Field(
        300.0, gt=0, description="Time a workload may ask for the whole attempt, CPU or wall."
    )
    output_bytes: int = Field(8 * MIB, ge=0, description="Kept output a workload may ask for, by stream and call.")
    value_bytes: int = Field(4 * MIB, gt=0, description="Size of one returned value a workload may ask for.")
    calls: int = Field(2048, ge=1, description="Calls in one workload, probe included.")
    source_bytes: int = Field(64 * KIB, gt=0, description="Size of a source, the reference's included.")

    reap_interval_s: float = Field(15.0, gt=0, description="Time between two searches for leftovers of dead executors.")
    orphan_grace_s: float = Field(
        20.0, gt=0, description="Age of an ended container at which nobody can still be about to remove it."
    )

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.pool_min > self.pool_max:
            raise ValueError("pool_min exceeds pool_max")
        return self

    @property
    def sandbox_age_max_s(self) -> float:
        """No sandbox is legitimately older: its start, its longest wait in the pool, and the longest workloads."""
        waiting_s = self.pool_ready_age_s + self.pool_shrink_s  # upkeep is done from time to time
        longest = common_pb2.Limits(attempt_wall=Duration(seconds=math.ceil(self.attempt_wall_s)))
        running_s = budgets.longest_execution_s(longest, with_reference=True)
        return self.start_timeout_s + waiting_s + RUNS * (running_s + self.hold_s)
