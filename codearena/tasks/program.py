"""Tests that run the attempt as a program: what it reads, and what it is to print."""

from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from codearena.tasks.calls import Tolerance
from codearena.tasks.parts import Name, Part, Text

MAX_TESTS = 10_000
"""Of one task, of each kind."""


class OutputMode(StrEnum):
    """How a program's output is compared with an answer.

    exact: byte by byte, but for white space at the ends of lines and of the text; tokens: word by word, whatever lies
    between them; numbers: as tokens, of which those that are numbers are equal within the tolerance; custom: by the
    task's checker.
    """

    EXACT = "exact"
    TOKENS = "tokens"
    NUMBERS = "numbers"
    CUSTOM = "custom"


class ProgramLimits(Part):
    """Limits of one test in place of the task's; None: the task's."""

    cpu_s: float | None = Field(None, gt=0, le=300)
    wall_s: float | None = Field(None, gt=0, le=300)
    output_bytes: int | None = Field(None, gt=0)


class ProgramTest(Part):
    """One run: stdin and arguments in, stdout out.

    stdout: the right answer; answers: several, of which any is right. One of the two is given, or neither if the task's
    checker decides alone.
    """

    name: Name
    stdin: Text = ""
    arguments: list[Text] = Field([], max_length=1000)
    stdout: Text | None = None
    answers: list[Text] = Field([], max_length=1000)
    visible: bool = False
    limits: ProgramLimits = ProgramLimits()

    @model_validator(mode="after")
    def _one_source_of_answers(self) -> Self:
        if self.stdout is not None and self.answers:
            raise ValueError("has stdout as well as answers")
        return self

    @property
    def right(self) -> tuple[str, ...]:
        """Every right answer; none: only a checker can tell."""
        return tuple(self.answers) if self.stdout is None else (self.stdout,)


class Program(Part):
    """The attempt is run as a program, once for each test. tolerance: of `compare: numbers`."""

    compare: OutputMode = OutputMode.EXACT
    tolerance: Tolerance | None = None
    tests: list[ProgramTest] = Field(min_length=1, max_length=MAX_TESTS)

    @model_validator(mode="after")
    def _comparable(self) -> Self:
        if self.tolerance and self.compare is not OutputMode.NUMBERS:
            raise ValueError("has a tolerance, which only compare: numbers reads")
        if self.compare is not OutputMode.CUSTOM and (lacking := [test.name for test in self.tests if not test.right]):
            raise ValueError(f"needs stdout or answers: {', '.join(lacking[:10])}")
        return self
