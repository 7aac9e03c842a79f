"""Test scripts in the referee, through the real runner."""

import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from codearena.v1 import common_pb2, executor_pb2
from executor_service import codec, reports
from executor_service.isolation.local import LocalIsolation
from executor_service.runner.system import frames
from executor_service.settings import Settings
from tests.executor_service import workloads

pytestmark = pytest.mark.asyncio(loop_scope="module")

BRISK = workloads.limits(call_cpu_s=0.5, call_wall_s=2.0)

Run = Callable[..., Awaitable[executor_pb2.Report]]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def isolation() -> AsyncIterator[LocalIsolation]:
    isolation = LocalIsolation(Settings())
    await isolation.start()
    yield isolation
    await isolation.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def run(isolation: LocalIsolation) -> Run:
    """Runs calls, script calls among them, on an attempt."""

    async def run(
        attempt: str, *calls: executor_pb2.Call, bounds: common_pb2.Limits | None = None
    ) -> executor_pb2.Report:
        workload = workloads.workload(attempt, calls, bounds=bounds)
        sandbox = await isolation.create()
        try:
            return reports.decode_report(await sandbox.run(codec.encode_workload(workload), 60), workload)
        finally:
            await sandbox.destroy()

    return run


async def verdicts(run: Run, attempt: str, script: str, bounds: common_pb2.Limits | None = None) -> dict[str, str]:
    return workloads.script_verdicts(await run(attempt, workloads.script_call(script), bounds=bounds))


def all_of(outcome: str, found: dict[str, str]) -> bool:
    return bool(found) and set(found.values()) == {outcome}


# --------------------------------------------------------------------------------------------------- styles of scripts

DOUBLE = "def f(x):\n    print('got', x)\n    return x * 2"


async def test_each_assertion_of_a_plain_script_is_a_test(run: Run) -> None:
    script = "start = f(1)\nassert start == 2\nassert f(2) == 5\nassert f(3) == 6"
    assert await verdicts(run, DOUBLE, script) == {"assert-1": "passed", "assert-2": "failed", "assert-3": "passed"}


async def test_check_is_given_the_entry_point(run: Run) -> None:
    script = """
METADATA = {}
def check(candidate):
    assert candidate(2) == 4, 'twice'
    for x in range(3):
        assert candidate(x) == x
    half = candidate(0.5)
    assert half == 1.0
check(f)
"""
    assert await verdicts(run, DOUBLE, script) == {"assert-1": "passed", "assert-2": "failed", "assert-3": "passed"}


async def test_unittest_classes_with_their_fixtures(run: Run) -> None:
    script = """
import unittest
from fix import f
def setUpModule(): global factor; factor = 2
class Base(unittest.TestCase):
    def setUp(self): self.x = 3
class TestF(Base):
    @classmethod
    def setUpClass(cls): cls.y = 4
    def test_right(self): self.assertEqual(f(self.x), self.x * factor)
    def test_wrong(self): self.assertEqual(f(self.y), 9)
    def test_subtests(self):
        for x in (1, 2):
            with self.subTest(x=x):
                self.assertEqual(f(x), 2)
    @unittest.skip('not today')
    def test_skipped(self): pass
    @unittest.expectedFailure
    def test_expected_to_fail(self): self.assertEqual(f(1), 3)
if __name__ == '__main__':
    unittest.main()
"""
    found = await verdicts(run, DOUBLE, script)
    assert {name for name, status in found.items() if status == "passed"} == {"TestF.test_right"}
    assert len(found) == 5


async def test_pytest_functions_and_classes(run: Run) -> None:
    script = """
import pytest
@pytest.mark.parametrize('x,twice', [(1, 2), (2, 4)])
def test_each(x, twice): assert f(x) == twice
@pytest.mark.parametrize('x', [1, 2])
def test_one_wrong(x): assert f(x) == 2
def test_raises():
    with pytest.raises(TypeError, match='unsupported|multiply'): f({})
def test_raises_nothing():
    with pytest.raises(TypeError): f(1)
class TestF:
    def setup_method(self): self.x = 0.1
    def test_approx(self): assert f(self.x) == pytest.approx(0.2)
    def test_far(self): assert f(self.x) == pytest.approx(0.3)
async def test_coroutine(): assert f(1) == 3
"""
    found = await verdicts(run, DOUBLE, script)
    passed = {name for name, status in found.items() if status == "passed"}
    assert passed == {"test_each[0]", "test_each[1]", "test_one_wrong[0]", "test_raises", "TestF.test_approx"}


async def test_each_case_of_a_test_is_a_test_whose_names_and_values_are_its_own(run: Run) -> None:
    script = """
import pytest
CASES = [('b', 1), ('b', 2)]
@pytest.mark.parametrize('left', ['a', 'c'])
@pytest.mark.parametrize(('right', 'times'), CASES)
def test_product(left, right, times): assert f(left) == left * 2 and (left, right, times) != ('c', 'b', 1)
@pytest.mark.parametrize('x', [1, 2])
class TestF:
    def test_of_class(self, x): assert f(x) == 2
    @pytest.mark.parametrize('y', [3, 4])
    def test_of_both(self, x, y): assert (x, y) != (2, 3)
@pytest.mark.parametrize('x', range(2))
def test_not_written_out(x): assert f(x) == 0
"""
    found = await verdicts(run, DOUBLE, script)
    assert [status for name, status in found.items() if name.startswith("test_product")] == [
        "passed",
        "failed",
        "passed",
        "passed",
    ]
    assert [found["TestF.test_of_class[0]"], found["TestF.test_of_class[1]"]] == ["passed", "failed"]
    assert [name for name, status in found.items() if "of_both" in name and status == "failed"] == [
        "TestF.test_of_both[1]"
    ]
    assert found["test_not_written_out"] == "failed"


async def test_a_failure_says_where_and_what(run: Run) -> None:
    report = await run(DOUBLE, workloads.script_call("assert f(2) == 5\n"))
    (test,) = report.calls[0].script_tests
    assert test.detail == "line 1: assert f(2) == 5\n  left:  4\n  right: 5"
    assert test.stdout.head == b"got 2\n"


async def test_a_failure_has_the_line_that_python_counts(run: Run) -> None:
    script = "A = 'x\u2028y\x0c'\n\ndef test_f():\n    assert f(2) == 5\n"
    (test,) = (await run(DOUBLE, workloads.script_call(script))).calls[0].script_tests
    assert test.detail.startswith("line 4: assert f(2) == 5\n")


async def test_a_name_that_the_attempt_lacks_is_a_failed_test(run: Run) -> None:
    found = await verdicts(run, DOUBLE, "def test_a(): assert g(1) == 2\ndef test_b(): assert f(1) == 2")
    assert found == {"test_a": "failed", "test_b": "passed"}
    assert not all_of("passed", await verdicts(run, DOUBLE, "from fix import g\ndef test_a(): pass"))


async def test_a_script_that_does_not_load_passes_nothing(run: Run) -> None:
    assert "passed" not in (await verdicts(run, DOUBLE, "1 / 0\ndef test_a(): pass\ndef test_b(): pass")).values()
    assert "passed" not in (await verdicts(run, DOUBLE, "x = f(None)\nassert f(1) == 2\nassert f(2) == 4")).values()


async def test_an_attempts_names_cannot_take_the_place_of_builtins(run: Run) -> None:
    attempt = "def f(x): return 7\ndef abs(x): return 0\ndef len(x): return 1\n__all__ = ['f', 'abs', 'len']"
    script = "from fix import *\nassert abs(f(2) - 4) < 1e-6\nassert len([1, 2]) == 1"
    assert all_of("failed", await verdicts(run, attempt, script))


# ---------------------------------------------------------------------------------------------------------- objects

STACK = """
import enum, collections, dataclasses
class Stack:
    def __init__(self, *items): self.items = list(items)
    def push(self, item): self.items.append(item); return self
    def pop(self): return self.items.pop()
    def __len__(self): return len(self.items)
    def __iter__(self): return iter(self.items)
    def __contains__(self, item): return item in self.items
    def __getitem__(self, index): return self.items[index]
    def __eq__(self, other): return isinstance(other, Stack) and self.items == other.items
    def __add__(self, other): return Stack(*self.items, *other.items)
    def __enter__(self): return self
    def __exit__(self, kind, error, trace): self.push('left'); return kind is KeyError
    def __repr__(self): return f'Stack{tuple(self.items)}'
    class Inner: size = 3
class EmptyError(LookupError):
    def __init__(self, code): super().__init__(f'code {code}'); self.code = code
class Worse(EmptyError): pass
class Color(enum.Enum): RED = 1
class Level(enum.IntEnum): LOW = 1
Pair = collections.namedtuple('Pair', 'left right')
@dataclasses.dataclass
class Point: x: int; y: int = 0
LIMITS = {'most': 3}
def make(*items): return Stack(*items)
def numbers():
    yield 1
    yield 2
    raise ValueError('no more')
def endless():
    x = 0
    while True:
        yield x
        x += 1
def counter():
    n = 0
    def count():
        nonlocal n
        n += 1
        return n
    return count
def fail(worse=False): raise (Worse if worse else EmptyError)(7)
async def later(x): return x
def money(x): return x * 2
def tomorrow(day): import datetime; return day + datetime.timedelta(days=1)
def third(): import fractions; return fractions.Fraction(1, 3)
def line(): return collections.deque([1, 2])
def pair(): return Pair(1, [Point(2)])
"""


async def test_objects_of_the_attempt_can_be_worked_with(run: Run) -> None:
    script = """
import asyncio, itertools
from collections import deque
from datetime import date
from decimal import Decimal
from fractions import Fraction
from fix import Stack
def test_methods():
    s = Stack()
    s.push(1).push(2)
    assert s.pop() == 2 and len(s) == 1 and s and not Stack()
def test_items(): assert make(4, 5, 6)[1] == 5 and make(4, 5)[0:2] == [4, 5]
def test_attributes():
    s = Stack(1)
    s.items = [7]
    s.label = 'x'
    assert s.items == [7] and s.label == 'x' and not hasattr(s, 'other')
def test_iteration(): assert list(make(1, 2)) == [1, 2] and [x for x in Stack(3)] == [3]
def test_unpacking(): a, b = make(1, 2); assert (a, b) == (1, 2)
def test_operators(): assert Stack(1) + Stack(2) == Stack(1, 2) and Stack(1) != Stack(2) and 1 in Stack(1)
def test_isinstance(): assert isinstance(make(), Stack) and not isinstance(3, Stack)
def test_nested_class(): assert Stack.Inner.size == 3 and Stack.Inner().size == 3
def test_text(): assert repr(Stack(1)) == 'Stack(1,)' and f'{Stack()}' == 'Stack()'
def test_context():
    with Stack() as s: s.push(1)
    assert s.items == [1, 'left']
def test_standard_types():
    assert money(Decimal('1.10')) == Decimal('2.20') and tomorrow(date(2024, 2, 28)) == date(2024, 2, 29)
    assert line() == deque([1, 2]) and Fraction(1, 3) == third()
def test_enum(): assert Color.RED == Color(1) and Color.RED.name == 'RED' and Level.LOW == 1
def test_namedtuple(): p = pair(); assert p.left == 1 and p.right[0].x == 2 and p[0] == 1
def test_dataclass(): assert Point(1) == Point(1, 0) and Point(1).x == 1
def test_plain_names(): assert LIMITS == {'most': 3}
def test_endless(): assert list(itertools.islice(endless(), 1000)) == list(range(1000))
def test_next(): g = endless(); assert [next(g), next(g)] == [0, 1]
def test_closure(): c = counter(); assert [c(), c()] == [1, 2]
def test_coroutine(): assert asyncio.run(later(3)) == 3
def test_arguments(): assert make(*range(3)).items == [0, 1, 2] and make(Stack)[0] is not None
"""
    found = await verdicts(run, STACK, script)
    assert {name for name, status in found.items() if status != "passed"} == set()


@pytest.mark.parametrize("name", ["target", "function", "self", "args", "proxy", "name", "path", "limits"])
async def test_an_argument_of_the_attempt_may_have_any_name(run: Run, name: str) -> None:
    attempt = f"def f({name}): return 2 * {name}\nclass Box:\n    def put(this, {name}): return {name}\n"
    script = f"def test_it():\n    assert f({name}=2) == 4\n    assert Box().put({name}=3) == 3\n"
    assert await verdicts(run, attempt, script) == {"test_it": "passed"}


async def test_exceptions_keep_type_message_and_attributes(run: Run) -> None:
    script = """
import unittest, fix
class TestErrors(unittest.TestCase):
    def test_own_class(self):
        with self.assertRaises(fix.EmptyError) as caught: fix.fail()
        self.assertEqual((str(caught.exception), caught.exception.code), ('code 7', 7))
    def test_base_class(self):
        with self.assertRaises(fix.EmptyError): fix.fail(worse=True)
        with self.assertRaises(LookupError): fix.fail()
    def test_builtin(self):
        with self.assertRaises(IndexError): fix.make().pop()
        with self.assertRaisesRegex(TypeError, 'argument'): fix.make().pop(1, 2)
    def test_from_an_iterator(self):
        got = []
        with self.assertRaisesRegex(ValueError, 'no more'):
            for x in fix.numbers(): got.append(x)
        self.assertEqual(got, [1, 2])
    def test_key_error(self):
        with self.assertRaises(KeyError) as caught: fix.LIMITS_OF = {}[3]
        self.assertEqual(caught.exception.args, (3,))
    def test_not_a_derived_one(self):
        with self.assertRaises(fix.Worse): fix.fail()
"""
    found = await verdicts(run, STACK, script)
    assert {name for name, status in found.items() if status != "passed"} == {"TestErrors.test_not_a_derived_one"}


async def test_the_tests_of_one_script_call_share_the_attempts_process(run: Run) -> None:
    script = "def test_1(): assert c() == 1\ndef test_2(): assert c() == 2"
    assert all_of("passed", await verdicts(run, STACK + "c = counter()", script))


async def test_what_cannot_be_passed_fails_the_test(run: Run) -> None:
    script = """
import sys, test_script
def test_frame():
    try: f(sys._getframe())
    except BaseException: pass
def test_expected_type_error():
    try: f(test_script)
    except TypeError: pass
"""
    assert all_of("failed", await verdicts(run, "def f(x): raise TypeError", script))


SLOW = """
import time
class Stack:
    def __init__(self): self.items = []
    def push(self, x): self.items.append(x); return len(self.items)
    def wait(self, how):
        if how == 'loop':
            while True: pass
        if how == 'sleep': time.sleep(60)
        while True:
            try: sum(iter(int, 1))
            except BaseException: pass
"""


@pytest.mark.parametrize("how", ["loop", "sleep", "stubborn"])
async def test_a_slow_assertion_costs_no_later_one_its_objects(run: Run, how: str) -> None:
    script = (
        f"s = Stack()\nassert s.push(1) == 1\nassert s.push(2) == 9\nassert s.wait({how!r})\nassert s.push(3) == 3\n"
    )
    found = await verdicts(run, SLOW, script, BRISK)
    assert list(found.values()) == ["passed", "failed", "failed", "passed"]


@pytest.mark.parametrize("how", ["loop", "stubborn"])
async def test_a_slow_test_costs_no_later_one_what_the_script_made_at_first(run: Run, how: str) -> None:
    script = f"s = Stack()\ndef test_1(): s.wait({how!r})\ndef test_2(): assert s.push(1) == 1\n"
    assert await verdicts(run, SLOW, script, BRISK) == {"test_1": "failed", "test_2": "passed"}


PRYING = """
found = []
def look(target, depth=0):
    names = ['__globals__', '__code__', '__closure__', '__self__', '__func__', '__dict__', '__init__', '__class__',
             'gi_frame', 'f_globals', 'cr_frame', '__wrapped__', '__defaults__', '_outcome', 'assertEqual', 'func']
    for name in names:
        try: value = getattr(target, name)
        except Exception: continue
        text = repr(value)
        if 'secret' in text or 'secret' in repr(getattr(value, '__dict__', '')): found.append((name, text))
        for each in ('__getattribute__', '__reduce_ex__', '__subclasses__'):
            try: found.append(type(target)._codearena_ask('operator', each, target, name))
            except Exception: pass
def f(*targets):
    for target in targets: look(target)
    return found
"""


async def test_what_is_lent_leads_nowhere(run: Run) -> None:
    script = """
import unittest
EXPECTED = 'secret 1'
class Plain:
    expected = None
    def method(self): return EXPECTED and 1
class Loud:
    def __setattr__(self, name, value): object.__setattr__(self, name, value)
    def method(self, hidden='secret 2'): return 1
def generator():
    hidden = 'secret 3'
    yield 1
class TestIt(unittest.TestCase):
    hidden = 'secret 4'
    def callback(self): return EXPECTED and 1
    def test_it(self):
        local = 'secret 5'
        lent = [lambda x=EXPECTED: local and 1, self.callback, self, generator(), Plain(), Plain().method, Loud()]
        self.assertEqual(f(*lent, Plain, Loud, Loud().method), [])
"""
    assert await verdicts(run, PRYING, script) == {"TestIt.test_it": "passed"}


async def test_a_failed_assertion_in_a_callback_is_not_the_attempts_to_swallow(run: Run) -> None:
    attempt = "def f(check):\n    try: check(1)\n    except BaseException: pass\n    return 4"
    script = """
def test_statement():
    def check(x): assert x == 2
    assert f(check) == 4
def test_raised():
    def check(x): raise ValueError
    assert f(check) == 4
"""
    assert await verdicts(run, attempt, script) == {"test_statement": "failed", "test_raised": "passed"}


async def test_mocks_and_methods_of_the_script_stay_what_they_are(run: Run) -> None:
    attempt = """
def f(mock, node):
    for name, value in (('assert_called', lambda *a: None), ('call_count', 7), ('return_value', 4)):
        try: setattr(mock, name, value)
        except AttributeError: pass
    try: mock.reset_mock()
    except AttributeError: pass
    node.is_right = lambda: True
"""
    script = """
from unittest.mock import Mock
class Node:
    def is_right(self): return False
def test_mock():
    mock = Mock()
    try: f(mock, Node())
    except BaseException: pass
    mock.assert_called()
def test_method():
    node = Node()
    f(Mock(), node)
    assert node.is_right()
"""
    assert all_of("failed", await verdicts(run, attempt, script))


# ------------------------------------------------------------------------------------------------------ lying objects

LIAR = """
class Liar:
    def __getattr__(self, name): return lambda *args: True
    def __bool__(self): return True
    def __hash__(self): return hash(4)
    def __len__(self): return 1
    def __iter__(self): return iter([self])
    def __contains__(self, item): return True
    def __enter__(self): return self
    def __exit__(self, *error): return True
    def __index__(self): return 4
    def __abs__(self): return 0.0
    def __round__(self, digits=0): return 4
    __int__ = __float__ = __index__
for name in 'eq le ge lt gt'.split(): setattr(Liar, f'__{name}__', lambda self, other: True)
for name in 'add sub mul truediv radd rsub mod'.split(): setattr(Liar, f'__{name}__', lambda self, other: 0.0)
Liar.__ne__ = lambda self, other: False
class Derived(Liar, int): pass
class Text(str):
    __eq__ = lambda self, other: True
    __hash__ = str.__hash__
    startswith = lambda self, other: True
kept = []
def f(x): return Liar()
def g(x): return Derived(3)
def t(x): return Text('b')
def make(*args): kept.append(Liar()); return kept[-1]
def again(x): return kept[-1]
def cls(x): return Liar
"""
QUESTIONS = """
assert f(2) == 4
assert 4 == f(2)
assert not f(2) != 4
assert abs(f(2) - 4) < 1e-6
assert f(2) < 5
assert 3 <= f(2)
assert 4 in f(2)
assert f(2) in [4, 5]
assert f(2) in {4}
assert {f(2): 1} == {4: 1}
assert [f(2)] == [4]
assert (f(2), 1) == (4, 1)
assert f(2) + 1 == 0.0
assert f(2) % 2 == 0
assert f('a').startswith('a')
assert f('a').isdigit()
assert f([1]).issubset({1})
assert f([1]).count(1) is True
assert round(f(2)) == 4
assert int(f(2)) == 4
assert [0, 0, 0, 0, 9][f(2)] == 9
assert math.isclose(f(2), 4)
assert f(2) is True
assert isinstance(f(2), int)
assert g(2) == 4
assert [g(2)] == [4]
assert g(2) > 3
assert t('a') == 'a'
assert t('a').startswith('a')
assert again(2) == 4
assert cls(2)() == 4
"""


async def test_a_lying_object_gains_nothing(run: Run) -> None:
    found = await verdicts(run, LIAR, "import math\nmake()\n" + QUESTIONS)
    assert all_of("failed", found), found


async def test_nor_does_one_of_a_class_that_the_script_names(run: Run) -> None:
    found = await verdicts(run, LIAR, "import math\nown = Liar()\nown == own\nmake(own)\n" + QUESTIONS)
    # To read a number out of an object of that class is to ask it for a value, as a call does.
    asks_for_a_value = {name for name, line in zip(found, QUESTIONS.split("\n")[1:], strict=False) if "(f(2))" in line}
    asks_for_a_value |= {"assert-21", "assert-22"}
    assert {name for name, status in found.items() if status == "passed"} <= asks_for_a_value, found


async def test_an_object_that_the_script_made_itself_is_asked(run: Run) -> None:
    attempt = "class Money:\n    def __init__(s, n): s.n = n\n    def __eq__(s, o): return s.n == getattr(o, 'n', o)\n"
    script = "assert Money(5) == 5\nassert Money(5) == Money(5)\nassert Money(5) == 6"
    found = await verdicts(run, attempt, script)
    assert found == {"assert-1": "passed", "assert-2": "passed", "assert-3": "failed"}


async def test_a_context_of_the_attempts_swallows_no_failure_of_the_script(run: Run) -> None:
    script = """
def test_assertion():
    with f(1): assert False
def test_lookup():
    with f(1): {}['missing']
def test_own_assertion():
    with Liar(): assert f(2) == 4
"""
    assert all_of("failed", await verdicts(run, LIAR, script))


async def test_exceptions_cannot_end_the_scripts_loops(run: Run) -> None:
    attempt = "def f(x): raise StopIteration\ndef g():\n    return iter(f, 0)"
    script = """
def test_map(): assert all(a == b for a, b in zip(map(f, [1]), [2]))
def test_attribute():
    for x in map(f, [1]): assert x == 2
def test_iterator():
    for x in [f(1)]: assert x == 2
"""
    assert all_of("failed", await verdicts(run, attempt, script))


async def test_a_spoiled_test_stays_failed_whatever_the_script_catches(run: Run) -> None:
    attempt = "import os\ndef f(x): os._exit(0)\ndef g(x):\n    while True: pass"
    script = """
def test_exit():
    try: f(1)
    except BaseException: pass
def test_hang():
    try: g(1)
    except BaseException: pass
"""
    assert all_of("failed", await verdicts(run, attempt, script, BRISK))


# ----------------------------------------------------------------------------------------------------- ends and limits

ENDS = """
import os, sys, signal, resource
def f(how):
    if how == 'exit': os._exit(0)
    if how == 'sys': sys.exit(0)
    if how == 'kill': os.kill(os.getpid(), signal.SIGKILL)
    if how == 'all': os.kill(-1, signal.SIGKILL)
    if how == 'close': os.closerange(3, 100); return True
    if how == 'forge': os.write(4, b'\\0\\0\\0\\x20' + b'x' * 32); return True
    if how == 'hang':
        while True: pass
    if how == 'memory': return len('x' * 10**12)
    if how == 'flood':
        while True: os.write(1, b'x' * 65536)
    return True
"""


@pytest.mark.parametrize("how", ["exit", "sys", "kill", "close", "forge", "hang", "memory", "flood"])
async def test_an_attempt_that_ends_early_fails_that_test_and_no_other(run: Run, how: str) -> None:
    script = f"assert f('first')\nassert f({how!r})\nassert f('last')"
    found = await verdicts(run, ENDS, script, BRISK)
    assert found == {"assert-1": "passed", "assert-2": "failed", "assert-3": "passed"}


async def test_an_attempt_that_kills_all_that_it_may_reaches_nobody_else(run: Run) -> None:
    assert all_of("passed", await verdicts(run, ENDS, "assert f('all')\nassert f('last')"))


async def test_an_attempt_that_ends_while_the_script_is_busy_is_noticed_at_the_next_request(run: Run) -> None:
    attempt = "import os, threading\ndef f(x):\n    threading.Timer(0.01, os._exit, [0]).start()\n    return x"
    script = "def test_a():\n    f(1)\n    sum(range(10**7))\n    f(2)\n"
    (test,) = (await run(attempt, workloads.script_call(script))).calls[0].script_tests
    assert test.detail.startswith("line 4: f(2)\nthe attempt ended its process without an answer")


async def test_objects_of_a_process_that_ended_are_gone(run: Run) -> None:
    script = "s = Stack(1)\nassert len(s) == 1\nassert end() or True\nassert len(s) == 1\nassert len(Stack(2)) == 1"
    attempt = STACK + "def end():\n    import os\n    os._exit(0)"
    found = await verdicts(run, attempt, script)
    assert found == {"assert-1": "passed", "assert-2": "failed", "assert-3": "failed", "assert-4": "passed"}


@pytest.mark.parametrize("end", ["os._exit(0)", "sys.exit(0)", "os.kill(os.getpid(), 9)", "while_true()"])
async def test_a_script_that_ends_early_passes_nothing_by_it(run: Run, end: str) -> None:
    script = f"""
import os, sys
def while_true():
    while True: pass
def test_1(): assert c() == 1
def test_2(): {end}
def test_3(): assert c() == 2
"""
    found = await verdicts(run, STACK + "c = counter()", script, BRISK)
    # The attempt's process lived on while the referee's was killed and made anew: its counter says so.
    assert found == {"test_1": "passed", "test_2": "failed", "test_3": "passed"}


async def test_statements_after_a_script_that_ended_are_not_run(run: Run) -> None:
    found = await verdicts(run, DOUBLE, "import os\nassert f(1) == 2\nassert os._exit(0)\nassert f(2) == 4")
    assert found == {"assert-1": "passed", "assert-2": "failed", "assert-3": "not_run"}


async def test_past_the_attempts_own_limit_the_rest_is_not_run(run: Run) -> None:
    script = "import time\n" + "\n".join(f"def test_{n}(): time.sleep(0.5); assert f(1) == 2" for n in range(8))
    found = await verdicts(run, DOUBLE, script, workloads.limits(attempt_wall_s=1.2))
    assert list(found.values())[-1] == "not_run"


async def test_a_script_call_gets_a_process_in_which_no_other_call_was_made(run: Run) -> None:
    calls = [
        workloads.call("c", call_id="1"),
        workloads.script_call("assert c() == 1"),
        workloads.call("c", call_id="2"),
    ]
    report = await run(STACK + "c = counter()", *calls)
    assert [report.calls[0].value.json, report.calls[2].value.json] == [b"1", b"1"]
    assert all_of("passed", workloads.script_verdicts(report, 1))


async def test_an_attempt_that_does_not_load_runs_no_test(run: Run) -> None:
    report = await run("1 / 0", workloads.script_call("assert True"))
    assert report.status == executor_pb2.ATTEMPT_STATUS_LOAD_ERROR
    assert not report.calls[0].script_tests


async def test_the_attempts_cpu_time_is_counted_and_the_scripts_is_not(run: Run) -> None:
    attempt = "def f(x):\n    return sum(range(x))"
    busy = await run(attempt, workloads.script_call("assert f(10**7)"))
    idle = await run(attempt, workloads.script_call("x = sum(range(10**7))\nassert f(1) == 0"))
    assert idle.calls[0].usage.cpu.ToTimedelta() < busy.calls[0].usage.cpu.ToTimedelta() / 2


# ------------------------------------------------------------------------------------------- killing one of two roles

_REFUSED = 3
_LEVEL = f"""
import os, sys
from executor_service.runner.system import kernel, namespaces
from executor_service.runner import launcher, revision, supervisor
from executor_service.runner.attempt import program
exec(sys.argv[2])
supervisor.warm_up(seldom=True)
revision.runner_revision()
kernel.become_subreaper()
stdin, stdout = os.dup(0), os.dup(1)
os.dup2(2, 1)
level = sys.argv[1]
pid = namespaces.fork_into(level, lambda: launcher._run(launcher.LEVELS[level], stdin, stdout), 1 << 24)
if not pid:
    sys.exit({_REFUSED})
os.close(stdin)
os.close(stdout)
os.waitpid(pid, 0)
"""


def run_at_level(level: str, workload: executor_pb2.Workload, interpreter: str = sys.executable) -> executor_pb2.Report:
    """The report of a runner at one level of `local`; skips where the host refuses that level."""
    report = answer_at_level(level, workload, interpreter)
    assert report is not None
    return reports.decode_report(report, workload)


def answer_at_level(
    level: str, workload: executor_pb2.Workload, interpreter: str = sys.executable, before: str = ""
) -> bytes | None:
    """What the runner reports; None if it ends without a report. before: statements that its process runs first."""
    root = Path(__file__).parents[4]
    command = [interpreter, "-S", "-P", "-B", "-c", _LEVEL, level, before]
    environment = os.environ | {"PYTHONPATH": str(root)}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment) as runner:
        assert runner.stdin is not None
        assert runner.stdout is not None
        hello = frames.read_frame(runner.stdout.fileno())
        if hello is None:
            status = runner.wait()
            assert status == _REFUSED, f"ended with {status} before it was ready"
            pytest.skip(f"this host refuses the level {level}")
        assert json.loads(hello)["runner_revision"]
        runner.stdin.write(frames.pack(codec.encode_workload(workload)))
        runner.stdin.flush()
        return frames.read_frame(runner.stdout.fileno())


@pytest.mark.parametrize("level", ["namespaces", "nested", "rlimits"])
async def test_at_every_level_one_role_is_killed_while_the_other_lives(level: str) -> None:
    attempt = """
import os, time
state = []
def f(how):
    state.append(how)
    if how == 'daemon' and os.fork() == 0:
        os.setsid()
        time.sleep(60)
    if how == 'hang':
        sum(iter(int, 1))
    return len(state)
"""
    script = """
import time
seen = []
def test_1(): seen.append(1); assert f('daemon') == 1
def test_2(): seen.append(2); f('hang')
def test_3(): assert seen == [] and f('first of the second process') == 1
def test_4():
    while True: pass
def test_5(): assert seen == [] and f('second') == 2
"""
    report = run_at_level(level, workloads.workload(attempt, [workloads.script_call(script)], bounds=BRISK))
    found = workloads.script_verdicts(report)
    assert list(found.values()) == ["passed", "failed", "passed", "failed", "passed"]
