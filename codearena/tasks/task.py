"""Tasks: what they are, and how a folder of them is read.

A task is a folder tasks/<category>/<id>/ with `task.yaml`, `buggy.py`, `solution.py` and, where growth means something,
`probe.py` with ``make_input(n, rng) -> tuple`` of positional arguments, and `test_script.py` where task.yaml has a
`script`: {visible: [names]}; `cases.py` with a function for each test that has `make`, and `checker.py` for tests that
compare by one. Everything in it is trusted: task authors are.
"""

import hashlib
import importlib.util
import keyword
import random
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any, Self

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from codearena.tasks.scripts import ScriptTest, TestScript, read_script

COMPLEXITIES = ("O(1)", "O(log n)", "O(n)", "O(n log n)", "O(n^2)", "O(n^2 log n)", "O(n^3)", "O(2^n)")
"""Growth classes, ascending."""


class TaskError(ValueError):
    """A task folder that cannot be served; the message names the folder and the field."""


class Category(StrEnum):
    EASY = "easy"
    MEDIUM = "medium"
    HARD = "hard"
    TYPE_ERRORS = "type_errors"
    SECURITY_BUGS = "security_bugs"


class Level(StrEnum):
    """Difficulty; the curriculum moves along it."""

    EASY = "easy"
    MEDIUM = "medium"
    HARD = "hard"


class CompareMode(StrEnum):
    """How a returned value is compared; the meanings are in grader.proto."""

    EXACT = "exact"
    APPROX = "approx"
    UNORDERED = "unordered"
    SAME_TYPE = "same_type"
    SET = "set"
    NUMERIC = "numeric"
    CUSTOM = "custom"


def _entry_point(text: str) -> str:
    """The entry point, with its names as Python reads them. Raises ValueError if it has another form than is served."""
    text = unicodedata.normalize("NFKC", text)
    *owners, last = text.split(".")
    names = [*(owner.removesuffix("()") for owner in owners), last]
    if not all(name.isidentifier() and not keyword.iskeyword(name) for name in names):
        raise ValueError(
            f"{text!r} is no entry point: it is a name of the module (solve), or names with dots between them "
            "(Money.parse), each but the last of which may be called without arguments (Solution().twoSum)"
        )
    return text


EntryPoint = Annotated[str, AfterValidator(_entry_point)]
"""What is called in the attempt's module; the form is that of FunctionCall in executor.proto."""


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class ExpectedRaise(_Record):
    """An exception that the call must raise: `type` or a builtin base of it, and what its message must look like.

    message_contains: a part of it; message_pattern: the whole of it, where * is any text and ? any one character. No
    regular expression, because the message is the attempt's and could make one take forever.
    """

    type: str
    message_contains: str = ""
    message_pattern: str = ""


class Tolerance(_Record):
    """When `compare: approx` takes two numbers for equal; nan_equal: whether nan equals nan."""

    relative: float = Field(1e-9, ge=0, lt=1)
    absolute: float = Field(1e-12, ge=0)
    nan_equal: bool = True


class ExpectedSpawn(_Record):
    """What an intercepted call must have asked the system to run.

    program: base name; argument: must be one whole element of argv, never part of a shell's command line;
    may_refuse: starting nothing at all and raising ValueError is right too.
    """

    program: str
    argument: str = ""
    may_refuse: bool = False


class MethodCall(_Record):
    """One call of a sequence on an object; the first one constructs it, the others name its methods."""

    call: EntryPoint
    args: list[Any] = []
    kwargs: dict[str, Any] = {}


class TestCase(_Record):
    """One call and what is expected of it: exactly one of `expect`, `raises`, `process`.

    calls: instead of args and kwargs, a construction and method calls; what the methods return is compared as a list.
    make: of a hidden test, the function of cases.py that makes its inputs anew; those written here are an example.
    compare: custom asks ``check(args, kwargs, expected, got) -> bool`` in checker.py; `expect` may then be left out.
    env: environment variables during the call; an empty string unsets nothing, absent means unset.
    `process` implies that process-starting functions are intercepted; `expect` may stand beside it.
    """

    __test__ = False  # not a test class, whatever its name

    name: str = Field(min_length=1, max_length=100)
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
        if self.compare is CompareMode.CUSTOM and (self.calls or self.process or self.raises):
            raise ValueError("compare: custom is for one call's value")
        return self

    @property
    def expects_value(self) -> bool:
        return "expect" in self.model_fields_set or self.compare is CompareMode.CUSTOM


class Probe(_Record):
    """Inputs made only to measure.

    sizes: the n to make inputs for, ascending; others are measured beside them, and calls too quick to be timed are
    repeated (docs/efficiency.md), so that the two others are seldom needed. vary: position of an argument that
    `make_input` returns as a list of values for it, for each of which the function is called, with all other arguments
    shared: where the time of one call depends on more than n; lend: position of a list that the attempt reads item by
    item from outside of its process: where the optimum asks for less than a look at every item, and a hostile attempt
    could have that while it reads the input.
    """

    sizes: list[int] = Field(min_length=1)
    vary: int | None = Field(None, ge=0)
    lend: int | None = Field(None, ge=0)
    make_input: Callable[[int, random.Random], tuple[Any, ...]]

    @model_validator(mode="after")
    def _ascending(self) -> Self:
        if self.sizes != sorted(set(self.sizes)) or self.sizes[0] < 1:
            raise ValueError("sizes must be positive and ascending")
        if self.lend is not None and self.vary == self.lend:
            raise ValueError("vary and lend are for different arguments")
        return self


class Check(_Record):
    """A rule on the source, counted as a test: the rules are in judge_service/analysis/checks.py.

    `forbid_call` of eval, exec, compile, os.system, input and breakpoint is kept while an attempt runs, too, whatever
    way it takes; of the first three, no text is run as code then and no program started. All other rules are read from
    the syntax tree alone, and whoever wants to can write code that is not seen to break them.
    """

    rule: str
    argument: str
    name: str
    visible: bool = False


class TaskLimits(_Record):
    """Most that an attempt may ever take; see Limits in common.proto. The reference's times set lower limits."""

    call_cpu_s: float = Field(2.0, gt=0, le=60)
    call_wall_s: float = Field(10.0, gt=0, le=120)
    attempt_cpu_s: float = Field(10.0, gt=0, le=300)
    attempt_wall_s: float = Field(30.0, gt=0, le=300)
    memory_bytes: int = Field(256 * 1024 * 1024, ge=64 * 1024 * 1024)
    processes: int = Field(32, ge=8, le=256)
    output_bytes: int = Field(8 * 1024, ge=0)
    value_bytes: int = Field(256 * 1024, gt=0)


MakeCase = Callable[[random.Random], object]
"""Makes the inputs of one test: a tuple of positional arguments, or {"args": tuple, "kwargs": dict}."""


class Task(_Record):
    """One problem with everything needed to grade attempts at it.

    revision: SHA-256 over the folder's files, hex; changes whenever a score could.
    """

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")
    title: str
    category: Category
    level: Level
    description: str
    entry_point: EntryPoint
    tests: list[TestCase] = []
    script: TestScript | None = None
    probe: Probe | None = None
    checks: list[Check] = []
    limits: TaskLimits = TaskLimits()
    hints: list[str] = []
    optimal_complexity: str = ""
    makers: Mapping[str, MakeCase] = {}
    checker: str = ""
    buggy: str
    solution: str
    revision: str

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        names = [test.name for test in self.all_tests] + [check.name for check in self.checks]
        if not self.all_tests:
            raise ValueError("needs tests or a script")
        if len(set(names)) != len(names):
            raise ValueError("two tests or checks share a name")
        if any(test.compare is CompareMode.CUSTOM for test in self.tests):
            if not self.checker:
                raise ValueError("compare: custom needs checker.py")
            if self.probe:
                raise ValueError("a probe compares with what the reference returns: no compare: custom beside it")
        missing = {test.make for test in self.tests if test.make} - self.makers.keys()
        if missing:
            raise ValueError(f"cases.py has no function {', '.join(sorted(missing))}")
        if self.optimal_complexity and self.optimal_complexity not in COMPLEXITIES:
            raise ValueError(f"optimal_complexity must be one of {', '.join(COMPLEXITIES)}")
        return self

    @property
    def all_tests(self) -> Sequence[TestCase | ScriptTest]:
        """The cases, and the tests of the script."""
        return [*self.tests, *(self.script.tests if self.script else ())]


_Constructor = yaml.constructor.BaseConstructor


class _Loader(yaml.SafeLoader):
    """SafeLoader with tags for values that YAML lacks: !tuple, !set, !bytes, !complex, !decimal, !fraction."""


def _items(loader: _Constructor, node: yaml.Node) -> list[Any]:
    if not isinstance(node, yaml.SequenceNode):
        raise yaml.constructor.ConstructorError(None, None, f"{node.tag} needs a list", node.start_mark)
    return loader.construct_sequence(node, deep=True)


def _text(loader: _Constructor, node: yaml.Node) -> str:
    if not isinstance(node, yaml.ScalarNode):
        raise yaml.constructor.ConstructorError(None, None, f"{node.tag} needs a text", node.start_mark)
    return str(loader.construct_scalar(node))


_Loader.add_constructor("!tuple", lambda loader, node: tuple(_items(loader, node)))
_Loader.add_constructor("!set", lambda loader, node: set(_items(loader, node)))
_Loader.add_constructor("!bytes", lambda loader, node: _text(loader, node).encode())
_Loader.add_constructor("!complex", lambda loader, node: complex(_text(loader, node)))
_Loader.add_constructor("!decimal", lambda loader, node: Decimal(_text(loader, node)))
_Loader.add_constructor("!fraction", lambda loader, node: Fraction(_text(loader, node)))


def load_task(folder: Path) -> Task:
    """Reads one task folder.

    Raises:
        TaskError: a file is missing, or a field is missing, unknown or wrong.
    """
    try:
        with (folder / "task.yaml").open("rb") as stream:  # a stream, because its name is in YAML's own messages
            fields = yaml.load(stream, _Loader)
        fields["buggy"] = (folder / "buggy.py").read_text("utf-8")
        fields["solution"] = (folder / "solution.py").read_text("utf-8")
        if "probe" in fields:
            fields["probe"] = {**fields["probe"], "make_input": _make_input(folder / "probe.py")}
        if (folder / "cases.py").exists():
            made = vars(_module(folder / "cases.py"))
            fields["makers"] = {name: value for name, value in made.items() if callable(value)}
        if (folder / "checker.py").exists():
            fields["checker"] = (folder / "checker.py").read_text("utf-8")
        if "script" in fields:
            fields["script"] = _script(folder / "test_script.py", **fields["script"])
        task = Task(**fields, revision=_revision(folder))
    except TaskError:
        raise
    except ValidationError as error:
        raise TaskError(f"{folder}: {_problems(error)}") from error
    except (OSError, ArithmeticError, TypeError, ValueError, yaml.YAMLError) as error:
        raise TaskError(f"{folder}: {error}") from error
    if (task.category.value, task.id) != (folder.parent.name, folder.name):
        raise TaskError(f"{folder}: says it is {task.category.value}/{task.id}")
    return task


def _problems(error: ValidationError) -> str:
    """Each with its field, on one line."""
    found = [(".".join(map(str, each["loc"])), each["msg"].removeprefix("Value error, ")) for each in error.errors()]
    return "; ".join(f"{field}: {problem}" if field else problem for field, problem in found)


def load_tasks(root: Path) -> Mapping[str, Task]:
    """Reads every task below `root`, by id, in the order of category and id.

    Raises:
        TaskError: as `load_task`; or no task, or two of the same id.
    """
    order = list(Category)
    folders = sorted(path.parent for path in root.glob("*/*/task.yaml"))
    loaded = [load_task(folder) for folder in folders]
    tasks = {task.id: task for task in sorted(loaded, key=lambda task: (order.index(task.category), task.id))}
    if len(tasks) != len(loaded) or not tasks:
        raise TaskError(f"{root}: no tasks, or two of the same id")
    return tasks


def _make_input(path: Path) -> Callable[[int, random.Random], tuple[Any, ...]]:
    if not path.exists():
        raise TaskError(f"{path}: missing, but task.yaml has a probe")
    make_input: Callable[[int, random.Random], tuple[Any, ...]] | None = getattr(_module(path), "make_input", None)
    if not callable(make_input):
        raise TaskError(f"{path}: has no function make_input")
    return make_input


def _module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"{path.stem}_{path.parent.name}", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:  # whatever the author's code raises is the author's mistake, and must name the file
        raise TaskError(f"{path}: {type(error).__name__}: {error}") from error
    return module


def _script(path: Path, visible: Sequence[str] = ()) -> TestScript:
    return read_script(path.read_text("utf-8"), list(visible))


def _revision(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        if path.is_file() and path.suffix in (".py", ".yaml"):
            digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
