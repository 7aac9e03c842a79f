"""Every base is right, and fit to make tasks of."""

import json
import math
import random
import subprocess
from collections.abc import Callable, Iterator
from importlib import import_module
from unittest import mock

import pytest

from codearena.generation.base import Base, Case, ClassBase, FunctionBase, ProgramBase
from codearena.generation.bases import all_bases
from codearena.generation.observing import Raised, answer, life, printed_by
from codearena.tasks.record import from_record
from codearena.tasks.tagged import to_json

BASES = all_bases()
DRAWS = 6
TOLD = {"IndexError", "KeyError", "RuntimeError", "TypeError", "ValueError"}
"""What references may raise. Of a subclass an attempt that raises the plain class would be wrong."""

every_base = pytest.mark.parametrize("base", BASES.values(), ids=list(BASES))


def made(base: Base) -> Iterator[tuple[str, object]]:
    """The inputs of every test by its name, in several draws where there is a maker."""
    assert isinstance(base, FunctionBase | ClassBase | ProgramBase)
    for name, test in (*base.visible.items(), *base.hidden.items()):
        if callable(test):
            yield from ((name, test(random.Random(f"{base.name} {name} {draw}"))) for draw in range(DRAWS))
        else:
            yield name, test


def reaction(base: Base, solves: Callable[..., object], inputs: object) -> object:
    """What `solves` makes of the inputs of a test. What it starts succeeds without being started, as in a sandbox."""
    if isinstance(base, ProgramBase):
        return printed_by(solves, inputs)
    if isinstance(base, ClassBase):
        return life(solves, inputs)
    case = inputs if isinstance(inputs, Case) else Case(inputs)
    with mock.patch.object(subprocess, "run", return_value=subprocess.CompletedProcess([], 0)):
        return answer(solves, case.args, case.kwargs or {}, case.env or {})


def alike(base: Base, one: object, other: object) -> bool:
    """Whether two reactions are the same to a grader, or closer still: True is not 1, and 1 is not 1.0."""
    if isinstance(one, Raised) or isinstance(other, Raised):
        return one == other
    if base.compare == "approx" and isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other)
    if isinstance(base, ProgramBase) and base.compare != "exact":
        return all(map(_alike_words, str(one).split(), str(other).split())) and len(str(one).split()) == len(
            str(other).split()
        )
    return json.dumps(to_json(one), sort_keys=True) == json.dumps(to_json(other), sort_keys=True)


def _alike_words(one: str, other: str) -> bool:
    return one == other or ("." in one and math.isclose(float(one), float(other), rel_tol=1e-9, abs_tol=1e-12))


def spawning(base: Base) -> dict[str, Case]:
    assert isinstance(base, FunctionBase)
    tests = {**base.visible, **base.hidden}
    return {name: test for name, test in tests.items() if isinstance(test, Case) and test.process}


@every_base
def test_the_reference_answers_as_an_independent_oracle_does(base: Base) -> None:
    oracle = getattr(import_module(f"tests.codearena.generation.oracles.{base.family}"), base.name)
    spawns = spawning(base) if isinstance(base, FunctionBase) else {}
    for name, inputs in made(base):
        if name in spawns:
            continue
        expected = oracle(inputs) if isinstance(base, ProgramBase) else reaction(base, oracle, inputs)
        assert alike(base, reaction(base, base.solves, inputs), expected), f"{name}: {inputs!r}"


def test_what_a_reference_must_start_is_what_it_starts_and_without_a_shell() -> None:
    for base in BASES.values():
        for name, case in spawning(base).items() if isinstance(base, FunctionBase) else ():
            done = subprocess.CompletedProcess([], 0)
            with mock.patch.object(subprocess, "run", return_value=done) as started:  # nothing is to run
                assert base.solves(*case.args) is case.expect
            (arguments,), keywords = started.call_args
            assert case.process and arguments[0] == case.process["program"], name
            assert case.process["argument"] in arguments, name
            assert not keywords.get("shell"), name


@every_base
def test_a_record_of_a_base_is_a_task_whose_excerpts_run_alone(base: Base) -> None:
    record = base.record(random.Random(3))
    task = from_record({**record, "buggy": "pass\n"}, base.name)
    assert set(task.makers) >= {test["make"] for test in listed(record) if "make" in test}
    assert (task.probe is None) == (base.probe is None)
    if task.probe and base.probe:
        one, other = random.Random(5), random.Random(5)
        assert task.probe.inputs.make_input(task.probe.sizes[0], one) == base.probe.make_input(
            task.probe.sizes[0], other
        )
    names: dict[str, object] = {"__name__": "attempt"}
    exec(task.solution, names)
    (name, inputs), *_ = made(base)
    alone = names[base.solves.__name__]
    assert callable(alone)
    assert alike(base, reaction(base, alone, inputs), reaction(base, base.solves, inputs)), name


@every_base
def test_equal_seeds_give_equal_records_and_others_other_inputs(base: Base) -> None:
    one, same, other = (json.dumps(base.record(random.Random(seed))) for seed in (1, 1, 2))
    assert one == same
    assert one != other or not any(map(callable, getattr(base, "hidden", {}).values()))


@every_base
def test_a_reference_raises_only_classes_that_an_attempt_can_be_asked_for(base: Base) -> None:
    raised = {seen.type for _, inputs in made(base) if isinstance(seen := reaction(base, base.solves, inputs), Raised)}
    assert raised <= TOLD


@every_base
def test_a_base_has_what_a_task_needs(base: Base) -> None:
    record = base.record(random.Random(1))
    visible = [test for test in listed(record) if test.get("visible")]
    assert 3 <= len(visible) <= 5
    assert len(listed(record)) - len(visible) >= 8
    assert len(set(base.hints)) == 3
    assert base.category == base.level or base.category in ("type_errors", "security_bugs")
    assert f"`{base.solves.__name__}(" in base.description or isinstance(base, ProgramBase)
    assert "tandard input" in base.description or not isinstance(base, ProgramBase)


@every_base
def test_what_a_reference_says_of_itself_names_nothing_that_is_wrong(base: Base) -> None:
    """The buggy code is made of it: a comment must not tell where to look."""
    assert "bug" not in base.solution.lower() and "noqa" not in base.solution and "type: ignore" not in base.solution


def test_there_are_bases_of_every_category_and_of_many_families() -> None:
    programs = [base for base in BASES.values() if isinstance(base, ProgramBase)]
    assert len(BASES) - len(programs) >= 60 and len(programs) >= 20
    assert {base.category for base in BASES.values()} == {"easy", "medium", "hard", "type_errors", "security_bugs"}
    assert len({base.family for base in BASES.values()}) >= 15


def listed(record: dict[str, object]) -> list[dict[str, object]]:
    program = record.get("program")
    tests = program["tests"] if isinstance(program, dict) else record["tests"]
    assert isinstance(tests, list)
    return tests
