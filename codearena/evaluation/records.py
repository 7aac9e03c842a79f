"""What an evaluation writes down: an episode with its steps, and the rows of rewards_log.csv made of it."""

import json
from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, ValidationError

from codearena.models import StepResponse
from codearena.sdk.requests import SourceText

SCHEMA_VERSION = 2
"""Version 2 says of each attempt whether it had an answer; lines of version 1 are read, too."""

ORIGINAL_COLUMNS = ("timestamp", "task_id", "step", "reward", "compile_score", "test_ratio", "efficiency_score")
"""The columns that the benchmark's tools have always read, in their order."""
OWN_COLUMNS = (
    *("episode", "category", "level", "method", "outcome", "solved", "done"),
    *("llm_correctness", "llm_security", "llm_quality", "penalty_step", "penalty_identical"),
    *("tests_passed", "tests_total", "complexity", "optimal", "judge"),
    *("tokens_in", "tokens_out", "cost", "agent_s", "no_answer", "finish_reason", "error"),
)
COLUMNS = ORIGINAL_COLUMNS + OWN_COLUMNS

Row = dict[str, str]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Use(_Record):
    """What a proposal took.

    tokens_in, tokens_out: None if the model's endpoint did not say; cost: in the currency of the prices given, of the
    tokens that are known; seconds: until the proposal was there; finish_reason: as the endpoint gave it.
    """

    method: str
    tokens_in: int | None = 0
    tokens_out: int | None = 0
    cost: float = 0.0
    seconds: float = 0.0
    finish_reason: str = ""


class StepRecord(_Record):
    """One step.

    timestamp: ISO 8601, UTC; answer: the service's, None where there is none: then `error` says why. no_answer: why the
    model proposed nothing, e.g. "refusal" or "length"; the step is an attempt all the same, graded as an empty source.
    """

    step: int
    timestamp: str
    proposed_fix: SourceText | None
    use: Use
    answer: StepResponse | None
    no_answer: str | None = None
    error: str | None = None


class Trajectory(_Record):
    """One episode, whole. episode: its number among those of the task, from 0; error: why it broke off, if it did."""

    schema_version: int = SCHEMA_VERSION
    task_id: str
    category: str
    level: str
    episode: int
    seed: int
    episode_id: str
    max_steps: int
    steps: tuple[StepRecord, ...]

    @property
    def error(self) -> str | None:
        return self.steps[-1].error if self.steps else None

    @property
    def rewards(self) -> list[float]:
        """Of the steps that were graded."""
        return [step.answer.reward for step in self.steps if step.answer and step.answer.reward is not None]

    @property
    def solved_at(self) -> int | None:
        """The step that solved it."""
        return next((step.step for step in self.steps if step.answer and step.answer.info.solved), None)


def to_line(trajectory: Trajectory) -> str:
    """One line of JSON, in ASCII: a source may hold what UTF-8 cannot carry."""
    return json.dumps(trajectory.model_dump(mode="python"), default=str) + "\n"


def from_line(line: str) -> Trajectory:
    """Raises ValueError, with a message of one line, if it is not a trajectory of a version that this program reads."""
    try:
        found = json.loads(line)
    except ValueError as error:
        raise ValueError(f"it is not valid JSON: {error}") from error
    version = found.get("schema_version") if isinstance(found, dict) else None
    if version not in range(1, SCHEMA_VERSION + 1):
        raise ValueError(f"it has schema_version {version}; this program reads 1 to {SCHEMA_VERSION}")
    try:
        return Trajectory.model_validate(found)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise ValueError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from error


def rows(trajectory: Trajectory) -> list[Row]:
    """A row a step; what is not known is empty."""
    return [_row(trajectory, step) for step in trajectory.steps]


def _row(trajectory: Trajectory, step: StepRecord) -> Row:
    known: dict[str, object] = {
        "timestamp": step.timestamp,
        "task_id": trajectory.task_id,
        "step": step.step,
        "episode": trajectory.episode,
        "category": trajectory.category,
        "level": trajectory.level,
        "no_answer": step.no_answer,
        "error": step.error,
        **step.use.model_dump(exclude={"seconds"}),
        "agent_s": round(step.use.seconds, 3),
        **(_graded(step.answer) if step.answer else {}),
    }
    return {column: _cell(known.get(column)) for column in COLUMNS}


def _graded(answer: StepResponse) -> Mapping[str, object]:
    info = answer.info
    known: dict[str, object] = {"reward": answer.reward, "done": answer.done}
    known |= {"solved": info.solved, "judge": info.judge}
    if components := info.reward_components:
        known |= components.model_dump()
        known["test_ratio"] = components.test_pass_ratio
    if info.penalties:
        known |= {"penalty_step": info.penalties.step, "penalty_identical": info.penalties.identical}
    if ran := info.execution_metadata:
        known |= {"outcome": ran.status, "tests_passed": ran.test_passed, "tests_total": ran.test_total}
    if growth := info.complexity:
        known |= {"complexity": growth.measured or growth.estimated, "optimal": growth.optimal}
    return known


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float):
        return f"{value:.6g}"
    return str(value)
