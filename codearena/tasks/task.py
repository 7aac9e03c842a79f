"""What a task is: one record, which a line of JSON and a folder say alike (docs/tasks.md).

Its author is trusted where the operator is: probe, cases and checker are code that is run to grade others.
"""

import functools
import hashlib
import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, JsonValue, StringConstraints, ValidationInfo, model_validator

from codearena.tasks.author_code import MakeCase, ProbeInputs, make_input_of, makers_of, names_in
from codearena.tasks.calls import CompareMode, TestCase
from codearena.tasks.parts import STORABLE, EntryPoint, Identifier, Name, Part, Source, Text
from codearena.tasks.program import MAX_TESTS, OutputMode, Program, ProgramTest
from codearena.tasks.scripts import ScriptTest, TestScript, read_script

SCHEMA = 1
"""Version of the record. A later one adds fields that a reader of this one must know."""
COMPLEXITIES = ("O(1)", "O(log n)", "O(n)", "O(n log n)", "O(n^2)", "O(n^2 log n)", "O(n^3)", "O(2^n)")
"""Growth classes, ascending."""
CATEGORIES = ("easy", "medium", "hard", "type_errors", "security_bugs")
"""Those of the tasks that come along, in the order in which they are listed, before all others."""
PROVIDES_CHECK = "defines nothing that the tests bring"
"""Name of the check that `provides` adds."""
CODE_IS_CHECKED = "code is checked"
"""In the context of a validation: true where another process has found that the author's code compiles."""
_METADATA_CHARS = 64 * 1024


class Level(StrEnum):
    """Difficulty; the curriculum moves along it."""

    EASY = "easy"
    MEDIUM = "medium"
    HARD = "hard"


class Split(StrEnum):
    """What a task is for. The curriculum never chooses one that is held out; it is played where it is asked for."""

    TRAIN = "train"
    HELD_OUT = "held_out"


def _task_id(text: str) -> str:
    """Raises ValueError for what a path of a URL would not keep as it is."""
    if not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.:/-]{0,199}", text):
        raise ValueError("must be 1 to 200 of A-Z a-z 0-9 _ . : / -, of which the first is a letter, a digit or _")
    if any(part.strip(".") == "" for part in text.split("/")):
        raise ValueError("has a part between slashes that is empty or dots alone")
    return text


TaskId = Annotated[str, AfterValidator(_task_id)]
Category = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
_Tag = Annotated[str, StringConstraints(min_length=1, max_length=100), STORABLE]


def _small(metadata: dict[str, JsonValue]) -> dict[str, JsonValue]:
    if not isinstance(metadata.get("public", {}), dict):
        raise ValueError("public must be an object")
    if len(json.dumps(metadata, allow_nan=False)) > _METADATA_CHARS:
        raise ValueError(f"is longer than {_METADATA_CHARS} characters as JSON")
    return metadata


Metadata = Annotated[dict[str, JsonValue], AfterValidator(_small)]


def _is_checked(info: ValidationInfo) -> bool:
    return bool(info.context and info.context.get(CODE_IS_CHECKED))


class Probe(Part):
    """Inputs made only to measure.

    sizes: the n to make inputs for, ascending; others are measured beside them, and calls too quick to be timed are
    repeated (docs/efficiency.md), so that the two others are seldom needed. vary: position of an argument that
    `make_input` returns as a list of values for it, for each of which the function is called, with all other arguments
    shared: where the time of one call depends on more than n; lend: position of a list that the attempt reads item by
    item from outside of its process: where the optimum asks for less than a look at every item, and a hostile attempt
    could have that while it reads the input. source: has ``make_input(n, rng) -> tuple`` of positional arguments.
    """

    sizes: list[Annotated[int, Field(ge=1)]] = Field(min_length=1, max_length=100)
    vary: int | None = Field(None, ge=0)
    lend: int | None = Field(None, ge=0)
    source: Source

    @model_validator(mode="after")
    def _usable(self, info: ValidationInfo) -> Self:
        if self.sizes != sorted(set(self.sizes)):
            raise ValueError("sizes must be positive and ascending")
        if self.lend is not None and self.vary == self.lend:
            raise ValueError("vary and lend are for different arguments")
        if not _is_checked(info) and "make_input" not in names_in(self.source):
            raise ValueError("source has no function make_input")
        return self

    @functools.cached_property
    def inputs(self) -> ProbeInputs:
        """Runs the author's code, see author_code.py. Raises ValueError if it has no such function."""
        return ProbeInputs(self.sizes, make_input_of(self.source), self.vary, self.lend)


class Script(Part):
    """Tests as a script for the referee; see scripts.py for how it holds them.

    visible: names of those that feedback may show; withholds: names that the script uses and that must not be taken
    from the attempt, though the attempt defines them: the script is then without them.
    """

    source: Source
    visible: list[Name] = []
    withholds: list[Identifier] = []

    @model_validator(mode="after")
    def _readable(self) -> Self:
        _ = self.read
        return self

    @functools.cached_property
    def read(self) -> TestScript:
        """What it holds."""
        return read_script(self.source, self.visible)

    @property
    def tests(self) -> Sequence[ScriptTest]:
        """In order."""
        return self.read.tests

    @property
    def body(self) -> str:
        """Where they are, as in executor.proto."""
        return self.read.body


class Check(Part):
    """A rule on the source, counted as a test: the rules are in judge_service/analysis/checks.py.

    `forbid_call` of eval, exec, compile, os.system, input and breakpoint is kept while an attempt runs, too, whatever
    way it takes; of the first three, no text is run as code then and no program started. All other rules are read from
    the syntax tree alone, and whoever wants to can write code that is not seen to break them.
    """

    rule: str
    argument: str
    name: Name
    visible: bool = False


class TaskLimits(Part):
    """Most that an attempt may ever take; see Limits in common.proto. The reference's times set lower limits."""

    call_cpu_s: float = Field(2.0, gt=0, le=60)
    call_wall_s: float = Field(10.0, gt=0, le=120)
    attempt_cpu_s: float = Field(10.0, gt=0, le=300)
    attempt_wall_s: float = Field(30.0, gt=0, le=300)
    memory_bytes: int = Field(256 * 1024 * 1024, ge=64 * 1024 * 1024)
    processes: int = Field(32, ge=8, le=256)
    output_bytes: int = Field(8 * 1024, ge=0)
    value_bytes: int = Field(256 * 1024, gt=0)


class Task(Part):
    """One problem with everything needed to grade attempts at it.

    title: the id where it is left out; category: a word to sort tasks by, the level where it is left out; source: name
    of the data set or generator; metadata: free; what is under `public` whoever reads the task sees.
    entry_point: what cases, probe and `check(candidate)` call; a program has none. cases: functions for the tests that
    have `make`; checker: ``check(args, kwargs, expected, got) -> bool``; of a program ``check(stdin, answer, output)``.
    prelude, driver: run before and after the attempt's source in its module, and no part of what is judged; provides:
    names that an attempt must not define, because the tests or the prelude bring them. needs: packages that the sandbox
    must have. certificate: what was found when the task was certified; no part of the revision.
    """

    schema_version: int = Field(SCHEMA, alias="schema", ge=1, le=SCHEMA)
    id: TaskId
    title: Name
    category: Category
    level: Level = Level.MEDIUM
    split: Split = Split.TRAIN
    source: Annotated[str, StringConstraints(max_length=200), STORABLE] = ""
    tags: list[_Tag] = Field([], max_length=64)
    metadata: Metadata = {}
    description: Annotated[str, StringConstraints(min_length=1, max_length=256 * 1024), STORABLE]
    entry_point: EntryPoint = ""
    buggy: Source
    solution: Source
    tests: list[TestCase] = Field([], max_length=MAX_TESTS)
    script: Script | None = None
    program: Program | None = None
    probe: Probe | None = None
    cases: Source = ""
    checker: Source = ""
    prelude: Source = ""
    driver: Source = ""
    provides: list[Identifier] = Field([], max_length=1000)
    checks: list[Check] = Field([], max_length=1000)
    limits: TaskLimits = TaskLimits()
    hints: list[Text] = Field([], max_length=100)
    optimal_complexity: str = ""
    needs: list[_Tag] = Field([], max_length=64)
    certificate: dict[str, JsonValue] | None = None

    @model_validator(mode="before")
    @classmethod
    def _named(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        return {"title": data.get("id"), "category": data.get("level", Level.MEDIUM), **data}

    @model_validator(mode="after")
    def _consistent(self, info: ValidationInfo) -> Self:
        problems = [*_of_tests(self), *_of_checks(self)]
        problems += [] if _is_checked(info) else _of_code(self)
        if self.optimal_complexity and self.optimal_complexity not in COMPLEXITIES:
            problems.append(f"optimal_complexity must be one of {', '.join(COMPLEXITIES)}")
        if problems:
            raise ValueError("; ".join(problems))
        return self

    @property
    def all_tests(self) -> Sequence[TestCase | ScriptTest | ProgramTest]:
        """The cases, the tests of the script, and the program's."""
        script = self.script.tests if self.script else ()
        return [*self.tests, *script, *(self.program.tests if self.program else ())]

    @property
    def public_metadata(self) -> dict[str, JsonValue]:
        """What of the metadata whoever reads the task sees."""
        public = self.metadata.get("public")
        return public if isinstance(public, dict) else {}

    @property
    def all_checks(self) -> Sequence[Check]:
        """The checks, and the one that the attempt leaves to the tests what they bring."""
        if not self.provides:
            return self.checks
        leaves = Check(rule="forbid_definition", argument=",".join(self.provides), name=PROVIDES_CHECK, visible=True)
        return [*self.checks, leaves]

    @functools.cached_property
    def makers(self) -> Mapping[str, MakeCase]:
        """Functions of `cases`. Runs the author's code, see author_code.py. Raises ValueError if that fails."""
        return makers_of(self.cases)

    @functools.cached_property
    def revision(self) -> str:
        """SHA-256 over the record without its certificate, hex: the same for a line and a folder that say the same."""
        from codearena.tasks.record import canonical

        return hashlib.sha256(canonical(self)).hexdigest()


def _of_tests(task: Task) -> list[str]:
    names = [test.name for test in task.all_tests] + [check.name for check in task.all_checks]
    problems = []
    if not task.all_tests:
        problems.append("needs tests, a script or a program")
    if twice := sorted(name for name, times in Counter(names).items() if times > 1)[:10]:
        problems.append(f"two tests or checks share a name: {', '.join(twice)}")
    if task.program and (task.tests or task.script or task.probe):
        problems.append("a program stands alone: no tests, script or probe beside it")
    needing = [
        *(["tests"] if any(not test.calls for test in task.tests) else []),
        *(["a probe"] if task.probe else []),
        *(["check(candidate)"] if task.script and task.script.body == "check" else []),
    ]
    if needing and not task.entry_point:
        problems.append(f"entry_point: {', '.join(needing)} need one")
    if task.program and task.entry_point:
        problems.append("entry_point: a program has none")
    return problems


def _of_checks(task: Task) -> list[str]:
    problems = []
    by_checker = any(test.compare is CompareMode.CUSTOM for test in task.tests)
    if (by_checker or (task.program and task.program.compare is OutputMode.CUSTOM)) and not task.checker:
        problems.append("checker: compare: custom needs one (checker.py)")
    if by_checker and task.probe:
        problems.append("a probe compares with what the reference returns: no compare: custom beside it")
    return problems


def _of_code(task: Task) -> list[str]:
    problems = []
    # Not so of prelude and driver, which are for the sandbox's Python: it may know more than ours.
    drawn = {test.make for test in [*task.tests, *(task.program.tests if task.program else ())] if test.make}
    needed = {"cases": drawn, "checker": {"check"} if task.checker else set()}
    for field, names in needed.items():
        try:
            missing = names - names_in(getattr(task, field))
        except ValueError as error:
            problems.append(f"{field}: {error}")
        else:
            problems += [f"{field}: has no function {', '.join(sorted(missing))}"] if missing else []
    return problems
