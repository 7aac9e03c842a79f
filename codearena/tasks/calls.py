"""Tests that are calls of the entry point, and what is expected of them."""

from enum import StrEnum
from typing import Any, Self

from pydantic import Field, model_validator

from codearena.tasks.parts import EntryPoint, Name, Part


class CompareMode(StrEnum):
    """How a returned value is compared; the meanings are in grader.proto."""

    EXACT = "exact"
    APPROX = "approx"
    UNORDERED = "unordered"
    SAME_TYPE = "same_type"
    SET = "set"
    NUMERIC = "numeric"
    CUSTOM = "custom"


class ExpectedRaise(Part):
    """An exception that the call must raise: `type` or a builtin base of it, and what its message must look like.

    message_contains: a part of it; message_pattern: the whole of it, where * is any text and ? any one character. No
    regular expression, because the message is the attempt's and could make one take forever.
    """

    type: str
    message_contains: str = ""
    message_pattern: str = ""


class Tolerance(Part):
    """When `compare: approx` takes two numbers for equal; nan_equal: whether nan equals nan."""

    relative: float = Field(1e-9, ge=0, lt=1)
    absolute: float = Field(1e-12, ge=0, allow_inf_nan=False)
    nan_equal: bool = True


class ExpectedSpawn(Part):
    """What an intercepted call must have asked the system to run.

    program: base name; argument: must be one whole element of argv, never part of a shell's command line;
    may_refuse: starting nothing at all and raising ValueError is right too.
    """

    program: str
    argument: str = ""
    may_refuse: bool = False


class MethodCall(Part):
    """One call of a sequence on an object; the first one constructs it, the others name its methods."""

    call: EntryPoint
    args: list[Any] = []
    kwargs: dict[str, Any] = {}


class TestCase(Part):
    """One call and what is expected of it: exactly one of `expect`, `raises`, `process`.

    calls: instead of args and kwargs, a construction and method calls; what the methods return is compared as a list.
    result: what is compared: what the call returns, or, as "arg0", what that argument is after it: for functions that
    change what they are given.
    make: of a hidden test, the function of cases.py that makes its inputs anew; those written here are an example.
    compare: custom asks ``check(args, kwargs, expected, got) -> bool`` in checker.py; `expect` may then be left out.
    env: environment variables during the call; an empty string unsets nothing, absent means unset.
    `process` implies that process-starting functions are intercepted; `expect` may stand beside it.
    """

    __test__ = False  # not a test class, whatever its name

    name: Name
    args: list[Any] = []
    kwargs: dict[str, Any] = {}
    make: str = ""
    calls: list[MethodCall] = []
    expect: Any = None
    raises: ExpectedRaise | None = None
    process: ExpectedSpawn | None = None
    compare: CompareMode = CompareMode.EXACT
    tolerance: Tolerance | None = None
    visible: bool = False
    env: dict[str, str] = {}
    result: str = Field("return", pattern=r"^(return|arg\d{1,3})$")

    @model_validator(mode="before")
    @classmethod
    def _short_raises(cls, data: Any) -> Any:
        if isinstance(data, dict) and isinstance(data.get("raises"), str):
            return {**data, "raises": {"type": data["raises"]}}
        return data

    @model_validator(mode="after")
    def _one_expectation(self) -> Self:
        has_value = self.expects_value
        if self.raises and (has_value or self.process):
            raise ValueError("raises stands alone: no expect and no process beside it")
        if not (has_value or self.raises or self.process):
            raise ValueError("needs one of expect, raises, process")
        if self.calls and (self.args or self.kwargs):
            raise ValueError("has calls as well as args or kwargs")
        if methods := [step.call for step in self.calls[1:] if not step.call.isidentifier()]:
            raise ValueError(f"calls after the first name a method of the object, which {methods[0]!r} is not")
        if self.make and (self.visible or self.calls or self.process):
            raise ValueError("make is for hidden tests that are one call of the entry point")
        if self.tolerance and self.compare is not CompareMode.APPROX:
            raise ValueError("has a tolerance, which only compare: approx reads")
        at = self.result_argument
        if at is not None and (self.calls or self.process or self.raises):
            raise ValueError("result is for one call's value")
        if at is not None and not self.make and at >= len(self.args):
            raise ValueError(f"result is {self.result}, and there are {len(self.args)} args")
        if self.compare is CompareMode.CUSTOM and (self.calls or self.process or self.raises):
            raise ValueError("compare: custom is for one call's value")
        return self

    @property
    def expects_value(self) -> bool:
        return "expect" in self.model_fields_set or self.compare is CompareMode.CUSTOM

    @property
    def result_argument(self) -> int | None:
        """The position of the argument whose value after the call is compared; None: what the call returns is."""
        return None if self.result == "return" else int(self.result.removeprefix("arg"))

    @property
    def writes_expect(self) -> bool:
        """Whether `expect` is a part of it: None is a value, too."""
        return self.expect is not None or (self.expects_value and self.compare is not CompareMode.CUSTOM)
