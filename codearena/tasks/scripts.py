"""Test scripts of tasks: which tests a script holds, known before any attempt is run.

A script is the author's and is parsed here, never run. It holds its tests in one of three ways:

    by name       unittest methods, methods `test*` of classes `Test*`, functions `test*`: each is a test, and of one
                  that pytest.mark.parametrize gives a list of cases each case: `test_f[0]`, `test_f[1]`
    check         `def check(candidate)`, as HumanEval has it: each statement of it that asserts is a test
    module        statements of the script itself: each one that asserts is a test

A loop is one test, however often it asserts, and so is a method with subtests: parametrize makes several of them.
Where the tests are statements they run in order and share what they have made; one that fails does not stop the next.
A visible one must not depend on a hidden one, because all visible tests are run first, without the hidden.
"""

import ast
import builtins
import symtable
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeGuard

from codearena.tasks import parametrized

PYTEST_FIXTURES = {
    "capsys",
    "capfd",
    "monkeypatch",
    "tmp_path",
    "tmp_path_factory",
    "tmpdir",
    "caplog",
    "recwarn",
    "request",
}
"""Those of pytest's own fixtures that a script may use: fixtures_of_pytest.py of the runner's referee makes them."""

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
    """The tests of a script.

    visible: names of those that feedback may show; the rest is hidden. One without its case means all of its cases.

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
    names = [test.name for test in found]
    if len(set(names)) != len(names):
        raise ScriptError("test_script.py holds two tests of one name")
    if unknown := sorted(set(visible) - {*names, *map(_without_case, names)}):
        raise ScriptError(f"script.visible names no test of test_script.py: {', '.join(unknown)}; it has {names}")
    lines, shown = _lines(source), set(visible)
    tests = (
        ScriptTest(
            test.name,
            test.line,
            test.case + _segment(lines, test.node),
            not shown.isdisjoint((test.name, _without_case(test.name))),
            _is_refusal(test.node),
        )
        for test in found
    )
    return TestScript(source, body, tuple(tests))


def _without_case(name: str) -> str:
    return name.partition("[")[0]


def _lines(source: str) -> list[bytes]:
    """As Python counts them, which those of bytes are: form feeds and separators end lines of text only."""
    return source.encode("utf-8", "surrogatepass").splitlines(keepends=True)


def _segment(lines: list[bytes], node: ast.stmt) -> str:
    """The source of a statement, as ast.get_source_segment has it, which splits the whole source for each."""
    first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
    parts = lines[first : last + 1]
    parts[-1] = parts[-1][: node.end_col_offset]
    parts[0] = parts[0][node.col_offset :]
    return b"".join(parts).decode("utf-8", "surrogatepass")


class _Found(NamedTuple):
    """A test in the tree. case: what its text begins with, if it is one of several cases."""

    name: str
    line: int | None
    node: ast.stmt
    case: str = ""


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
    return [_Found(f"assert-{number}", node.lineno, node) for number, node in enumerate(statements, start=1)]


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
    known = PYTEST_FIXTURES | set(_fixtures(tree.body))
    values = parametrized.constants(tree)
    for node in tree.body:
        if _is_function(node) and node.name.startswith("test"):
            _require_arguments(node, 0, known, node.decorator_list)
            yield from _by_case(node.name, node, node.decorator_list, values)
        if isinstance(node, ast.ClassDef):
            yield from _methods(node, classes, known, values)


def _by_case(
    name: str, node: _Function, decorators: list[ast.expr], values: Mapping[str, ast.expr]
) -> Iterator[_Found]:
    """The test, or one for each of its cases. values: of the names of the script."""
    found = parametrized.cases(decorators, values)
    if found is None:
        yield _Found(name, None, node)
    else:
        yield from (_Found(f"{name}[{at}]", None, node, f"# case {case}\n") for at, case in enumerate(found))


def _is_function(node: ast.stmt) -> TypeGuard[_Function]:
    """Whether it is a function that may be a test: one that is a fixture is none."""
    return isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and not any(_fixtures([node]))


def _fixtures(body: list[ast.stmt]) -> Iterator[str]:
    """Names of the fixtures that are defined there."""
    for node in body:
        for decorator in getattr(node, "decorator_list", ()):
            called = decorator.func if isinstance(decorator, ast.Call) else decorator
            if ast.unparse(called).rpartition(".")[2] == "fixture":
                keywords = decorator.keywords if isinstance(decorator, ast.Call) else []
                given = [each.value for each in keywords if each.arg == "name"]
                named = given[0].value if given and isinstance(given[0], ast.Constant) else None
                yield named if isinstance(named, str) else node.name  # type: ignore[attr-defined]


def _methods(
    owner: ast.ClassDef, classes: dict[str, ast.ClassDef], known: set[str], values: Mapping[str, ast.expr]
) -> Iterator[_Found]:
    bases = [name.rpartition(".")[2] for name in _all_bases(owner, classes)]
    is_unittest = any(name.endswith("TestCase") for name in bases)
    if not is_unittest and not owner.name.startswith("Test"):
        return
    methods: dict[str, _Function] = {}
    for name in [*bases[::-1], owner.name]:
        body = classes[name].body if name in classes else []
        methods |= {node.name: node for node in body if _is_function(node)}
        known = known | set(_fixtures(body))
    for name, node in methods.items():
        if name.startswith("test"):
            if is_unittest and isinstance(node, ast.AsyncFunctionDef) and "IsolatedAsyncioTestCase" not in bases:
                raise ScriptError(f"line {node.lineno}: such a class does not wait for a coroutine")
            is_static = any(ast.unparse(each) == "staticmethod" for each in node.decorator_list)
            decorators = [] if is_unittest else [*owner.decorator_list, *node.decorator_list]
            _require_arguments(node, 0 if is_static else 1, set() if is_unittest else known, decorators)
            yield from _by_case(f"{owner.name}.{name}", node, decorators, values)


def _all_bases(owner: ast.ClassDef, classes: dict[str, ast.ClassDef]) -> list[str]:
    found: list[str] = []
    for base in owner.bases:
        name = ast.unparse(base)
        found.append(name)
        if name in classes and classes[name] is not owner:
            found += _all_bases(classes[name], classes)
    return found


def _require_arguments(function: _Function, bound: int, known: set[str], decorators: Sequence[ast.expr]) -> None:
    """Arguments come from pytest.mark.parametrize, from mock.patch, or are fixtures. known: those that there are.

    decorators: of the function, and of its class.
    """
    arguments = [argument.arg for argument in [*function.args.posonlyargs, *function.args.args]][bound:]
    without_default = arguments[: len(arguments) - len(function.args.defaults)]
    written = [ast.unparse(decorator) for decorator in (*function.decorator_list, *decorators)]
    given = any("parametrize" in text or "patch" in text for text in written)
    if (strange := [name for name in without_default if name not in known]) and not given:
        known_ones = ", ".join(sorted(known)) or "none"
        raise ScriptError(
            f"line {function.lineno}: {function.name} asks for fixtures that there are not: {', '.join(strange)};"
            f" there are {known_ones}"
        )


def asked_of_attempt(source: str) -> set[str]:
    """Names that a script uses and nobody defines: those of the attempt are taken, where it has them."""
    top = symtable.symtable(source, "test_script.py", "exec")
    bound = {symbol.get_name() for symbol in top.get_symbols() if symbol.is_assigned() or symbol.is_imported()}
    asked: set[str] = set()
    tables = [top]
    while tables:
        table = tables.pop()
        tables += table.get_children()
        symbols = [symbol for symbol in table.get_symbols() if symbol.is_referenced()]
        asked |= {symbol.get_name() for symbol in symbols if table is top or symbol.is_global()}
    return {name for name in asked - bound if not hasattr(builtins, name) and not name.startswith("__")}
