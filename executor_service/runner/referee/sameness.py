"""`is` and `type` in a test script, for objects of the attempt: Python's own see proxies."""

import ast
from typing import Any

from executor_service.runner.referee.proxies import Proxy, origin_of

IS = "__codearena_is__"
TYPE = "__codearena_type__"
CLASS = "__codearena_class__"


def is_same(left: Any, right: Any) -> bool:
    """Whether both are one object, there or here: an object that was reached on two ways has two proxies."""
    if type(left) is type(right) is bool or left is right:
        return left is right
    if isinstance(left, Proxy) and isinstance(right, Proxy):
        ours, theirs = origin_of(left), origin_of(right)
        return ours.generation == theirs.generation and ours.reference["id"] == theirs.reference["id"]
    return False


def type_of(value: Any) -> Any:
    """The attempt's class of an object of the attempt's."""
    if not isinstance(value, Proxy):
        return type(value)
    derived = [kind for kind in type(value).__mro__ if "_codearena_derived" in vars(kind)]
    return derived[0] if derived else origin_of(value).link.apply("class", value)


def class_of(value: Any) -> Any:
    """As `value.__class__`."""
    return type_of(value) if isinstance(value, Proxy) else value.__class__


NAMES = {IS: is_same, TYPE: type_of, CLASS: class_of}
"""What a script that was rewritten needs among its globals."""


class Rewriter(ast.NodeTransformer):
    """Has a script ask the functions above. The constants None, True and False are no proxies."""

    def visit_Compare(self, node: ast.Compare) -> Any:
        self.generic_visit(node)
        if len(node.ops) != 1 or not isinstance(node.ops[0], (ast.Is, ast.IsNot)):
            return node
        if isinstance(node.comparators[0], ast.Constant):
            return node
        call: ast.expr = ast.Call(ast.Name(IS, ast.Load()), [node.left, node.comparators[0]], [])
        if isinstance(node.ops[0], ast.IsNot):
            call = ast.UnaryOp(ast.Not(), call)
        return ast.copy_location(call, node)

    def visit_Call(self, node: ast.Call) -> Any:
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id == "type" and len(node.args) == 1 and not node.keywords:
            node.func = ast.copy_location(ast.Name(TYPE, ast.Load()), node.func)
        return node

    def visit_Attribute(self, node: ast.Attribute) -> Any:
        self.generic_visit(node)
        if node.attr == "__class__" and isinstance(node.ctx, ast.Load):
            return ast.copy_location(ast.Call(ast.Name(CLASS, ast.Load()), [node.value], []), node)
        return node


def teach_unittest(case: Any) -> None:
    """assertIs and assertIsNot of unittest.TestCase ask for identity as `is` does."""

    def assert_is(self: Any, first: Any, second: Any, msg: Any = None) -> None:
        if not is_same(first, second):
            self.fail(self._formatMessage(msg, f"{first!r} is not {second!r}"))

    def assert_is_not(self: Any, first: Any, second: Any, msg: Any = None) -> None:
        if is_same(first, second):
            self.fail(self._formatMessage(msg, f"unexpectedly identical: {first!r}"))

    case.assertIs, case.assertIsNot = assert_is, assert_is_not
