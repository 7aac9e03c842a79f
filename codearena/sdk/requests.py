"""What callers send. Public through `codearena.models`, which also says how unknown fields are treated."""

from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from codearena.sdk.references import REFERENCE_PATTERN

ID_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._:@+=-]{0,127}$"
"""Ids that callers choose: of episodes, agents and requests."""
DEFAULT_AGENT = "default"
MAX_BATCH_ITEMS = 1024
MAX_PROBE_CPU_S = 5.0
IsolationName = Literal["container", "cell", "local"]
"""Where attempts run: docs/trust-boundary.md."""


def _text(value: object) -> str:
    # A plain validator, because pydantic's own str refuses lone surrogates.
    if not isinstance(value, str):
        raise PydanticCustomError("string_type", "Input should be a valid string")
    return value


class Strategy(StrEnum):
    """How the curriculum chooses a task: see docs/curriculum.md."""

    THRESHOLD = "threshold"
    LEARNING_PROGRESS = "learning_progress"


Id = Annotated[str, Field(pattern=ID_PATTERN)]
SourceText = Annotated[str, PlainValidator(_text), WithJsonSchema({"type": "string"})]
Method = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,31}$")]
TaskChoice = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[A-Za-z0-9_.:/-]+$")]
"""A task's id, as data sets have them, or a word that stands for several."""
SplitName = Literal["train", "held_out"]


TaskRecord = dict[str, Any]
"""A whole task, as a line of a file has it: docs/tasks.md."""
TaskReference = Annotated[str, Field(pattern=REFERENCE_PATTERN)]


def _record_or_none(value: object) -> object:
    return value if isinstance(value, dict) else None


StepReward = Literal["absolute", "delta"]
"""What the reward of a step's answer is: that of the attempt, or by how much it exceeds the best before it."""


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Lenient(BaseModel):
    """A message that may have fields which are not known here."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Action(_Strict):
    """What an agent does in one step. `proposed_fix` is the only required field."""

    proposed_fix: SourceText = Field(description="The whole repaired source. Longer than 64 KiB does not compile.")
    metadata: dict[str, Any] = Field(default={}, description="Not read.")


class ResetRequest(Lenient):
    """Starts an episode. Unknown fields are ignored.

    task_id: a task's id, a category, a level, or "auto": a task of the level the agent's curriculum has reached.
    task, task_ref: instead of it, a task of one's own, as in /grade. What is no object is not read as a task.
    seed: fixes the choice among several tasks. episode_id: names the episode; one of that name is replaced.
    strategy: how the task is chosen; none: as the service is set. group_id: all resets of a group get the same task,
    and at the same step the same hidden inputs, so that they can be compared.
    split: of which a category, a level or "auto" stands for tasks; none: train. A task named by its id may be of any.
    partition: "eval" neither reads nor writes the agent's memory and curriculum; none: by the agent's id.
    use_memory: observations carry the agent's best attempt at the task and its last failures.
    isolation: where the episode's attempts run, for keys that may name one; none: as the service is set.
    step_reward: "delta" makes the reward of each step's answer its `reward_delta`, for clients that sum rewards.
    """

    task_id: TaskChoice | None = None
    task: Annotated[TaskRecord | None, BeforeValidator(_record_or_none)] = None
    task_ref: TaskReference | None = None
    seed: int | None = None
    episode_id: Id | None = None
    agent_id: Id = DEFAULT_AGENT
    request_id: Id | None = None
    strategy: Strategy | None = None
    group_id: Id | None = None
    split: SplitName | None = None
    partition: Literal["train", "eval"] | None = None
    use_memory: bool = False
    isolation: IsolationName | None = None
    step_reward: StepReward = "absolute"

    @model_validator(mode="after")
    def _one_task(self) -> Self:
        if self.task is not None and self.task_ref is not None:
            raise PydanticCustomError("one_task", "task and task_ref stand beside each other; send one of them")
        if self.task_id is not None and (self.task is not None or self.task_ref is not None):
            raise PydanticCustomError("one_task", "task_id stands beside a task of your own; send one of them")
        return self


class StepRequest(_Strict):
    """Takes a step: {proposed_fix}, OpenEnv's {action: {proposed_fix}}, or {action: "source"}.

    episode_id: none means the agent's last reset. request_id: a retry with the same one gets the first answer.
    method: what made the fix, by which /stats tells rewards apart.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"proposed_fix": "def f(): ...", "episode_id": "0a1b", "request_id": "r-1"},
                {"action": {"proposed_fix": "def f(): ..."}},
                {"action": "def f(): ..."},
            ]
        }
    )

    proposed_fix: SourceText
    episode_id: Id | None = None
    agent_id: Id = DEFAULT_AGENT
    request_id: Id | None = None
    method: Method | None = None
    metadata: dict[str, Any] = Field(default={}, description="Not read.")
    timeout_s: float | None = Field(default=None, description="Of OpenEnv's body. Not read.")

    @model_validator(mode="before")
    @classmethod
    def _unwrap_action(cls, data: Any) -> Any:
        if not isinstance(data, dict) or "action" not in data:
            return data
        if "proposed_fix" in data:
            raise PydanticCustomError("both_bodies", "proposed_fix stands beside action; send one of them")
        rest = {name: value for name, value in data.items() if name != "action"}
        action = data["action"]
        if isinstance(action, dict):
            return {**rest, **Action.model_validate(action).model_dump(include={"proposed_fix"})}
        return {**rest, "proposed_fix": action}


class GradeRequest(_Strict):
    """Grades one source against one task, without an episode: one of task_id, task and task_ref says which."""

    task_id: TaskChoice | None = Field(default=None, description="Of a task that is served.")
    task: TaskRecord | None = Field(
        default=None, description="A whole task; takes a key of the scope tasks. Kept, so that task_ref may follow."
    )
    task_ref: TaskReference | None = Field(
        default=None, description="Of a task that was sent whole: the SHA-256 of its JSON, as POST /tasks tells it."
    )
    source: SourceText
    group_id: Id | None = Field(default=None, description="Attempts of one group get the same hidden inputs.")
    probe_cpu_s: float | None = Field(
        default=None,
        gt=0,
        le=MAX_PROBE_CPU_S,
        description="CPU time for measuring how it scales, other than usual; takes a key of the scope admin.",
    )
    isolation: IsolationName | None = Field(
        default=None, description="Where it runs, other than usual; takes a key that may name one."
    )

    @model_validator(mode="after")
    def _one_task(self) -> Self:
        if sum(each is not None for each in (self.task_id, self.task, self.task_ref)) != 1:
            raise PydanticCustomError("one_task", "exactly one of task_id, task and task_ref says which task")
        return self


class BatchRequest(_Strict):
    """Grades many; the answers come in the same order."""

    items: list[Any] = Field(max_length=MAX_BATCH_ITEMS, description="Each as the body of /grade.")
    deadline_s: float | None = Field(
        default=None, gt=0, description="Time for the whole; items not done by then get the problem `deadline`."
    )

    @model_validator(mode="before")
    @classmethod
    def _bare_list(cls, data: Any) -> Any:
        return {"items": data} if isinstance(data, list) else data


class JobRequest(_Strict):
    """Grades any number, in the background; the answers are kept until they are asked for.

    job_id: names the job, so that the same request sent again is the same job.
    """

    items: list[Any] = Field(min_length=1, description="Each as the body of /grade.")
    job_id: Id | None = None


class RunRawRequest(_Strict):
    """Runs a source as a script, without a task."""

    code: SourceText
    stdin: SourceText = ""


class FixRequest(_Strict):
    """Asks the service's own fixer for a repair.

    error_log: what happened when the code was run; hint: what came with it; reward: what it earned; task_id: whose
    visible tests choose among repairs; without it the likeliest repair is taken as it is. use_memory: a model is also
    shown the best attempt of agent_id at the task, and its last failures.
    """

    code: SourceText
    error_log: SourceText = ""
    hint: SourceText = ""
    reward: float | None = Field(default=None, ge=0, le=1)
    task_id: TaskChoice | None = None
    agent_id: Id = DEFAULT_AGENT
    use_memory: bool = False
