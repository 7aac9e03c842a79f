"""What judges say, as callers read it. Public through `codearena.models`."""

from codearena.sdk.requests import Lenient


class JudgeFinding(Lenient):
    """One thing that an analyser found. rule: its own name for it; line: from 1, 0: unknown."""

    rule: str
    message: str
    line: int
    severity: str


class JudgedDimension(Lenient):
    """What a judge says of one dimension. score: in [0, 1], null: none, and the reason says why."""

    score: float | None
    reason: str
    findings: list[JudgeFinding] = []


class Judgement(Lenient):
    """What a judge says of an attempt. Judges know the task, the source and how calls ended, and no input of a test."""

    correctness: JudgedDimension
    security: JudgedDimension
    quality: JudgedDimension


class JudgeInForce(Lenient):
    """Which judge scores attempts now. kind: "static" or "llm"; model: that is asked, empty: none."""

    kind: str
    model: str
