"""What a test script says of a program in one plain Python process: with pytest itself where the tests have names."""

import ast
import builtins
import contextlib
import importlib
import io
import json
import os
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from codearena.tasks.scripts import TestScript, read_script
from tests.scripts.corpus import Case

_MODULES = ("solution", "fix")
_MOST_S = 30


def verdicts(case: Case, program: str) -> dict[str, str]:
    """Test -> "passed", "failed" or "not_run", by a process of its own that is forked from this one."""
    return _forked(lambda: _verdicts(case, program))


def _forked(work: Callable[[], dict[str, str]]) -> dict[str, str]:
    read_fd, write_fd = os.pipe()
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            signal.alarm(_MOST_S)
            os.write(write_fd, json.dumps(work()).encode())
            status = 0
        except BaseException:  # noqa: BLE001 - a child says why it has no verdicts
            traceback.print_exc()
        os._exit(status)
    os.close(write_fd)
    with os.fdopen(read_fd, "rb") as file:
        text = file.read()
    os.waitpid(pid, 0)
    assert text, "plain Python ended without verdicts"
    found: dict[str, str] = json.loads(text)
    return found


def _verdicts(case: Case, program: str) -> dict[str, str]:
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for name in _MODULES:
            Path(f"{name}.py").write_text(program, "utf-8")
        sys.path.insert(0, folder)
        sys.dont_write_bytecode = True
        script = read_script(case.script, [])
        return _by_statement(case, script) if script.body else _by_pytest(case, script)


def _by_pytest(case: Case, script: TestScript) -> dict[str, str]:
    import pytest

    class Outcomes:
        def __init__(self) -> None:
            self.of_test: dict[str, dict[str, list[bool]]] = {}

        def of(self, name: str) -> bool:
            """Whether a test passed, or one case of it, all the way."""
            base, _, case = name.removesuffix("]").partition("[")
            outcomes = list(self.of_test.get(base, {}).values())
            outcomes = outcomes[int(case) :][:1] if case else outcomes
            return bool(outcomes) and all(map(all, outcomes))

        def pytest_runtest_logreport(self, report: Any) -> None:
            name = report.nodeid.partition("::")[2].replace("::", ".").partition("[")[0]
            of_case = self.of_test.setdefault(name, {}).setdefault(report.nodeid, [])
            of_case.append(report.outcome == "passed" and not hasattr(report, "wasxfail"))

    Path("test_script.py").write_text(case.script, "utf-8")
    outcomes = Outcomes()
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        options = [
            "-q",
            "-p",
            "no:cacheprovider",
            "-p",
            "no:asyncio",
            "-p",
            "no:unraisableexception",
            "--rootdir=.",
            "-c",
            "/dev/null",
        ]
        pytest.main([*options, "test_script.py"], plugins=[outcomes])
    return {test.name: "passed" if outcomes.of(test.name) else "failed" for test in script.tests}


def _by_statement(case: Case, script: TestScript) -> dict[str, str]:
    tree = ast.parse(case.script.replace("nonlocal ", "global ") if script.body == "check" else case.script)
    module = importlib.import_module("solution")
    names = {name: value for name, value in vars(module).items() if not hasattr(builtins, name)}
    namespace: dict[str, Any] = {**names, "__name__": "test_script"}
    sys.modules["test_script"] = type(sys)("test_script")
    sys.modules["test_script"].__dict__.update(namespace)
    namespace = sys.modules["test_script"].__dict__
    statements = tree.body
    if script.body == "check":
        (check,) = [each for each in tree.body if isinstance(each, ast.FunctionDef) and each.name == "check"]
        before = [each for each in tree.body if each is not check and "check(" not in ast.unparse(each)]
        exec(compile(ast.Module(before, []), "test_script.py", "exec"), namespace)
        namespace[check.args.args[0].arg] = _Candidate(module, case.entry_point)
        statements = check.body
    return _run(statements, {test.line: test.name for test in script.tests}, namespace)


class _Candidate:
    """What `check` gets: for a method, of an object that is made anew for each call."""

    def __init__(self, module: Any, path: str) -> None:
        self._module, self._path = module, path

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return eval(f"module.{self._path}", {"module": self._module})(*args, **kwargs)


def _run(statements: list[ast.stmt], tests: dict[int | None, str], namespace: dict[str, Any]) -> dict[str, str]:
    """Statement by statement; one that is no test and fails ends it, as it would a script."""
    found = dict.fromkeys(tests.values(), "not_run")
    for statement in statements:
        name = tests.get(statement.lineno)
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                exec(compile(ast.Module([statement], []), "test_script.py", "exec"), namespace)
        except BaseException:  # noqa: BLE001 - whatever a test raises it has failed
            if name is None:
                break
            found[name] = "failed"
        else:
            if name is not None:
                found[name] = "passed"
    return found
