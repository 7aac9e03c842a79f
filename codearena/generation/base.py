"""A base: a right program with everything that a task needs but the bug.

A base is one module, `bases/<family>/<name>.py`, that ends with `BASE = FunctionBase(...)`, `ClassBase(...)` or
`ProgramBase(...)`. The code that solves the task, the makers of test inputs and the maker of the probe's inputs stand
in it as ordinary functions. A record gets them as three sources of their own (see `excerpts`), each with the helpers
and imports that it needs and nothing else.
"""

import inspect
import random
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from codearena.generation.excerpts import excerpt
from codearena.generation.observing import Raised, answer, life, printed_by
from codearena.tasks.tagged import to_json

Record = dict[str, object]
"""A task as plain JSON data."""
Inputs = tuple[object, ...]
"""Positional arguments of one call."""
Steps = Sequence[tuple[object, ...]]
"""A life of an object: `("Stack", 3)` constructs it, each further `("push", 1)` calls a method."""
ASK = "The code breaks this contract somewhere. Repair it."


@dataclass(frozen=True)
class Case:
    """A call of a function with more to say than its positional arguments.

    env: Environment variables during the call, and no others of those that the reference reads.
    process: What an intercepted call must have started: `{"program": ..., "argument": ..., "may_refuse": ...}`; the
    reference is then not run for the expected value, which is `expect`.
    """

    args: Inputs = ()
    kwargs: Mapping[str, object] | None = None
    env: Mapping[str, str] | None = None
    process: Mapping[str, object] | None = None
    expect: object = None


@dataclass(frozen=True)
class Probe:
    """Inputs of growing size. sizes, vary, lend: as in `codearena.tasks.task.Probe`."""

    make_input: Callable[[int, random.Random], Inputs]
    sizes: tuple[int, ...]
    vary: int | None = None
    lend: int | None = None


@dataclass(frozen=True)
class Check:
    """A rule on the source; the rules are in judge_service/analysis/checks.py."""

    rule: str
    argument: str
    name: str
    visible: bool = False


@dataclass(frozen=True, kw_only=True)
class Base(ABC):
    """What all bases have.

    solves: The reference: a function, a class, or the function that is the whole of a program.
    description: The contract that an agent is shown, edges included, without a word on what is wrong with the code.
    hints: Three, each saying more than the one before, and true whatever the bug is.
    visible, hidden: Tests by name, which says of what kind the input is.
    optimal: Growth class of the best solution, empty if growth means nothing here.
    compare: How values are compared, as `compare` of a test; for programs how output is compared.
    """

    solves: Callable[..., object]
    title: str
    category: str
    level: str
    description: str
    hints: tuple[str, str, str]
    optimal: str = ""
    probe: Probe | None = None
    checks: tuple[Check, ...] = ()
    compare: str = "exact"

    @property
    def name(self) -> str:
        """The module's name, unique among all bases."""
        return self.solves.__module__.rpartition(".")[2]

    @property
    def family(self) -> str:
        """The name of the module's folder."""
        return self.solves.__module__.split(".")[-2]

    @property
    def solution(self) -> str:
        """The reference's source, by itself."""
        return self._excerpt([self.solves])

    @abstractmethod
    def tests(self, rng: random.Random) -> Record:
        """Return the fields of a record that hold its tests.

        Inputs are drawn from `rng`; what is expected is what the reference makes of them.
        """

    def record(self, rng: random.Random) -> Record:
        """The task record without its bug: all fields but `buggy`. Equal states of `rng` give equal records.

        `id` is the base's name, and `description` ends with the sentence `ASK`. Both are the caller's to replace.
        """
        record: Record = {
            "schema": 1,
            "id": self.name,
            "title": self.title,
            "category": self.category,
            "level": self.level,
            "tags": [self.family],
            "description": f"{inspect.cleandoc(self.description)}\n\n{ASK}\n",
            "solution": self.solution,
            **self.tests(rng),
            "hints": list(self.hints),
        }
        if self.probe:
            record["probe"] = _probe(self.probe, self._excerpt([self.probe.make_input]))
        if self.optimal:
            record["optimal_complexity"] = self.optimal
        if self.checks:
            record["checks"] = [_without_defaults(vars(check)) for check in self.checks]
        return record

    def _cases(self, hidden: Mapping[str, object]) -> Record:
        """The field of a record that holds the makers among the hidden tests, if there are any."""
        makers = [test for test in hidden.values() if callable(test)]
        return {"cases": self._excerpt(makers)} if makers else {}

    def _excerpt(self, parts: Iterable[Callable[..., object]]) -> str:
        source = inspect.getsource(sys.modules[self.solves.__module__])
        return excerpt(source, [part.__name__ for part in parts])


@dataclass(frozen=True, kw_only=True)
class FunctionBase(Base):
    """A function. A hidden test may be a maker, whose inputs are made anew for each attempt; see `codearena.tasks`."""

    visible: Mapping[str, Inputs | Case]
    hidden: Mapping[str, Inputs | Case | Callable[[random.Random], Inputs]]

    def tests(self, rng: random.Random) -> Record:
        found: list[Record] = [
            {"name": name, "visible": True, **self._given(test)} for name, test in self.visible.items()
        ]
        makers = []
        for name, test in self.hidden.items():
            if isinstance(test, tuple | Case):
                found.append({"name": name, **self._given(test)})
            else:
                found.append({"name": name, "make": test.__name__, **self._given(test(rng))})
                makers.append(test)
        fields: Record = {"entry_point": self.solves.__name__, "tests": found}
        return {**fields, "cases": self._excerpt(makers)} if makers else fields

    def _given(self, test: Inputs | Case) -> Record:
        case = test if isinstance(test, Case) else Case(test)
        kwargs, env = case.kwargs or {}, case.env or {}
        fields: Record = {"args": [to_json(value) for value in case.args]}
        if kwargs:
            fields["kwargs"] = {name: to_json(value) for name, value in kwargs.items()}
        if env:
            fields["env"] = dict(env)
        if case.process:
            return {**fields, "process": dict(case.process), "expect": to_json(case.expect)}
        return {**fields, **_expectation(answer(self.solves, case.args, kwargs, env), self.compare)}


@dataclass(frozen=True, kw_only=True)
class ClassBase(Base):
    """A class, whose tests are lives of an object. What the methods return is compared, in order."""

    visible: Mapping[str, Steps]
    hidden: Mapping[str, Steps | Callable[[random.Random], Steps]]

    def tests(self, rng: random.Random) -> Record:
        shown = [{"name": name, "visible": True, **self._given(steps)} for name, steps in self.visible.items()]
        drawn = {name: test(rng) if callable(test) else test for name, test in self.hidden.items()}
        hidden = [{"name": name, **self._given(steps)} for name, steps in drawn.items()]
        return {"entry_point": self.solves.__name__, "tests": [*shown, *hidden]}

    def _given(self, steps: Steps) -> Record:
        calls = [{"call": name, "args": [to_json(value) for value in args]} for name, *args in steps]
        return {"calls": calls, **_expectation(life(self.solves, steps), self.compare)}


@dataclass(frozen=True, kw_only=True)
class ProgramBase(Base):
    """A program: text on standard input, text on standard output. `compare`: exact, tokens or numbers.

    A hidden test may be a maker of a text. Of the makers only the last one goes into a record, for a test whose input
    is made anew for each attempt. The others draw the inputs of the record, because each case that a gateway keeps of a
    program costs it the start of a process, and it keeps dozens for each maker.
    """

    visible: Mapping[str, str]
    hidden: Mapping[str, str | Callable[[random.Random], str]]
    compare: str = "tokens"

    @property
    def solution(self) -> str:
        return f'{super().solution}\n\nif __name__ == "__main__":\n    {self.solves.__name__}()\n'

    def tests(self, rng: random.Random) -> Record:
        found: list[Record] = [
            {"name": name, "visible": True, **self._given(text)} for name, text in self.visible.items()
        ]
        makers = {name: test for name, test in self.hidden.items() if callable(test)}
        anew = dict([*makers.items()][-1:])
        for name, test in self.hidden.items():
            made = {"make": anew[name].__name__} if name in anew else {}
            found.append({"name": name, **made, **self._given(test(rng) if callable(test) else test)})
        return {"program": {"compare": self.compare, "tests": found}, **self._cases(anew)}

    def _given(self, stdin: str) -> Record:
        return {"stdin": stdin, "stdout": printed_by(self.solves, stdin)}


def _expectation(seen: object, compare: str) -> Record:
    if isinstance(seen, Raised):
        return {"raises": {"type": seen.type}}
    expected: Record = {"expect": to_json(seen)}
    return expected if compare == "exact" else {**expected, "compare": compare}


def _probe(probe: Probe, source: str) -> Record:
    fields = {"sizes": list(probe.sizes), "vary": probe.vary, "lend": probe.lend, "source": source}
    return _without_defaults(fields)


def _without_defaults(fields: Mapping[str, object]) -> Record:
    return {name: value for name, value in fields.items() if value is not None and value is not False}
