"""The public wire types: what goes over HTTP, in both directions.

Requests: /reset ignores fields it does not know, because OpenEnv clients and trainers pass a whole data set row along.
All other requests refuse them, because a misspelt `episode_id` that is ignored would step another episode. Answers may
gain fields, so clients must ignore those they do not know; the models here do.

Source code is `SourceText`: any JSON string, lone surrogates and NUL included, since models do produce such things and
what they produce is an attempt, not a malformed request.
"""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from codearena.judging import JudgedDimension as JudgedDimension
from codearena.judging import JudgeFinding as JudgeFinding
from codearena.judging import JudgeInForce as JudgeInForce
from codearena.judging import Judgement as Judgement

# What stands behind `as` is public from here, too.
from codearena.learning import BestAttempt as BestAttempt
from codearena.learning import CurriculumState as CurriculumState
from codearena.learning import EpisodeMemory as EpisodeMemory
from codearena.learning import Event as Event
from codearena.learning import Failure as Failure
from codearena.learning import Memory as Memory
from codearena.learning import Move as Move
from codearena.learning import NextTask as NextTask
from codearena.learning import RewardStats as RewardStats
from codearena.learning import Stats as Stats
from codearena.learning import TimingStats as TimingStats
from codearena.overview import AgentSummary as AgentSummary
from codearena.overview import EpisodePage as EpisodePage
from codearena.overview import EpisodeSummary as EpisodeSummary
from codearena.overview import History as History
from codearena.overview import HistoryBucket as HistoryBucket
from codearena.overview import Labelled as Labelled
from codearena.overview import LevelRewards as LevelRewards
from codearena.overview import TaskLabels as TaskLabels
from codearena.sdk.requests import DEFAULT_AGENT as DEFAULT_AGENT
from codearena.sdk.requests import ID_PATTERN as ID_PATTERN
from codearena.sdk.requests import MAX_BATCH_ITEMS as MAX_BATCH_ITEMS
from codearena.sdk.requests import Action as Action
from codearena.sdk.requests import BatchRequest as BatchRequest
from codearena.sdk.requests import FixRequest as FixRequest
from codearena.sdk.requests import GradeRequest as GradeRequest
from codearena.sdk.requests import IsolationName as IsolationName
from codearena.sdk.requests import JobRequest as JobRequest
from codearena.sdk.requests import Lenient
from codearena.sdk.requests import ResetRequest as ResetRequest
from codearena.sdk.requests import RunRawRequest as RunRawRequest
from codearena.sdk.requests import SplitName as SplitName
from codearena.sdk.requests import StepRequest as StepRequest
from codearena.sdk.requests import StepReward as StepReward
from codearena.sdk.requests import Strategy as Strategy


class RewardComponents(Lenient):
    """Each in [0, 1]; null counts as nothing.

    An LLM component is null where the judge gave no score, the efficiency where it could not be measured.

    test_pass_ratio: the share of all tests, and at most of those that doing nothing does not pass; the judge's scores
    are at most test_pass_ratio.
    """

    compile_score: float
    test_pass_ratio: float
    efficiency_score: float | None
    llm_correctness: float | None
    llm_security: float | None
    llm_quality: float | None


class Penalties(Lenient):
    """What was taken off the base."""

    step: float
    identical: float


class Contributions(Lenient):
    """What each component adds to the base, by the weights in force; together they are the base."""

    compile_score: float
    test_pass_ratio: float
    efficiency_score: float
    llm_correctness: float
    llm_security: float
    llm_quality: float


class Observation(Lenient):
    """What the agent sees. OpenEnv's clients get nothing else of an answer but its reward and done.

    test_results: one line a visible test and one with the counts. previous_attempts: the sources tried, oldest first.
    step: taken so far, 0 after reset. reward_components, penalties, reward_delta, episode_return: of the step, after
    reset null.
    """

    buggy_code: str
    error_log: str
    test_results: str
    previous_attempts: list[str]
    task_id: str
    description: str
    hint: str
    step: int = Field(ge=0)
    max_steps: int = Field(ge=1)
    episode_id: str = ""
    solved: bool = False
    reward_components: RewardComponents | None = None
    penalties: Penalties | None = None
    reward_delta: float | None = Field(
        default=None, description="By how much the reward exceeds the best one of the episode before it, else 0."
    )
    episode_return: float | None = Field(
        default=None, description="The sum of all reward_delta so far: the best reward of the episode."
    )
    memory: EpisodeMemory | None = Field(default=None, description="Null unless the reset asked for it.")


Unearned = Literal[
    "", "compile_error", "load_error", "no_entry_point", "unchanged", "no_work", "no_progress", "provided"
]
"""Why an attempt earned nothing, the first that holds; empty: it did."""


class ExecutionMetadata(Lenient):
    """What was run. cpu_s, wall_s and peak_memory_bytes: by the kernel's counters, of loading and the calls
    before the first hidden one, since an attempt could tell hidden inputs by what it uses; without hidden tests of all.
    """

    status: Literal["compile_error", "load_error", "ran"]
    test_passed: int
    test_total: int
    hidden_passed: int
    hidden_total: int
    cpu_s: float
    wall_s: float
    peak_memory_bytes: int
    isolation: str
    degradations: list[str]
    python: str = Field(default="", description="Version of the sandbox's interpreter; empty: nothing was run.")


class Complexity(Lenient):
    """Growth classes such as "O(n)"; empty: unknown.

    confidence: of `measured`, in [0, 1], to the nearest tenth; ratio: CPU time over that of the reference, to the
    nearest tenth of a decade (1, 1.3, 1.6, 2, 2.5, 3.2, 4, 5, 6.3, 7.9, 10); null: not measured;
    sizes: the n that the attempt finished, ascending; times: its CPU time at each, in seconds, rounded likewise;
    reference_times: the reference's at each, likewise; empty: not known;
    space: growth of its peak memory, inputs included; empty: too little to tell;
    dominant_lines: where in the source the estimated growth comes about; problem_type: what it seems to work on.
    """

    measured: str
    confidence: float
    estimated: str
    optimal: str
    ratio: float | None
    sizes: list[int] = []
    times: list[float] = []
    reference_times: list[float] = []
    dominant_lines: list[int] = []
    problem_type: str = ""
    space: str = ""


class Timings(Lenient):
    """Where the time went, in seconds, by the gateway's clock. The stages overlap, so that their sum means nothing.

    queued_s, analyse_s, execute_s, examine_s and grade_s follow each other; sandbox_s is a part of execute_s; judge_s
    and measure_s come between examine_s and grade_s, at the same time where both are there. What was not done took 0:
    what does not compile is not run, examined or judged. All are rounded up to 0.1, 1, 10 or 100 s, since an attempt
    can lengthen them by what it reads of hidden inputs; /metrics holds them exactly.
    """

    queued_s: float = Field(description="Waiting for a place among the attempts that the gateway runs at once.")
    analyse_s: float = Field(
        default=0.0, description="From asking the judge what the source says to its answer: nothing has run by then."
    )
    execute_s: float = Field(
        default=0.0, description="From asking an executor to its report: waiting for a sandbox, running, every try."
    )
    sandbox_s: float = Field(
        default=0.0,
        description="Within execute_s: in the sandbox, from handing over the workload to its report. By the executor's "
        "clock, and of the try that succeeded.",
    )
    measure_s: float = Field(
        default=0.0,
        description="Running the measuring workloads, and waiting for a sandbox where the attempt's own is not "
        "used again; 0 unless the attempt is measured.",
    )
    examine_s: float = Field(default=0.0, description="From asking the grader whether the tests passed to its answer.")
    judge_s: float = Field(default=0.0, description="From asking the judge to its judgement.")
    grade_s: float = Field(
        description="From asking the grader to its verdict; together if it was asked again after a measurement."
    )


class Revisions(Lenient):
    """Content hashes of everything that the score depends on.

    judge and runner are empty if they were not asked: of what does not compile nothing is judged or run.
    """

    task: str
    grader: str
    runner: str
    judge: str


class VisibleTest(Lenient):
    """One visible test; hidden ones are only counted."""

    name: str
    passed: bool
    input: str
    expected: str
    got: str
    stdout: str
    status: str


class Verdict(Lenient):
    """An attempt, graded. reward: in [0.01, 0.99]; judge: "static", "llm", or "none" if it was not asked.

    unearned: why every component is 0, see README.md; empty: they were earned.
    """

    task_id: str
    reward: float
    base: float
    solved: bool
    reward_components: RewardComponents
    contributions: Contributions | None = Field(default=None, description="Null for attempts of before it was kept.")
    unearned: Unearned = ""
    penalties: Penalties
    execution_metadata: ExecutionMetadata
    tests: list[VisibleTest]
    complexity: Complexity
    error_log: str
    hint: str
    judge: str
    judge_model: str = Field(default="", description="Name of the judge's model; empty for static analysis.")
    judge_flags: list[str] = Field(default=[], description="What the attempt tried on its judge, such as injection.")
    judgement: Judgement | None = Field(default=None, description="Null but in the history of an episode.")
    revisions: Revisions
    timings: Timings | None = Field(default=None, description="Null in the history of an episode.")


class Problem(BaseModel):
    """RFC 9457 problem document, the body of every answer that is not a success."""

    model_config = ConfigDict(frozen=True, extra="allow")

    type: str
    title: str
    status: int
    detail: str
    request_id: str = "-"


class GradeItem(Lenient):
    """One answer of a batch: exactly one of the two is set."""

    verdict: Verdict | None = None
    problem: Problem | None = None


class GradeLine(GradeItem):
    """One line of a streamed batch. index: of the item, from 0."""

    index: int


class BatchResponse(Lenient):
    """Answers in the order of the items."""

    items: list[GradeItem]


class Info(Lenient):
    """Everything about a step beside what the agent sees. After reset null, but for ids, difficulty, baseline_seal."""

    episode_id: str
    task_id: str
    difficulty: str
    category: str
    solved: bool = False
    attempt_reward: float | None = Field(default=None, description="As `reward`, unless that is the delta.")
    reward_delta: float | None = Field(
        default=None,
        description="By how much attempt_reward exceeds the best one before it, else 0. These may be summed.",
    )
    episode_return: float | None = Field(
        default=None, description="The sum of all reward_delta so far: the best reward of the episode."
    )
    base: float | None = None
    reward_components: RewardComponents | None = None
    unearned: Unearned | None = None
    penalties: Penalties | None = None
    execution_metadata: ExecutionMetadata | None = None
    complexity: Complexity | None = None
    judge: str | None = None
    judge_model: str | None = None
    judge_flags: list[str] | None = None
    revisions: Revisions | None = None
    timings: Timings | None = None
    baseline_seal: str | None = Field(
        default=None,
        description="After reset: a hash of what the observation shows of the code as given, and of all that it came "
        "about by, for the task's certificate. Null: not known; after a step.",
    )


class StepResponse(Lenient):
    """Answer of /reset and /step. reward is null after reset; with `step_reward: delta` it is the reward_delta."""

    episode_id: str
    observation: Observation
    reward: float | None
    done: bool
    info: Info


class State(Lenient):
    """Where an episode stands; without one, episode_id is null and step_count 0."""

    episode_id: str | None = None
    step_count: int = Field(default=0, ge=0)
    task_id: str | None = None
    difficulty: str | None = None
    agent_id: str | None = None
    max_steps: int | None = None
    done: bool = False
    reward: float | None = Field(default=None, description="Of the last step.")
    best_reward: float | None = None


class AttemptSummary(Lenient):
    """One attempt of an episode, as its agent saw it."""

    step: int
    proposed_fix: str
    identical: bool
    verdict: Verdict
    attempt_id: str = ""
    time_ms: int = Field(default=0, description="When it was proposed, since the epoch.")
    left_out_bytes: int = Field(
        default=0,
        ge=0,
        description="Of what was seen when it ran, bytes that were too many to be kept; the verdict is complete.",
    )


class Episode(State):
    """An episode with its attempts; nothing of hidden tests or the reference.

    created_ms: of the reset, since the epoch. title, category, description, buggy_code: of its task, empty if that is
    no longer served.
    """

    attempts: list[AttemptSummary] = []
    created_ms: int = 0
    partition: str = ""
    group_id: str | None = None
    title: str = ""
    category: str = ""
    description: str = ""
    buggy_code: str = ""


class Hint(Lenient):
    """What the grader advises; empty: nothing."""

    hint: str


class OutputText(Lenient):
    """What was written to one stream; of a long output the middle is left out."""

    text: str
    truncated: bool
    total_bytes: int


class RunRawResponse(Lenient):
    """What a script did. status: as CallStatus in common.proto in lower case, or compile_error."""

    status: str
    stdout: OutputText
    stderr: OutputText
    exit_status: int
    signal: int
    cpu_s: float
    wall_s: float
    peak_memory_bytes: int
    complexity: str
    detail: str


class FixResponse(Lenient):
    """What the fixer made of the code.

    fixed_code: the code as it was sent if success is false. method: which link of the chain found it, "none" if none
    did. complexity: growth class that the loops suggest; algo_hint: on the method; both empty if unknown.
    """

    fixed_code: str
    method: str
    success: bool
    explanation: str
    complexity: str
    algo_hint: str


class TaskSummary(Lenient):
    """A task as it is listed. difficulty: its level; entry_point: what a fix must define, empty if that is not told.

    split: train, or held_out, of which the curriculum chooses none; source: the data set or generator it is of.
    certified: its record says what was found when it was certified. statistics: of its steps, where they are asked for;
    null: /stats does not tell it apart from other tasks.
    """

    id: str
    title: str
    category: str
    difficulty: str
    description: str
    tests_visible: int
    tests_hidden: int
    max_steps: int
    optimal_complexity: str
    revision: str
    entry_point: str = ""
    split: str = "train"
    source: str = ""
    tags: list[str] = []
    certified: bool = False
    statistics: RewardStats | None = None


class SentTask(Lenient):
    """A task that somebody has sent. task_ref: names it in requests; record_bytes: as JSON, before it is compressed."""

    task_ref: str
    id: str
    title: str
    category: str
    difficulty: str
    split: str
    source: str
    revision: str
    record_bytes: int
    kept_until_ms: int | None = Field(default=None, description="Since the epoch; each use makes it later.")


class SentItem(Lenient):
    """What came of one record: exactly one of the two is set."""

    task: SentTask | None = None
    problem: Problem | None = None


class SentTasks(Lenient):
    """Answers in the order of the records."""

    items: list[SentItem]


class TaskDetail(TaskSummary):
    """A task as an agent may know it: no hidden test, no hint, no solution. metadata: what of it is public.

    certificate: what was found when it was certified; null: it was not, or its record does not say.
    """

    buggy_code: str
    visible_tests: list[str]
    metadata: dict[str, Any] = {}
    certificate: dict[str, Any] | None = None


class Isolation(Lenient):
    """What the executors give an attempt, and how much of it: the numbers are sums over all that serve."""

    name: str = Field(description='What attempts run in; "A or B" where executors differ.')
    runtime: str = Field(description="Docker runtime; empty where there is none.")
    degradations: list[str] = Field(description="What is missing from the isolation on any of them, in words.")
    python: str = Field(default="", description='Version of the sandboxes\' interpreter; "A or B" where they differ.')
    packages: list[str] = Field(
        default=[], description="What attempts may import beside the standard library on all of them, NAME==VERSION."
    )
    ready: int = Field(description="Sandboxes that wait for an attempt.")
    leased: int = Field(description="Sandboxes in which an attempt runs.")
    capacity: int = Field(description="Attempts that can run at once.")
    queued: int = Field(description="Attempts that wait for a sandbox.")
    executors: int = Field(default=1, description="Executors that answer and serve.")
    executors_absent: int = Field(default=0, description="Executors at a known address that do not.")


class Ready(Lenient):
    """Whether attempts can be graded. checks: "ok" or what is wrong, for the store and each service.

    isolation: of the executors that attempts usually go to, null if none serves; on_request: of those beside them, by
    the isolation that a request names. tasks: that are served; tasks_faulty: that cannot be, which the log names.
    fixers: what /fix asks, in order, by the names that it tells as methods; without models the built-in one alone.
    """

    ready: bool
    checks: dict[str, str]
    isolation: Isolation | None = None
    on_request: dict[str, Isolation | None] = {}
    tasks: int = 0
    tasks_faulty: int = 0
    fixers: list[str] = []
    judge: JudgeInForce | None = Field(default=None, description="Null: it does not say.")


class Health(Lenient):
    """The process answers."""

    status: Literal["healthy"] = "healthy"


class Metadata(Lenient):
    """What OpenEnv tools show of an environment."""

    name: str
    description: str
    version: str
    author: str


class Schemas(Lenient):
    """JSON schemas of what an OpenEnv client sends and receives."""

    action: dict[str, Any]
    observation: dict[str, Any]
    state: dict[str, Any]
