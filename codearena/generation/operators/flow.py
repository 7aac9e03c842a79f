"""The way through a program: returns, branches, loops, and steps that are left out."""

import ast
import itertools
from collections.abc import Iterator

from codearena.generation.operators.operator import Kind, Operator, Site, site
from codearena.generation.operators.source import Change, FunctionNode, Source, is_docstring, names_in

_LEAVING = (ast.Return, ast.Raise, ast.Continue, ast.Break)


def _missing_return(source: Source) -> Iterator[Site]:
    for node in source.walk(ast.Return):
        if node.value is not None:
            yield site(Change(source.span(node)[0], source.span(node.value)[0], ""))


def _guards(source: Source) -> Iterator[ast.If]:
    """`if ...:` that leaves, with nothing else to it."""
    for node in source.walk(ast.If):
        if not node.orelse and len(node.body) == 1 and isinstance(node.body[0], _LEAVING) and not is_elif(source, node):
            yield node


def is_elif(source: Source, node: ast.If) -> bool:
    """Whether it is written as the branch of another one."""
    return source.data[source.span(node)[0] :].startswith(b"elif")


def _missing_base_case(source: Source) -> Iterator[Site]:
    for node in _guards(source):
        if isinstance(node.body[0], ast.Return) and source.loop(node) is None:
            yield site(source.deleted(node))


def _missing_guard(source: Source) -> Iterator[Site]:
    for node in _guards(source):
        if isinstance(node.body[0], ast.Raise | ast.Continue | ast.Break) or source.loop(node) is not None:
            yield site(source.deleted(node))


def _missing_else(source: Source) -> Iterator[Site]:
    for node in source.walk(ast.If):
        if node.orelse:
            lines = _branch(source, node)
            yield site(Change(*lines, "") if lines else None)


def _branch(source: Source, node: ast.If) -> tuple[int, int] | None:
    """The lines of what follows a condition's body: `else` and its body, or all of `elif`."""
    body_end = node.body[-1].end_lineno or 0
    end = node.orelse[-1].end_lineno or 0
    start = source.line_start(body_end + 1)
    head = source.data[start:].lstrip()
    return (start, source.line_start(end + 1)) if head.startswith((b"else", b"elif", b"#")) else None


def _elif_as_if(source: Source) -> Iterator[Site]:
    for node in source.walk(ast.If):
        if is_elif(source, node):
            start = source.span(node)[0]
            yield site(Change(start, start + len("elif"), "if"))


def _early_return(source: Source) -> Iterator[Site]:
    """The return behind a loop, in it: after its first round."""
    for node in source.walk(ast.Return):
        block = source.block(node)
        place = next(at for at, each in enumerate(block) if each is node)
        before = block[place - 1] if place else None
        lines = source.whole_lines(node)
        if not isinstance(before, ast.For | ast.While) or before.orelse or lines is None:
            continue
        indent = source.indent(before.body[0])
        moved = "\n".join(indent + line.strip() for line in source.code(node).splitlines())
        end = source.line_start((before.end_lineno or 0) + 1)
        yield site((Change(end, end, f"{moved}\n"), Change(*lines, "")))


def _break_continue(source: Source) -> Iterator[Site]:
    for node in source.walk(ast.stmt):
        if isinstance(node, ast.Break | ast.Continue):
            yield site(source.replaced(node, "continue" if isinstance(node, ast.Break) else "break"))


def _jump_dropped(source: Source) -> Iterator[Site]:
    for node in source.walk(ast.stmt):
        if isinstance(node, ast.Break | ast.Continue):
            yield site(source.replaced(node, "pass") if len(source.block(node)) == 1 else source.deleted(node))


def _statement_dropped(source: Source) -> Iterator[Site]:
    """An update, or a call for its effect; not what first gives a name its value, which only makes it unknown."""
    for node in source.walk(ast.stmt):
        if isinstance(source.scope(node), ast.Module):
            continue
        updates = isinstance(node, ast.AugAssign) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call))
        stored = isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript | ast.Attribute)
        if updates or stored or _assigned_again(source, node):
            yield site(source.deleted(node))


def _assigned_again(source: Source, node: ast.stmt) -> bool:
    if not isinstance(node, ast.Assign) or not isinstance(node.targets[0], ast.Name):
        return False
    name = node.targets[0].id
    earlier = [each for each in ast.walk(source.scope(node)) if isinstance(each, ast.Name) and each.id == name]
    return any(isinstance(each.ctx, ast.Store) and each.lineno < node.lineno for each in earlier)


def _return_in_loop(source: Source) -> Iterator[Site]:
    """`if ...: return x` in a loop -> all is decided in its first round: an `else` returns what the end returns."""
    for node in _guards(source):
        loop, last = source.loop(node), node.body[0]
        if loop is None or not isinstance(last, ast.Return) or source.block(node)[-1] is not node:
            continue
        after = _next(source, loop)
        if not isinstance(after, ast.Return) or after.value is None:
            continue
        if not names_in(after.value) & names_in(loop, ast.Store):
            end = source.line_start((node.end_lineno or 0) + 1)
            indent, inner = source.indent(node), source.indent(last)
            yield site(Change(end, end, f"{indent}else:\n{inner}{source.code(after)}\n"))


def _next(source: Source, statement: ast.stmt) -> ast.stmt | None:
    block = source.block(statement)
    place = next(at for at, each in enumerate(block) if each is statement)
    return block[place + 1] if place + 1 < len(block) else None


def _loop_once(source: Source) -> Iterator[Site]:
    for node in source.walk(ast.While):
        start = source.span(node)[0]
        if not node.orelse and not _jumps(node):
            yield site(Change(start, start + len("while"), "if"))


def _jumps(loop: ast.While) -> bool:
    return any(isinstance(node, ast.Break | ast.Continue) for node in ast.walk(loop))


def _order(source: Source) -> Iterator[Site]:
    """Two simple statements that follow each other, in the other order, where the second reads what the first wrote."""
    for function in source.walk(ast.AST):
        for name in ("body", "orelse"):
            block = getattr(function, name, [])
            if isinstance(block, list) and not isinstance(function, ast.Module | ast.ClassDef):
                for first, second in itertools.pairwise(block):
                    yield _exchanged(source, first, second)


def _exchanged(source: Source, first: ast.stmt, second: ast.stmt) -> Site:
    simple = (ast.Assign, ast.AugAssign, ast.Expr, ast.AnnAssign)
    if not (isinstance(first, simple) and isinstance(second, simple)) or is_docstring(first):
        return site()
    written = names_in(first, ast.Store) | {name for name in names_in(first) if not isinstance(first, ast.Assign)}
    if not written & (names_in(second) | names_in(second, ast.Store)):
        return site()
    if source.whole_lines(first) is None or source.whole_lines(second) is None:
        return site()
    return site((source.replaced(first, source.code(second)), source.replaced(second, source.code(first))))


def functions(source: Source) -> list[FunctionNode]:
    """Every function and method, in the order of the text."""
    return [node for node in source.walk(ast.stmt) if isinstance(node, FunctionNode)]


OPERATORS = (
    Operator("missing-return", Kind.FLOW, "computes a value and does not return it", _missing_return),
    Operator("missing-base-case", Kind.FLOW, "forgets the simplest case", _missing_base_case),
    Operator("missing-guard", Kind.FLOW, "does not stop where it has to", _missing_guard),
    Operator("missing-else", Kind.FLOW, "forgets the other case", _missing_else),
    Operator("elif-as-if", Kind.FLOW, "asks again where one answer was enough", _elif_as_if),
    Operator("early-return", Kind.FLOW, "returns after the first round", _early_return),
    Operator("hasty-decision", Kind.FLOW, "decides by the first item alone", _return_in_loop),
    Operator("break-for-continue", Kind.FLOW, "leaves a loop instead of a round, or the other way", _break_continue),
    Operator("jump-dropped", Kind.FLOW, "goes on where it should leave", _jump_dropped),
    Operator("statement-dropped", Kind.FLOW, "forgets a step", _statement_dropped),
    Operator("loop-once", Kind.FLOW, "does once what has to be repeated", _loop_once),
    Operator("steps-exchanged", Kind.FLOW, "does two steps in the wrong order", _order),
)
