"""Which tests a script holds."""

import sys
from typing import Any

import pytest

from codearena.tasks.scripts import ScriptError, TestScript, read_script

UNITTEST = """
import unittest
class Base(unittest.TestCase):
    def test_shared(self): self.assertTrue(f(1))
class TestF(Base):
    def setUp(self): pass
    def test_one(self): self.assertEqual(f(1), 2)
    def helper(self): pass
def helper(): assert True
if __name__ == '__main__':
    unittest.main()
"""
CHECK = """
METADATA = {'author': 'x'}
def check(candidate):
    def near(a, b): assert abs(a - b) < 1
    assert candidate(1) == 2
    value = candidate(2)
    for x in range(3):
        assert candidate(x) == x
check(f)
"""


def names(script: TestScript) -> list[str]:
    return [test.name for test in script.tests]


def test_methods_of_unittest_classes_inherited_ones_too() -> None:
    script = read_script(UNITTEST, [])
    assert (script.body, names(script)) == ("", ["Base.test_shared", "TestF.test_shared", "TestF.test_one"])


def test_pytest_functions_and_classes() -> None:
    script = read_script(
        "def test_a(): pass\nclass TestB:\n    def test_b(self): pass\nclass C:\n    def test_c(self): 0", []
    )
    assert names(script) == ["test_a", "TestB.test_b"]


def test_statements_of_check_that_assert() -> None:
    script = read_script(CHECK, [])
    assert (script.body, names(script)) == ("check", ["assert-1", "assert-2"])
    assert [test.line for test in script.tests] == [5, 7]
    assert script.tests[1].text == "for x in range(3):\n        assert candidate(x) == x"


def test_statements_of_the_script_that_assert() -> None:
    script = read_script("import math\nassert f(1) == 2\nx = f(2)\nassert x == 3, 'no'\n", [])
    assert (script.body, [(test.name, test.line) for test in script.tests]) == (
        "module",
        [("assert-1", 2), ("assert-2", 4)],
    )


def test_tests_are_hidden_unless_named() -> None:
    script = read_script("assert f(1) == 2\nassert f(2) == 3", ["assert-2"])
    assert [test.visible for test in script.tests] == [False, True]


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("def f(:", "invalid|syntax|expected"),
        ("x = 1", "holds no test"),
        ("def check(candidate): pass", "must assert"),
        ("def check(candidate):\n    assert candidate(1)\n    return 1", "must not return"),
        ("def check(candidate): assert candidate(1)\nassert f(1)", "outside of check"),
        ("def test_a(): pass\nassert f(1)", "outside of the tests"),
        ("assert f(1); assert f(2)", "share a line"),
        ("def test_a(): pass\ndef test_a(): pass", "two tests of one name"),
        ("def test_a(stack): pass", "fixtures"),
        ("import unittest\nclass T(unittest.TestCase):\n    async def test_a(self): pass", "wait for a coroutine"),
    ],
)
def test_a_script_whose_tests_cannot_be_told_is_refused(source: str, says: str) -> None:
    with pytest.raises(ScriptError, match=says):
        read_script(source, [])


def test_a_visible_name_that_the_script_lacks_is_refused() -> None:
    with pytest.raises(ScriptError, match="assert-7"):
        read_script("assert f(1)", ["assert-7"])


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ("with raises(ValueError): f(1)", True),
        ("with pytest.raises(ValueError, match='no'): f(1)", True),
        ("self.assertRaises(ValueError, f, 1)", True),
        ("with self.assertRaisesRegex(ValueError, 'no'): f(1)", True),
        ("try: f(1)\n    except ValueError: return\n    assert False, 'no exception'", True),
        ("try: f(1)\n    except ValueError: return\n    self.fail()", True),
        ("with raises(ValueError): f(1)\n    assert f(2) == 3", False),
        ("self.assertRaises(ValueError, f, 1)\n    self.assertEqual(f(2), 3)", False),
        ("assert f(2) == 3", False),
        ("f(2)", False),
    ],
)
def test_a_test_that_expects_an_exception_and_no_value_is_a_refusal(body: str, refusal: bool) -> None:
    assert read_script(f"def test_it():\n    {body}\n", []).tests[0].refusal is refusal


def work_of(tests: int) -> int:
    """Calls that are made to read a script of so many tests."""
    source = "\n".join(f"def test_{n}():\n    x = f({n})\n    assert x == {2 * n}, 'twice'\n" for n in range(tests))
    calls = 0

    def count(frame: Any, event: str, argument: Any) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        read_script(source, [f"test_{n}" for n in range(tests)])
    finally:
        sys.setprofile(None)
    return calls


def test_reading_a_script_is_linear_in_its_tests() -> None:
    assert work_of(500) < 11 * work_of(50)


@pytest.mark.parametrize("source", ["é = 'ü'; assert f(é) == 'x'", "assert f('\x0c') == (\n    1\n)\r\nassert f(2)"])
def test_the_text_of_a_test_is_its_source(source: str) -> None:
    import ast

    for test in read_script(source, []).tests:
        (node,) = [each for each in ast.parse(source).body if isinstance(each, ast.Assert) and each.lineno == test.line]
        assert test.text.replace("\r\n", "\n") == ast.get_source_segment(source, node)


FIXTURES = """
import pytest
@pytest.fixture
def stack(): return Stack()
@pytest.fixture(name='other')
def test_made(): return 1
@patch('fix.helper')
def test_patched(helper): pass
def test_a(stack, other, capsys): pass
class TestB:
    @pytest.fixture
    def mine(self): return 2
    def test_b(self, mine, stack): pass
"""


def test_fixtures_of_the_script_and_of_pytest_may_be_asked_for() -> None:
    assert names(read_script(FIXTURES, [])) == ["test_patched", "test_a", "TestB.test_b"]
