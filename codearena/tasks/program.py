"""Tests that run the attempt as a program: what it reads, and what it is to print."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, Field, WithJsonSchema, model_validator
from pydantic.json_schema import JsonSchemaValue

from codearena.tasks.calls import Tolerance
from codearena.tasks.parts import Name, Part, Text

MAX_TESTS = 10_000
"""Of one task, of each kind."""
MAX_STDIN_BYTES, MAX_ALL_STDIN_BYTES = 8 * 1024 * 1024, 64 * 1024 * 1024
MAX_CHECKED_STDIN_BYTES = 16 * 1024 * 1024
"""Of all tests of a task, where its checker is told of them."""
MAX_ANSWER_BYTES, MAX_ALL_ANSWERS_BYTES = 4 * 1024 * 1024, 8 * 1024 * 1024


class OutputMode(StrEnum):
    """How a program's output is compared with an answer; the meanings are in grader.proto.

    exact: byte by byte; tokens: word by word, whatever lies between them; numbers: as tokens, of which those that are
    numbers are equal within the tolerance; custom: by the task's checker, ``check(stdin, answer, output) -> bool``.
    """

    EXACT = "exact"
    TOKENS = "tokens"
    NUMBERS = "numbers"
    CUSTOM = "custom"


class ProgramLimits(Part):
    """Limits of one test in place of the task's; None: the task's."""

    call_cpu_s: float | None = Field(None, gt=0, le=300)
    call_wall_s: float | None = Field(None, gt=0, le=300)
    memory_bytes: int | None = Field(None, ge=64 * 1024 * 1024)


def as_bytes(data: str | bytes) -> bytes:
    """What a program reads or prints: text is in UTF-8."""
    return data.encode() if isinstance(data, str) else data


def _text_if_it_is(data: str | bytes) -> str | bytes:
    try:
        return data.decode() if isinstance(data, bytes) else data.encode().decode()
    except UnicodeDecodeError:
        return data
    except UnicodeEncodeError as error:
        raise ValueError(f"holds a lone surrogate at {error.start}, which UTF-8 cannot say") from error


_DATA_SCHEMA: JsonSchemaValue = {
    "anyOf": [
        {"type": "string"},
        {"type": "object", "properties": {"!base64": {"type": "string"}}, "required": ["!base64"]},
    ]
}
Data = Annotated[str | bytes, AfterValidator(_text_if_it_is), WithJsonSchema(_DATA_SCHEMA)]
"""What a program reads or prints: a text, or bytes where it is none in UTF-8, which a record says as !base64."""


class ProgramTest(Part):
    """One run: stdin and arguments in, stdout out.

    stdout: the right answer; answers: several, of which any is right. make: of a hidden test, the function of `cases`
    that makes its stdin anew, or {"stdin": ..., "arguments": ...}: what is written here is an example then.
    """

    name: Name
    stdin: Data = ""
    arguments: list[Text] = Field([], max_length=1000)
    stdout: Data | None = None
    answers: list[Data] = Field([], max_length=1000)
    make: str = ""
    visible: bool = False
    limits: ProgramLimits | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.stdout is not None and self.answers:
            raise ValueError("has stdout as well as answers")
        if self.make and self.visible:
            raise ValueError("make is for hidden tests")
        if len(as_bytes(self.stdin)) > MAX_STDIN_BYTES:
            raise ValueError(f"stdin is longer than {MAX_STDIN_BYTES} bytes")
        if any(len(as_bytes(answer)) > MAX_ANSWER_BYTES for answer in self.right):
            raise ValueError(f"an answer is longer than {MAX_ANSWER_BYTES} bytes")
        return self

    @property
    def right(self) -> tuple[str | bytes, ...]:
        """Every right answer; none: only a checker or the reference can tell."""
        return tuple(self.answers) if self.stdout is None else (self.stdout,)


class Program(Part):
    """The attempt is run as a program, once for each test.

    tolerance: of `compare: numbers`; ignore_case: of tokens and numbers.
    """

    compare: OutputMode = OutputMode.TOKENS
    tolerance: Tolerance | None = None
    ignore_case: bool = False
    tests: list[ProgramTest] = Field(min_length=1, max_length=MAX_TESTS)

    @model_validator(mode="after")
    def _comparable(self) -> Self:
        if self.tolerance and self.compare is not OutputMode.NUMBERS:
            raise ValueError("has a tolerance, which only compare: numbers reads")
        if self.ignore_case and self.compare not in (OutputMode.TOKENS, OutputMode.NUMBERS):
            raise ValueError("has ignore_case, which only compare: tokens and numbers read")
        told = self.compare is OutputMode.CUSTOM
        if lacking := [test.name for test in self.tests if not (told or test.right or test.make)]:
            raise ValueError(f"needs stdout or answers: {', '.join(lacking[:10])}")
        most = MAX_CHECKED_STDIN_BYTES if told else MAX_ALL_STDIN_BYTES
        if sum(len(as_bytes(test.stdin)) for test in self.tests) > most:
            raise ValueError(f"the tests' stdin is longer than {most} bytes in all")
        if sum(len(as_bytes(each)) for test in self.tests for each in test.right) > MAX_ALL_ANSWERS_BYTES:
            raise ValueError(f"the tests' answers are longer than {MAX_ALL_ANSWERS_BYTES} bytes in all")
        return self
