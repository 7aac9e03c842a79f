"""Names and calls: the wrong variable, the wrong function, arguments in the wrong places."""

import ast
from collections import defaultdict
from collections.abc import Iterator

from codearena.generation.operators.operator import Kind, Operator, Site, site
from codearena.generation.operators.source import Change, Source, dotted, is_call, names_in

_BUILTINS = {
    "min": ("max",),
    "max": ("min",),
    "any": ("all",),
    "all": ("any",),
    "sum": ("max", "len"),
    "len": ("sum",),
    "round": ("int",),
    "int": ("round",),
    "math.floor": ("math.ceil",),
    "math.ceil": ("math.floor",),
    "sorted": ("reversed", "list"),
    "reversed": ("sorted", "list"),
    "zip": ("enumerate",),
    "divmod": ("pow",),
    "ord": ("hash",),
    "chr": ("repr",),
    "bisect_left": ("bisect_right",),
    "bisect_right": ("bisect_left",),
    "bisect.bisect_left": ("bisect.bisect_right",),
    "bisect.bisect_right": ("bisect.bisect_left",),
    "itertools.combinations": ("itertools.permutations",),
    "combinations": ("permutations",),
    "permutations": ("combinations",),
    "heapq.nlargest": ("heapq.nsmallest",),
    "heapq.nsmallest": ("heapq.nlargest",),
    "startswith": ("endswith",),
}
_METHODS = {
    "append": ("extend",),
    "extend": ("append",),
    "appendleft": ("append",),
    "popleft": ("pop",),
    "add": ("discard",),
    "lower": ("upper",),
    "upper": ("lower",),
    "strip": ("lstrip", "rstrip"),
    "lstrip": ("strip", "rstrip"),
    "rstrip": ("strip", "lstrip"),
    "find": ("rfind",),
    "rfind": ("find",),
    "index": ("count",),
    "startswith": ("endswith",),
    "endswith": ("startswith",),
    "keys": ("values",),
    "values": ("keys",),
    "isdigit": ("isalnum",),
    "isalpha": ("isalnum",),
    "isalnum": ("isalpha",),
    "islower": ("isupper",),
    "isupper": ("islower",),
    "partition": ("rpartition",),
    "rpartition": ("partition",),
    "split": ("rsplit",),
    "rsplit": ("split",),
    "union": ("intersection",),
    "intersection": ("union",),
    "ljust": ("rjust",),
    "rjust": ("ljust",),
    "days": ("seconds",),
    "total_seconds": ("microseconds",),
}
_REMOVABLE = ("abs", "sorted", "reversed", "list", "set", "round")
_MOST_NAMES = 3


def _variable(source: Source) -> Iterator[Site]:
    """Another name of the same function that is used in like ways, the ones that stand nearest first."""
    bound = {id(scope): (_local_names(scope), _uses(source, scope)) for scope in source.walk(ast.FunctionDef)}
    for node in source.walk(ast.Name):
        known_here = bound.get(id(source.scope(node)))
        if known_here is None or not isinstance(node.ctx, ast.Load) or node.id not in known_here[0]:
            continue
        others, uses = known_here
        known = [name for name, line in others.items() if name != node.id and line < node.lineno]
        alike = [name for name in known if uses[name] & uses[node.id] or not uses[name] or not uses[node.id]]
        near = sorted(alike, key=lambda name: (abs(others[name] - others[node.id]), name))
        yield site(*(source.replaced(node, name) for name in near[:_MOST_NAMES]))


def _local_names(function: ast.FunctionDef) -> dict[str, int]:
    """The names that a function gives a value to, with the line where it first does."""
    found = {
        each.arg: function.lineno for each in [*function.args.args, *function.args.kwonlyargs] if each.arg != "self"
    }
    inner = {
        id(name) for each in ast.walk(function) if isinstance(each, ast.comprehension) for name in ast.walk(each.target)
    }
    nodes = [node for node in ast.walk(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
    for node in sorted(nodes, key=lambda node: (node.lineno, node.col_offset)):
        if id(node) not in inner:
            found.setdefault(node.id, node.lineno)
    return found


def _uses(source: Source, function: ast.FunctionDef) -> defaultdict[str, set[str]]:
    """What each name is used as: what it is, as far as that can be seen."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and (use := _use(source.parent(node), node)):
            found[node.id].add(use)
    return found


def _use(parent: ast.AST | None, node: ast.Name) -> str:
    match parent:
        case ast.Subscript(value=value) if value is node:
            return "container"
        case ast.For(iter=each) | ast.comprehension(iter=each) if each is node:
            return "container"
        case ast.Attribute():
            return f"object with {parent.attr}"
        case ast.Call() if is_call(parent, "len", "sum", "sorted", "enumerate", "set", "list", "reversed", "zip"):
            return "container"
        case ast.BinOp() | ast.AugAssign() | ast.UnaryOp() | ast.Subscript():
            return "number"
        case ast.Call() if is_call(parent, "range", "abs", "min", "max"):
            return "number"
        case ast.Compare() if not isinstance(parent.ops[0], ast.In | ast.NotIn | ast.Is | ast.IsNot):
            return "number"
        case ast.Assign(value=ast.Constant(value=int())) if parent.targets[0] is node:
            return "number"
        case ast.Assign(value=ast.List() | ast.ListComp() | ast.Dict()) if parent.targets[0] is node:
            return "container"
    return ""


def _arguments(source: Source) -> Iterator[Site]:
    for call in source.walk(ast.Call):
        if any(isinstance(argument, ast.Starred) for argument in call.args) or is_call(call, "isinstance", "range"):
            continue
        for left, right in zip(call.args, call.args[1:], strict=False):
            if ast.dump(left) != ast.dump(right):
                yield site(swapped(source, left, right))


def swapped(source: Source, left: ast.expr, right: ast.expr) -> tuple[Change, Change]:
    """Each in the place of the other."""
    return source.replaced(left, source.code(right)), source.replaced(right, source.code(left))


def _builtin(source: Source) -> Iterator[Site]:
    for call in source.walk(ast.Call):
        name = dotted(call.func)
        if not (others := _BUILTINS.get(name)):
            continue
        named = {keyword.arg for keyword in call.keywords}
        fitting = [other for other in others if not (named and other in ("list", "reversed", "len", "sum"))]
        if name in ("sum", "len", "sorted") and len(call.args) != 1:
            fitting = []
        yield site(*(source.replaced(call.func, other) for other in fitting))


def _builtin_dropped(source: Source) -> Iterator[Site]:
    for call in source.walk(ast.Call):
        one = is_call(call, *_REMOVABLE) and len(call.args) == 1 and not call.keywords
        if one and not isinstance(call.args[0], ast.GeneratorExp | ast.Starred):
            yield site(source.replaced(call, source.grouped(call.args[0])))


def _method(source: Source) -> Iterator[Site]:
    for node in source.walk(ast.Attribute):
        if isinstance(node.ctx, ast.Load) and (others := _METHODS.get(node.attr)):
            end = source.span(node)[1]
            yield site(*(Change(end - len(node.attr), end, other) for other in others))


def _pop_end(source: Source) -> Iterator[Site]:
    for call in source.walk(ast.Call):
        if isinstance(call.func, ast.Attribute) and call.func.attr == "pop" and not call.keywords:
            end = source.span(call)[1]
            if not call.args:
                yield site(Change(end - 1, end - 1, "0"))
            elif len(call.args) == 1 and isinstance(call.args[0], ast.Constant) and call.args[0].value == 0:
                yield site(source.replaced(call.args[0], ""))


def _keyword(source: Source) -> Iterator[Site]:
    for call in source.walk(ast.Call):
        for keyword in call.keywords:
            before = call.keywords[: call.keywords.index(keyword)]
            previous = before[-1] if before else (call.args[-1] if call.args else None)
            if keyword.arg and previous is not None:
                yield site(Change(source.span(previous)[1], source.span(keyword)[1], ""))


def _targets(source: Source) -> Iterator[Site]:
    """`a, b = b, a` and loops over pairs: the names on the left exchanged."""
    for node in source.walk(ast.Tuple):
        if isinstance(node.ctx, ast.Store) and len(node.elts) >= 2:
            yield site(*(swapped(source, *pair) for pair in zip(node.elts, node.elts[1:], strict=False)))


def _default(source: Source) -> Iterator[Site]:
    """`d.get(key, 0)` -> `d[key]`, and without the default."""
    for call in source.walk(ast.Call):
        if isinstance(call.func, ast.Attribute) and call.func.attr == "get" and len(call.args) == 2:
            owner, (key, default) = call.func.value, call.args
            bare = source.replaced(call, f"{source.code(owner)}[{source.code(key)}]")
            yield site(bare, Change(source.span(key)[1], source.span(default)[1], ""))


def _simultaneous(source: Source) -> Iterator[Site]:
    """`a, b = b, a + b` -> one after the other, so that the second reads what the first wrote."""
    for node in source.walk(ast.Assign):
        target, value = node.targets[0], node.value
        if not (isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts)):
            continue
        if source.whole_lines(node) is None or not names_in(target, ast.Store) & names_in(value):
            continue
        pairs = zip(target.elts, value.elts, strict=True)
        lines = [f"{source.code(left)} = {source.code(right)}" for left, right in pairs]
        yield site(source.replaced(node, f"\n{source.indent(node)}".join(lines)))


OPERATORS = (
    Operator("wrong-variable", Kind.NAMES, "uses another variable than is meant", _variable),
    Operator("targets-swapped", Kind.NAMES, "unpacks into the wrong names", _targets),
    Operator("simultaneous-assignment", Kind.STATE, "reads a value after it was overwritten", _simultaneous),
    Operator("arguments-swapped", Kind.CALLS, "passes arguments in the wrong order", _arguments),
    Operator("wrong-builtin", Kind.CALLS, "calls the wrong function", _builtin),
    Operator("call-dropped", Kind.CALLS, "forgets a step on the way to a value", _builtin_dropped),
    Operator("wrong-method", Kind.CALLS, "calls the wrong method", _method),
    Operator("wrong-end", Kind.CALLS, "takes items from the wrong end", _pop_end),
    Operator("keyword-dropped", Kind.CALLS, "leaves out an option of a call", _keyword),
    Operator("default-dropped", Kind.CALLS, "does not expect a missing key", _default),
)
