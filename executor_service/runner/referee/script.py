"""A test script inside the referee: its names, its statements, and its tests one by one."""

import ast
import base64
import builtins
import os
import symtable
import sys
import types
from collections.abc import Callable
from typing import Any

from executor_service.runner.referee import asks, attempt_module, cases, derived, proxies, pytest_stand_in, sameness
from executor_service.runner.referee.assertions import Assertions, raise_lines
from executor_service.runner.referee.fixtures import Fixtures
from executor_service.runner.referee.fixtures_of_pytest import MonkeyPatch, Own
from executor_service.runner.referee.link import Link
from executor_service.runner.referee.proxies import SCRIPT_NAME
from executor_service.runner.referee.surroundings import shared_folder, watch_mocks
from executor_service.runner.report import ScriptTestStatus

Verdict = dict[str, str]


class Script:
    """One script on one attempt.

    message: {"source": base64, "entry_point", "body": name of the function whose statements are the tests, "module"
    for the script's own, or "" where tests have names; "left_out", "unreported": lines of statements; "withheld":
    names}.
    """

    def __init__(self, message: dict[str, Any], link: Link) -> None:
        self._source = base64.b64decode(message["source"]).decode("utf-8")
        self._entry_point: str = message["entry_point"]
        self._body: str = message["body"]
        self._left_out = set(message["left_out"])
        self._unreported = set(message["unreported"])
        self._withheld = set(message["withheld"])
        self._link = link
        self._assertions = Assertions(self._source)
        self._module = types.ModuleType(SCRIPT_NAME.removesuffix(".py"))
        self._namespace = self._module.__dict__
        self._fixtures = Fixtures(self._namespace, Own(lambda: self._folder))
        self._folder = ""
        self._statements: list[ast.stmt] = []
        self._broken = ""

    def load(self) -> Verdict:
        """Runs what has to run before the first test."""
        verdict = self._judged(self._load)
        if verdict["status"] != ScriptTestStatus.PASSED:
            self._broken = f"the script does not load: {verdict['detail']}"
        return verdict

    def run(self, test: dict[str, Any]) -> Verdict:
        """test: {"test_id", "name"} or {"test_id", "line"}."""
        self._link.precedent.begin(test["test_id"])
        if self._broken:
            return {"status": ScriptTestStatus.NOT_RUN, "detail": self._broken}
        if not self._body:
            return self._judged(lambda: cases.run(test["name"], self._namespace, self._fixtures))
        return self._run_statement(test["line"])

    def _judged(self, work: Callable[[], None]) -> Verdict:
        """Passed only if nothing was raised and nothing was spoilt."""
        self._assertions.begin()
        self._link.spoiled, self._link.closed = "", False
        self._link.surroundings.watch()
        self._link.surroundings.is_watching = True
        error: BaseException | None = None
        try:
            work()
        except BaseException as caught:  # noqa: BLE001 - whatever a test raises, SystemExit too, it has not passed
            error = caught
        self._link.surroundings.is_watching = False
        self._link.closed = True  # to describe a failure asks nothing more of the attempt
        spoiled = self._link.spoiled
        if error is None and not spoiled:
            return {"status": ScriptTestStatus.PASSED, "detail": ""}
        described = "" if error is None else self._assertions.describe(error)
        detail = described if spoiled in described else f"{spoiled}\n{described}".rstrip()
        return {"status": ScriptTestStatus.FAILED, "detail": detail}

    def _load(self) -> None:
        tree = ast.parse(self._source, SCRIPT_NAME)
        self._link.raise_lines = raise_lines(tree)
        self._prepare()
        self._namespace["__file__"] = SCRIPT_NAME
        self._bind_names()
        self._namespace.update(sameness.NAMES)
        tree = sameness.Rewriter().visit(self._assertions.rewrite(tree, self._namespace))
        ast.fix_missing_locations(tree)
        if self._body == "module":
            self._statements = tree.body
            return
        tree.body = [statement for statement in tree.body if not self._calls_body(statement)]
        self._execute(tree)
        if self._body:
            self._open_body(tree)

    def _prepare(self) -> None:
        """Puts the modules in place that the script may import, and a folder that it shares with the attempt."""
        surroundings = self._link.surroundings
        MonkeyPatch.surroundings = surroundings
        sys.modules["pytest"] = pytest_stand_in.module()
        sys.modules[self._module.__name__] = self._module
        attempt_module.install(self._link)
        asks.install()
        proxies.settle(self._link, derived.base_for)
        if "mock" in self._source:
            watch_mocks(surroundings)
        if "unittest" in self._source:
            import unittest  # large, and the script is about to import it

            sameness.teach_unittest(unittest.TestCase)
        surroundings.begin(self._source)
        self._folder = shared_folder()
        os.chdir(self._folder)

    def _bind_names(self) -> None:
        """Names that the script uses and nobody defines are the attempt's; those withheld or lacking stay undefined."""
        entry_name = self._entry_point.partition(".")[0].removesuffix("()")
        for name in sorted(_names_asked_for(self._source, entry_name) - self._withheld):
            try:
                self._namespace[name] = self._link.name(name)
            except AttributeError:
                continue

    def _calls_body(self, statement: ast.stmt) -> bool:
        """True for a call of the function whose statements are the tests: they are run one by one instead."""
        call = statement.value if isinstance(statement, ast.Expr) else None
        return isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == self._body

    def _open_body(self, tree: ast.Module) -> None:
        functions = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == self._body]
        candidate = self._link.name(self._entry_point)
        for argument in functions[-1].args.args:
            self._namespace[argument.arg] = candidate
        self._statements = [_Opened().visit(statement) for statement in functions[-1].body]

    def _execute(self, tree: ast.Module) -> None:
        exec(compile(tree, SCRIPT_NAME, "exec", dont_inherit=True), self._namespace)

    def _run_statement(self, line: int) -> Verdict:
        """The statement on that line, after all that come before it and have not been run."""
        while self._statements:
            statement = self._statements.pop(0)
            if statement.lineno in self._left_out:
                continue
            tree = ast.Module([statement], [])
            verdict = self._judged(lambda tree=tree: self._execute(tree))  # type: ignore[misc]
            if statement.lineno == line:
                return verdict
            if verdict["status"] != ScriptTestStatus.PASSED and statement.lineno not in self._unreported:
                self._broken = f"failed before this test: {verdict['detail']}"
                return {"status": ScriptTestStatus.NOT_RUN, "detail": self._broken}
        return {"status": ScriptTestStatus.NOT_RUN, "detail": f"no statement on line {line}"}


class _Opened(ast.NodeTransformer):
    """Statements of a function, to be run as a module's: what a function inside of it calls nonlocal is global then."""

    def __init__(self) -> None:
        self._bound: list[set[str]] = []

    def visit_FunctionDef(self, node: Any) -> Any:
        arguments = node.args
        bound = {each.arg for each in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)}
        inside = [each for statement in node.body for each in ast.walk(statement)]
        outer = {name for each in inside if isinstance(each, (ast.Nonlocal, ast.Global)) for name in each.names}
        bound |= {each.id for each in inside if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)} - outer
        self._bound.append(bound)
        self.generic_visit(node)
        self._bound.pop()
        return node

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815 - as NodeVisitor names it

    def visit_Nonlocal(self, node: ast.Nonlocal) -> Any:
        is_inner = any(set(node.names) & bound for bound in self._bound[:-1])
        return node if is_inner else ast.copy_location(ast.Global(node.names), node)


def _names_asked_for(source: str, entry_name: str) -> set[str]:
    """Global names that are read and never bound. A builtin's name is the builtin, unless it is the entry point's."""
    top = symtable.symtable(source, SCRIPT_NAME, "exec")
    bound = {symbol.get_name() for symbol in top.get_symbols() if symbol.is_assigned() or symbol.is_imported()}
    asked: set[str] = set()
    tables = [top]
    while tables:
        table = tables.pop()
        tables += table.get_children()
        symbols = [symbol for symbol in table.get_symbols() if symbol.is_referenced()]
        asked |= {symbol.get_name() for symbol in symbols if table is top or symbol.is_global()}
    return {name for name in asked - bound if name == entry_name or not hasattr(builtins, name)}
