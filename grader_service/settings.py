"""Settings of the grader: every number that a score depends on, and the size of what is shown."""

import math
from typing import Self

from pydantic import Field, model_validator
from pydantic_settings import SettingsConfigDict

from codearena.server.settings import ServiceSettings


class Settings(ServiceSettings):
    """Variables CODEARENA_GRADER_<NAME>. Everything but the base's fields and `port` enters `grader_revision`.

    The six weights add up to 1, so that base lies in [0, 1]; ratios are CPU time of the attempt over the reference's.
    """

    model_config = SettingsConfigDict(env_prefix="CODEARENA_GRADER_", frozen=True, extra="ignore")

    port: int = Field(50053, ge=0, le=65535, description="Port of the gRPC service; 0: any free one.")

    weight_compile: float = Field(0.15, ge=0, le=1, description="Weight of compile_score.")
    weight_tests: float = Field(0.35, ge=0, le=1, description="Weight of test_pass_ratio.")
    weight_efficiency: float = Field(0.30, ge=0, le=1, description="Weight of efficiency_score.")
    weight_correctness: float = Field(0.10, ge=0, le=1, description="Weight of llm_correctness.")
    weight_security: float = Field(0.05, ge=0, le=1, description="Weight of llm_security.")
    weight_quality: float = Field(0.05, ge=0, le=1, description="Weight of llm_quality.")
    renormalise_unscored: bool = Field(
        False, description="Leave out dimensions that the judge did not score, and divide by the other weights' sum."
    )
    penalty_step: float = Field(0.01, ge=0, le=1, description="Taken off for each step, the first included.")
    penalty_identical: float = Field(0.10, ge=0, le=1, description="Taken off for a fix that the episode has seen.")
    reward_min: float = Field(0.01, ge=0, le=1, description="Smallest reward.")
    reward_max: float = Field(0.99, ge=0, le=1, description="Largest reward.")
    solved_efficiency: float = Field(0.9, ge=0, le=1, description="Least efficiency_score of a solved attempt.")

    probe_plateau_ratio: float = Field(
        2.5, ge=1, description="Up to this ratio a probed attempt is as good as the reference."
    )
    tests_plateau_ratio: float = Field(4.0, ge=1, description="The same where only the tests' own calls were measured.")
    zero_ratio: float = Field(60.0, gt=1, description="From this ratio on efficiency_score is 0.")
    unfinished_ratio: float = Field(
        20.0, ge=1, description="Least ratio of an attempt that reached a time limit in the probe."
    )
    worse_class_cap: float = Field(
        0.3, ge=0, le=1, description="Most efficiency_score of a probed attempt that grows by a power of n too much."
    )
    optimal_class_floor: float = Field(
        0.7, ge=0, le=1, description="Least efficiency_score of a probed attempt that surely grows as the optimum does."
    )
    probe_noise_s: float = Field(
        0.0005, gt=0, description="CPU time of one probe call below which a difference is noise."
    )
    overhead_slack: float = Field(
        1.25, ge=1, description="What an attempt may spend beside its probe calls for free, in times the reference's."
    )
    overhead_noise_s: float = Field(0.0002, ge=0, description="And on top of that, for each probe call.")
    load_slack_s: float = Field(0.02, ge=0, description="CPU time of loading, on top of the reference's, for free.")
    other_noise_s: float = Field(
        0.001, ge=0, description="CPU time of warm-up and children of the probe, on top of the slack, for free."
    )
    tests_noise_s: float = Field(
        0.010, gt=0, description="CPU time of all test calls together below which it is noise."
    )
    program_start_s: float = Field(
        0.005, ge=0, description="CPU time that starting a program takes at least, on any host: the reference's too."
    )
    wall_noise_s: float = Field(0.050, gt=0, description="Wall time of one probe call below which it is noise.")
    space_noise_bytes: int = Field(
        512 * 1024, ge=1, description="Growth of the peak memory below which it says nothing of the growth class."
    )
    fit_min_confidence: float = Field(0.15, ge=0, le=1, description="Below this confidence the fit abstains.")
    fit_sure_confidence: float = Field(
        0.6, ge=0, le=1, description="From it a class caps the score, or the reference's own curve is disbelieved."
    )

    feedback_bytes: int = Field(8 * 1024, ge=512, description="Longest error_log, in UTF-8.")
    shown_value_chars: int = Field(400, ge=16, description="Longest input, expected or returned value shown.")
    shown_output_chars: int = Field(800, ge=16, description="Longest program output or traceback shown for a test.")
    shown_tests_bytes: int = Field(
        12 * 1024, ge=512, description="All that is shown of the visible tests of a verdict."
    )
    value_bytes: int = Field(1024 * 1024, ge=1024, description="Largest encoded value that is compared.")
    report_nodes: int = Field(
        200_000, ge=1000, description="Values inside values that are read of a report, beyond what was expected."
    )
    report_bytes: int = Field(1024 * 1024, ge=1024, description="Bytes of values, likewise.")
    confined_processes: int = Field(2, ge=1, description="Workers that large reports are graded by, at once.")
    confined_reports: int = Field(500, ge=1, description="Reports after which one of them is replaced.")
    confined_cpu_s: int = Field(1, ge=1, description="CPU time of one of them for a report; beyond it nothing is read.")
    confined_memory_bytes: int = Field(512 * 1024 * 1024, ge=128 * 1024 * 1024, description="Its address space.")
    checker_cpu_s: float = Field(0.5, gt=0, description="CPU time of a task's checker for each 32 values or outputs.")
    checker_wall_s: float = Field(30.0, gt=0, description="Wall time of the same.")
    checker_memory_bytes: int = Field(512 * 1024 * 1024, ge=64 * 1024 * 1024, description="Its address space.")

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        weights = [getattr(self, name) for name in type(self).model_fields if name.startswith("weight_")]
        if not math.isclose(total := math.fsum(weights), 1.0, abs_tol=1e-9):
            raise ValueError(f"the six weights must add up to 1; they add up to {total:g}")
        if self.reward_min > self.reward_max:
            raise ValueError("reward_min exceeds reward_max")
        if not max(self.probe_plateau_ratio, self.tests_plateau_ratio) < self.zero_ratio:
            raise ValueError("a plateau must end before zero_ratio")
        return self
