"""What can be read from an attempt before it runs: does it compile, what is its shape, which rules does it break.

Parsing hostile text can exhaust memory or crash the interpreter, so this runs in confined workers only. Nothing of the
attempt runs here.
"""

import ast
import re
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from codearena.v1 import executor_pb2
from judge_service.analysis import identity
from judge_service.analysis.checks import run_checks
from judge_service.analysis.complexity_estimate import estimate_complexity
from judge_service.analysis.dominant_lines import dominant_lines
from judge_service.analysis.nodes import walk
from judge_service.analysis.problem_type import problem_type

_SOURCE_NAME = "fix.py"
_MAX_TEXT = 300  # characters of one message or source line in a problem
_ESTIMATED_NODES = 8_000  # of a larger tree nothing is estimated: it would take seconds, and only hints come of it
_PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
_FRAMES = 977  # that a reading may nest, which bounds what compiles: as many as a small program has left of 1,000

# What the parser and the compiler raise on some text: NUL bytes and undecodable text (ValueError), an unknown coding
# cookie (LookupError), nesting or size beyond their own limits (the rest; SystemError marks a parser bug, not ours).
_COMPILER_ERRORS = (SyntaxError, ValueError, LookupError, RecursionError, MemoryError, OverflowError, SystemError)


def analyse(source: bytes, checks: Sequence[executor_pb2.Check]) -> executor_pb2.Analysis:
    """What the source is, with one outcome for each check."""
    with _as_any_program():
        try:
            return _analysed(source, checks)
        finally:
            walk.cache_clear()


@contextmanager
def _as_any_program() -> Iterator[None]:
    """Reads as an interpreter does whose limits nobody has changed, however deep in our own calls it is."""
    depth, frame = 0, sys._getframe()
    while frame.f_back is not None:
        depth, frame = depth + 1, frame.f_back
    before = sys.getrecursionlimit(), sys.get_int_max_str_digits()
    sys.setrecursionlimit(depth + _FRAMES)
    sys.set_int_max_str_digits(sys.int_info.default_max_str_digits)
    try:
        yield
    finally:
        sys.setrecursionlimit(before[0])
        sys.set_int_max_str_digits(before[1])


def _analysed(source: bytes, checks: Sequence[executor_pb2.Check]) -> executor_pb2.Analysis:
    try:
        _compile(source)
    except _COMPILER_ERRORS as error:
        failed = _failed(checks, "does not compile")
        return executor_pb2.Analysis(compiles=False, problem=_problem(error), checks=failed, python=_PYTHON)
    try:
        tree = _compile(source, ast.PyCF_ONLY_AST)
    except (RecursionError, MemoryError):
        # Compiles, but is nested too deeply for a tree: a rule that cannot be evaluated is not kept.
        failed = _failed(checks, "nested too deeply to check")
        return executor_pb2.Analysis(compiles=True, ast_hash=identity.of_tokens(source), checks=failed)
    assert isinstance(tree, ast.Module)
    ast_hash, nodes = identity.of_tree(tree)
    outcomes = run_checks(tree, [(check.rule, check.argument) for check in checks])
    analysis = executor_pb2.Analysis(compiles=True, ast_hash=ast_hash, checks=outcomes)
    if nodes <= _ESTIMATED_NODES:
        analysis.estimated_complexity = estimate_complexity(tree)
        analysis.dominant_lines.extend(dominant_lines(tree))
        analysis.problem_type = problem_type(tree)
    return analysis


def _compile(source: bytes, flags: int = 0) -> object:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return compile(source, _SOURCE_NAME, "exec", flags, dont_inherit=True)


def _problem(error: Exception) -> executor_pb2.SyntaxProblem:
    found = error if isinstance(error, SyntaxError) else None
    message = found.msg if found else str(error)
    return executor_pb2.SyntaxProblem(
        type=type(error).__name__,
        message=_clean(message or type(error).__name__),
        line=max(0, found.lineno or 0) if found else 0,
        column=max(0, found.offset or 0) if found else 0,
        text=_clean(found.text or "") if found else "",
    )


def _clean(text: str) -> str:
    """One bounded line, as Python counts them, that every encoder accepts: no lone surrogates, no NULs."""
    line = re.split("[\r\n]", text[: 4 * _MAX_TEXT].strip().replace("\0", "\\0"), maxsplit=1)[0]
    return line[:_MAX_TEXT].encode("utf-8", "backslashreplace").decode()


def _failed(checks: Sequence[executor_pb2.Check], detail: str) -> list[executor_pb2.CheckOutcome]:
    return [executor_pb2.CheckOutcome(passed=False, detail=detail) for _ in checks]
