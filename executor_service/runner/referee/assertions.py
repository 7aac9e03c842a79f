"""What failed in a test script, in words: the line, the two sides of a comparison, the exception."""

import ast
import operator
import traceback
from collections.abc import Callable
from typing import Any

from executor_service.runner.referee.link import SpoiledError
from executor_service.runner.referee.proxies import SCRIPT_NAME
from executor_service.runner.referee.raised import traceback_of
from executor_service.runner.referee.sameness import is_same

_COMPARED = "__codearena_compared__"
_OPERATORS: dict[type[ast.cmpop], tuple[str, Callable[[Any, Any], Any]]] = {
    ast.Eq: ("==", operator.eq),
    ast.NotEq: ("!=", operator.ne),
    ast.Lt: ("<", operator.lt),
    ast.LtE: ("<=", operator.le),
    ast.Gt: (">", operator.gt),
    ast.GtE: (">=", operator.ge),
    ast.Is: ("is", is_same),
    ast.IsNot: ("is not", lambda left, right: not is_same(left, right)),
    ast.In: ("in", lambda left, right: left in right),
    ast.NotIn: ("not in", lambda left, right: left not in right),
}
_BY_SIGN = dict(_OPERATORS.values())
_VALUE_CHARACTERS = 400
_LINE_CHARACTERS = 300
_MESSAGE_CHARACTERS = 1000
DETAIL_CHARACTERS = 3000


class Assertions:
    """Rewrites `assert a == b` so that both sides are known when it fails, and tells of failures."""

    def __init__(self, source: str) -> None:
        # Lines as Python counts them, which those of bytes are: form feeds and separators end lines of text only.
        self._lines = [line.decode() for line in source.encode().splitlines()]
        self._sides: tuple[Any, Any] | None = None

    def rewrite(self, tree: ast.Module, namespace: dict[str, Any]) -> ast.Module:
        """The tree with comparisons in assertions recorded; evaluated as before, each side once, left to right."""
        namespace[_COMPARED] = self._compared
        rewritten: ast.Module = ast.fix_missing_locations(_Rewriter().visit(tree))
        return rewritten

    def _compared(self, left: Any, sign: str, right: Any) -> Any:
        self._sides = (left, right)
        holds = _BY_SIGN[sign](left, right)
        if holds:
            self._sides = None
        return holds

    def begin(self) -> None:
        self._sides = None

    def describe(self, error: BaseException) -> str:
        """Some lines on a failure, at most DETAIL_CHARACTERS long."""
        parts = [self._where(error)]
        is_bare = type(error) is AssertionError and not error.args
        if not is_bare:
            text = _clipped(_shown(error, str, "message"), _MESSAGE_CHARACTERS)
            parts.append(f"{type(error).__name__}: {text}" if not isinstance(error, SpoiledError) else text)
        if type(error) is AssertionError and self._sides is not None:
            left, right = self._sides
            shown = [_clipped(_shown(side, repr, "value"), _VALUE_CHARACTERS) for side in (left, right)]
            parts += [f"  left:  {shown[0]}", f"  right: {shown[1]}"]
        if theirs := traceback_of(error):
            parts.append(f"in the attempt:\n{theirs.rstrip()}")
        return _clipped("\n".join(part for part in parts if part), DETAIL_CHARACTERS)

    def _where(self, error: BaseException) -> str:
        """The last line of the script on the way to the failure."""
        lines = traceback.walk_tb(error.__traceback__)
        numbers = [line for frame, line in lines if frame.f_code.co_filename == SCRIPT_NAME]
        if not numbers or not 0 < numbers[-1] <= len(self._lines):
            return ""
        return f"line {numbers[-1]}: {_clipped(self._lines[numbers[-1] - 1].strip(), _LINE_CHARACTERS)}"


def raise_lines(tree: ast.AST) -> set[int]:
    """Where the script raises by a statement."""
    return {node.lineno for node in ast.walk(tree) if isinstance(node, ast.Raise)}


class _Rewriter(ast.NodeTransformer):
    def visit_Assert(self, node: ast.Assert) -> ast.Assert:
        test = node.test
        if isinstance(test, ast.Compare) and len(test.ops) == 1:
            sign, _ = _OPERATORS[type(test.ops[0])]
            sides = [test.left, ast.Constant(sign), test.comparators[0]]
            call = ast.Call(ast.Name(_COMPARED, ast.Load()), sides, [])
            node.test = ast.copy_location(call, test)
        return node


def _shown(value: object, tell: Callable[[Any], str], what: str) -> str:
    try:
        return tell(value)
    except Exception as error:  # noqa: BLE001 - an integer beyond the digits that may be written, or deep nesting
        return f"<a {what} that cannot be shown: {type(error).__name__}>"


def _clipped(text: str, most: int) -> str:
    return text if len(text) <= most else text[:most] + "..."
