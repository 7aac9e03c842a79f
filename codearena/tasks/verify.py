"""Whether a task may be served: its reference scores full marks through the real pipeline, its buggy code does not."""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from codearena import probe_report
from codearena.errors import CodeArenaError
from codearena.models import Verdict
from codearena.sdk.client import CodeArena
from codearena.tasks.imported import packages_of
from codearena.tasks.scripts import asked_of_attempt
from codearena.tasks.task import Check, Task

FULL_EFFICIENCY = 0.9
"""Least efficiency_score that counts as full marks."""
CALLS_KEPT_AT_RUN_TIME = frozenset({"eval", "exec", "compile", "os.system", "input", "breakpoint"})
"""What `forbid_call` forbids while an attempt runs, too; see executor_service/runner/attempt/rules.py."""
_TEXT_AS_CODE = frozenset({"eval", "exec", "compile"})
"""Of these, those that importing a package breaks, whatever it is; the others one with machine code of its own."""
_AT_ONCE = 32  # tasks: as many as keep a host busy, and few enough to tell how far it has come
_ON_THE_TEXT = ("forbid_string", "forbid_name")


@dataclass(frozen=True)
class Verification:
    """One task's verdicts, None where there is none, and what is wrong with it; no problems: it may be served.

    warnings: what its author should know, though it may be served.
    """

    task_id: str
    reference: Verdict | None
    buggy: Verdict | None
    problems: Sequence[str]
    warnings: Sequence[str] = ()


def verify(arena: CodeArena, task: Task) -> Verification:
    """Grades the task's reference and its buggy code, both at once."""
    (found,) = verify_all(arena, [task])
    return found


def verify_all(arena: CodeArena, tasks: Iterable[Task]) -> Iterator[Verification]:
    """Verifies tasks in their order, many at once."""
    for chosen in _batched(tasks):
        codes = [(task.id, code) for task in chosen for code in (task.solution, task.buggy)]
        answers = arena.grade_batch(codes)
        for task, reference, buggy in zip(chosen, answers[::2], answers[1::2], strict=True):
            yield _verification(task, reference, buggy)


def _batched(tasks: Iterable[Task]) -> Iterator[list[Task]]:
    remaining = iter(tasks)
    while chosen := list(itertools.islice(remaining, _AT_ONCE)):
        yield chosen


def _verification(task: Task, reference: Verdict | CodeArenaError, buggy: Verdict | CodeArenaError) -> Verification:
    problems = [*_reference_problems(reference), *_buggy_problems(buggy), *_revision_problems(task, reference)]
    warnings = [*_read_only(task), *_of_packages(task), *_taken(task), *_unchanged(task)]
    warnings += _of_probe(task, reference)
    return Verification(task.id, _graded(reference), _graded(buggy), problems, warnings)


def _taken(task: Task) -> list[str]:
    """Of names that its script uses and nobody but the attempt defines: a wrong helper would be believed."""
    if task.script is None:
        return []
    own = {task.entry_point.partition(".")[0].removesuffix("()"), *task.script.withholds, *task.provides}
    taken = ", ".join(sorted(asked_of_attempt(task.script.source) - own))
    believed = (
        f"its script takes {taken} from the attempt, and believes what that makes of it: define it in the script, or "
        "name it in script.withholds or provides"
    )
    return [believed] if taken and task.entry_point else []


def _unchanged(task: Task) -> list[str]:
    """Of tests of what a call changes where nothing is to be changed."""
    idle = [
        repr(test.name)
        for test in task.tests
        if test.result_argument is not None and not test.make and test.args[test.result_argument] == test.expect
    ]
    return [f"code that does nothing passes {', '.join(idle)}: what it is to make is there before"] if idle else []


def _read_only(task: Task) -> list[str]:
    """Of rules on what code does, those that are read from its text, which can be written so that they are not seen."""
    return [
        f"the check {check.name!r} is read from the source alone, and code can be written so that it is not seen to "
        "break it: test the behaviour as well"
        for check in task.checks
        if check.rule not in _ON_THE_TEXT and not _is_kept(task, check)
    ]


def _is_kept(task: Task, check: Check) -> bool:
    """Whether a rule is kept while an attempt runs."""
    return check.rule == "forbid_call" and check.argument in CALLS_KEPT_AT_RUN_TIME and not task.program


def _of_packages(task: Task) -> list[str]:
    """Of rules that are kept at run time, which take what a package does for what the attempt does that imports it."""
    packages = ", ".join(packages_of(task))
    kept = [check for check in task.checks if packages and _is_kept(task, check)]
    return [
        f"an attempt that imports {packages} counts as one that breaks the check {check.name!r}"
        f"{'' if check.argument in _TEXT_AS_CODE else ', if that has machine code of its own'}: what a package does "
        "while it is imported is not told from what the attempt does. Test the behaviour in the place of the rule"
        for check in kept
    ]


def _graded(answer: Verdict | CodeArenaError) -> Verdict | None:
    return answer if isinstance(answer, Verdict) else None


def _of_probe(task: Task, answer: Verdict | CodeArenaError) -> list[str]:
    """What its probe cannot tell apart."""
    if isinstance(answer, Verdict) and answer.complexity.ratio is not None:
        return probe_report.notes(task, answer.complexity)
    return []


def _reference_problems(answer: Verdict | CodeArenaError) -> list[str]:
    if isinstance(answer, CodeArenaError):
        return [f"reference not graded: {answer.detail}"]
    problems = []
    ran, components = answer.execution_metadata, answer.reward_components
    if ran.test_passed != ran.test_total:
        problems.append(f"reference passes {ran.test_passed} of {ran.test_total} tests")
    elif answer.unearned:
        problems.append(f"reference earns nothing: {answer.unearned}")
    elif components.efficiency_score is None:
        problems.append("the reference's efficiency could not be measured")
    elif components.efficiency_score < FULL_EFFICIENCY:
        problems.append(f"reference has efficiency {components.efficiency_score:.2f}, below {FULL_EFFICIENCY}")
    elif not answer.solved:
        problems.append("reference does not solve the task")
    return problems


def _buggy_problems(answer: Verdict | CodeArenaError) -> list[str]:
    if isinstance(answer, CodeArenaError):
        return [f"buggy code not graded: {answer.detail}"]
    return ["buggy code solves the task"] if answer.solved else []


def _revision_problems(task: Task, answer: Verdict | CodeArenaError) -> list[str]:
    # A gateway that runs elsewhere, or for long, may serve other files than those in this folder.
    if isinstance(answer, Verdict) and answer.revisions.task != task.revision:
        return ["the gateway serves another revision of this task"]
    return []
