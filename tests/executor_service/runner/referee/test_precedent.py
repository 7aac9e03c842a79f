"""What a script asks of an attempt is what it asked of the reference, through the real runner."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio

from codearena.v1 import common_pb2, executor_pb2
from executor_service import codec, reports
from executor_service.isolation.local import LocalIsolation
from executor_service.runner.referee.precedent import CALL, ITEM, Place, Precedent, reached
from executor_service.settings import Settings
from tests.executor_service import workloads

pytestmark = pytest.mark.asyncio(loop_scope="module")

Run = Callable[[str, executor_pb2.Call], Awaitable[common_pb2.CallOutcome]]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def run() -> AsyncIterator[Run]:
    """Runs a script call on a source."""
    isolation = LocalIsolation(Settings())
    await isolation.start()

    async def run(source: str, call: executor_pb2.Call) -> common_pb2.CallOutcome:
        workload = workloads.workload(source, [call])
        sandbox = await isolation.create()
        try:
            return reports.decode_report(await sandbox.run(codec.encode_workload(workload), 60), workload).calls[0]
        finally:
            await sandbox.destroy()

    yield run
    await isolation.close()


async def held(run: Run, reference: str, script: str, attempt: str) -> dict[str, str]:
    """What the attempt passes, held to the reference, which passes everything."""
    call = workloads.script_call(script)
    of_reference = await run(reference, call)
    assert set(_verdicts(of_reference).values()) == {"passed"}
    call.test_script.precedent = of_reference.precedent
    return _verdicts(await run(attempt, call))


def _verdicts(outcome: common_pb2.CallOutcome) -> dict[str, str]:
    return workloads.script_verdicts(executor_pb2.Report(calls=[outcome]))


FUNCTION = "def f(numbers):\n    return [2 * number for number in numbers]\n"
STACK = """
class Stack:
    def __init__(self, *items): self.items = list(items)
    def push(self, item): self.items.append(item); return self
    def __eq__(self, other): return isinstance(other, Stack) and self.items == other.items
    def __lt__(self, other): return self.items < other.items
    def __contains__(self, item): return item in self.items
    def __repr__(self): return f'Stack{tuple(self.items)}'
"""
STACKS = """
from fix import Stack
def test_equal(): assert Stack(1).push(2) == Stack(1, 2)
def test_unequal(): assert Stack(1) != Stack(2) and not Stack(1) == Stack(2)
def test_order(): assert Stack(1) < Stack(2) and sorted([Stack(3), Stack(1)])[0] == Stack(1)
def test_member(): assert 1 in Stack(1) and 2 not in Stack(1)
def test_loop():
    for size in range(5): assert Stack(*range(size)) == Stack(*range(size))
"""


@pytest.mark.parametrize(
    "attempt",
    [
        "import functools\nf = functools.partial(lambda k, numbers: [k * n for n in numbers], 2)",
        "class F:\n    def __call__(self, numbers): return [2 * n for n in numbers]\nf = F()",
        "class f:\n    def __new__(cls, numbers): return [2 * n for n in numbers]",
        "class F:\n    @staticmethod\n    def f(numbers): return [2 * n for n in numbers]\nf = F.f",
        "import functools\n@functools.wraps(len)\ndef f(numbers): return list(map((2).__mul__, numbers))",
    ],
)
async def test_a_function_may_be_anything_that_can_be_called(run: Run, attempt: str) -> None:
    script = "assert f([1, 2]) == [2, 4]\nassert f([]) == []\nassert len(f([7])) == 1 and 14 in f([7])"
    assert set((await held(run, FUNCTION, script, attempt)).values()) == {"passed"}


@pytest.mark.parametrize(
    "attempt",
    [
        STACK,
        STACK.replace("class Stack", "class _Stack").replace("isinstance(other, Stack)", "isinstance(other, _Stack)")
        + "def Stack(*items): return _Stack(*items)\n",
        "import dataclasses\n@dataclasses.dataclass(order=True)\nclass Stack:\n    items: list\n"
        "    def __init__(self, *items): self.items = list(items)\n"
        "    def push(self, item): return Stack(*self.items, item)\n"
        "    def __contains__(self, item): return item in self.items\n",
    ],
)
async def test_a_class_may_be_built_otherwise(run: Run, attempt: str) -> None:
    assert set((await held(run, STACK, STACKS, attempt)).values()) == {"passed"}


async def test_of_a_reference_that_returns_values_no_object_is_asked(run: Run) -> None:
    script = """
def test_eq(): assert f([1]) == [2]
def test_reversed(): assert [2] == f([1])
def test_ne(): assert not f([1]) != [2]
def test_in(): assert 2 in f([1])
def test_inside(): assert f([1])[0] == 2
def test_method(): assert f([1]).count(2) == 1
def test_any_method(): assert f([1]).copy() == [2]
"""
    attempt = """
class f(list):
    __eq__ = __contains__ = lambda self, other: True
    __ne__ = lambda self, other: False
    __getitem__ = copy = lambda self, *args: self
    count = lambda self, item: 1
    __hash__ = None
"""
    liar = attempt.replace("(list)", "") + "    def __init__(self, *args): pass\n"
    for source in (attempt.replace("class f", "class F") + "def f(x): return F()\n", liar):
        assert set((await held(run, FUNCTION, script, source)).values()) == {"failed"}


async def test_what_a_hand_written_copy_of_the_precedent_leaves_out_is_not_asked(run: Run) -> None:
    call = workloads.script_call(STACKS)
    call.test_script.precedent = b"{}"
    assert set(_verdicts(await run(STACK, call)).values()) == {"failed"}


@pytest.mark.parametrize(
    ("lie", "told"),
    [
        ("__eq__ = lambda self, other: True", {"test_equal", "test_unequal", "test_order", "test_loop"}),
        (
            "__eq__ = lambda self, other: type(other) is Stack",  # which only other objects tell
            {"test_unequal", "test_order", "test_loop"},
        ),
        ("__ne__ = lambda self, other: True", {"test_equal", "test_unequal", "test_order", "test_loop"}),
        ("__lt__ = lambda self, other: True", {"test_order"}),
    ],
)
async def test_a_comparison_that_holds_of_everything_says_nothing(run: Run, lie: str, told: set[str]) -> None:
    found = await held(run, STACK, STACKS, STACK + f"    {lie}\n")
    assert {name for name, status in found.items() if status == "failed"} == told


async def test_a_value_that_is_equal_to_every_value_says_nothing(run: Run) -> None:
    reference = "class Money(int): pass\n"
    script = "def test_it(): assert Money(5) == 5\ndef test_other(): assert Money(5) + 1 == 6\n"
    assert set((await held(run, reference, script, reference)).values()) == {"passed"}
    attempt = "class Money(int):\n    __eq__ = lambda self, other: True\n    __hash__ = int.__hash__\n"
    assert await held(run, reference, script, attempt) == {"test_it": "failed", "test_other": "passed"}


async def test_an_equality_made_up_for_one_test_is_not_told(run: Run) -> None:
    script = "from fix import Stack\ndef test_it(): assert Stack(1).push(2) == Stack(1, 2)\n"
    lie = "    def push(self, item): self.pushed = True; return self\n"
    lie += "    __eq__ = lambda self, other: type(other) is Stack and hasattr(self, 'pushed') and self is not other\n"
    assert await held(run, STACK, script, STACK + lie) == {"test_it": "passed"}


ERRORS = """
class EmptyError(LookupError): pass
def f(x):
    if x < 0: raise EmptyError('empty')
    return x
"""
EXPECTS = """
from fix import EmptyError, f
def test_caught():
    try:
        f(-1)
        assert False
    except EmptyError as error:
        assert str(error) == 'empty'
def test_value(): assert f(1) == 1
"""


@pytest.mark.parametrize("kind", ["Exception", "BaseException", "AssertionError", "(ValueError, AssertionError)"])
async def test_a_failed_assertion_is_not_what_an_attempts_exception_catches(run: Run, kind: str) -> None:
    silent = f"EmptyError = {kind}\ndef f(x): return x\n"
    assert (await held(run, ERRORS, EXPECTS, silent))["test_caught"] == "failed"


@pytest.mark.parametrize("raised", ["Exception", "ValueError", "EmptyError", "KeyboardInterrupt"])
async def test_but_what_the_attempt_raises_is(run: Run, raised: str) -> None:
    attempt = f"EmptyError = BaseException\ndef f(x):\n    if x < 0: raise {raised}('empty')\n    return x\n"
    assert set((await held(run, ERRORS, EXPECTS, attempt)).values()) == {"passed"}


async def test_where_the_references_exception_catches_assertions_an_attempts_may(run: Run) -> None:
    reference = "Broken = AssertionError\ndef f(x): raise Broken(x)\n"
    script = "from fix import Broken, f\ndef test_it():\n    try: f(1)\n    except Broken as e: assert e.args == (1,)\n"
    assert set((await held(run, reference, script, reference)).values()) == {"passed"}


async def test_a_context_swallows_what_the_references_does(run: Run) -> None:
    script = """
from fix import f
def test_swallowed():
    with f(1): raise KeyError
def test_not_swallowed():
    try:
        with f(1): raise ValueError
    except ValueError: return
    assert False
def test_asserts_by_a_raise():
    with f(1) as x:
        if x != 1: raise KeyError('not 1')
"""
    reference = (
        "import contextlib\n@contextlib.contextmanager\ndef f(x):\n    try: yield x\n    except KeyError: pass\n"
    )
    assert set((await held(run, reference, script, reference)).values()) == {"passed"}
    swallows_all = reference.replace("except KeyError", "except BaseException").replace("yield x", "yield 2")
    found = await held(run, reference, script, swallows_all)
    assert found == {"test_swallowed": "passed", "test_not_swallowed": "failed", "test_asserts_by_a_raise": "failed"}


async def test_a_place_is_the_same_however_long_a_list_is(run: Run) -> None:
    reference = """
class Node:
    def __init__(self, value, next=None): self.value, self.next = value, next
def f(count):
    node = None
    for value in range(count): node = Node(value, node)
    return node
"""
    script = """
def test_it():
    node, seen = f(200), 0
    while node is not None:
        seen += node.value
        node = node.next
    assert seen == sum(range(200))
"""
    outcome = await run(reference, workloads.script_call(script))
    assert set(_verdicts(outcome).values()) == {"passed"}
    assert len(outcome.precedent) < 300
    assert json.loads(outcome.precedent)["test_it"] == {"f()": [], "f().next": []}


async def test_only_a_reference_says_what_it_was_asked(run: Run) -> None:
    call = workloads.script_call("assert f([1]) == [2]")
    assert (await run(FUNCTION, call)).precedent
    call.test_script.precedent = b"{}"
    assert not (await run(FUNCTION, call)).precedent


@pytest.mark.parametrize(
    ("steps", "place"),
    [
        ((".push", CALL, ".push", CALL), ("Stack", ".push()")),
        ((CALL, ITEM, ITEM, ".next", ".next"), ("Stack()", "[]", ".next")),
        ((CALL, CALL), ("Stack()",)),
    ],
)
async def test_repeated_steps_are_one(steps: tuple[str, ...], place: Place) -> None:
    reached_place: Place = ("Stack",)
    for step in steps:
        reached_place = reached(reached_place, step)
    assert reached_place == place


async def test_no_way_is_longer_than_some_steps() -> None:
    places, place = set(), ("tree",)
    for number in range(1000):
        place = reached(place, ".left" if number % 2 else ".right")
        places.add(place)
    assert len(places) < 20


async def test_what_was_asked_in_one_test_is_no_precedent_for_another() -> None:
    noted = Precedent(None)
    noted.begin("test_1")
    noted.note(("f", CALL), "eq with a value")
    known = Precedent(noted.noted())
    known.begin("test_2")
    assert not known.holds(("f", CALL), "eq with a value")
    known.begin("test_1")
    assert known.holds(("f", CALL), "eq with a value")


SORTED = """
def test_made_of_the_argument():
    x = [3, 1, 2]
    assert f(x) == sorted(x)
def test_unchanged():
    x = [3, 1, 2]
    f(x)
    assert x == [3, 1, 2]
def test_result(): assert f([2, 1]) == [1, 2]
"""
MADE, UNCHANGED, RESULT = "test_made_of_the_argument", "test_unchanged", "test_result"


@pytest.mark.parametrize(
    ("attempt", "passed"),
    [
        ("def f(x): return sorted(x)", {MADE, UNCHANGED, RESULT}),
        ("def f(x):\n    x.sort()\n    return list(x)", {MADE, RESULT}),
        ("def f(x):\n    x.sort()\n    return x", {MADE, RESULT}),
        ("def f(x):\n    x.clear()\n    return []", set()),
    ],
)
async def test_what_is_expected_is_not_made_of_what_the_attempt_has_changed(
    run: Run, attempt: str, passed: set[str]
) -> None:
    found = await held(run, "def f(x): return sorted(x)", SORTED, attempt)
    assert {name for name, status in found.items() if status == "passed"} == passed


async def test_an_argument_that_the_reference_changes_may_be_changed(run: Run) -> None:
    script = "def test_it():\n    x = [3, 1, 2]\n    f(x)\n    assert x == [1, 2, 3]\n"
    attempt = "def f(x): x[:] = sorted(x)"
    assert await held(run, "def f(x): x.sort()", script, attempt) == {"test_it": "passed"}
