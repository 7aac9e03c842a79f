"""State: initial values, objects shared by mistake, exceptions that are swallowed."""

import ast
from collections.abc import Iterator

from codearena.generation.operators.flow import functions, is_elif
from codearena.generation.operators.operator import Kind, Operator, Site, site
from codearena.generation.operators.source import Change, FunctionNode, Source, dotted, is_call, is_docstring

_OTHER_ERROR = {
    "ValueError": "TypeError",
    "TypeError": "ValueError",
    "KeyError": "IndexError",
    "IndexError": "KeyError",
    "ZeroDivisionError": "ValueError",
    "PermissionError": "ValueError",
    "LookupError": "ValueError",
    "OverflowError": "ValueError",
    "StopIteration": "ValueError",
}
_COPIES = ("list", "dict", "set", "copy.copy", "copy.deepcopy", "deepcopy", "tuple")


def _initial_value(source: Source) -> Iterator[Site]:
    """What a name has before the loop that updates it."""
    for node in source.walk(ast.stmt):
        value, name = _initialised(node)
        if value is None or isinstance(source.scope(node), ast.Module) or not _updated_later(source, node, name):
            continue
        yield site(*(source.replaced(value, other) for other in _others(source, value)))


def _initialised(node: ast.stmt) -> tuple[ast.expr | None, str]:
    if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
        return node.value, node.targets[0].id
    if isinstance(node, ast.AnnAssign) and node.value is not None and isinstance(node.target, ast.Name):
        return node.value, node.target.id
    return None, ""


def _updated_later(source: Source, node: ast.stmt, name: str) -> bool:
    later = [each for each in ast.walk(source.scope(node)) if isinstance(each, ast.Name) and each.id == name]
    return any(isinstance(each.ctx, ast.Store) and each.lineno > node.lineno for each in later)


def _others(source: Source, value: ast.expr) -> list[str]:
    written = source.code(value)
    if isinstance(value, ast.Constant) and type(value.value) is int:
        return [str(value.value + 1), "None"] if value.value == 0 else ["0"]
    if isinstance(value, ast.Constant) and value.value is None:
        return ["0"]
    if isinstance(value, ast.Constant) and isinstance(value.value, bool):
        return [str(not value.value)]
    if is_call(value, "float") and "inf" in written:
        return ["0"]
    if dotted(value) == "math.inf" or (isinstance(value, ast.UnaryOp) and written == "-math.inf"):
        return ["0"]
    return ["0"] if isinstance(value, ast.Subscript | ast.Call) else []


def _mutable_default(source: Source) -> Iterator[Site]:
    """A container that is made in a function -> one that is made with the function, and so is kept between calls."""
    for function in functions(source):
        if function.name == "__init__" or function.args.kwarg or function.args.vararg or function.args.kwonlyargs:
            continue
        for statement in function.body:
            value, name = _initialised(statement)
            if value is not None and _is_empty_container(value):
                yield site(_as_parameter(source, function, f"{name}={source.code(value)}", statement))


def _is_empty_container(value: ast.expr) -> bool:
    empty = isinstance(value, ast.List) and not value.elts
    return empty or (isinstance(value, ast.Dict) and not value.keys) or (is_call(value, "set") and not value.args)  # type: ignore[attr-defined]


def _as_parameter(source: Source, function: FunctionNode, written: str, statement: ast.stmt) -> list[Change | None]:
    arguments = [*function.args.posonlyargs, *function.args.args]
    dropped = source.deleted(statement)
    if arguments:
        last: ast.expr | ast.arg = function.args.defaults[-1] if function.args.defaults else arguments[-1]
        end = source.span(last)[1]
        return [Change(end, end, f", {written}"), dropped]
    start = source.data.index(b"(", source.span(function)[0]) + 1
    return [Change(start, start, written), dropped]


def _aliasing(source: Source) -> Iterator[Site]:
    """A copy that is not made."""
    for node in source.walk(ast.expr):
        if isinstance(node, ast.Call) and dotted(node.func) in _COPIES and len(node.args) == 1 and not node.keywords:
            if isinstance(node.args[0], ast.Name | ast.Attribute | ast.Subscript):
                yield site(source.replaced(node, source.code(node.args[0])))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "copy":
            if not node.args:
                yield site(source.replaced(node, source.code(node.func.value)))
        elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice) and isinstance(node.ctx, ast.Load):
            if node.slice.lower is None and node.slice.upper is None and node.slice.step is None:
                yield site(source.replaced(node, source.code(node.value)))
        elif isinstance(node, ast.List) and len(node.elts) == 1 and isinstance(node.elts[0], ast.Starred):
            yield site(source.replaced(node, source.code(node.elts[0].value)))


def _shared_rows(source: Source) -> Iterator[Site]:
    """`[[0] * m for _ in range(n)]` -> `[[0] * m] * n`."""
    for node in source.walk(ast.ListComp):
        loop = node.generators[0]
        plain = len(node.generators) == 1 and not loop.ifs and is_call(loop.iter, "range")
        if not plain or not isinstance(node.elt, ast.List | ast.BinOp | ast.Dict | ast.Call | ast.Set | ast.ListComp):
            continue
        assert isinstance(loop.iter, ast.Call)
        used = {each.id for each in ast.walk(node.elt) if isinstance(each, ast.Name)}
        target = loop.target.id if isinstance(loop.target, ast.Name) else ""
        if target and target not in used and len(loop.iter.args) == 1:
            yield site(source.replaced(node, f"[{source.code(node.elt)}] * {source.grouped(loop.iter.args[0])}"))


def _not_reset(source: Source) -> Iterator[Site]:
    """What each round of a loop begins with -> made once, before the loop."""
    for node in source.walk(ast.stmt):
        loop, (value, _) = source.loop(node), _initialised(node)
        if loop is None or value is None or source.block(node) is not loop.body:
            continue
        lines, start = source.whole_lines(node), source.line_start(loop.lineno)
        if (_is_empty_container(value) or isinstance(value, ast.Constant)) and lines is not None:
            yield site((Change(start, start, f"{source.indent(loop)}{source.code(node)}\n"), Change(*lines, "")))


def _shared_attribute(source: Source) -> Iterator[Site]:
    """A container of each object -> one of the class, which all its objects share."""
    for owner in source.walk(ast.ClassDef):
        makers = [each for each in owner.body if isinstance(each, ast.FunctionDef) and each.name == "__init__"]
        for statement in makers[0].body if makers and len(makers[0].body) > 1 else []:
            name, value = _own_container(statement)
            if value is not None:
                start = source.line_start(makers[0].lineno)
                line = f"{source.indent(makers[0])}{name} = {source.code(value)}\n\n"
                yield site((Change(start, start, line), source.deleted(statement)))


def _own_container(statement: ast.stmt) -> tuple[str, ast.expr | None]:
    """`self.items = []`: the attribute's name, and the container."""
    if not isinstance(statement, ast.Assign | ast.AnnAssign):
        return "", None
    target = statement.targets[0] if isinstance(statement, ast.Assign) else statement.target
    value = statement.value
    if isinstance(target, ast.Attribute) and value is not None and _is_empty_container(value):
        return target.attr, value
    return "", None


def _swallowed(source: Source) -> Iterator[Site]:
    """A refusal that becomes None, and a handler that does nothing."""
    for node in source.walk(ast.Raise):
        if not isinstance(source.scope(node), ast.Module):
            yield site(source.replaced(node, "return None"))


def _handler_gone(source: Source) -> Iterator[Site]:
    for handler in source.walk(ast.ExceptHandler):
        first, last = handler.body[0], handler.body[-1]
        if not isinstance(first, ast.Pass):
            yield site(Change(source.span(first)[0], source.span(last)[1], "pass"))


def _wrong_error(source: Source) -> Iterator[Site]:
    for node in source.walk(ast.AST):
        named: ast.expr | None = None
        if isinstance(node, ast.Raise) and node.exc is not None:
            named = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
        elif isinstance(node, ast.ExceptHandler):
            named = node.type
        if isinstance(named, ast.Name) and (other := _OTHER_ERROR.get(named.id)):
            yield site(source.replaced(named, other))


def _assertion(source: Source) -> Iterator[Site]:
    """`if wrong: raise ...` -> `assert not wrong`, which is not there with -O, and raises something else."""
    for node in source.walk(ast.If):
        alone = len(node.body) == 1 and not node.orelse and not is_elif(source, node)
        if alone and isinstance(node.body[0], ast.Raise) and node.body[0].exc is not None:
            yield site(source.replaced(node, f"assert not ({source.code(node.test)})"))


def _broad_try(source: Source) -> Iterator[Site]:
    """A function whose every error becomes None."""
    for function in functions(source):
        body = function.body[1:] if is_docstring(function.body[0]) else function.body
        if not body or source.whole_lines(body[0]) is None or function.name.startswith("__"):
            continue
        start, end = source.line_start(body[0].lineno), source.line_start((body[-1].end_lineno or 0) + 1)
        text = source.data[start:end].decode()
        if not any(isinstance(each, ast.Raise) for each in ast.walk(function)) or '"""' in text or "'''" in text:
            continue
        indent = source.indent(body[0])
        lines = "".join(f"    {line}" if line.strip() else line for line in text.splitlines(keepends=True))
        yield site(Change(start, end, f"{indent}try:\n{lines}{indent}except Exception:\n{indent}    return None\n"))


OPERATORS = (
    Operator("initial-value", Kind.STATE, "begins with a wrong value", _initial_value),
    Operator("mutable-default", Kind.STATE, "keeps a container from one call to the next", _mutable_default),
    Operator("aliasing", Kind.STATE, "works on the caller's object instead of a copy", _aliasing),
    Operator("shared-rows", Kind.STATE, "has the same row many times", _shared_rows),
    Operator("state-not-reset", Kind.STATE, "carries over what each round has to begin anew", _not_reset),
    Operator(
        "shared-attribute", Kind.STATE, "lets all objects share what each has to have for itself", _shared_attribute
    ),
    Operator("refusal-swallowed", Kind.EXCEPTIONS, "returns None where it has to refuse", _swallowed),
    Operator("handler-emptied", Kind.EXCEPTIONS, "catches an exception and does nothing about it", _handler_gone),
    Operator("wrong-exception", Kind.EXCEPTIONS, "raises or catches the wrong exception", _wrong_error),
    Operator("assertion-for-check", Kind.EXCEPTIONS, "asserts what it has to check", _assertion),
    Operator("errors-silenced", Kind.EXCEPTIONS, "turns every error into None", _broad_try),
)
