"""What can be read from an attempt before it runs: does it compile, what is its shape, which rules does it break.

Parsing hostile text can exhaust memory or crash the interpreter, so `analyse` is called in a process of its own with
limits, whose death becomes a problem of type "AnalysisLimit". Nothing of the attempt runs here.
"""

import ast
import re
import warnings
from types import CodeType

from executor_service.runner.analysis import identity
from executor_service.runner.analysis.checks import CheckOutcome, run_checks
from executor_service.runner.analysis.complexity_estimate import estimate_complexity
from executor_service.runner.analysis.dominant_lines import dominant_lines
from executor_service.runner.analysis.problem_type import problem_type

SOURCE_NAME = "fix.py"
"""The file name in tracebacks and problems, whoever compiles the attempt."""

_NOTHING_SEEN: dict[str, object] = {"estimated_complexity": "", "dominant_lines": [], "problem_type": ""}
_MAX_TEXT = 300  # characters of one message or source line in a problem
_ESTIMATED_NODES = 8_000  # of a larger tree nothing is estimated: it would take seconds, and only hints come of it

# What the parser and the compiler raise on some text: NUL bytes and undecodable text (ValueError), an unknown coding
# cookie (LookupError), nesting or size beyond their own limits (the rest; SystemError marks a parser bug, not ours).
_COMPILER_ERRORS = (SyntaxError, ValueError, LookupError, RecursionError, MemoryError, OverflowError, SystemError)


def compile_source(source: bytes) -> CodeType:
    """The attempt's code object, compiled exactly as `analyse` judged it.

    Raises:
        SyntaxError, ValueError, LookupError, RecursionError, MemoryError, OverflowError, SystemError: does not compile.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        code: CodeType = compile(source, SOURCE_NAME, "exec", dont_inherit=True)
    return code


def analyse(source: bytes, checks: list[dict[str, str]]) -> dict[str, object]:
    """The "analysis" part of the report, ready for JSON; checks: items of {"rule", "argument"}."""
    try:
        compile_source(source)
    except _COMPILER_ERRORS as error:
        failed = [CheckOutcome(passed=False, detail="does not compile") for _ in checks]
        return _analysis(_problem(error), "", failed, _NOTHING_SEEN)
    tree = _parse(source)
    if tree is None:
        # Compiles, but is nested too deeply for a tree: a rule that cannot be evaluated is not kept.
        failed = [CheckOutcome(passed=False, detail="nested too deeply to check") for _ in checks]
        return _analysis(None, identity.of_tokens(source), failed, _NOTHING_SEEN)
    rules = [(check["rule"], check["argument"]) for check in checks]
    ast_hash, nodes = identity.of_tree(tree)
    seen = _seen(tree) if nodes <= _ESTIMATED_NODES else _NOTHING_SEEN
    return _analysis(None, ast_hash, run_checks(tree, rules), seen)


def _seen(tree: ast.Module) -> dict[str, object]:
    """What the tree says of the attempt's speed: see Analysis in executor.proto."""
    return {
        "estimated_complexity": estimate_complexity(tree),
        "dominant_lines": dominant_lines(tree),
        "problem_type": problem_type(tree),
    }


def _parse(source: bytes) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = compile(source, SOURCE_NAME, "exec", ast.PyCF_ONLY_AST, dont_inherit=True)
    except (RecursionError, MemoryError):
        return None
    assert isinstance(tree, ast.Module)
    return tree


def _problem(error: Exception) -> dict[str, object]:
    found = error if isinstance(error, SyntaxError) else None
    message = found.msg if found else str(error)
    return {
        "type": type(error).__name__,
        "message": _clean(message or type(error).__name__),
        "line": max(0, found.lineno or 0) if found else 0,
        "column": max(0, found.offset or 0) if found else 0,
        "text": _clean(found.text or "") if found else "",
    }


def _clean(text: str) -> str:
    """One bounded line, as Python counts them, that every encoder accepts: no lone surrogates, no NULs."""
    line = re.split("[\r\n]", text[: 4 * _MAX_TEXT].strip().replace("\0", "\\0"), maxsplit=1)[0]
    return line[:_MAX_TEXT].encode("utf-8", "backslashreplace").decode()


def _analysis(
    problem: dict[str, object] | None, ast_hash: str, outcomes: list[CheckOutcome], seen: dict[str, object]
) -> dict[str, object]:
    return {
        "compiles": problem is None,
        "problem": problem,
        "ast_hash": ast_hash,
        **seen,
        "checks": [{"passed": item.passed, "line": item.line, "detail": item.detail} for item in outcomes],
    }
