"""Test scripts of tasks: which tests a script holds, known before any attempt is run.

A script is the author's and is parsed here, never run. It holds its tests in one of three ways:

    by name       unittest methods, methods `test*` of classes `Test*`, functions `test*`: each is a test
    check         `def check(candidate)`, as HumanEval has it: each statement of it that asserts is a test
    module        statements of the script itself: each one that asserts is a test

Where the tests are statements they run in order and share what they have made; one that fails does not stop the next.
A visible one must not depend on a hidden one, because all visible tests are run first, without the hidden.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

MODULE_BODY = "module"
CHECK_BODY = "check"

_Function = ast.FunctionDef | ast.AsyncFunctionDef


class ScriptError(ValueError):
    """A script whose tests cannot be told."""


@dataclass(frozen=True)
class ScriptTest:
    """One test of a script.

    name: as people call it, unique in the script; line: first line of a statement, None for a test that has a name of
    its own; text: its source; refusal: all that it asserts is that something raises.
    """

    name: str
    line: int | None
    text: str
    visible: bool
    refusal: bool = False


@dataclass(frozen=True)
class TestScript:
    """A script and its tests, in order. body: where they are, as in executor.proto."""

    __test__ = False  # not a test class, whatever its name

    source: str
    body: str
    tests: tuple[ScriptTest, ...]


def read_script(source: str, visible: list[str]) -> TestScript:
    """The tests of a script. visible: names of those that feedback may show; the rest is hidden.

    Raises:
        ScriptError: it does not parse, holds no tests or two of a name, or `visible` names what it does not hold.
    """
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        raise ScriptError(f"test_script.py: {error}") from error
    body, found = _tests(tree)
    if not found:
        raise ScriptError("test_script.py holds no test")
    names = [name for name, _, _ in found]
    if len(set(names)) != len(names):
        raise ScriptError("test_script.py holds two tests of one name")
    if unknown := sorted(set(visible) - set(names)):
        raise ScriptError(f"script.visible names no test of test_script.py: {', '.join(unknown)}; it has {names}")
    tests = (
        ScriptTest(name, line, ast.get_source_segment(source, node) or "", name in visible, _is_refusal(node))
        for name, line, node in found
    )
    return TestScript(source, body, tuple(tests))


_Found = tuple[str, int | None, ast.stmt]


def _tests(tree: ast.Module) -> tuple[str, list[_Found]]:
    named = list(_named_tests(tree))
    asserting = _asserting(tree.body)
    if named:
        if asserting:
            raise ScriptError(f"line {asserting[0].lineno}: an assertion outside of the tests")
        return "", named
    checks = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == CHECK_BODY]
    if not checks:
        return MODULE_BODY, _statement_tests(asserting)
    if asserting:
        raise ScriptError(f"line {asserting[0].lineno}: an assertion outside of check")
    inside = _asserting(checks[-1].body)
    if not inside or _leaves(checks[-1].body):
        raise ScriptError("check must assert in statements of its own, and must not return")
    return CHECK_BODY, _statement_tests(inside)


def _statement_tests(statements: list[ast.stmt]) -> list[_Found]:
    lines = [statement.lineno for statement in statements]
    if len(set(lines)) != len(lines):
        raise ScriptError("two statements that assert share a line")
    return [(f"assert-{number}", node.lineno, node) for number, node in enumerate(statements, start=1)]


def _asserting(body: list[ast.stmt]) -> list[ast.stmt]:
    return [statement for statement in body if any(isinstance(node, ast.Assert) for node in _own_nodes(statement))]


def _is_refusal(test: ast.stmt) -> bool:
    """True if it expects an exception (``pytest.raises``, ``assertRaises``, ``assert False`` after a call), no value.

    Code that raises at every call would pass it, as far as can be read; a helper's assertions are not looked for.
    """
    expects_exception, expects_value = False, False
    for node in ast.walk(test):
        if isinstance(node, ast.Assert):
            fails_always = isinstance(node.test, ast.Constant) and not node.test.value
            expects_exception |= fails_always
            expects_value |= not fails_always
        elif isinstance(node, ast.Call):
            name = ast.unparse(node.func).rpartition(".")[2]
            raises = name == "raises" or name.startswith("assertRaises") or name == "fail"
            expects_exception |= raises
            expects_value |= name.startswith("assert") and not raises
    return expects_exception and not expects_value


def _leaves(body: list[ast.stmt]) -> bool:
    leaving = (ast.Return, ast.Yield, ast.YieldFrom, ast.Await, ast.Global, ast.Nonlocal)
    return any(isinstance(node, leaving) for statement in body for node in _own_nodes(statement))


def _own_nodes(node: ast.AST) -> Iterator[ast.AST]:
    """The node and all below it, but for the bodies of functions and classes."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
        return
    yield node
    for child in ast.iter_child_nodes(node):
        yield from _own_nodes(child)


def _named_tests(tree: ast.Module) -> Iterator[_Found]:
    classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name.startswith("test"):
            _require_arguments(node, bound=0)
            yield node.name, None, node
        if isinstance(node, ast.ClassDef):
            yield from _methods(node, classes)


def _methods(owner: ast.ClassDef, classes: dict[str, ast.ClassDef]) -> Iterator[_Found]:
    bases = [name.rpartition(".")[2] for name in _all_bases(owner, classes)]
    is_unittest = any(name.endswith("TestCase") for name in bases)
    if not is_unittest and not owner.name.startswith("Test"):
        return
    methods: dict[str, _Function] = {}
    for name in [*bases[::-1], owner.name]:
        body = classes[name].body if name in classes else []
        methods |= {node.name: node for node in body if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))}
    for name, node in methods.items():
        if name.startswith("test"):
            if is_unittest and isinstance(node, ast.AsyncFunctionDef) and "IsolatedAsyncioTestCase" not in bases:
                raise ScriptError(f"line {node.lineno}: such a class does not wait for a coroutine")
            _require_arguments(node, bound=1)
            yield f"{owner.name}.{name}", None, node


def _all_bases(owner: ast.ClassDef, classes: dict[str, ast.ClassDef]) -> list[str]:
    found: list[str] = []
    for base in owner.bases:
        name = ast.unparse(base)
        found.append(name)
        if name in classes and classes[name] is not owner:
            found += _all_bases(classes[name], classes)
    return found


def _require_arguments(function: _Function, bound: int) -> None:
    """Arguments must come from pytest.mark.parametrize: there are no fixtures."""
    arguments = [argument.arg for argument in [*function.args.posonlyargs, *function.args.args]][bound:]
    without_default = arguments[: len(arguments) - len(function.args.defaults)]
    marked = any("parametrize" in ast.unparse(decorator) for decorator in function.decorator_list)
    if without_default and not marked:
        raise ScriptError(f"line {function.lineno}: {function.name} asks for fixtures, which there are none of")
