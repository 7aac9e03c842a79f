"""What a judge is: the judgement it gives, and the contract between that and the evidence (judge.proto)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from codearena.v1 import judge_pb2

DIMENSIONS = ("correctness", "security", "quality")
Text = Annotated[str, Field(max_length=200)]
Natural = Annotated[int, Field(ge=0, le=2**31 - 1)]


class JudgeKind(StrEnum):
    """Which judge spoke."""

    STATIC = "static"
    LLM = "llm"


class Severity(StrEnum):
    """How much a finding matters."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Unscored(StrEnum):
    """Why a dimension has no score. Closed set: it labels a metric."""

    NO_EVIDENCE = "no_evidence"  # nothing ran that could be judged
    UNREADABLE = "unreadable"  # the analyser cannot parse the source
    TOO_DEEP = "too_deep"  # nested beyond what the analyser can walk
    CPU_LIMIT = "cpu_limit"
    WALL_LIMIT = "wall_limit"
    MEMORY_LIMIT = "memory_limit"
    CRASHED = "crashed"  # ended by a signal or a status that is not one of the limits above
    DEFECT = "defect"  # the analyser raised
    MALFORMED = "malformed"  # the answer is not of the agreed form
    LLM_TIMEOUT = "llm_timeout"  # the model did not answer in time
    LLM_ERROR = "llm_error"  # its endpoint refused or failed
    LLM_UNUSABLE = "llm_unusable"  # no well-formed verdict in its reply, twice
    LLM_BREAKER = "llm_breaker"  # it failed too often, and is left alone for a while
    LLM_BUDGET = "llm_budget"  # the tokens of the day are used up


class Finding(BaseModel):
    """One remark of an analyser. `line` counts from 1; 0 if unknown."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rule: Text
    message: Text
    line: Natural
    severity: Severity


@dataclass(frozen=True, slots=True)
class Dimension:
    """One score in [0, 1], or none and why. `reason` is one line for people."""

    score: float | None
    reason: str
    findings: tuple[Finding, ...] = ()
    unscored: Unscored | None = None

    @classmethod
    def without_score(cls, cause: Unscored, reason: str) -> Dimension:
        return cls(None, reason, (), cause)


@dataclass(frozen=True, slots=True)
class Judgement:
    """The answer. `model` names the model of an LLM judge and is empty otherwise; `flags` are words of a closed set."""

    kind: JudgeKind
    correctness: Dimension
    security: Dimension
    quality: Dimension
    revision: str
    model: str = ""
    flags: tuple[str, ...] = ()


class Judge(ABC):
    """Scores one attempt in three dimensions. Any number of calls may be in flight at once.

    What every judge promises:
      * A score follows from the evidence, or there is none: a dimension that could not be judged is `Unscored` with the
        reason. There is no neutral number, and what is unscored is not cached.
      * The dimensions are independent: one that is unscored takes no other with it.
      * An attempt influences its own judgement only. What it does to the machinery (exhausts it, kills it, makes it
        answer nonsense) ends with that judgement; the next one is as it would have been.
      * Correctness says what the evidence supports and does not know the expected values; the grader caps it at the
        share of tests passed.
      * Texts in a judgement are one line, printable, bounded in number and length; they may quote the source.
      * The work in progress is bounded, and cancelling a call ends its work, unless another is about the same source.
    """

    @abstractmethod
    async def start(self) -> None:
        """Makes the judge ready. Raises ServiceError: what it needs could not be started."""

    @abstractmethod
    async def close(self) -> None:
        """Releases everything. Calls in flight fail with ServiceError. Idempotent."""

    @property
    @abstractmethod
    def revision(self) -> str:
        """Hex content hash of all that decides a judgement of this judge but the evidence."""

    @abstractmethod
    async def judge(self, evidence: judge_pb2.Evidence, caller: str = "") -> Judgement:
        """Judges one attempt, which compiles by the report's analysis.

        Its sources are hostile bytes, at most the service's limit long, and need not be text. caller: on whose behalf,
        for queues that take turns; no judgement depends on it.

        Raises:
            OverloadedError: the queue is full; nothing was done.
            ServiceError: the machinery cannot be started or kept. The same evidence may be judged again.
        """

    @abstractmethod
    def prepare(self, source: bytes, caller: str) -> None:
        """Begins with what can be known of a source that will probably be judged; nothing if it would have to wait."""
